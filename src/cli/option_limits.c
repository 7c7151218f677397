/* SPDX-License-Identifier: MIT */
#include "cli/option_limits.h"

#include "base/str.h"
#include "cli/option.h"

#include <string.h>

int option_set_timeout(struct options *o, const char *value, struct err *err)
{
	return option_duration("timeout", value, &o->timeout_ns, err);
}

int option_set_cpu_timeout(struct options *o, const char *value,
			   struct err *err)
{
	return option_duration("cpu-timeout", value, &o->cpu_timeout_ns, err);
}

int option_set_slow(struct options *o, const char *value, struct err *err)
{
	return option_duration("slow", value, &o->slow_ns, err);
}

int option_set_grace(struct options *o, const char *value, struct err *err)
{
	return option_duration("grace", value, &o->grace_ns, err);
}

int option_set_load_timeout(struct options *o, const char *value,
			    struct err *err)
{
	return option_duration("load-timeout", value, &o->load_timeout_ns, err);
}

int option_set_fail_fast(struct options *o, const char *value, struct err *err)
{
	(void)value;
	(void)err;
	o->max_fail = 1;
	o->fail_now = false;
	return 0;
}

/* N, N:wait, N:immediate */
int option_set_max_fail(struct options *o, const char *value, struct err *err)
{
	static const char *const names[] = { "wait", "immediate", NULL };
	const char *how = strchr(value, ':');
	struct str number = STR_INIT;
	int i = 0, ret;

	if (how)
		i = option_choose("max-fail", how + 1, names, err);
	if (i < 0)
		return i;
	str_addf(&number, "%.*s", (int)strcspn(value, ":"), value);
	ret = option_count("max-fail", str_get(&number), 0, UINT32_MAX,
			   &o->max_fail, err);
	str_fini(&number);
	o->fail_now = i == 1;
	return ret;
}

int option_set_max_crashes(struct options *o, const char *value,
			   struct err *err)
{
	int ret;

	o->stop_crashes = 0;
	if (strcmp(value, "none") == 0)
		return 0;
	ret = option_count("max-crashes", value, 0, UINT32_MAX - 1,
			   &o->stop_crashes, err);
	o->stop_crashes++;
	return ret;
}

int option_set_max_worker_restart(struct options *o, const char *value,
				  struct err *err)
{
	return option_set_max_crashes(o, value, err);
}

int option_set_deadline(struct options *o, const char *value, struct err *err)
{
	return option_duration("deadline", value, &o->deadline_ns, err);
}
