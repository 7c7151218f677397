/* SPDX-License-Identifier: MIT */
#include "cli/option_suite.h"

#include "base/vec.h"
#include "cli/option.h"
#include "suite/adapter.h"

#include <errno.h>
#include <string.h>

static uint32_t option_adapter_number(const char *name)
{
	uint32_t i = 0;

	while (strcmp(adapter_table[i]->name, name) != 0)
		i++;
	return i + 1;
}

void option_add_suite(struct options *o, const char *path, const char *adapter)
{
	struct suite_kinds *k = &o->kinds;

	texts_add(&o->suites, path);
	vec_room(k->items, k->n, k->cap);
	k->items[k->n++] = adapter ? option_adapter_number(adapter) : 0;
}

static int option_add(struct options *o, const char *option, const char *value,
		      const char *adapter, struct err *err)
{
	if (*value == '\0')
		return err_set(err, -EINVAL, "--%s: it is empty", option);
	option_add_suite(o, value, adapter);
	return 0;
}

int option_set_programs(struct options *o, const char *value, struct err *err)
{
	return option_add(o, "programs", value, "programs", err);
}

int option_set_from_ctest(struct options *o, const char *value,
			  struct err *err)
{
	return option_add(o, "from-ctest", value, "ctest", err);
}

int option_set_from_meson(struct options *o, const char *value,
			  struct err *err)
{
	return option_add(o, "from-meson", value, "meson", err);
}

int option_check_suites(const struct options *o, struct err *err)
{
	uint32_t i;

	if (strcmp(o->command, "run") == 0 || strcmp(o->command, "list") == 0)
		return 0;
	for (i = 0; i < o->kinds.n; i++)
		if (o->kinds.items[i])
			return err_set(err, -EINVAL, "suites are for run and "
				       "list: %s", o->suites.items[i]);
	return 0;
}
