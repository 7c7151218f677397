/* SPDX-License-Identifier: MIT */
#include "tests/model/memory_impl.h"

#include "tests/model/explore.h"

#include <stdio.h>
#include <string.h>

#define MESSAGES_MAX 250
/* How often a thread may see the same old message: what was written is seen
 * in the end. */
#define STALE_MAX 1
#define NAMES_MAX 32
#define SLOTS (4 * MEMORY_WORDS)

struct message {
	uint64_t value;
	struct view view; /* what an acquire of it adds */
};

struct word {
	const void *address;
	uint32_t users; /* threads that ever touched it, as bits */
	int n;		/* messages */
	uint64_t hash;	/* of all messages */
	struct message messages[MESSAGES_MAX];
};

/* Who saw the same old message of a word how often. */
struct patience {
	uint8_t message, n;
};

static struct word words[MEMORY_WORDS];
static int n_words;
static uint16_t slots[SLOTS]; /* address to word + 1 */
static struct patience patience[THREADS_MAX][MEMORY_WORDS];
static struct view fence_view; /* what all fences before know */
static struct view futex_view; /* per word: what its futex calls know */
static struct knowledge setup_known;
static bool learned;

static struct name {
	const char *begin;
	size_t size;
	const char *name;
} names[NAMES_MAX];
static size_t n_names;

/* ---- words ----------------------------------------------------------- */

static uint64_t mix(uint64_t a, uint64_t b)
{
	uint64_t h = (a ^ (b + UINT64_C(0x9e3779b97f4a7c15))) *
		     UINT64_C(0xd6e8feb86659fd93);

	h ^= h >> 32;
	h *= UINT64_C(0xd6e8feb86659fd93);
	return h ^ h >> 29;
}

static int memory_new(const void *address)
{
	if (n_words == MEMORY_WORDS)
		explore_fail("more than %d words", MEMORY_WORDS);
	words[n_words].address = address;
	return n_words++;
}

static int memory_find(const void *address)
{
	size_t at = (uintptr_t)address / 4 * 2654435761u % SLOTS;

	while (slots[at] && words[slots[at] - 1].address != address)
		at = (at + 1) % SLOTS;
	if (!slots[at])
		slots[at] = (uint16_t)(memory_new(address) + 1);
	return slots[at] - 1;
}

void memory_name(const void *begin, size_t size, const char *name)
{
	if (n_names < NAMES_MAX)
		names[n_names++] = (struct name){ begin, size, name };
}

const char *memory_print(int w)
{
	static char text[80];
	const char *at = words[w].address;
	size_t i;

	for (i = 0; i < n_names; i++)
		if (at >= names[i].begin && at < names[i].begin + names[i].size)
			break;
	if (i == n_names)
		snprintf(text, sizeof(text), "word %d", w);
	else
		snprintf(text, sizeof(text), "%s+%d", names[i].name,
			 (int)(at - names[i].begin));
	return text;
}

void memory_reset(void)
{
	int w;

	for (w = 0; w < n_words; w++) {
		words[w].n = 1;
		words[w].hash = 0;
		words[w].messages[0] = (struct message){ 0 };
	}
	/* Words that are met later begin the same way. */
	memset(patience, 0, sizeof(patience));
	memory_ops_reset();
	memset(&fence_view, 0, sizeof(fence_view));
	memset(&futex_view, 0, sizeof(futex_view));
	memset(&setup_known, 0, sizeof(setup_known));
	learned = false;
}

void memory_forget(void)
{
	memset(slots, 0, sizeof(slots));
	memset(words, 0, sizeof(words));
	n_words = 0;
	n_names = 0;
}

bool memory_has_learned(void)
{
	return learned;
}

/* ---- views ----------------------------------------------------------- */

static void view_join(struct view *to, const struct view *from)
{
	int i;

	for (i = 0; i < MEMORY_WORDS; i++)
		to->seen[i] = to->seen[i] > from->seen[i] ? to->seen[i]
							  : from->seen[i];
}

static uint64_t view_hash(const struct view *v)
{
	uint64_t h = 0, part;
	int i;

	for (i = 0; i < MEMORY_WORDS; i += 8) {
		memcpy(&part, &v->seen[i], 8);
		if (part)
			h += mix(part, (uint64_t)i + 1);
	}
	return h;
}

static struct knowledge *memory_known(void)
{
	return explore_self ? &explore_self->known : &setup_known;
}

void memory_inherit(struct knowledge *child)
{
	*child = (struct knowledge){ .now = memory_known()->now };
}

void memory_join(struct knowledge *to, const struct knowledge *from)
{
	view_join(&to->now, &from->now);
}

uint64_t memory_hash_knowledge(const struct knowledge *k)
{
	return view_hash(&k->now) + 3 * view_hash(&k->acquire) +
	       7 * view_hash(&k->release);
}

uint64_t memory_hash(void)
{
	uint64_t h = mix(view_hash(&fence_view), view_hash(&futex_view));
	int w;

	for (w = 0; w < n_words; w++)
		if (words[w].n > 1)
			h += mix(words[w].hash, (uint64_t)w);
	return h;
}

/* ---- messages -------------------------------------------------------- */

int memory_self(void)
{
	return explore_index();
}

/* The word; the thread has stepped when others can see what it does. */
int memory_touch(const void *address, struct site *site)
{
	int w = memory_find(address);
	uint32_t self;

	if (words[w].n == 0)
		words[w].n = 1;
	site_reach(site);
	if (!explore_self)
		return w;
	site_reach(explore_self->caller);
	self = UINT32_C(1) << memory_self();
	if ((words[w].users | self) != words[w].users) {
		/* So far, one thread's own words were no steps. */
		if (words[w].users && !(words[w].users & (words[w].users - 1)))
			learned = true;
		words[w].users |= self;
	}
	if (words[w].users != self)
		explore_step();
	return w;
}

void memory_append(int w, uint64_t value, enum order order,
			  const struct view *sequence)
{
	struct word *x = &words[w];
	struct knowledge *k = memory_known();
	struct message *m = &x->messages[x->n];

	if (x->n == MESSAGES_MAX)
		explore_fail("%s was written too often", memory_print(w));
	k->now.seen[w] = (uint8_t)x->n;
	m->value = value;
	m->view = order & ORDER_RELEASE ? k->now : k->release;
	if (sequence)
		view_join(&m->view, sequence);
	m->view.seen[w] = (uint8_t)x->n;
	x->n++;
	x->hash = mix(mix(x->hash, value), view_hash(&m->view));
}

uint64_t memory_read(int w, int message, enum order order)
{
	const struct message *m = &words[w].messages[message];
	struct knowledge *k = memory_known();
	uint64_t value = m->value;

	if (k->now.seen[w] < message)
		k->now.seen[w] = (uint8_t)message;
	view_join(order & ORDER_ACQUIRE ? &k->now : &k->acquire, &m->view);
	explore_told(value);
	return value;
}

/* The oldest message the thread may read. */
static int memory_oldest(int w)
{
	int oldest = memory_known()->now.seen[w];
	const struct patience *p = &patience[memory_self()][w];

	if (oldest < words[w].n - 1 && p->message == oldest &&
	    p->n >= STALE_MAX)
		oldest++;
	return oldest;
}

int memory_choose(int w)
{
	struct patience *p = &patience[memory_self()][w];
	int newest = words[w].n - 1, oldest = memory_oldest(w), got;

	if (newest == oldest || !explore_self)
		return newest;
	got = newest - (int)explore_choose((uint32_t)(newest - oldest + 1));
	if (got == newest)
		return got;
	if (p->message != got)
		*p = (struct patience){ .message = (uint8_t)got };
	p->n++;
	return got;
}

/* Read, change and write in one; the message stays in its release sequence. */
void memory_update(int w, uint64_t value, enum order order)
{
	const struct view sequence = words[w].messages[words[w].n - 1].view;

	memory_append(w, value, order, &sequence);
}

/* All that fences before this one knew, and this one to those behind it. */
void memory_trade(void)
{
	struct knowledge *k = memory_known();

	view_join(&k->now, &k->acquire);
	view_join(&k->now, &fence_view);
	fence_view = k->now;
	k->release = k->now;
}

int memory_newest(int w)
{
	return words[w].n - 1;
}

uint64_t memory_latest(const void *word)
{
	const struct word *x = &words[memory_find(word)];

	return x->n ? x->messages[x->n - 1].value : 0;
}

/* ---- futex ----------------------------------------------------------- */

bool memory_wait(const uint32_t *word, uint32_t expected)
{
	int w = memory_touch(word, NULL);
	struct knowledge *k = memory_known();
	uint64_t value;

	if (k->now.seen[w] < futex_view.seen[w])
		k->now.seen[w] = futex_view.seen[w];
	value = memory_read(w, memory_choose(w), ORDER_RELAXED);
	futex_view.seen[w] = k->now.seen[w];
	explore_note("futex    %s is %#llx: %s", memory_print(w),
		     (unsigned long long)value,
		     value == expected ? "sleeps" : "does not sleep");
	return value == expected;
}

void memory_wake(const uint32_t *word, int n)
{
	int w = memory_touch(word, NULL);
	const struct knowledge *k = memory_known();

	if (futex_view.seen[w] < k->now.seen[w])
		futex_view.seen[w] = k->now.seen[w];
	explore_note("futex    wakes %d at %s", n, memory_print(w));
	explore_wake(word, n);
	memory_done();
}

/* ---- plain memory ---------------------------------------------------- */

/* A piece has a history of writes, and one of reads per thread, all without
 * values: who writes must know of all of them, who reads of all writes. */
static int memory_reads_of(const void *piece, int thread)
{
	return memory_find((const char *)piece + 1 + thread);
}

static void memory_note_access(int w)
{
	struct word *x = &words[w];

	if (x->n == MESSAGES_MAX)
		explore_fail("%s was touched too often", memory_print(w));
	memory_known()->now.seen[w] = (uint8_t)x->n;
	x->messages[x->n].value = 0;
	x->n++;
	x->hash = mix(x->hash, (uint64_t)memory_self());
}

static void memory_check_known(int w, const char *what)
{
	if (words[w].n == 0)
		words[w].n = 1;
	if (memory_known()->now.seen[w] != words[w].n - 1)
		explore_fail("race: %s is not ordered behind %s of %s",
			     explore_self->name, what, memory_print(w));
}

void memory_plain_write(const void *piece)
{
	int w = memory_find(piece), i;

	if (!explore_self)
		return;
	explore_note("plain    writes %s", memory_print(w));
	memory_check_known(w, "a write");
	for (i = 0; i < THREADS_MAX; i++)
		memory_check_known(memory_reads_of(piece, i), "a read");
	memory_note_access(w);
}

void memory_plain_read(const void *piece)
{
	int w = memory_find(piece);

	if (!explore_self)
		return;
	explore_note("plain    reads %s", memory_print(w));
	memory_check_known(w, "a write");
	w = memory_reads_of(piece, memory_self());
	memory_check_known(w, "a read");
	memory_note_access(w);
}
