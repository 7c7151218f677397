/* SPDX-License-Identifier: MIT */
#include "cli/options.h"

#include "base/die.h"
#include "base/mem.h"
#include "cli/cmd.h"
#include "cli/config.h"
#include "cli/driver.h"
#include "cli/option.h"
#include "cli/option_suite.h"
#include "cli/profile.h"
#include "cli/stressing.h"
#include "cli/suggest.h"
#include "cli/stressing.h"
#include "sched/sched.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct options_words {
	char **argv;
	int argc;
	int next;
	enum set_by_whom by;
	bool ended;	 /* "--" was seen */
	bool has_command;
	bool has_suite; /* a word was one */
};

static const struct option *option_find_letter(char letter)
{
	const struct option *row;

	for (row = option_table; row->name; row++)
		if (row->letter == letter)
			return row;
	return NULL;
}

static int option_unknown(const char *name, size_t len, struct err *err)
{
	char word[SUGGEST_WORD_MAX + 1];
	const struct option *row;
	struct suggest s;

	len = min_of(len, sizeof(word) - 1);
	memcpy(word, name, len);
	word[len] = '\0';
	suggest_init(&s, word);
	for (row = option_table; row->name; row++)
		suggest_offer(&s, row->name);
	if (s.best)
		return err_set(err, -EINVAL,
			       "unknown option --%s; did you mean --%s?", word,
			       s.best);
	return err_set(err, -EINVAL, "unknown option --%s; see shmrun --help",
		       word);
}

/* Sets the row's option; the value is given, or is the next word. */
static int option_apply(struct options *o, const struct option *row,
			const char *value, struct options_words *words,
			struct err *err)
{
	if (*row->arg && *row->arg != '[' && !value) {
		if (words->next == words->argc)
			return err_set(err, -EINVAL,
				       "option --%s needs a value: --%s=%s",
				       row->name, row->name, row->arg);
		value = words->argv[words->next++];
	}
	if (words->by != SET_BY_COMMAND_LINE && !option_is_setting(row))
		return err_set(err, -EINVAL,
			       "--%s is for the command line only",
			       row->name);
	o->set_by[row - option_table] =
		(struct set_by){ .by = words->by, .value = value };
	return row->set(o, value, err);
}

static int options_take_long(struct options *o, const char *text,
			     struct options_words *words, struct err *err)
{
	size_t len = strcspn(text, "=");
	const char *value = text[len] ? text + len + 1 : NULL;
	const struct option *row = option_find(text, len);

	if (!row)
		return option_unknown(text, len, err);
	if (value && !*row->arg)
		return err_set(err, -EINVAL, "option --%s takes no value",
			       row->name);
	return option_apply(o, row, value, words, err);
}

/* "-xvj4", "-j" "4", "-j-2" */
static int options_take_short(struct options *o, const char *text,
			      struct options_words *words, struct err *err)
{
	int ret = 0;

	while (*text && ret == 0) {
		const struct option *row = option_find_letter(*text++);
		const char *value = NULL;

		if (!row)
			return err_set(err, -EINVAL,
				       "unknown option -%c; see shmrun --help",
				       text[-1]);
		if (*row->arg && *text) {
			value = text;
			text += strlen(text);
		}
		ret = option_apply(o, row, value, words, err);
	}
	return ret;
}

/* The first word may name a command; all others are suites. */
static void options_take_word(struct options *o, const char *word,
			      struct options_words *words)
{
	const struct cmd *cmd = NULL;

	if (!words->has_command && !words->ended && !words->has_suite)
		cmd = cmd_find(word);
	if (!cmd) {
		option_add_suite(o, word, NULL);
		words->has_suite = true;
		return;
	}
	o->command = cmd->name;
	words->has_command = true;
}

/* All that follows is one command. */
static int options_take_test(struct options *o, struct options_words *words,
			     struct err *err)
{
	int first = words->next;

	words->next = words->argc;
	return driver_take_words(o, words->argv + first,
				 (uint32_t)(words->argc - first), err);
}

static int options_take(struct options *o, const char *word,
			struct options_words *words, struct err *err)
{
	if (words->ended || word[0] != '-' || word[1] == '\0') {
		if (words->by != SET_BY_COMMAND_LINE)
			return err_set(err, -EINVAL,
				       "'%.64s' is not an option", word);
		options_take_word(o, word, words);
		return 0;
	}
	if (word[1] != '-')
		return options_take_short(o, word + 1, words, err);
	if (word[2] != '\0')
		return options_take_long(o, word + 2, words, err);
	words->ended = true;
	return o->driver.trs_file ? options_take_test(o, words, err) : 0;
}

/* Settings that exclude each other, wherever they come from. */
static int options_check_settings(const struct options *o, struct err *err)
{
	if (o->timings_write && !o->timings)
		return err_set(err, -EINVAL,
			       "--timings-write needs a file: --timings=FILE");
	if (o->timings && o->no_timings)
		return err_set(err, -EINVAL,
			       "--timings and --no-timings exclude each other");
	if (o->shard_by == SHARD_BY_DURATION && !o->timings)
		return err_set(err, -EINVAL,
			       "--shard-by=duration needs a file that all "
			       "shards read: --timings=FILE");
	if (o->repeat > 1 && o->dist == &sched_each)
		return err_set(err, -EINVAL,
			       "--repeat and --dist each exclude each other");
	if (o->dist == &sched_longest && o->order != ORDER_DEFAULT &&
	    o->order != ORDER_HISTORY && o->order != ORDER_FAILED_FIRST)
		return err_set(err, -EINVAL,
			       "--dist longest has its own order; use --dist "
			       "load for --order %s",
			       order_names[o->order]);
	return 0;
}

/* What a replay decides itself, and what is another way to run. */
static int options_check_replay(const struct options *o, struct err *err)
{
	static const int others[] = {
		OPTION_jobs, OPTION_dist, OPTION_order, OPTION_canary,
		OPTION_retries, OPTION_crash_retries, OPTION_repeat,
		OPTION_recycle, OPTION_recheck, OPTION_last_failed,
		OPTION_resume, OPTION_watch, OPTION_dry_run, OPTION_explain,
		OPTION_trs_file, OPTION_gdb, OPTION_shard,
	};
	/* And of many runs there is no one recording. */
	static const int of_rounds[] = { OPTION_filter, OPTION_expr,
					 OPTION_record, OPTION_report,
					 OPTION_tap, OPTION_junit,
					 OPTION_json, OPTION_html,
					 OPTION_trace, OPTION_github };
	size_t i;

	if (!o->replay)
		return !o->bisect ? 0 :
			err_set(err, -EINVAL, "--bisect needs a recording: "
				"--replay=last");
	if (strcmp(o->command, "run") != 0)
		return err_set(err, -EINVAL, "--replay is for run only");
	for (i = 0; i < array_size(others); i++)
		if (o->set_by[others[i]].by == SET_BY_COMMAND_LINE)
			return err_set(err, -EINVAL, "--replay excludes --%s",
				       option_table[others[i]].name);
	for (i = 0; i < array_size(of_rounds) && o->bisect; i++)
		if (o->set_by[of_rounds[i]].by == SET_BY_COMMAND_LINE)
			return err_set(err, -EINVAL, "--bisect excludes --%s",
				       option_table[of_rounds[i]].name);
	return 0;
}

/* Options that are another command's. */
static int options_check_command(const struct options *o, struct err *err)
{
	if (o->driver.trs_file && (!o->driver.log_file ||
				   !o->driver.test_name ||
				   strcmp(o->command, "run") != 0))
		return err_set(err, -EINVAL, "--trs-file is for a test driver "
			       "of Automake: it needs --log-file and "
			       "--test-name");
	if (o->record && strcmp(o->command, "run") != 0 &&
	    strcmp(o->command, "merge") != 0)
		return err_set(err, -EINVAL, "--record is for run and merge");
	if (o->set_by[OPTION_shard].by == SET_BY_COMMAND_LINE &&
	    strcmp(o->command, "run") != 0 && strcmp(o->command, "list") != 0)
		return err_set(err, -EINVAL, "--shard is for run and list");
	if (o->resume && strcmp(o->command, "run") != 0)
		return err_set(err, -EINVAL, "--resume is for run only");
	if (o->watch && strcmp(o->command, "run") != 0)
		return err_set(err, -EINVAL, "--watch is for run only");
	if (o->watch && (o->dry_run || o->explain || o->resume || o->gdb ||
			 o->driver.trs_file))
		return err_set(err, -EINVAL, "--watch excludes --dry-run, "
			       "--explain, --resume, --gdb and --trs-file");
	if (o->gdb && (strcmp(o->command, "run") != 0 || o->resume ||
		       o->wrapper || o->driver.trs_file || o->shard.total))
		return err_set(err, -EINVAL, "--gdb is for run, without "
			       "--resume, --wrapper, --shard and --trs-file");
	if (o->format != LIST_TEXT && strcmp(o->command, "list") != 0 &&
	    strcmp(o->command, "top") != 0)
		return err_set(err, -EINVAL, "--format is for list and top");
	return 0;
}

/* What only shows when all words are known. */
static int options_check(const struct options *o, struct err *err)
{
	const struct cmd *cmd = cmd_find(o->command);

	if (o->help || o->version)
		return 0;
	/* A replay's recording has some. */
	if (cmd->needs && o->suites.n == 0 && !o->replay)
		return err_set(err, -EINVAL, "%s needs %s; see shmrun --help",
			       cmd->name, cmd->needs);
	if (option_check_suites(o, err) < 0)
		return err->code;
	if (o->suites.n > cmd->max_words)
		return err_set(err, -EINVAL, "%s takes %s%s: %s", cmd->name,
			       cmd->max_words ? "one " : "no suite",
			       cmd->max_words ? cmd->args : "",
			       o->suites.items[cmd->max_words]);
	if (options_check_settings(o, err) < 0)
		return err->code;
	if (options_check_replay(o, err) < 0 ||
	    stressing_check_options(o, err) < 0)
		return err->code;
	return options_check_command(o, err);
}

/* The table's defaults are parsed as if the user had written them. */
static void options_init(struct options *o)
{
	const struct option *row;

	*o = (struct options){ .command = "run" };
	for (row = option_table; row->name; row++)
		bug_on(*row->deflt && row->set(o, row->deflt, NULL) < 0);
}

void options_fini(struct options *o)
{
	free(o->suites.items);
	free(o->kinds.items);
	free(o->driver.path);
	free(o->filters.items);
	free(o->locks.items);
	free(o->exprs.items);
	free(o->reports.items);
	free(o->env.items);
	free(o->setup.items);
	free(o->teardown.items);
	free(o->env_opts);
	config_free(o->config);
	*o = (struct options){ .command = o->command };
}

/* --help goes before whatever is wrong behind it. */
static int options_take_all(struct options *o, struct options_words *words,
			    struct err *err)
{
	int ret = 0;

	while (ret == 0 && words->next < words->argc && !o->help &&
	       !o->version)
		ret = options_take(o, words->argv[words->next++], words, err);
	return ret;
}

int options_parse(struct options *o, int argc, char **argv, struct err *err)
{
	struct options_words words = { .argv = argv, .argc = argc, .next = 1,
				       .by = SET_BY_COMMAND_LINE };
	int ret;

	options_init(o);
	o->argv = argv;
	ret = options_take_all(o, &words, err);
	if (ret == 0)
		ret = options_check(o, err);
	if (ret < 0)
		options_fini(o);
	return ret;
}

static void texts_drop(struct texts *texts, uint32_t n)
{
	texts->n -= n;
	memmove(texts->items, texts->items + n,
		texts->n * sizeof(*texts->items));
}

/* The words of one layer: tests that it selects are instead of those that
 * the layers below it select. */
static int options_take_layer(struct options *o, struct options_words *words,
			      struct err *err)
{
	uint32_t n_filters = o->filters.n, n_exprs = o->exprs.n;
	int ret = options_take_all(o, words, err);

	if (o->filters.n == n_filters && o->exprs.n == n_exprs)
		return ret;
	if (n_filters)
		texts_drop(&o->filters, n_filters);
	if (n_exprs)
		texts_drop(&o->exprs, n_exprs);
	return ret;
}

/* The options of SHMRUN_OPTS. */
static int options_take_text(struct options *o, const char *text,
			     struct err *err)
{
	struct options_words words = { .by = SET_BY_ENVIRONMENT };
	size_t cap = strlen(text) / 2 + 1;
	char *save = NULL, *word;
	int ret;

	o->env_opts = mem_strdup(text);
	words.argv = mem_array(cap, sizeof(*words.argv));
	for (word = strtok_r(o->env_opts, " \t\n", &save); word;
	     word = strtok_r(NULL, " \t\n", &save))
		words.argv[words.argc++] = word;
	ret = options_take_layer(o, &words, err);
	free(words.argv);
	return ret < 0 ? err_wrap(err, "SHMRUN_OPTS") : 0;
}

static void options_apply_profile(struct options *o,
				  const struct options_layers *layers)
{
	profile_apply(layers->profile, o);
	if (layers->env_jobs) {
		o->jobs.kind = JOBS_AUTO;
		o->set_by[OPTION_jobs] = (struct set_by){ 0 };
	}
	if (layers->env_cache_dir) {
		o->cache_dir = NULL;
		o->set_by[OPTION_cache_dir] = (struct set_by){ 0 };
	}
}

int options_parse_over(struct options *o, const struct options_layers *layers,
		       int argc, char **argv, struct err *err)
{
	struct options_words words = { .argv = argv, .argc = argc, .next = 1,
				       .by = SET_BY_COMMAND_LINE };
	int ret = 0;

	options_init(o);
	o->argv = argv;
	if (layers->profile)
		options_apply_profile(o, layers);
	if (layers->words)
		ret = options_take_text(o, layers->words, err);
	if (ret == 0)
		ret = options_take_layer(o, &words, err);
	if (ret == 0)
		ret = options_check_settings(o, err);
	if (ret < 0)
		options_fini(o);
	return ret;
}
