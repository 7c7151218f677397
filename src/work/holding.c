/* SPDX-License-Identifier: MIT */
#include "work/holding.h"

#include "base/compiler.h"
#include "base/id.h"
#include "work/worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOLDING_VARIABLE "SHMRUN_GROUP_SLOT"

struct held {
	uint64_t name;
	uint32_t number;
};

static worker_data struct {
	struct held units[HOLDING_UNITS_MAX];
	uint32_t n_units;
	bool one_slot;
	bool in_environment;
} holding;

hot_path void holding_open(bool one_slot)
{
	holding.one_slot = one_slot;
}

static void holding_copy(const struct holding *h)
{
	uint32_t n = min_of(atom32_load_relaxed(&h->n_units), /* H7 */
			    HOLDING_UNITS_MAX), i;

	for (i = 0; i < n; i++) {
		holding.units[i].name =
			atom64_load_relaxed(&h->units[i].name); /* H8 */
		holding.units[i].number =
			atom32_load_relaxed(&h->units[i].number); /* H9 */
	}
	holding.n_units = n;
}

static void holding_look_up(const struct worker *w, uint32_t position)
{
	uint32_t n = w->catalog.header->arena.n_slots * HOLDINGS_PER_SLOT, i;

	for (i = 0; i < n; i++) {
		const struct holding *h = &w->arena.holdings[i];
		struct range r = range_unpack(
			atom64_load_acquire(&h->range)); /* H6 */

		if (position >= r.lo && position < r.hi) {
			holding_copy(h);
			return;
		}
	}
}

/* The first of them; code that has threads asks the function instead. */
static void holding_export(void)
{
	char text[16];

	if (holding.n_units) {
		snprintf(text, sizeof(text), "%u", holding.units[0].number);
		setenv(HOLDING_VARIABLE, text, 1);
		holding.in_environment = true;
	} else if (holding.in_environment) {
		unsetenv(HOLDING_VARIABLE);
		holding.in_environment = false;
	}
}

void holding_load(const struct worker *w, uint32_t position)
{
	holding.n_units = 0;
	if (position >= w->catalog.header->ring_from)
		holding_look_up(w, position);
	holding_export();
}

int holding_find(const char *name, unsigned n)
{
	uint64_t id = id_bytes(name, strlen(name));
	uint32_t i;

	if (holding.one_slot)
		return (int)n;
	for (i = 0; i < holding.n_units; i++)
		if (holding.units[i].name == id && n-- == 0)
			return (int)holding.units[i].number;
	return -1;
}
