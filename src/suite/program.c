/* SPDX-License-Identifier: MIT */
#include "suite/program.h"

#include "base/compiler.h"
#include "base/mem.h"
#include "base/str.h"
#include "suite/adapter.h"
#include "suite/elf.h"
#include "suite/pattern.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* So much is looked at for a framework's text. */
#define HOLDS_MAX (8u << 20)

/* ---- making one ------------------------------------------------------ */

struct program *program_new(void)
{
	struct program *p = mem_zalloc(sizeof(*p));

	p->gnu = true;
	p->skip_status = -1;
	return p;
}

static void program_free_list(char **list)
{
	char **at;

	for (at = list; at && *at; at++)
		free(*at);
	free(list);
}

void program_free(struct program *p)
{
	if (!p)
		return;
	program_free_list(p->argv);
	program_free_list(p->env);
	program_free_list(p->files);
	program_free_list(p->only);
	program_free_list(p->patterns.pass);
	program_free_list(p->patterns.fail);
	program_free_list(p->patterns.skip);
	free(p->path);
	free(p->cwd);
	free(p);
}

void program_add(char ***list, const char *text)
{
	size_t n = 0;

	while (*list && (*list)[n])
		n++;
	*list = mem_resize(*list, n + 2, sizeof(**list));
	(*list)[n] = mem_strdup(text);
	(*list)[n + 1] = NULL;
}

char *program_path(const char *path, const char *folder)
{
	char *here = folder || *path == '/' ? NULL : getcwd(NULL, 0);
	struct str out = STR_INIT;

	if (*path != '/')
		str_addf(&out, "%s/", folder ? folder : here ? here : ".");
	str_add(&out, path);
	free(here);
	return out.text;
}

char *program_folder_name(const char *path)
{
	const char *at = path + strlen(path);
	int slashes = 0;

	while (at > path && (at[-1] != '/' || ++slashes < 2))
		at--;
	return mem_strdup(at);
}

/* In one folder of PATH; NULL = it is not there. */
static char *program_look(const char *word, const char *folder, size_t len)
{
	struct str path = STR_INIT;

	if (len)
		str_add_len(&path, folder, len);
	else
		str_add(&path, ".");
	str_addf(&path, "/%s", word);
	if (*path.text == '/' && access(path.text, X_OK) == 0)
		return path.text;
	str_fini(&path);
	return NULL;
}

char *program_find(const char *word, const char *folder)
{
	const char *at = getenv("PATH");
	char *found = NULL;

	while (at && *at && *word && !strchr(word, '/') && !found) {
		size_t len = strcspn(at, ":");

		found = program_look(word, at, len);
		at += len + (at[len] != '\0');
	}
	return found ? found : program_path(word, folder);
}

int program_check_file(const char *path, struct err *err)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return err_sys(err, -errno, "cannot find it");
	if (S_ISDIR(st.st_mode))
		return err_set(err, -EISDIR, "it is a directory");
	if (!S_ISREG(st.st_mode))
		return err_set(err, -EINVAL, "it is no regular file");
	if (access(path, X_OK) < 0)
		return err_sys(err, -errno, "it cannot be executed");
	return 0;
}

const char *program_holds(const struct elf *elf)
{
	static const struct {
		const char *text, *framework;
	} marks[] = {
		{ "gtest_filter=", "GoogleTest" },
		{ "CK_RUN_CASE", "Check" },
		{ "CMOCKA_MESSAGE_OUTPUT", "cmocka" },
	};
	struct elf_section data;
	size_t i, size;

	if (!elf_find_section(elf, ".rodata", &data) || !data.part.bytes)
		return NULL;
	/* Libraries are linked behind the program's own objects. */
	size = min_of(data.part.size, (size_t)HOLDS_MAX);
	for (i = 0; i < array_size(marks); i++)
		if (memmem(data.part.bytes + data.part.size - size, size,
			   marks[i].text, strlen(marks[i].text)))
			return marks[i].framework;
	return NULL;
}

char *program_name_of(const char *text)
{
	char *name = mem_strdup(*text ? text : "_"), *p;

	for (p = name; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if (c <= ' ' || c == '#' || c == '\\' || c == 0x7f)
			*p = '_';
	}
	return name;
}

void program_bind(const struct adapter_suite *s,
		  const struct adapter_host *host)
{
	(void)s;
	(void)host;
}

/* ---- patterns -------------------------------------------------------- */

static int program_check_list(char **list, struct err *err)
{
	char why[PATTERN_WHY_CAP];
	regex_t regex;

	for (; list && *list; list++) {
		if (pattern_compile(&regex, *list, why)) {
			regfree(&regex);
			continue;
		}
		return err_set(err, -EINVAL,
			       "'%s' is no regular expression: %s", *list,
			       why);
	}
	return 0;
}

int program_check(const struct program *p, struct err *err)
{
	int ret = program_check_list(p->patterns.pass, err);

	if (ret == 0)
		ret = program_check_list(p->patterns.fail, err);
	return ret < 0 ? ret : program_check_list(p->patterns.skip, err);
}

bool program_wants_output(const struct program *p)
{
	return p->patterns.pass || p->patterns.fail || p->patterns.skip;
}

enum match {
	MATCH_NONE,
	MATCH_FOUND,
	MATCH_BROKEN, /* it cannot be said: no memory */
};

/* The first that matches goes to *found. */
static enum match program_match(char **list, const char *text,
				const char **found)
{
	for (; list && *list; list++) {
		char why[PATTERN_WHY_CAP];
		regex_t regex;
		int ret;

		if (!pattern_compile(&regex, *list, why))
			return MATCH_BROKEN;
		ret = regexec(&regex, text, 0, NULL, 0);
		regfree(&regex);
		if (ret != 0 && ret != REG_NOMATCH)
			return MATCH_BROKEN;
		*found = *list;
		if (ret == 0)
			return MATCH_FOUND;
	}
	return MATCH_NONE;
}

/* Text without NULs, at which a pattern would end. */
static char *program_text(const struct program_end *end)
{
	char *text = mem_alloc(end->output_len + 1), *p;

	if (end->output_len)
		memcpy(text, end->output, end->output_len);
	text[end->output_len] = '\0';
	for (p = text; (size_t)(p - text) < end->output_len; p++)
		if (!*p)
			*p = ' ';
	return text;
}

/* ---- verdict --------------------------------------------------------- */

#define say(why, ...) snprintf((why), PROGRAM_WHY_CAP, __VA_ARGS__)

static bool program_is_early(const struct program_end *end)
{
	return end->unfinished && WEXITSTATUS(end->status) == 0;
}

static void program_say_early(char why[PROGRAM_WHY_CAP])
{
	say(why, "exited early: its tests had not come to their end");
}

static enum outcome program_judge_status(const struct program *p,
					 const struct program_end *end,
					 char why[PROGRAM_WHY_CAP])
{
	int status = WEXITSTATUS(end->status);

	if (status == p->skip_status || (p->gnu && status == PROGRAM_SKIPS)) {
		say(why, "exit status %d", status);
		return OUTCOME_SKIP;
	}
	if (program_is_early(end)) {
		program_say_early(why);
		return OUTCOME_FAIL;
	}
	if (status == 0)
		return OUTCOME_PASS;
	say(why, "exit status %d", status);
	return p->gnu && status == PROGRAM_ERRS ? OUTCOME_ERROR : OUTCOME_FAIL;
}

/* Does one of a list say so?  What cannot be said is an error, and nothing
 * that hides one. */
static bool program_matches(char **list, const char *text,
			    enum outcome *outcome, char why[PROGRAM_WHY_CAP])
{
	const char *found;
	enum match match = program_match(list, text, &found);

	if (match == MATCH_FOUND)
		say(why, "its output matches '%s'", found);
	if (match == MATCH_BROKEN) {
		say(why, "no memory to look for '%s'", *list);
		*outcome = OUTCOME_ERROR;
	}
	return match != MATCH_NONE;
}

/* What the patterns make of an exit status. */
static enum outcome program_judge_output(const struct program *p,
					 const char *text,
					 enum outcome outcome,
					 char why[PROGRAM_WHY_CAP])
{
	enum outcome said = OUTCOME_SKIP;

	if (outcome == OUTCOME_SKIP ||
	    program_matches(p->patterns.skip, text, &said, why))
		return said;
	/* An error is no failure, which may be expected. */
	said = outcome == OUTCOME_ERROR ? outcome : OUTCOME_FAIL;
	if (program_matches(p->patterns.fail, text, &said, why))
		return said;
	if (!p->patterns.pass)
		return outcome;
	/* What it prints is asked for in place of its status, and its points
	 * are what it prints. */
	if (p->protocol == PROGRAM_TAP && outcome != OUTCOME_PASS)
		return outcome;
	said = OUTCOME_PASS;
	if (program_matches(p->patterns.pass, text, &said, why)) {
		if (said == OUTCOME_PASS)
			*why = '\0';
		return said;
	}
	say(why, "its output does not match '%s'", p->patterns.pass[0]);
	return OUTCOME_FAIL;
}

/* Points say what failed; neither they nor the status make it better. */
static enum outcome program_judge_tap(const struct program_end *end,
				      enum outcome outcome,
				      char why[PROGRAM_WHY_CAP])
{
	if (outcome == OUTCOME_ERROR)
		return outcome;
	if (end->told == OUTCOME_PASS ||
	    (end->told == OUTCOME_SKIP && outcome == OUTCOME_FAIL))
		return outcome;
	if (end->told_why && *end->told_why)
		say(why, "%s", end->told_why);
	return end->told;
}

/* Of its points and its exit status, which must agree; without a point there
 * was no test (CRX-5). */
static enum outcome program_judge_points(const struct program_end *end,
					 char why[PROGRAM_WHY_CAP])
{
	const struct program_points *points = &end->points;
	int status = WEXITSTATUS(end->status);

	*why = '\0';
	if (points->n_failed)
		return OUTCOME_FAIL;
	if (end->told_broken || !(points->n_ok + points->n_skipped)) {
		say(why, "exit status %d, and its report has nothing about "
		    "this test", status);
		return OUTCOME_ERROR;
	}
	if (status != 0) {
		say(why, "exit status %d, although no test of it failed",
		    status);
		return OUTCOME_FAIL;
	}
	if (points->n_ok)
		return OUTCOME_PASS;
	say(why, "%s", end->told_why);
	return OUTCOME_SKIP;
}

/* A pass and a failure change places; all else is what it is.  What ended
 * early with 0 has not failed as it was to. */
static enum outcome program_judge_wanted(const struct program_end *end,
					 enum outcome outcome,
					 char why[PROGRAM_WHY_CAP])
{
	if (outcome == OUTCOME_FAIL && program_is_early(end)) {
		program_say_early(why);
		return outcome;
	}
	if (outcome == OUTCOME_FAIL) {
		*why = '\0';
		return OUTCOME_PASS;
	}
	if (outcome != OUTCOME_PASS)
		return outcome;
	say(why, "it passed, and is expected to fail");
	return OUTCOME_FAIL;
}

enum outcome program_judge(const struct program *p,
			   const struct program_end *end,
			   char why[PROGRAM_WHY_CAP])
{
	enum outcome outcome;
	char *text;

	*why = '\0';
	if (WIFSIGNALED(end->status))
		return OUTCOME_CRASH;
	if (p->protocol == PROGRAM_CRITERION)
		return program_judge_points(end, why);
	outcome = program_judge_status(p, end, why);
	if (p->protocol == PROGRAM_TAP)
		outcome = program_judge_tap(end, outcome, why);
	if (program_wants_output(p)) {
		text = program_text(end);
		outcome = program_judge_output(p, text, outcome, why);
		free(text);
	}
	/* What does not keep to the protocol says nothing at all. */
	if (!p->should_fail || (p->protocol == PROGRAM_TAP && end->told_broken))
		return outcome;
	return program_judge_wanted(end, outcome, why);
}
