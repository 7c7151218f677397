/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "base/vec.h"
#include "host/host_impl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

no_return void host_end(void)
{
	_exit(1);
}

/* pub is its first member. */
static struct host *host_of(const struct shmrun_sched *s)
{
	return (struct host *)(uintptr_t)s;
}

static size_t service_ntests(const struct shmrun_sched *s)
{
	return host_of(s)->brief.head->n_positions;
}

static unsigned service_nslots(const struct shmrun_sched *s)
{
	return host_of(s)->brief.head->n_slots;
}

static const struct shmrun_sched_test *
service_test(const struct shmrun_sched *s, uint32_t test)
{
	return tests_get(&host_of(s)->tests, test);
}

static size_t service_nfinished(const struct shmrun_sched *s)
{
	return host_of(s)->n_ended;
}

static bool service_are_tests(const struct host *h, const uint32_t *tests,
			      size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (tests[i] >= h->brief.head->n_positions)
			return false;
	return true;
}

static int service_send(struct host *h, struct hint_msg *msg,
			const uint32_t *tests, size_t n)
{
	int ret = 0;

	while (n > 0 && ret == 0) {
		msg->head.n = n < HINT_TESTS_MAX ? (uint32_t)n
						 : HINT_TESTS_MAX;
		memcpy(msg->tests, tests, msg->head.n * sizeof(*tests));
		ret = hint_send(h->sock, msg, -1);
		tests += msg->head.n;
		n -= msg->head.n;
	}
	return ret < 0 ? -EPIPE : 0;
}

static int service_push(struct shmrun_sched *s, const uint32_t *tests,
			size_t n)
{
	struct hint_msg msg = { .head = { .kind = HINT_PUSH } };

	if (!service_are_tests(host_of(s), tests, n))
		return -EINVAL;
	return service_send(host_of(s), &msg, tests, n);
}

static int service_assign(struct shmrun_sched *s, unsigned slot,
			  const uint32_t *tests, size_t n)
{
	struct hint_msg msg = { .head = { .kind = HINT_ASSIGN,
					  .slot = slot } };

	if (slot >= service_nslots(s) ||
	    !service_are_tests(host_of(s), tests, n))
		return -EINVAL;
	return service_send(host_of(s), &msg, tests, n);
}

/* Events go on coming meanwhile. */
static void service_await(struct host *h, struct hint_msg *msg)
{
	struct waiting *w = &h->waiting;

	while (hint_recv(h->sock, msg, false, NULL) == 1) {
		if (msg->head.kind == HINT_RECALLED)
			return;
		vec_room(w->items, w->n, w->cap);
		w->items[w->n] = mem_alloc(sizeof(*msg));
		memcpy(w->items[w->n++], msg, sizeof(*msg));
	}
	host_end();
}

static size_t service_recall(struct shmrun_sched *s, unsigned slot,
			     uint32_t *tests, size_t max)
{
	struct host *h = host_of(s);
	struct hint_msg msg;
	size_t n = 0;

	while (n < max && slot < service_nslots(s)) {
		msg.head = (struct hint_head){
			.kind = HINT_RECALL,
			.slot = slot,
			.n = max - n < HINT_TESTS_MAX ? (uint32_t)(max - n)
						      : HINT_TESTS_MAX,
		};
		if (hint_send_head(h->sock, &msg.head) < 0)
			break;
		service_await(h, &msg);
		if (msg.head.n == 0 || msg.head.n > max - n)
			break;
		memcpy(tests + n, msg.tests, msg.head.n * sizeof(*tests));
		n += msg.head.n;
	}
	return n;
}

static void service_say(struct shmrun_sched *s, const char *text)
{
	struct host *h = host_of(s);

	snprintf(h->said, sizeof(h->said), "%s", text);
}

const struct shmrun_sched_services_ host_services = {
	.size = sizeof(host_services),
	.ntests = service_ntests,
	.nslots = service_nslots,
	.test = service_test,
	.push = service_push,
	.assign = service_assign,
	.recall = service_recall,
	.nfinished = service_nfinished,
	.say = service_say,
};
