/* SPDX-License-Identifier: MIT */
#include "shm/wire.h"

#include "base/mem.h"
#include "base/sys.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int wire_send(int sock, const struct wire_head *head, const char *text,
	      const int *fds, int n_fds)
{
	struct wire_msg *msg;
	size_t len;
	int ret;

	/* Most have no text, and the loader should dirty few pages. */
	if (!text) {
		ret = sys_send(sock, head, sizeof(*head), fds, n_fds);
		return ret < 0 ? ret : 0;
	}
	msg = mem_alloc(sizeof(*msg));
	len = strnlen(text, WIRE_TEXT_CAP - 1);
	msg->head = *head;
	memcpy(msg->text, text, len);
	ret = sys_send(sock, msg, sizeof(msg->head) + len, fds, n_fds);
	free(msg);
	return ret < 0 ? ret : 0;
}

int wire_recv(int sock, struct wire_msg *msg, int *fds, int *n_fds)
{
	int len = sys_recv(sock, msg, sizeof(*msg) - 1, fds, n_fds);

	if (len <= 0)
		return len;
	if ((size_t)len < sizeof(msg->head))
		return -EPROTO;
	((char *)msg)[len] = '\0';
	return 1;
}

/* ---- listing --------------------------------------------------------- */

enum { ENTRY_TEST = 1, ENTRY_FIXTURE = 2 };

enum { TEXT_NAME, TEXT_FILE, TEXT_AFFINITY, TEXT_SERIAL, TEXT_LOCK, TEXT_AFTER,
       TEXT_TAGS, TEXT_DESCRIPTION, N_TEXTS };

#define TEXT_MAX (1u << 20)

struct wire_entry {
	uint32_t kind;
	uint32_t line;
	uint32_t entry_ix;
	uint32_t count;
	uint32_t scope_len;
	uint32_t text_len[N_TEXTS]; /* without terminators, which follow */
	int32_t weight, priority, retries, signal, exit_code;
	uint32_t isolate;
	uint8_t indexed, exclusive, last, disabled;
	uint32_t zero;
	uint64_t size; /* of a fixture */
	double timeout, slow, cost;
};

static void wire_texts(const struct test *t, const char *texts[N_TEXTS])
{
	texts[TEXT_NAME] = t->name;
	texts[TEXT_FILE] = t->file;
	texts[TEXT_AFFINITY] = t->attrs.affinity;
	texts[TEXT_SERIAL] = t->attrs.serial;
	texts[TEXT_LOCK] = t->attrs.lock;
	texts[TEXT_AFTER] = t->attrs.after;
	texts[TEXT_TAGS] = t->attrs.tags;
	texts[TEXT_DESCRIPTION] = t->attrs.description;
}

void wire_put_test(struct str *out, const struct test *t)
{
	const char *texts[N_TEXTS];
	struct wire_entry e = {
		.kind = ENTRY_TEST,
		.line = t->line,
		.entry_ix = t->entry_ix,
		.count = t->count,
		.scope_len = t->scope_len,
		.weight = t->attrs.weight,
		.priority = t->attrs.priority,
		.retries = t->attrs.retries,
		.signal = t->attrs.signal,
		.exit_code = t->attrs.exit_code,
		.isolate = t->attrs.isolate,
		.indexed = t->indexed,
		.exclusive = t->attrs.exclusive,
		.last = t->attrs.last,
		.disabled = t->attrs.disabled,
		.timeout = t->attrs.timeout,
		.slow = t->attrs.slow,
		.cost = t->attrs.cost,
	};
	int i;

	wire_texts(t, texts);
	for (i = 0; i < N_TEXTS; i++)
		e.text_len[i] = (uint32_t)strlen(texts[i]);
	str_add_len(out, (const char *)&e, sizeof(e));
	for (i = 0; i < N_TEXTS; i++)
		str_add_len(out, texts[i], e.text_len[i] + 1);
}

void wire_put_fixture(struct str *out, uint32_t fixture_ix, uint64_t size)
{
	struct wire_entry e = { .kind = ENTRY_FIXTURE,
				.entry_ix = fixture_ix,
				.size = size };
	int i;

	str_add_len(out, (const char *)&e, sizeof(e));
	for (i = 0; i < N_TEXTS; i++)
		str_add_char(out, '\0');
}

struct cursor {
	const char *at, *end;
};

static bool wire_get_entry(struct cursor *c, struct wire_entry *e,
			   const char *texts[N_TEXTS])
{
	int i;

	if ((size_t)(c->end - c->at) < sizeof(*e))
		return false;
	memcpy(e, c->at, sizeof(*e));
	c->at += sizeof(*e);
	for (i = 0; i < N_TEXTS; i++) {
		size_t len = e->text_len[i];

		if (len > TEXT_MAX || (size_t)(c->end - c->at) < len + 1 ||
		    c->at[len] != '\0' || memchr(c->at, '\0', len))
			return false;
		texts[i] = c->at;
		c->at += len + 1;
	}
	return true;
}

static bool wire_is_time(double seconds)
{
	return isfinite(seconds) && seconds >= 0 && seconds <= 1e9;
}

static bool wire_is_sane(const struct wire_entry *e)
{
	return e->count >= 1 && e->count <= TEST_COUNT_MAX &&
	       (e->count == 1 || e->indexed) &&
	       e->text_len[TEXT_NAME] > 0 &&
	       e->scope_len <= e->text_len[TEXT_NAME] &&
	       e->isolate < N_ISOLATES && e->indexed <= 1 &&
	       e->exclusive <= 1 && e->last <= 1 && e->disabled <= 1 &&
	       e->signal >= 0 && e->signal < 128 && e->exit_code >= 0 &&
	       e->exit_code < 256 && wire_is_time(e->timeout) &&
	       wire_is_time(e->slow) && wire_is_time(e->cost);
}

static void wire_add_test(struct listing *l, const struct wire_entry *e,
			  const char *texts[N_TEXTS])
{
	const char *own[N_TEXTS];
	int i;

	for (i = 0; i < N_TEXTS; i++)
		own[i] = listing_text(l, texts[i], e->text_len[i]);
	listing_add_test(l, &(struct test){
		.name = own[TEXT_NAME],
		.file = own[TEXT_FILE],
		.line = e->line,
		.entry_ix = e->entry_ix,
		.count = e->count,
		.scope_len = e->scope_len,
		.indexed = e->indexed,
		.attrs = {
			.affinity = own[TEXT_AFFINITY],
			.serial = own[TEXT_SERIAL],
			.lock = own[TEXT_LOCK],
			.after = own[TEXT_AFTER],
			.tags = own[TEXT_TAGS],
			.description = own[TEXT_DESCRIPTION],
			.timeout = e->timeout,
			.slow = e->slow,
			.cost = e->cost,
			.weight = e->weight,
			.priority = e->priority,
			.retries = e->retries,
			.signal = e->signal,
			.exit_code = e->exit_code,
			.isolate = (enum isolate)e->isolate,
			.exclusive = e->exclusive,
			.last = e->last,
			.disabled = e->disabled,
		},
	});
}

int wire_get_listing(const char *bytes, size_t len, struct listing *listing,
		     struct wire_fixture *fixtures, uint32_t *n_fixtures,
		     struct err *err)
{
	struct cursor c = { .at = bytes, .end = bytes + len };
	const char *texts[N_TEXTS];
	struct wire_entry e;

	while (c.at < c.end) {
		if (!wire_get_entry(&c, &e, texts))
			return err_set(err, -EPROTO, "its listing is damaged");
		if (e.kind == ENTRY_TEST && wire_is_sane(&e)) {
			wire_add_test(listing, &e, texts);
		} else if (e.kind == ENTRY_FIXTURE &&
			   *n_fixtures < WIRE_FIXTURES_MAX &&
			   e.size <= WIRE_FIXTURE_SIZE_MAX) {
			fixtures[(*n_fixtures)++] = (struct wire_fixture){
				.suite_ix = listing->n_suites - 1,
				.fixture_ix = e.entry_ix,
				.size = e.size,
			};
		} else {
			return err_set(err, -EPROTO,
				       "its listing holds an impossible entry");
		}
	}
	return 0;
}
