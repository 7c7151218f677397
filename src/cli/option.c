/* SPDX-License-Identifier: MIT */
#include "cli/option.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/jobs.h"
#include "cli/option_again.h"
#include "cli/option_limits.h"
#include "cli/option_output.h"
#include "cli/option_plan.h"
#include "cli/option_suite.h"
#include "cli/quantity.h"
#include "suite/adapter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void texts_add(struct texts *texts, const char *text)
{
	vec_room(texts->items, texts->n, texts->cap);
	texts->items[texts->n++] = text;
}

static int option_refuse(const char *option, const char *value,
			 const char *const *names, struct err *err)
{
	struct str list = STR_INIT;
	int i;

	for (i = 0; names[i]; i++)
		str_addf(&list, "%s%s", i ? ", " : "", names[i]);
	err_set(err, -EINVAL, "--%s: '%s' is not one of %s", option, value,
		str_get(&list));
	str_fini(&list);
	return -EINVAL;
}

/* The place of value in a NULL-terminated list of names. */
int option_choose(const char *option, const char *value,
		  const char *const *names, struct err *err)
{
	int i;

	for (i = 0; names[i]; i++)
		if (strcmp(value, names[i]) == 0)
			return i;
	return option_refuse(option, value, names, err);
}

int option_count(const char *option, const char *value, uint32_t lo,
		 uint32_t hi, uint32_t *n, struct err *err)
{
	int ret = quantity_parse_count(value, lo, hi, n);

	if (ret == -ERANGE)
		return err_set(err, -EINVAL, "--%s: %s is not within %u to %u",
			       option, value, lo, hi);
	if (ret < 0)
		return err_set(err, -EINVAL, "--%s: '%s' is not a number",
			       option, value);
	return 0;
}

int option_duration(const char *option, const char *value, uint64_t *ns,
		    struct err *err)
{
	int ret = quantity_parse_duration(value, ns);

	if (ret == -ERANGE)
		return err_set(err, -EINVAL, "--%s: %s is more than 365 days",
			       option, value);
	if (ret < 0)
		return err_set(err, -EINVAL,
			       "--%s: '%s' is not a time, such as 90, 1.5s, "
			       "200ms, 5m or none",
			       option, value);
	return 0;
}

static int option_text(const char *option, const char *value,
		       const char **text, struct err *err)
{
	if (*value == '\0')
		return err_set(err, -EINVAL, "--%s: it is empty", option);
	*text = value;
	return 0;
}

static int option_set_jobs(struct options *o, const char *value,
			   struct err *err)
{
	int ret = jobs_parse_spec(value, &o->jobs);

	if (ret == -ERANGE && strcmp(value, "0") == 0)
		return err_set(err, -EINVAL,
			       "--jobs: 0 would run tests without a worker, "
			       "which is not possible; -j 1 --dist no runs them "
			       "in plan order in one");
	if (ret == -ERANGE)
		return err_set(err, -EINVAL, "--jobs: %s is not within 1 to %d",
			       value, JOBS_MAX);
	if (ret < 0)
		return err_set(err, -EINVAL,
			       "--jobs: '%s' is not N, N%%, -N, auto, logical "
			       "or cores", value);
	return 0;
}

static int option_set_jobs_max(struct options *o, const char *value,
			       struct err *err)
{
	return option_count("jobs-max", value, 1, JOBS_MAX, &o->jobs.max, err);
}

static int option_set_config(struct options *o, const char *value,
			     struct err *err)
{
	return option_text("config", value, &o->config_path, err);
}

static int option_set_profile(struct options *o, const char *value,
			      struct err *err)
{
	return option_text("profile", value, &o->profile, err);
}

static int option_set_gdb(struct options *o, const char *value,
			  struct err *err)
{
	return option_text("gdb", value, &o->gdb, err);
}

static int option_set_wrapper(struct options *o, const char *value,
			      struct err *err)
{
	int ret = option_text("wrapper", value, &o->wrapper, err);

	if (ret == 0 && strcmp(value, "none") == 0)
		o->wrapper = NULL;
	return ret;
}

static int option_set_env(struct options *o, const char *value,
			  struct err *err)
{
	size_t len = strcspn(value, "=");

	if (len == 0 || !value[len])
		return err_set(err, -EINVAL, "--env: '%s' is not NAME=VALUE",
			       value);
	if (strncmp(value, "SHMRUN", 6) == 0)
		return err_set(err, -EINVAL, "--env: %.*s is reserved, as all "
			       "names that begin with SHMRUN",
			       (int)min_of(len, 64), value);
	texts_add(&o->env, value);
	return 0;
}

static int option_add_script(const char *option, const char *value,
			     struct texts *scripts, struct err *err)
{
	if (!*value)
		return err_set(err, -EINVAL, "--%s: it is empty", option);
	texts_add(scripts, value);
	return 0;
}

static int option_set_setup(struct options *o, const char *value,
			    struct err *err)
{
	return option_add_script("setup", value, &o->setup, err);
}

static int option_set_teardown(struct options *o, const char *value,
			       struct err *err)
{
	return option_add_script("teardown", value, &o->teardown, err);
}

static int option_set_script_timeout(struct options *o, const char *value,
				     struct err *err)
{
	return option_duration("script-timeout", value, &o->script_timeout_ns,
			       err);
}

static int option_set_isolate(struct options *o, const char *value,
			      struct err *err)
{
	static const char *const names[] = { "auto", "worker", "fork", "exec",
					     NULL };
	int i = option_choose("isolate", value, names, err);

	if (i < 0)
		return i;
	if (i == ISOLATE_EXEC)
		return err_set(err, -EINVAL,
			       "--isolate=exec is not available for suites "
			       "that are shared objects yet");
	o->isolate = (enum isolate)i;
	return 0;
}

static int option_set_adapter(struct options *o, const char *value,
			      struct err *err)
{
	const char *names[ADAPTERS_MAX + 2] = { "auto" };
	uint32_t i;

	for (i = 0; adapter_table[i]; i++)
		names[i + 1] = adapter_table[i]->name;
	i = (uint32_t)option_choose("adapter", value, names, err);
	if ((int)i < 0)
		return (int)i;
	o->adapter = i;
	return 0;
}

static int option_set_backend(struct options *o, const char *value,
			      struct err *err)
{
	static const char *const names[] = { "auto", "uring", "epoll", NULL };
	int i = option_choose("backend", value, names, err);

	if (i < 0)
		return i;
	o->backend = (enum backend)i;
	return 0;
}

static int option_set_plugin_timeout(struct options *o, const char *value,
				     struct err *err)
{
	return option_duration("plugin-timeout", value, &o->plugin_timeout_ns,
			       err);
}

static int option_set_filter(struct options *o, const char *value,
			     struct err *err)
{
	(void)err;
	texts_add(&o->filters, value);
	return 0;
}

static int option_set_expr(struct options *o, const char *value,
			   struct err *err)
{
	(void)err;
	texts_add(&o->exprs, value);
	return 0;
}

static int option_add_recycle(struct options *o, const char *word,
			      struct err *err)
{
	static const char *const names[] = { "failure", "never", NULL };
	int i;

	if (*word >= '0' && *word <= '9')
		return option_count("recycle", word, 1, INT32_MAX,
				    &o->recycle_after, err);
	i = option_choose("recycle", word, names, err);
	if (i < 0)
		return i;
	o->recycle = (enum recycle)i;
	return 0;
}

/* Words with commas between. */
static int option_set_recycle(struct options *o, const char *value,
			      struct err *err)
{
	char *words = mem_strdup(value), *rest = words, *word;
	int ret = 0;

	o->recycle = RECYCLE_FAILURE;
	o->recycle_after = 0;
	while (ret >= 0 && (word = strsep(&rest, ",")))
		ret = option_add_recycle(o, word, err);
	free(words);
	return ret;
}

static int option_set_keep_tmpdir(struct options *o, const char *value,
				  struct err *err)
{
	static const char *const names[] = {
		[KEEP_FOLDERS_FAILED] = "failed",
		[KEEP_FOLDERS_ALWAYS] = "always",
		[KEEP_FOLDERS_NEVER] = "never",
		NULL
	};
	int i = option_choose("keep-tmpdir", value, names, err);

	if (i < 0)
		return i;
	o->keep_folders = (enum keep_folders)i;
	return 0;
}

static int option_set_backtrace(struct options *o, const char *value,
				struct err *err)
{
	static const char *const names[] = { "never", "crash", NULL };
	int i = option_choose("backtrace", value, names, err);

	if (i < 0)
		return i;
	o->backtrace = i == 1;
	return 0;
}

static int option_set_core(struct options *o, const char *value,
			   struct err *err)
{
	static const char *const names[] = { "none", "first", "all", NULL };
	int i = option_choose("core", value, names, err);

	if (i < 0)
		return i;
	o->core = (enum core)i;
	return 0;
}

static int option_set_batch(struct options *o, const char *value,
			    struct err *err)
{
	return option_count("batch", value, 0, UINT32_MAX, &o->batch, err);
}

static int option_set_maxschedchunk(struct options *o, const char *value,
				    struct err *err)
{
	return option_count("maxschedchunk", value, 0, UINT32_MAX, &o->batch,
			    err);
}

static int option_set_no_tests(struct options *o, const char *value,
			       struct err *err)
{
	static const char *const names[] = { "fail", "warn", "pass", NULL };
	int i = option_choose("no-tests", value, names, err);

	if (i < 0)
		return i;
	o->no_tests = (enum no_tests)i;
	return 0;
}

static int option_set_skip_exit(struct options *o, const char *value,
				struct err *err)
{
	(void)value;
	(void)err;
	o->skip_exit = true;
	return 0;
}

static int option_set_no_timings(struct options *o, const char *value,
				 struct err *err)
{
	(void)value;
	(void)err;
	o->no_timings = true;
	return 0;
}

static int option_set_timings(struct options *o, const char *value,
			      struct err *err)
{
	return option_text("timings", value, &o->timings, err);
}

static int option_set_timings_write(struct options *o, const char *value,
				    struct err *err)
{
	(void)value;
	(void)err;
	o->timings_write = true;
	return 0;
}

static int option_set_cache_dir(struct options *o, const char *value,
				struct err *err)
{
	return option_text("cache-dir", value, &o->cache_dir, err);
}

static int option_set_suite_id(struct options *o, const char *value,
			       struct err *err)
{
	return option_text("suite-id", value, &o->suite_id, err);
}

static int option_set_format(struct options *o, const char *value,
			     struct err *err)
{
	static const char *const names[] = { "text", "jsonl", NULL };
	int i = option_choose("format", value, names, err);

	if (i < 0)
		return i;
	o->format = (enum list_format)i;
	return 0;
}

static int option_set_attributes(struct options *o, const char *value,
				 struct err *err)
{
	(void)value;
	(void)err;
	o->attributes = true;
	return 0;
}

static int option_set_version(struct options *o, const char *value,
			      struct err *err)
{
	(void)value;
	(void)err;
	o->version = true;
	return 0;
}

static int option_set_help(struct options *o, const char *value,
			   struct err *err)
{
	(void)value;
	(void)err;
	o->help = true;
	return 0;
}

static int option_set_resume(struct options *o, const char *value,
			     struct err *err)
{
	(void)err;
	o->resume = value;
	return 0;
}

const struct option option_table[] = {
#define OPTION(id, letter, name, arg, deflt, help, manual)                    \
	{ name, arg, deflt, help, option_set_##id, letter },
#include "cli/options.tbl.h"
#undef OPTION
	{ NULL, NULL, NULL, NULL, NULL, 0 },
};

const struct option *option_find(const char *name, size_t len)
{
	const struct option *row;

	for (row = option_table; row->name; row++)
		if (strlen(row->name) == len &&
		    memcmp(row->name, name, len) == 0)
			return row;
	return NULL;
}

static bool option_is_one_of(const struct option *row,
			     const char *const *names, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(row->name, names[i]) == 0)
			return true;
	return false;
}

bool option_is_setting(const struct option *row)
{
	static const char *const others[] = {
		"config", "profile", "help", "version", "dry-run", "explain",
		"resume", "replay", "bisect", "watch", "gdb", "command",
		"programs", "from-ctest", "from-meson",
		"test-name", "log-file", "trs-file", "color-tests",
		"expect-failure", "enable-hard-errors", "collect-skipped-logs",
	};

	return !option_is_one_of(row, others, array_size(others));
}

bool option_is_list(const struct option *row)
{
	static const char *const lists[] = {
		"filter", "expr", "report", "lock-size", "env",
		"setup", "teardown",
	};

	return option_is_one_of(row, lists, array_size(lists));
}
