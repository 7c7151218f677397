/* SPDX-License-Identifier: MIT */
#include "shm/view.h"

#include <errno.h>
#include <sys/stat.h>

int view_open(struct view *v, int catalog_fd, int arena_fd, struct err *err)
{
	const struct arena_layout *layout;
	struct stat st;
	int ret = catalog_attach(&v->catalog, catalog_fd, err);

	if (ret < 0)
		return ret;
	layout = &v->catalog.header->arena;
	if (fstat(arena_fd, &st) < 0 || (uint64_t)st.st_size < layout->size)
		ret = err_set(err, -EINVAL, "the arena is too small");
	if (ret == 0)
		ret = arena_look(&v->arena, layout, arena_fd, err);
	if (ret < 0)
		catalog_detach(&v->catalog);
	return ret;
}

void view_close(struct view *v)
{
	arena_detach(&v->arena);
	catalog_detach(&v->catalog);
}

static uint32_t view_waiting(const struct slot_deque *d, uint32_t n_positions)
{
	const struct deque *each[] = { &d->deque, &d->held, &d->inbox };
	uint32_t n = 0, i;

	for (i = 0; i < sizeof(each) / sizeof(each[0]); i++) {
		struct range r = deque_peek(each[i]);

		if (!range_is_empty(r) && r.hi <= n_positions)
			n += range_len(r);
	}
	return n;
}

struct view_slot view_slot(const struct view *v, uint32_t slot)
{
	uint32_t n_positions = v->catalog.header->n_positions;
	const struct slot *s = &v->arena.slots[slot];
	struct current_word current = current_load(&s->current); /* V4 */
	struct view_slot out = {
		.phase = current.phase,
		.position = current.position,
		.start_ns = atom64_load_relaxed(&s->start_ns), /* V1 */
		.output = atom64_load_relaxed(&s->output), /* V2 */
		.asleep = atom32_load_relaxed(&s->parked) != 0, /* V3 */
		.waiting = view_waiting(&v->arena.deques[slot], n_positions),
	};

	if (out.phase > PHASE_LEFT || out.position >= n_positions)
		out.phase = PHASE_IDLE;
	return out;
}

struct view_counts view_count(const struct view *v)
{
	uint32_t n = v->catalog.header->n_positions, i;
	struct view_counts counts = { 0 };

	for (i = 0; i < n; i++) {
		struct state_word w =
			state_unpack(state_load(&v->arena.states[i]));

		if (w.state == STATE_DONE && w.outcome < N_OUTCOMES)
			counts.ended[w.outcome]++;
		else if (w.state == STATE_CLAIMED)
			counts.claimed++;
		else
			counts.pending++;
	}
	return counts;
}
