/* SPDX-License-Identifier: MIT */
/* What runner and loader say to each other; hostile when a suite's
 * constructors wrote it (LF-6, NAT-14). */
#include "shm/wire.h"

#include "base/rng.h"
#include "base/sys.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- messages -------------------------------------------------------- */

static int ends[2];

static void open_socket(void)
{
	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0,
				ends), 0);
}

TestSuite(wire, .init = open_socket);

static int receive(struct wire_msg *msg)
{
	int fds[SYS_MAX_FDS], n_fds, ret;

	ret = wire_recv(ends[1], msg, fds, &n_fds);
	while (ret > 0 && n_fds > 0)
		close(fds[--n_fds]);
	return ret;
}

Test(wire, carries_a_message_and_its_text)
{
	struct wire_head head = { .kind = WIRE_REFUSED,
				  .slot = 1,
				  .generation = 2,
				  .flags = 3,
				  .status = -4,
				  .pid = 5,
				  .size = UINT64_MAX };
	struct wire_msg msg;

	cr_assert_eq(wire_send(ends[0], &head, "because", NULL, 0), 0);
	cr_assert_eq(receive(&msg), 1);
	cr_expect_eq(memcmp(&msg.head, &head, sizeof(head)), 0);
	cr_expect_str_eq(msg.text, "because");
	cr_assert_eq(wire_send(ends[0], &head, NULL, NULL, 0), 0);
	cr_assert_eq(receive(&msg), 1);
	cr_expect_str_eq(msg.text, "");
}

Test(wire, carries_descriptors)
{
	struct wire_head head = { .kind = WIRE_ATTACH };
	int fds[SYS_MAX_FDS], n_fds, out[3] = { 0, 1, 2 };
	struct wire_msg msg;

	cr_assert_eq(wire_send(ends[0], &head, NULL, out, 3), 0);
	cr_assert_eq(wire_recv(ends[1], &msg, fds, &n_fds), 1);
	cr_expect_eq(n_fds, 3);
	while (n_fds > 0)
		cr_expect_eq(close(fds[--n_fds]), 0);
}

Test(wire, cuts_a_text_that_is_too_long)
{
	char *text = malloc(3 * WIRE_TEXT_CAP);
	struct wire_head head = { .kind = WIRE_REFUSED };
	struct wire_msg msg;

	memset(text, 'x', 3 * WIRE_TEXT_CAP - 1);
	text[3 * WIRE_TEXT_CAP - 1] = '\0';
	cr_assert_eq(wire_send(ends[0], &head, text, NULL, 0), 0);
	cr_assert_eq(receive(&msg), 1);
	cr_expect_eq(strlen(msg.text), WIRE_TEXT_CAP - 1);
	free(text);
}

Test(wire, tells_silence_end_and_garbage_apart)
{
	struct wire_msg msg;

	cr_expect_eq(receive(&msg), -EAGAIN);
	cr_assert_eq(write(ends[0], "short", 5), 5);
	cr_expect_eq(receive(&msg), -EPROTO);
	close(ends[0]);
	cr_expect_eq(receive(&msg), 0);
}

/* A packet that is longer than any message is cut, and terminated. */
Test(wire, survives_a_packet_that_is_too_long)
{
	char *packet = calloc(1, 3 * sizeof(struct wire_msg));
	struct wire_msg msg;

	memset(packet, 'x', 3 * sizeof(msg));
	cr_assert_eq(write(ends[0], packet, 3 * sizeof(msg)),
		     (ssize_t)(3 * sizeof(msg)));
	cr_assert_eq(receive(&msg), 1);
	cr_expect_eq(strlen(msg.text), WIRE_TEXT_CAP - 1);
	free(packet);
}

/* ---- listings -------------------------------------------------------- */

#define BOTH (WIRE_FILE | WIRE_ATTRS)

static const struct attrs full_attrs = {
	.affinity = "a",
	.serial = "b",
	.lock = "c:r",
	.after = "d",
	.tags = "e,f",
	.description = "g",
	.timeout = 1.5,
	.slow = 0.5,
	.cost = 0.25,
	.weight = 2,
	.priority = -3,
	.retries = 4,
	.signal = 5,
	.exit_code = 6,
	.inherited = 1u << ATTR_LOCK | 1u << ATTR_DESCRIPTION,
	.isolate = ISOLATE_FORK,
	.exclusive = true,
	.last = true,
	.disabled = true,
};

static const struct test full = {
	.name = "Scope::name",
	.file = "dir/t.c",
	.attrs = &full_attrs,
	.line = 17,
	.count = 12,
	.scope_len = 5,
	.indexed = true,
};

static struct test plain(const char *name)
{
	return (struct test){
		.name = name,
		.file = "t.c",
		.attrs = &attrs_default,
		.count = 1,
	};
}

struct reading {
	struct listing listing;
	struct wire_fixture fixtures[WIRE_FIXTURES_MAX];
	uint32_t n_fixtures;
	struct err err;
};

static void release(void *bytes, size_t size)
{
	(void)size;
	free(bytes);
}

/* An exact copy on the heap, so that a sanitizer sees one byte too many. */
static int read_listing(struct reading *r, const char *text, size_t len)
{
	char *copy = malloc(len ? len : 1);
	int ret;

	memset(r, 0, sizeof(*r));
	if (len)
		memcpy(copy, text, len);
	listing_init(&r->listing);
	listing_add_suite(&r->listing, "./t.so", "native");
	listing_keep(&r->listing, copy, len, release);
	ret = wire_get_listing(copy, len, &r->listing, r->fixtures,
			       &r->n_fixtures, &r->err);
	cr_assert_eq(ret < 0, r->err.text[0] != '\0');
	return ret;
}

static struct str sample(void)
{
	struct test one = plain("A::one"), two = plain("A::two");
	struct str out = STR_INIT;

	wire_put_test(&out, &one, BOTH);
	wire_put_test(&out, &full, BOTH);
	wire_put_fixture(&out, 0, 100);
	/* All but its name is as before. */
	wire_put_test(&out, &two, 0);
	wire_put_fixture(&out, 1, WIRE_FIXTURE_SIZE_MAX);
	return out;
}

Test(wire, listing_comes_back_whole)
{
	struct str out = sample();
	struct reading r;
	const struct test *t;

	cr_assert_eq(read_listing(&r, out.text, out.len), 0, "%s", r.err.text);
	cr_assert_eq(r.listing.n_tests, 3);
	cr_assert_eq(r.n_fixtures, 2);
	cr_expect_eq(r.fixtures[0].size, 100);
	cr_expect_eq(r.fixtures[1].fixture_ix, 1);
	t = &r.listing.tests[1];
	cr_expect_str_eq(t->name, full.name);
	cr_expect_str_eq(t->file, full.file);
	cr_expect_eq(t->line, 17);
	cr_expect_eq(t->entry_ix, 1);
	cr_expect_eq(t->count, 12);
	cr_expect_eq(t->scope_len, 5);
	cr_expect(t->indexed);
	cr_expect_str_eq(t->attrs->affinity, "a");
	cr_expect_str_eq(t->attrs->serial, "b");
	cr_expect_str_eq(t->attrs->lock, "c:r");
	cr_expect_str_eq(t->attrs->after, "d");
	cr_expect_str_eq(t->attrs->tags, "e,f");
	cr_expect_str_eq(t->attrs->description, "g");
	cr_expect_eq(t->attrs->timeout, 1.5);
	cr_expect_eq(t->attrs->slow, 0.5);
	cr_expect_eq(t->attrs->cost, 0.25);
	cr_expect_eq(t->attrs->weight, 2);
	cr_expect_eq(t->attrs->priority, -3);
	cr_expect_eq(t->attrs->retries, 4);
	cr_expect_eq(t->attrs->signal, 5);
	cr_expect_eq(t->attrs->exit_code, 6);
	cr_expect_eq(t->attrs->isolate, ISOLATE_FORK);
	cr_expect(t->attrs->exclusive);
	cr_expect(t->attrs->last);
	cr_expect(t->attrs->disabled);
	t = &r.listing.tests[2];
	cr_expect_str_eq(t->name, "A::two");
	cr_expect_eq(t->entry_ix, 2);
	cr_expect_eq(t->count, 1);
	cr_expect_str_eq(t->file, full.file);
	cr_expect_eq(t->attrs, r.listing.tests[1].attrs);
	listing_fini(&r.listing);
	str_fini(&out);
}

/* NAT-14: ten million instances are one entry. */
Test(wire, listing_of_a_huge_range_is_short)
{
	struct test range = full;
	struct str out = STR_INIT;
	struct reading r;

	range.count = TEST_COUNT_MAX;
	wire_put_test(&out, &range, BOTH);
	cr_expect_lt(out.len, 512);
	cr_expect_eq(read_listing(&r, out.text, out.len), 0);
	cr_expect_eq(r.listing.tests[0].count, TEST_COUNT_MAX);
	listing_fini(&r.listing);
	str_fini(&out);
}

Test(wire, listing_of_nothing_is_empty)
{
	struct reading r;

	cr_expect_eq(read_listing(&r, "", 0), 0);
	cr_expect_eq(r.listing.n_tests, 0);
	listing_fini(&r.listing);
}

static void expect_refused(const struct test *t)
{
	struct str out = STR_INIT;
	struct reading r;

	wire_put_test(&out, t, BOTH);
	cr_expect_eq(read_listing(&r, out.text, out.len), -EPROTO, "%s",
		     t->name);
	listing_fini(&r.listing);
	str_fini(&out);
}

#define REFUSE(...)                                                           \
	do {                                                                  \
		struct test t_ = full;                                        \
		struct attrs a_ = full_attrs;                                 \
		t_.attrs = &a_;                                               \
		__VA_ARGS__;                                                  \
		expect_refused(&t_);                                          \
	} while (0)

Test(wire, listing_with_impossible_numbers_is_refused)
{
	REFUSE(t_.name = "");
	REFUSE(a_.inherited = 1u << N_ATTRS);
	REFUSE(t_.count = 0);
	REFUSE(t_.count = TEST_COUNT_MAX + 1);
	REFUSE(t_.indexed = false);
	REFUSE(t_.scope_len = 12);
	REFUSE(t_.scope_len = UINT32_MAX);
	REFUSE(a_.isolate = N_ISOLATES);
	REFUSE(a_.signal = -1);
	REFUSE(a_.signal = 128);
	REFUSE(a_.exit_code = -1);
	REFUSE(a_.exit_code = 256);
	REFUSE(a_.timeout = -1);
	REFUSE(a_.timeout = 1e300);
	REFUSE(a_.slow = (double)INFINITY);
	REFUSE(a_.cost = (double)NAN);
}

/* There is no test before the first, of which it could be the same. */
Test(wire, listing_that_begins_with_less_than_all_is_refused)
{
	static const unsigned parts[] = { 0, WIRE_FILE, WIRE_ATTRS, BOTH | 4 };
	struct reading r;
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct str out = STR_INIT;

		wire_put_test(&out, &full, parts[i]);
		cr_expect_eq(read_listing(&r, out.text, out.len), -EPROTO);
		listing_fini(&r.listing);
		str_fini(&out);
	}
}

Test(wire, listing_with_too_many_or_too_large_fixtures_is_refused)
{
	struct str out = STR_INIT;
	struct reading r;
	uint32_t i;

	wire_put_fixture(&out, 0, WIRE_FIXTURE_SIZE_MAX + 1);
	cr_expect_eq(read_listing(&r, out.text, out.len), -EPROTO);
	listing_fini(&r.listing);
	str_clear(&out);
	for (i = 0; i < WIRE_FIXTURES_MAX; i++)
		wire_put_fixture(&out, i, 8);
	cr_expect_eq(read_listing(&r, out.text, out.len), 0);
	listing_fini(&r.listing);
	wire_put_fixture(&out, i, 8);
	cr_expect_eq(read_listing(&r, out.text, out.len), -EPROTO);
	listing_fini(&r.listing);
	str_fini(&out);
}

/* ---- hostile bytes --------------------------------------------------- */

/* Whatever is accepted can be used. */
static void expect_usable(const struct reading *r)
{
	uint32_t i;

	for (i = 0; i < r->listing.n_tests; i++) {
		const struct test *t = &r->listing.tests[i];
		size_t len = strlen(t->name);

		cr_assert_gt(len, 0);
		cr_assert_leq(t->scope_len, len);
		cr_assert(t->count >= 1 && t->count <= TEST_COUNT_MAX);
		cr_assert_lt((unsigned)t->attrs->isolate, N_ISOLATES);
		cr_assert_lt(strlen(t->attrs->lock) + strlen(t->attrs->tags) +
				     strlen(t->attrs->description),
			     1u << 22);
	}
	cr_assert_leq(r->n_fixtures, WIRE_FIXTURES_MAX);
}

/* Good again only where an entry ends. */
Test(wire, listing_cut_at_any_byte_never_breaks)
{
	struct str out = sample();
	struct reading r;
	uint32_t n_good = 0;
	size_t i;

	for (i = 0; i <= out.len; i++) {
		n_good += read_listing(&r, out.text, i) == 0;
		expect_usable(&r);
		listing_fini(&r.listing);
	}
	cr_expect_eq(n_good, 6);
	str_fini(&out);
}

Test(wire, listing_that_is_damaged_never_breaks)
{
	struct rng rng = { .state = 3 };
	struct str out = sample();
	char *damaged = malloc(out.len);
	uint32_t round, k, n_refused = 0;
	struct reading r;

	for (round = 0; round < 20000; round++) {
		memcpy(damaged, out.text, out.len);
		for (k = rng_below(&rng, 3) + 1; k > 0; k--)
			damaged[rng_below(&rng, (uint32_t)out.len)] =
				(char)rng_next(&rng);
		n_refused += read_listing(&r, damaged, out.len) < 0;
		expect_usable(&r);
		listing_fini(&r.listing);
	}
	cr_expect_gt(n_refused, 1000);
	free(damaged);
	str_fini(&out);
}

/* All words in turn hold what overflows easily. */
Test(wire, listing_with_huge_words_never_breaks)
{
	static const uint32_t words[] = { UINT32_MAX, 0x80000000u, 0x7fffffffu,
					  (1u << 20) + 1, 0 };
	struct str out = sample();
	char *damaged = malloc(out.len);
	struct reading r;
	size_t i, k;

	for (i = 0; i + 4 <= out.len; i++) {
		for (k = 0; k < sizeof(words) / sizeof(words[0]); k++) {
			memcpy(damaged, out.text, out.len);
			memcpy(damaged + i, &words[k], 4);
			read_listing(&r, damaged, out.len);
			expect_usable(&r);
			listing_fini(&r.listing);
		}
	}
	free(damaged);
	str_fini(&out);
}

Test(wire, listing_of_random_bytes_never_breaks)
{
	struct rng rng = { .state = 5 };
	char noise[2048];
	struct reading r;
	uint32_t round;
	size_t i;

	for (round = 0; round < 2000; round++) {
		for (i = 0; i < sizeof(noise); i++)
			noise[i] = (char)(rng_next(&rng) &
					  (round & 1 ? 0xff : 0x01));
		read_listing(&r, noise, rng_below(&rng, sizeof(noise)));
		expect_usable(&r);
		listing_fini(&r.listing);
	}
}
