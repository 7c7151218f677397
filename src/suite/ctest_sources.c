/* SPDX-License-Identifier: MIT */
#include "suite/ctest.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "suite/tool.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define TESTFILE "CTestTestfile.cmake"
/* Nobody has so many, but a folder may name itself by ever longer paths. */
#define FILES_MAX 100000

struct sources {
	adapter_source *tell;
	void *ctx;
	char **files; /* to be read, in the order they were found in */
	uint32_t n, cap;
};

static void sources_add(struct sources *s, const char *path)
{
	if (!s->tell(s->ctx, path) || s->n == FILES_MAX)
		return;
	vec_room(s->files, s->n, s->cap);
	s->files[s->n++] = mem_strdup(path);
}

/* A line that calls so: what stands behind the bracket. */
static char *sources_call(char *line, const char *name)
{
	size_t len = strlen(name);

	while (isblank((unsigned char)*line))
		line++;
	if (strncmp(line, name, len) != 0 || line[len] != '(')
		return NULL;
	return line + len + 1;
}

/* The next word, and where to go on; NULL = there is none.  CMake writes paths
 * in quotes or plain, without what would have to be escaped. */
static char *sources_word(char **at)
{
	char *word = *at + strspn(*at, " \t");
	bool quoted = *word == '"';
	size_t len = strcspn(word += quoted, quoted ? "\"" : " \t)");

	if (!word[len])
		return NULL;
	*at = word + len + 1;
	word[len] = '\0';
	return len ? word : NULL;
}

static void sources_enter(struct sources *s, const char *file, char *arguments)
{
	const char *slash = strrchr(file, '/');
	const char *name;

	while ((name = sources_word(&arguments))) {
		struct str path = STR_INIT;

		if (*name != '/')
			str_addf(&path, "%.*s/", (int)(slash - file), file);
		str_addf(&path, "%s/%s", name, TESTFILE);
		sources_add(s, path.text);
		str_fini(&path);
	}
}

/* The first path: names of tests begin with no slash, and have none in
 * front. */
static void sources_tell_program(const struct sources *s, char *arguments)
{
	char *path = strstr(arguments, " \"/");

	if (path)
		path = sources_word(&path);
	if (path)
		s->tell(s->ctx, path);
}

static void sources_line(struct sources *s, const char *file, char *line)
{
	char *arguments;

	if ((arguments = sources_call(line, "subdirs"))) {
		sources_enter(s, file, arguments);
	} else if ((arguments = sources_call(line, "add_test"))) {
		sources_tell_program(s, arguments);
	} else if ((arguments = sources_call(line, "include"))) {
		const char *path = sources_word(&arguments);

		if (path && *path == '/')
			sources_add(s, path);
	}
}

static void sources_read(struct sources *s, const char *path)
{
	struct err err = { 0 };
	char *text = NULL, *line, *save = NULL;
	size_t len = 0;

	if (tool_read(path, &text, &len, &err) < 0)
		return;
	text[len] = '\0';
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		sources_line(s, path, line);
	free(text);
}

void ctest_sources(const char *folder, adapter_source *tell, void *ctx)
{
	struct sources s = { .tell = tell, .ctx = ctx };
	struct str path = STR_INIT;
	uint32_t i;

	str_addf(&path, "%s/%s", folder, TESTFILE);
	sources_add(&s, path.text);
	str_fini(&path);
	/* These add to them. */
	for (i = 0; i < s.n; i++) {
		sources_read(&s, s.files[i]);
		free(s.files[i]);
	}
	free(s.files);
}
