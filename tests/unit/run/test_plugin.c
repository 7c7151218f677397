/* SPDX-License-Identifier: MIT */
/* A scheduler plug-in during a run, on a virtual clock: PLUG-4 to PLUG-10. */
#include "fake_run.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/sys.h"
#include "base/vec.h"
#include "run/collect.h"
#include "run/feed.h"
#include "run/plugin_impl.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define N 40u
#define SLOTS 2u
#define TIMEOUT_NS (10 * NS_PER_S)

static struct fake_run f;
static struct plugin *p;
static int host; /* the host's end of the socket */
static struct hint_msg msg;

static void open_plugin(uint32_t n)
{
	struct err err = { 0 };
	int ends[2];

	fake_run_open(&f, n, SLOTS);
	f.args.loop = loop_open(BACKEND_EPOLL, &err);
	p = mem_zalloc(sizeof(*p));
	p->args = (struct plugin_args){ .plan = &f.plan,
					.n_slots = SLOTS,
					.timeout_ns = TIMEOUT_NS };
	p->path = mem_strdup("./x.so");
	p->flags = 1;
	p->n_spared = sys_children(p->spared, PLUGIN_SPARED_MAX);
	p->pid = fork();
	if (p->pid == 0)
		fake_process();
	/* Now, so that the process holds no end of it. */
	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0,
				ends), 0);
	p->sock = ends[0];
	host = ends[1];
	setpgid(p->pid, p->pid);
	p->pidfd = sys_pidfd_open(p->pid);
	plugin_hint_open(p);
	plugin_event_open(p);
	f.run.plugin = p;
	cr_assert_eq(plugin_begin(&f.run, &err), 0, "%s", err.text);
	p->turn_ns = p->busy_ns = p->seen_ns = f.run.now_ns;
}

static void set_up(void)
{
	open_plugin(N);
}

static void tear_down(void)
{
	plugin_free(p);
	f.run.plugin = NULL;
	close(host);
	loop_close(f.args.loop);
	fake_run_close(&f);
}

TestSuite(plugin, .init = set_up, .fini = tear_down);

/* ---- the host --------------------------------------------------------- */

static void say(enum hint_kind kind, uint32_t slot, uint32_t lo, uint32_t n)
{
	uint32_t i;

	msg.head = (struct hint_head){ .kind = kind, .slot = slot, .n = n };
	for (i = 0; i < n && kind != HINT_RECALL; i++)
		msg.tests[i] = lo + i;
	if (kind == HINT_RECALL)
		cr_assert_eq(hint_send_head(host, &msg.head), 0);
	else
		cr_assert_eq(hint_send(host, &msg, -1), 0);
}

static void push(uint32_t lo, uint32_t n)
{
	say(HINT_PUSH, 0, lo, n);
}

/* Reads events until there are none; how many were of that kind. */
static uint32_t hear(enum hint_event_kind kind, bool answer)
{
	struct hint_head seen = { .kind = HINT_SEEN };
	uint32_t n = 0, i;

	while (hint_recv(host, &msg, false, NULL) == 1) {
		if (msg.head.kind != HINT_EVENTS)
			continue;
		for (i = 0; i < msg.head.n; i++)
			n += msg.events[i].kind == (uint32_t)kind;
		seen.serial = msg.head.serial;
	}
	if (answer && seen.serial)
		cr_assert_eq(hint_send_head(host, &seen), 0);
	return n;
}

static void turn(uint64_t later_ns)
{
	f.run.now_ns += later_ns;
	plugin_turn(&f.run);
}

/* A turn every half a second. */
static void turns(uint64_t ns)
{
	for (; ns > 0; ns -= NS_PER_S / 2)
		turn(NS_PER_S / 2);
}

static void expect_taken(uint32_t lo, uint32_t hi)
{
	struct range r = { 0 };

	cr_assert(fake_run_take(&f, &r), "nothing in front of %u", lo);
	cr_expect_eq(r.lo, lo, "%u, not %u", r.lo, lo);
	cr_expect_eq(r.hi, hi, "%u, not %u", r.hi, hi);
}

static void expect_over(const char *cause)
{
	cr_expect(p->over);
	cr_expect_not_null(strstr(p->cause, cause), "%s", p->cause);
	cr_expect_eq(fake_run_count(&f, EVENT_WARNING), 1);
	cr_expect_eq(p->pid, 0, "its process is dead");
	cr_expect_eq(p->n_fed, p->n_own, "the rest is handed out");
	turn(0);
	cr_expect_eq(fake_run_count(&f, EVENT_WARNING), 1, "it is said once");
}

/* ---- handing out ------------------------------------------------------ */

Test(plugin, hands_out_in_the_order_of_its_hints)
{
	push(7, 1);
	push(3, 2);
	turn(0);
	expect_taken(7, 8);
	expect_taken(3, 4);
	expect_taken(4, 5);
	cr_expect_not(fake_run_is_fed(&f, 0));
}

/* PLUG-10 */
Test(plugin, lets_no_sweep_find_what_was_not_handed_out)
{
	push(5, 1);
	turn(0);
	expect_taken(5, 6);
	cr_expect_eq(feed_sweep(&f.run), 1, "5 was lost, and no other");
	expect_taken(5, 6);
}

/* CLAIM-2 */
Test(plugin, hands_a_test_out_once)
{
	push(5, 2);
	push(6, 2);
	turn(0);
	expect_taken(5, 6);
	expect_taken(6, 7);
	expect_taken(7, 8);
	cr_expect_not(fake_run_take(&f, &(struct range){ 0 }));
	cr_expect_eq(p->n_again, 1);
}

/* PLUG-9 */
Test(plugin, keeps_together_what_is_bound)
{
	struct range r;

	vec_room(f.plan.bounds, f.plan.n_bounds, f.plan.cap_bounds);
	f.plan.bounds[f.plan.n_bounds++] = (struct bound){ 10, 14 };
	push(12, 1);
	push(13, 2);
	turn(0);
	cr_assert(fake_run_take(&f, &r));
	cr_expect(range_is_bound(r));
	cr_expect_eq(r.lo, 10);
	cr_expect_eq(range_free(r).hi, 14);
	expect_taken(14, 15);
	cr_expect_eq(p->n_fed, 5);
}

/* A disabled member has ended before the start; the others stay together. */
Test(plugin, cuts_no_unit_for_a_member_that_is_disabled)
{
	struct event_test t = { .position = 11, .outcome = OUTCOME_SKIP };
	struct range r;

	vec_room(f.plan.bounds, f.plan.n_bounds, f.plan.cap_bounds);
	f.plan.bounds[f.plan.n_bounds++] = (struct bound){ 10, 14 };
	plugin_test_ended(&f.run, &t);
	push(10, 2);
	turn(0);
	cr_assert(fake_run_take(&f, &r));
	cr_expect(range_is_bound(r));
	cr_expect_eq(r.lo, 10);
	cr_expect_eq(range_free(r).hi, 14);
	cr_expect_eq(p->n_fed, 3);
	cr_expect_eq(p->n_open, 3);
	cr_expect_eq(p->n_again, 0);
}

/* PLUG-6 */
Test(plugin, is_ended_for_a_test_that_there_is_not)
{
	push(3, 1);
	push(N, 1);
	turn(0);
	expect_taken(3, 4);
	expect_over("named a test");
}

Test(plugin, is_ended_for_a_slot_that_there_is_not)
{
	say(HINT_ASSIGN, SLOTS, 0, 1);
	turn(0);
	expect_over("named a slot");
}

Test(plugin, is_ended_when_its_connection_ends)
{
	push(0, 1);
	close(host);
	host = -1;
	turn(0);
	expect_over("closed its connection");
}

Test(plugin, is_ended_when_its_process_ends)
{
	push(0, 1);
	kill(p->pid, SIGTERM);
	p->dead = true;
	turn(0);
	expect_over("killed by SIGTERM");
}

Test(plugin, is_ended_for_a_flood)
{
	uint32_t i;

	push(0, 1);
	for (i = 0; i < 100000 && !p->over; i++) {
		push(0, 1);
		turn(0);
	}
	expect_over("floods");
}

/* ---- places ------------------------------------------------------------ */

static void expect_inbox(uint32_t slot, uint32_t lo, uint32_t hi)
{
	struct range r = deque_peek(&f.run.arena.deques[slot].inbox);

	cr_expect_eq(r.lo, lo, "%u, not %u", r.lo, lo);
	cr_expect_eq(r.hi, hi, "%u, not %u", r.hi, hi);
}

static void empty_inbox(uint32_t slot)
{
	struct deque *d = &f.run.arena.deques[slot].inbox;

	cr_expect(deque_try_empty(d, deque_peek(d)));
}

Test(plugin, fills_an_inbox_when_it_is_empty)
{
	say(HINT_ASSIGN, 1, 20, 1);
	say(HINT_ASSIGN, 1, 30, 1);
	turn(0);
	expect_inbox(1, 20, 21);
	expect_inbox(0, 0, 0);
	turn(0);
	expect_inbox(1, 20, 21);
	empty_inbox(1);
	turn(0);
	expect_inbox(1, 30, 31);
	cr_expect_not(fake_run_take(&f, &(struct range){ 0 }));
}

static void expect_recalled(uint32_t slot, uint32_t max, uint32_t n,
			    uint32_t first)
{
	hear(HINT_COMPLETE, true);
	say(HINT_RECALL, slot, 0, max);
	turn(0);
	cr_assert_eq(hint_recv(host, &msg, false, NULL), 1);
	cr_assert_eq(msg.head.kind, HINT_RECALLED);
	cr_expect_eq(msg.head.n, n, "%u, not %u", msg.head.n, n);
	if (n)
		cr_expect_eq(msg.tests[0], first, "%u first", msg.tests[0]);
}

Test(plugin, takes_back_from_queue_inbox_and_deque)
{
	struct deque *deque = &f.run.arena.deques[1].deque;

	say(HINT_ASSIGN, 1, 10, 2);
	turn(0);
	empty_inbox(1);
	deque_install(deque, (struct range){ 10, 12 });
	say(HINT_ASSIGN, 1, 20, 1);
	say(HINT_ASSIGN, 1, 30, 1);
	turn(0);
	expect_inbox(1, 20, 21);
	expect_recalled(0, 9, 0, 0);
	expect_recalled(1, 1, 1, 30);
	expect_recalled(1, 9, 3, 20);
	cr_expect(range_is_empty(deque_peek(deque)));
	cr_expect_eq(p->n_fed, 0);
	cr_expect_eq(p->n_queued, 0);
	push(10, 1);
	turn(0);
	expect_taken(10, 11);
}

/* What a test scribbled there is no test of ours. */
Test(plugin, believes_no_deque_when_it_takes_back)
{
	deque_install(&f.run.arena.deques[1].deque,
		      (struct range){ 0, 2000000000 });
	expect_recalled(1, 9, 0, 0);
	deque_install(&f.run.arena.deques[1].deque, (struct range){ 0, N });
	expect_recalled(1, 9, 0, 0);
}

/* ---- events ------------------------------------------------------------ */

static void end(struct fake_worker *w, uint32_t position)
{
	fake_worker_run(w, position, OUTCOME_PASS);
	collect_all(&f.run);
}

Test(plugin, is_told_of_each_end_once)
{
	struct fake_worker w = fake_worker_start(&f, 0, -1);

	push(0, 3);
	turn(0);
	end(&w, 0);
	end(&w, 1);
	turn(0);
	cr_expect_eq(hear(HINT_COMPLETE, true), 2);
	end(&w, 2);
	turn(0);
	cr_expect_eq(hear(HINT_COMPLETE, true), 1);
}

/* PLUG-5: it reads nothing while more ends than queue and socket hold. */
Test(plugin, is_told_after_a_gap_what_it_has_missed, .init = NULL)
{
	uint32_t n = 5 * PLUGIN_QUEUE, i, told = 0;
	struct event_test t = { .outcome = OUTCOME_PASS, .start_ns = 1 };

	open_plugin(n);
	for (i = 0; i < n; i++) {
		t.position = i;
		plugin_test_ended(&f.run, &t);
		if (i % 256 == 0)
			turn(0);
	}
	cr_expect(p->gap);
	for (i = 0; i < 1000; i++) {
		told += hear(HINT_COMPLETE, true);
		turn(0);
	}
	cr_expect_eq(told, n, "%u of %u", told, n);
	cr_expect_not(p->gap);
	cr_expect_not(p->over);
}

/* PLUG-4 */
Test(plugin, is_asked_once_while_nothing_changes)
{
	struct fake_worker w = fake_worker_start(&f, 0, -1);

	turn(0);
	cr_expect_eq(hear(HINT_LOW_WATER, true), 1);
	turn(0);
	cr_expect_eq(hear(HINT_LOW_WATER, true), 0);
	push(0, 4);
	turn(0);
	cr_expect_eq(hear(HINT_LOW_WATER, true), 0, "4 wait for 2 slots");
	expect_taken(0, 1);
	end(&w, 0);
	turn(0);
	cr_expect_eq(hear(HINT_LOW_WATER, true), 1);
}

/* ---- deadlines --------------------------------------------------------- */

/* PLUG-6: all that it knows is that nothing runs, for a second. */
Test(plugin, is_ended_when_it_stalls)
{
	turn(0);
	hear(HINT_LOW_WATER, true);
	turn(0);
	turn(NS_PER_S - 1);
	cr_expect_not(p->over);
	turn(1);
	expect_over("stalled");
	cr_expect(fake_run_is_fed(&f, N - 1));
}

Test(plugin, does_not_stall_while_a_test_runs)
{
	struct fake_worker w = fake_worker_start(&f, 0, -1);

	push(0, 1);
	turn(0);
	expect_taken(0, 1);
	fake_worker_begin(&w, 0);
	hear(HINT_LOW_WATER, true);
	turns(5 * NS_PER_S);
	cr_expect_not(p->over, "%s", p->cause);
	fake_worker_end(&w, 0, OUTCOME_PASS);
	fake_worker_push(&w, fake_worker_record(&w, 0, OUTCOME_PASS));
	fake_worker_park(&w);
	collect_all(&f.run);
	turn(0);
	hear(HINT_COMPLETE, true);
	turns(2 * NS_PER_S);
	cr_expect(p->over);
}

/* P11: what it did not hand out may take as long as it takes, as a fixture's
 * teardown; when all sleep a second is enough. */
Test(plugin, does_not_stall_while_a_worker_is_awake)
{
	struct fake_worker w = fake_worker_start(&f, 0, -1);

	turn(0);
	hear(HINT_LOW_WATER, true);
	turns(5 * NS_PER_S);
	cr_expect_not(p->over, "%s", p->cause);
	fake_worker_park(&w);
	turns(2 * NS_PER_S);
	expect_over("stalled");
}

Test(plugin, does_not_stall_while_what_it_handed_out_waits)
{
	push(0, 1);
	turn(0);
	hear(HINT_LOW_WATER, true);
	turns(5 * NS_PER_S);
	cr_expect_not(p->over, "%s", p->cause);
}

Test(plugin, is_not_stalled_when_all_is_handed_out)
{
	push(0, N);
	turn(0);
	hear(HINT_LOW_WATER, true);
	turns(5 * NS_PER_S);
	cr_expect_not(p->over, "%s", p->cause);
}

Test(plugin, is_ended_when_it_reads_no_event)
{
	turn(0); /* LOW_WATER */
	turns(TIMEOUT_NS - NS_PER_S / 2);
	cr_expect_not(p->over, "%s", p->cause);
	turn(NS_PER_S / 2);
	expect_over("stuck");
}

/* TIME-2: the runner was stopped, and the plug-in is not to blame. */
Test(plugin, is_not_blamed_for_a_pause_of_the_runner)
{
	turn(0);
	turn(100 * NS_PER_S);
	cr_expect_not(p->over, "%s", p->cause);
	hear(HINT_LOW_WATER, true);
	turn(0);
	turn(100 * NS_PER_S);
	cr_expect_not(p->over, "%s", p->cause);
}

/* A serial that was not sent, or a second time. */
Test(plugin, cannot_have_seen_what_was_not_sent)
{
	struct hint_head seen = { .kind = HINT_SEEN, .serial = 99 };

	cr_assert_eq(hint_send_head(host, &seen), 0);
	turn(0);
	expect_over("nonsense");
}
