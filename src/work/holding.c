/* SPDX-License-Identifier: MIT */
#include "work/holding.h"

#include "base/compiler.h"
#include "base/id.h"
#include "work/worker.h"

#include <ctype.h>
#include <string.h>

struct held {
	uint64_t name;
	uint32_t number;
};

static worker_data struct {
	struct held units[HOLDING_UNITS_MAX];
	uint32_t n_units;
	bool one_slot;
} holding;

hot_path bool holding_open(const struct worker *w)
{
	const struct catalog_header *h = w->catalog.header;

	holding.one_slot = h->jobs == 1;
	return holding.one_slot ? catalog_has_locks(&w->catalog)
				: h->ring_from < h->n_positions;
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

int holding_first(void)
{
	return holding.n_units ? (int)holding.units[0].number : -1;
}

/* Of a list of name[:r|:w][:units]: are any units counted? */
static bool holding_is_counted(const char *locks)
{
	while ((locks = strchr(locks, ':')))
		if (isdigit((unsigned char)*++locks))
			return true;
	return false;
}

static void holding_take_first(const struct worker *w, const struct errand *e)
{
	const struct catalog *c = &w->catalog;

	holding.n_units = holding_is_counted(
		c->texts + c->terms[e->entry - c->tests].locks);
	holding.units[0] = (struct held){ 0 };
}

void holding_load(const struct worker *w, const struct errand *e)
{
	holding.n_units = 0;
	if (holding.one_slot)
		holding_take_first(w, e);
	else if (e->position >= w->catalog.header->ring_from)
		holding_look_up(w, e->position);
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
