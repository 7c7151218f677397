/* SPDX-License-Identifier: MIT */
#include "drive.h"

#include "base/vec.h"

#include <criterion/criterion.h>

void drive_make(struct stepper *st, const struct scene *s, uint32_t n_slots,
		const double *seconds)
{
	const struct plan *p = &s->plan;
	uint32_t i;

	cr_assert(!p->n_gated && !p->n_late);
	stepper_make(st, p->n_positions, n_slots);
	for (i = 0; i < p->n_parts; i++)
		plan_add_part(&st->plan, p->parts[i].lo, p->parts[i].hi,
			      p->parts[i].setup_ns);
	for (i = 0; i < p->n_deals; i++)
		stepper_deal(st, p->deals[i].slot, p->deals[i].lo,
			     p->deals[i].hi, p->deals[i].bound);
	for (i = 0; i < p->n_bounds; i++)
		stepper_bind(st, p->bounds[i].lo, p->bounds[i].hi);
	for (i = 0; i < p->n_positions; i++)
		st->lasts_ns[i] = (uint64_t)(1e9 * seconds[plan_at(p, i).test_ix] +
					     0.5);
	stepper_start(st);
}

double drive_run(struct stepper *st)
{
	stepper_run(st);
	cr_expect_eq(st->n_ended, st->n_positions);
	return (double)st->now_ns / 1e9;
}

uint32_t drive_slot(const struct stepper *st, uint32_t position)
{
	uint32_t i, k;

	for (i = 0; i < st->n_slots; i++)
		for (k = 0; k < st->slots[i].n_ran; k++)
			if (st->slots[i].ran[k] == position)
				return i;
	return UINT32_MAX;
}
