/* SPDX-License-Identifier: MIT */
#include "cli/option_again.h"

#include "base/str.h"
#include "cli/option.h"

#include <errno.h>
#include <string.h>

int option_set_retries(struct options *o, const char *value,
			      struct err *err)
{
	o->retries = 0;
	o->no_retries = strcmp(value, "off") == 0;
	if (o->no_retries)
		return 0;
	return option_count("retries", value, 0, RETRIES_MAX, &o->retries,
			    err);
}

int option_set_crash_retries(struct options *o, const char *value,
			     struct err *err)
{
	return option_count("crash-retries", value, 0, RETRIES_MAX,
			    &o->crash_retries, err);
}

/* TIME, TIME:fixed, TIME:exponential */
int option_set_retry_delay(struct options *o, const char *value,
				  struct err *err)
{
	static const char *const names[] = { "fixed", "exponential", NULL };
	const char *how = strchr(value, ':');
	struct str time = STR_INIT;
	int i = 0, ret;

	if (how)
		i = option_choose("retry-delay", how + 1, names, err);
	if (i < 0)
		return i;
	str_addf(&time, "%.*s", (int)strcspn(value, ":"), value);
	ret = option_duration("retry-delay", str_get(&time),
			      &o->retry_delay_ns, err);
	str_fini(&time);
	o->retry_doubles = i == 1;
	return ret;
}

int option_set_flaky(struct options *o, const char *value,
			    struct err *err)
{
	static const char *const names[] = { "pass", "fail", NULL };
	int i = option_choose("flaky", value, names, err);

	if (i < 0)
		return i;
	o->flaky_fails = i == 1;
	return 0;
}

int option_set_recheck(struct options *o, const char *value, struct err *err)
{
	(void)value;
	(void)err;
	o->recheck = true;
	return 0;
}

int option_set_replay(struct options *o, const char *value, struct err *err)
{
	(void)err;
	o->replay = value;
	return 0;
}

int option_set_bisect(struct options *o, const char *value, struct err *err)
{
	(void)err;
	o->bisect = value;
	return 0;
}

int option_set_repeat(struct options *o, const char *value, struct err *err)
{
	return option_count("repeat", value, 1, REPEAT_MAX, &o->repeat, err);
}

int option_set_stress(struct options *o, const char *value, struct err *err)
{
	o->stress = 0;
	if (strcmp(value, "none") == 0)
		return 0;
	return option_count("stress", value, 2, JOBS_MAX, &o->stress, err);
}

int option_set_stress_duration(struct options *o, const char *value,
			       struct err *err)
{
	return option_duration("stress-duration", value, &o->stress_ns, err);
}

int option_set_watch(struct options *o, const char *value, struct err *err)
{
	(void)value;
	(void)err;
	o->watch = true;
	return 0;
}
