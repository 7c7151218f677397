/* SPDX-License-Identifier: MIT */
#include "cli/setting.h"

#include "cli/quantity.h"
#include "suite/attributes.h"

#include <errno.h>
#include <string.h>

#define WEIGHT_MAX 1024
#define PRIORITY_MAX 100

static void *setting_at(const struct setting *s, struct attrs *a)
{
	return (char *)a + s->offset;
}

static const void *setting_in(const struct setting *s, const struct attrs *a)
{
	return (const char *)a + s->offset;
}

/* None is the longest there is: a test's 0 would be the run's. */
static int setting_set_time(const struct setting *s, struct attrs *a,
			    const char *value, struct err *err)
{
	double *seconds = setting_at(s, a);
	uint64_t ns;
	int ret = quantity_parse_duration(value, &ns);

	if (ret == -ERANGE)
		return err_set(err, -EINVAL, "%s: %.64s is more than 365 days",
			       s->name, value);
	if (ret < 0)
		return err_set(err, -EINVAL, "%s: '%.64s' is not a time, such "
			       "as 90, 1.5s, 200ms, 5m or none", s->name,
			       value);
	*seconds = (double)(ns ? ns : QUANTITY_DURATION_MAX_NS) / 1e9;
	return 0;
}

static void setting_print_time(const struct setting *s, const struct attrs *a,
			       struct str *out)
{
	const double *seconds = setting_in(s, a);

	str_addf(out, "%.15gs", *seconds);
}

static int setting_set_weight(const struct setting *s, struct attrs *a,
			      const char *value, struct err *err)
{
	int32_t *n = setting_at(s, a);
	uint32_t weight;

	if (quantity_parse_count(value, 1, WEIGHT_MAX, &weight) < 0)
		return err_set(err, -EINVAL, "%s: '%.64s' is not a number "
			       "from 1 to %d", s->name, value, WEIGHT_MAX);
	*n = (int32_t)weight;
	return 0;
}

static int setting_set_priority(const struct setting *s, struct attrs *a,
				const char *value, struct err *err)
{
	bool negative = *value == '-';
	int32_t *n = setting_at(s, a);
	uint32_t priority;

	if (quantity_parse_count(value + negative, 0, PRIORITY_MAX,
				 &priority) < 0)
		return err_set(err, -EINVAL, "%s: '%.64s' is not a number "
			       "from -%d to %d", s->name, value, PRIORITY_MAX,
			       PRIORITY_MAX);
	*n = negative ? -(int32_t)priority : (int32_t)priority;
	return 0;
}

/* None here is none; a test's 0 would be the run's. */
static int setting_set_retries(const struct setting *s, struct attrs *a,
			       const char *value, struct err *err)
{
	int32_t *n = setting_at(s, a);
	uint32_t retries;

	if (quantity_parse_count(value, 0, RETRIES_MAX, &retries) < 0)
		return err_set(err, -EINVAL, "%s: '%.64s' is not a number "
			       "from 0 to %d", s->name, value, RETRIES_MAX);
	*n = retries ? (int32_t)retries : -1;
	return 0;
}

static void setting_print_retries(const struct setting *s,
				  const struct attrs *a, struct str *out)
{
	const int32_t *n = setting_in(s, a);

	str_addf(out, "%d", max_of(*n, 0));
}

static void setting_print_number(const struct setting *s,
				 const struct attrs *a, struct str *out)
{
	const int32_t *n = setting_in(s, a);

	str_addf(out, "%d", *n);
}

static int setting_set_text(const struct setting *s, struct attrs *a,
			    const char *value, struct err *err)
{
	const char **text = setting_at(s, a);

	(void)err;
	*text = value;
	return 0;
}

static int setting_set_lock(const struct setting *s, struct attrs *a,
			    const char *value, struct err *err)
{
	if (*value && !attributes_are_locks(value))
		return err_set(err, -EINVAL, "lock: '%.64s' is not "
			       "name[:r|:w][:units], comma-separated", value);
	return setting_set_text(s, a, value, err);
}

static void setting_print_text(const struct setting *s, const struct attrs *a,
			       struct str *out)
{
	const char *const *text = setting_in(s, a);

	str_add(out, **text ? *text : "none");
}

static int setting_set_flag(const struct setting *s, struct attrs *a,
			    const char *value, struct err *err)
{
	bool *flag = setting_at(s, a);
	bool yes = strcmp(value, "true") == 0;

	if (!yes && strcmp(value, "false") != 0)
		return err_set(err, -EINVAL, "%s is true or false, not '%.64s'",
			       s->name, value);
	*flag = yes;
	return 0;
}

static void setting_print_flag(const struct setting *s, const struct attrs *a,
			       struct str *out)
{
	const bool *flag = setting_in(s, a);

	str_add(out, *flag ? "true" : "false");
}

static int setting_set_isolate(const struct setting *s, struct attrs *a,
			       const char *value, struct err *err)
{
	enum isolate i;

	(void)s;
	for (i = ISOLATE_AUTO; i < ISOLATE_EXEC; i++)
		if (strcmp(value, isolate_name(i)) == 0) {
			a->isolate = i;
			return 0;
		}
	return err_set(err, -EINVAL, "isolate: '%.64s' is not one of auto, "
		       "worker, fork", value);
}

static void setting_print_isolate(const struct setting *s,
				  const struct attrs *a, struct str *out)
{
	(void)s;
	str_add(out, isolate_name(a->isolate));
}

#define SETTING(name, member, set, print, option)                             \
	{ name, offsetof(struct attrs, member),                               \
	  sizeof(((struct attrs *)NULL)->member), setting_set_##set,          \
	  setting_print_##print, option }

const struct setting setting_table[] = {
	SETTING("timeout", timeout, time, time, "timeout"),
	SETTING("slow", slow, time, time, "slow"),
	SETTING("cost", cost, time, time, NULL),
	SETTING("isolate", isolate, isolate, isolate, "isolate"),
	SETTING("retries", retries, retries, retries, "retries"),
	SETTING("weight", weight, weight, number, NULL),
	SETTING("priority", priority, priority, number, NULL),
	SETTING("lock", lock, lock, text, NULL),
	SETTING("affinity", affinity, text, text, NULL),
	SETTING("exclusive", exclusive, flag, flag, NULL),
	SETTING("last", last, flag, flag, NULL),
	SETTING("disabled", disabled, flag, flag, NULL),
	{ NULL, 0, 0, NULL, NULL, NULL },
};

int setting_find(const char *name)
{
	int i;

	for (i = 0; setting_table[i].name; i++)
		if (strcmp(setting_table[i].name, name) == 0)
			return i;
	return -1;
}

void setting_copy(const struct setting *s, struct attrs *to,
		  const struct attrs *from)
{
	memcpy(setting_at(s, to), setting_in(s, from), s->size);
}

bool setting_is_default(const struct setting *s, const struct attrs *a)
{
	struct str own = STR_INIT, usual = STR_INIT;
	bool same;

	s->print(s, a, &own);
	s->print(s, &attrs_default, &usual);
	same = strcmp(str_get(&own), str_get(&usual)) == 0;
	str_fini(&own);
	str_fini(&usual);
	return same;
}
