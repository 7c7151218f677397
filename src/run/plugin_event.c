/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "run/plugin_impl.h"

#include <stdlib.h>
#include <string.h>

#define SCHED_RETRIES 2u /* as in the header that plug-ins include */

void plugin_event_open(struct plugin *p)
{
	if (!plugin_is_dynamic(p))
		return;
	p->queue = mem_array(PLUGIN_QUEUE, sizeof(*p->queue));
	p->ends = mem_array(p->n, sizeof(*p->ends));
	p->nodes = mem_array(p->args.n_slots, sizeof(*p->nodes));
}

void plugin_event_close(struct plugin *p)
{
	uint32_t i;

	for (i = 0; p->nodes && i < p->args.n_slots; i++)
		free(p->nodes[i].queue);
	free(p->queue);
	free(p->ends);
	free(p->nodes);
}

static bool plugin_listens(const struct plugin *p)
{
	return p && !p->over;
}

/* A full queue: what is in it is dropped, and what it said is found out anew
 * when there is room again (PLUG-5). */
static void plugin_queue(struct plugin *p, const struct hint_event *ev)
{
	if (p->gap) {
		p->gap_again = true;
		return;
	}
	if (p->tail - p->head == PLUGIN_QUEUE) {
		p->head = p->tail;
		p->gap = true;
		p->gap_at = 0;
		p->low_serial = p->n_sent;
		return;
	}
	p->queue[p->tail++ % PLUGIN_QUEUE] = *ev;
}

void plugin_node_up(struct run *run, uint32_t slot)
{
	struct plugin *p = run->plugin;
	struct hint_event ev = { .kind = HINT_NODE_UP, .slot = slot };
	struct plugin_node *node;

	if (!plugin_listens(p))
		return;
	node = &p->nodes[slot];
	ev.generation = run->slots[slot].generation;
	if (node->up && node->generation == ev.generation)
		return;
	node->up = true;
	node->generation = ev.generation;
	plugin_queue(p, &ev);
}

void plugin_node_down(struct run *run, uint32_t slot, uint32_t crashed)
{
	struct plugin *p = run->plugin;
	struct hint_event ev = { .kind = HINT_NODE_DOWN,
				 .slot = slot,
				 .test = crashed };

	if (!plugin_listens(p))
		return;
	/* It may have died before its start was told. */
	plugin_node_up(run, slot);
	ev.generation = p->nodes[slot].generation;
	p->nodes[slot].up = false;
	plugin_queue(p, &ev);
}

void plugin_test_ended(struct run *run, const struct event_test *t)
{
	struct plugin *p = run->plugin;
	struct hint_event ev = { .kind = HINT_COMPLETE,
				 .slot = t->slot,
				 .test = t->position,
				 .outcome = t->outcome,
				 .attempt = t->attempt,
				 .leak = t->leak,
				 .start_ns = t->start_ns,
				 .duration_ns = t->duration_ns };

	if (!p)
		return;
	if (p->marks[t->position] & PLUGIN_FED) {
		p->n_open--;
	} else if (!(p->marks[t->position] & PLUGIN_PLACED)) {
		/* Without being handed out: it is disabled. */
		p->marks[t->position] |= PLUGIN_PLACED;
		p->n_own--;
	}
	p->marks[t->position] |= PLUGIN_ENDED;
	if (!plugin_listens(p))
		return;
	p->ends[t->position] = (struct plugin_end){
		.slot = t->slot,
		.outcome = (uint8_t)t->outcome,
		.leak = t->leak,
	};
	if (t->start_ns)
		plugin_node_up(run, t->slot);
	plugin_queue(p, &ev);
}

bool plugin_test_again(struct run *run, uint32_t position, uint32_t attempt)
{
	struct plugin *p = run->plugin;
	struct hint_event ev = { .kind = HINT_PENDING,
				 .test = position,
				 .attempt = attempt };

	if (!plugin_listens(p))
		return false;
	plugin_queue(p, &ev);
	if (!(p->flags & SCHED_RETRIES) || !(p->marks[position] & PLUGIN_FED))
		return false;
	p->marks[position] &= (uint8_t)~PLUGIN_FED;
	p->n_fed--;
	p->n_open--;
	return true;
}

void plugin_event_low_water(struct plugin *p, uint64_t key, uint32_t unclaimed)
{
	struct hint_event ev = { .kind = HINT_LOW_WATER, .value = unclaimed };

	/* One at a time, and not again for the same reason. */
	if (p->gap || p->low_serial > p->n_seen || p->low_key == key)
		return;
	p->low_key = key;
	plugin_queue(p, &ev);
	p->low_serial = p->n_sent + (p->tail - p->head);
}

/* ---- after a gap ------------------------------------------------------ */

static bool plugin_has_room(const struct plugin *p)
{
	return p->tail - p->head < PLUGIN_QUEUE / 2;
}

static void plugin_put(struct plugin *p, struct hint_event ev)
{
	p->queue[p->tail++ % PLUGIN_QUEUE] = ev;
}

static void plugin_catch_up_node(struct plugin *p, uint32_t slot)
{
	const struct plugin_node *node = &p->nodes[slot];
	bool other = node->told_generation != node->generation;

	if (node->told_up && (!node->up || other))
		plugin_put(p, (struct hint_event){
			.kind = HINT_NODE_DOWN,
			.slot = slot,
			.generation = node->told_generation,
			.test = HINT_NO_TEST,
		});
	if (node->up && (!node->told_up || other))
		plugin_put(p, (struct hint_event){
			.kind = HINT_NODE_UP,
			.slot = slot,
			.generation = node->generation,
		});
}

static void plugin_catch_up_test(struct plugin *p, uint32_t position)
{
	const struct plugin_end *end = &p->ends[position];

	if ((p->marks[position] & (PLUGIN_ENDED | PLUGIN_TOLD)) !=
	    PLUGIN_ENDED)
		return;
	plugin_put(p, (struct hint_event){
		.kind = HINT_COMPLETE,
		.slot = end->slot,
		.test = position,
		.outcome = end->outcome,
		.leak = end->leak,
		.late = 1,
	});
}

/* Tells the ends that were not told, as far as there is room; what ends
 * meanwhile makes another round.  Slots last: all of them fit. */
static void plugin_catch_up(struct plugin *p)
{
	uint32_t slot;

	while (p->gap_at < p->n && plugin_has_room(p))
		plugin_catch_up_test(p, p->gap_at++);
	/* What is not sent yet would be told again. */
	if (p->gap_at < p->n || (p->gap_again && p->tail != p->head))
		return;
	p->gap_at = 0;
	p->gap = p->gap_again;
	p->gap_again = false;
	if (p->gap)
		return;
	for (slot = 0; slot < p->args.n_slots; slot++)
		plugin_catch_up_node(p, slot);
}

/* ---- sending ---------------------------------------------------------- */

static void plugin_mark_sent(struct plugin *p, const struct hint_event *ev)
{
	struct plugin_node *node = &p->nodes[ev->slot];

	switch ((enum hint_event_kind)ev->kind) {
	case HINT_COMPLETE:
		p->marks[ev->test] |= PLUGIN_TOLD;
		break;
	case HINT_NODE_UP:
	case HINT_NODE_DOWN:
		node->told_up = ev->kind == HINT_NODE_UP;
		node->told_generation = ev->generation;
		break;
	case HINT_PENDING:
	case HINT_LOW_WATER:
		break;
	}
}

static bool plugin_send_some(struct plugin *p, struct hint_msg *msg)
{
	uint32_t n = p->tail - p->head, i;

	if (n > HINT_EVENTS_MAX)
		n = HINT_EVENTS_MAX;
	msg->head = (struct hint_head){ .kind = HINT_EVENTS,
					.n = n,
					.serial = p->n_sent + n };
	for (i = 0; i < n; i++)
		msg->events[i] = p->queue[(p->head + i) % PLUGIN_QUEUE];
	if (hint_send(p->sock, msg, -1) < 0)
		return false;
	for (i = 0; i < n; i++)
		plugin_mark_sent(p, &msg->events[i]);
	p->head += n;
	p->n_sent += n;
	return true;
}

void plugin_event_flush(struct plugin *p)
{
	static struct hint_msg msg;
	bool room = true;

	while (room && (p->gap || p->head != p->tail)) {
		if (p->gap && plugin_has_room(p))
			plugin_catch_up(p);
		room = p->head != p->tail && plugin_send_some(p, &msg);
	}
}

bool plugin_event_seen(struct plugin *p, uint64_t serial)
{
	if (serial <= p->n_seen || serial > p->n_sent)
		return false;
	p->n_seen = serial;
	return true;
}
