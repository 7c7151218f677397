/* SPDX-License-Identifier: MIT */
#include "host/tests.h"

#include "base/compiler.h"
#include "base/mem.h"
#include "base/str.h"

#define BLOCK 1024u

void tests_init(struct tests *t, const struct brief *brief)
{
	uint32_t n = brief->head->n_positions;

	*t = (struct tests){
		.brief = brief,
		.blocks = mem_array(n / BLOCK + 1, sizeof(*t->blocks)),
	};
}

static uint32_t tests_flags(const struct brief *b, const struct brief_test *of,
			    const struct cost *cost, uint32_t position)
{
	uint32_t flags = 0;

	if (cost && cost->known)
		flags |= SHMRUN_SCHED_KNOWN;
	if (cost && cost->todo)
		flags |= SHMRUN_SCHED_TODO;
	if (brief_find(b->placed, b->head->placed.n, position))
		flags |= SHMRUN_SCHED_PLACED;
	if (of->disabled)
		flags |= SHMRUN_SCHED_DISABLED;
	if (of->exclusive)
		flags |= SHMRUN_SCHED_EXCLUSIVE;
	if (of->last)
		flags |= SHMRUN_SCHED_LAST;
	return flags;
}

static const char *tests_id(const struct brief *b, const struct brief_test *of,
			    uint32_t index)
{
	const char *name = b->texts + of->texts[BRIEF_NAME];
	struct str text = STR_INIT;

	if (!of->indexed)
		return name;
	str_addf(&text, "%s[%u]", name, index);
	return str_get(&text); /* never freed */
}

static uint64_t tests_time(float ns)
{
	return ns > 0 ? (uint64_t)ns : 0;
}

static void tests_make(struct tests *t, struct shmrun_sched_test *out,
		       uint32_t position)
{
	const struct brief *b = t->brief;
	struct instance at = segment_at(&b->segments[t->segment], position);
	const struct brief_test *of = &b->tests[at.test_ix];
	const struct bound *unit = brief_find(b->bounds, b->head->bounds.n,
					      position);
	const struct cost *cost = NULL;

	if (b->head->rows.n)
		cost = &b->rows[of->first_row +
				at.index / costs_block(of->count)];
	*out = (struct shmrun_sched_test){
		.size = sizeof(*out),
		.index = position,
		.id = tests_id(b, of, at.index),
		.suite = b->texts + of->texts[BRIEF_SUITE],
		.scope = b->texts + of->texts[BRIEF_SCOPE],
		.file = b->texts + of->texts[BRIEF_FILE],
		.line = of->line,
		.instance = at.index,
		.unit = unit ? unit->lo : position,
		.flags = tests_flags(b, of, cost, position),
		.est_ns = cost ? tests_time(cost->est_ns) : of->cost_ns,
		.dev_ns = cost ? tests_time(cost->dev_ns) : 0,
		.weight = max_of(of->weight, 1),
		.priority = of->priority,
		.affinity = b->texts + of->texts[BRIEF_AFFINITY],
		.serial = b->texts + of->texts[BRIEF_SERIAL],
		.lock = b->texts + of->texts[BRIEF_LOCK],
		.after = b->texts + of->texts[BRIEF_AFTER],
		.tags = b->texts + of->texts[BRIEF_TAGS],
	};
}

static void tests_make_block(struct tests *t, uint32_t block)
{
	const struct brief_head *h = t->brief->head;
	uint32_t lo = block * BLOCK, i;
	uint32_t n = min_of(BLOCK, h->n_positions - lo);

	t->blocks[block] = mem_array(n, sizeof(**t->blocks));
	for (i = 0; i < n; i++) {
		t->segment = plan_segment(t->brief->segments,
					  (uint32_t)h->segments.n, lo + i);
		tests_make(t, &t->blocks[block][i], lo + i);
	}
}

const struct shmrun_sched_test *tests_get(struct tests *t, uint32_t test)
{
	if (test >= t->brief->head->n_positions)
		return NULL;
	if (!t->blocks[test / BLOCK])
		tests_make_block(t, test / BLOCK);
	return &t->blocks[test / BLOCK][test % BLOCK];
}
