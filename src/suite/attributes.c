/* SPDX-License-Identifier: MIT */
#include "suite/attributes.h"

#include "suite/adapter.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#define SECONDS_MAX 1e9

/* "name", "name:r", "name:w:3", "name:3": the text up to end. */
static bool attributes_is_lock(const char *text, const char *end)
{
	const char *p = text;

	while (p < end && *p != ':' && !isspace((unsigned char)*p))
		p++;
	if (p == text)
		return false;
	if (end - p >= 2 && (p[1] == 'r' || p[1] == 'w') &&
	    (p + 2 == end || p[2] == ':'))
		p += 2;
	if (p == end)
		return true;
	/* :units */
	if (*p != ':' || p + 1 == end || p[1] == '0')
		return false;
	for (p++; p < end && isdigit((unsigned char)*p); p++)
		;
	return p == end;
}

bool attributes_are_locks(const char *text)
{
	for (;;) {
		const char *end = strchrnul(text, ',');

		while (*text == ' ')
			text++;
		if (!attributes_is_lock(text, end))
			return false;
		if (!*end)
			return true;
		text = end + 1;
	}
}

static bool attributes_is_time(double seconds)
{
	return isfinite(seconds) && seconds >= 0 && seconds <= SECONDS_MAX;
}

int attributes_check(const struct shmrun_attrs *a, struct err *err)
{
	const char *bad = NULL;

	if (a->lock && *a->lock && !attributes_are_locks(a->lock))
		bad = "lock (it is name[:r|:w][:units], comma-separated)";
	else if (!attributes_is_time(a->timeout))
		bad = "timeout";
	else if (!attributes_is_time(a->slow))
		bad = "slow";
	else if (!attributes_is_time(a->cost))
		bad = "cost";
	else if (a->weight < 0)
		bad = "weight";
	else if (a->priority < -100 || a->priority > 100)
		bad = "priority (it is -100 to 100)";
	else if ((unsigned)a->isolate > SHMRUN_ISOLATE_EXEC)
		bad = "isolate";
	else if (a->retries < -1 || a->retries > RETRIES_MAX)
		bad = "retries (it is -1 to 100)";
	else if (a->signal < 0 || a->signal > 64)
		bad = "signal";
	else if (a->exit_code < 0 || a->exit_code > 255)
		bad = "exit_code";
	return bad ? err_set(err, -EINVAL, "invalid attribute %s", bad) : 0;
}
