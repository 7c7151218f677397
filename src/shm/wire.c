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

enum { TEXT_AFFINITY, TEXT_SERIAL, TEXT_LOCK, TEXT_AFTER, TEXT_TAGS,
       TEXT_DESCRIPTION, N_TEXTS };

#define TEXT_MAX (1u << 20)

/* An entry's head.  Behind that of a test: its name; with WIRE_FILE a length
 * and the file; with WIRE_ATTRS a struct wire_attrs and its texts.  What is
 * not there is the same as in the test before.  Texts are terminated. */
struct wire_entry {
	uint8_t kind;
	uint8_t parts;
	uint8_t indexed;
	uint8_t zero;
	uint32_t line; /* of a fixture: its number */
	uint32_t count;
	uint32_t scope_len;
	uint32_t name_len;
};

struct wire_attrs {
	double timeout, slow, cost;
	int32_t weight, priority, retries, signal, exit_code;
	uint32_t isolate;
	uint32_t text_len[N_TEXTS]; /* without terminators */
	uint32_t inherited;
	uint8_t exclusive, last, disabled, zero;
};

/* No byte of it is left to chance: two loaders must say the same. */
_Static_assert(sizeof(struct wire_attrs) == 80, "no padding");
_Static_assert(sizeof(struct wire_entry) == 20, "no padding");

static void wire_put_text(struct str *out, const char *text, size_t len)
{
	str_add_len(out, text, len + 1);
}

static void wire_put_attrs(struct str *out, const struct attrs *a)
{
	const char *texts[N_TEXTS] = {
		[TEXT_AFFINITY] = a->affinity,
		[TEXT_SERIAL] = a->serial,
		[TEXT_LOCK] = a->lock,
		[TEXT_AFTER] = a->after,
		[TEXT_TAGS] = a->tags,
		[TEXT_DESCRIPTION] = a->description,
	};
	struct wire_attrs w = {
		.timeout = a->timeout,
		.slow = a->slow,
		.cost = a->cost,
		.weight = a->weight,
		.priority = a->priority,
		.retries = a->retries,
		.signal = a->signal,
		.exit_code = a->exit_code,
		.inherited = a->inherited,
		.isolate = a->isolate,
		.exclusive = a->exclusive,
		.last = a->last,
		.disabled = a->disabled,
	};
	int i;

	for (i = 0; i < N_TEXTS; i++)
		w.text_len[i] = (uint32_t)strlen(texts[i]);
	str_add_len(out, (const char *)&w, sizeof(w));
	for (i = 0; i < N_TEXTS; i++)
		wire_put_text(out, texts[i], w.text_len[i]);
}

void wire_put_test(struct str *out, const struct test *t, unsigned parts)
{
	struct wire_entry e = {
		.kind = ENTRY_TEST,
		.parts = (uint8_t)parts,
		.indexed = t->indexed,
		.line = t->line,
		.count = t->count,
		.scope_len = t->scope_len,
		.name_len = (uint32_t)strlen(t->name),
	};
	uint32_t len;

	str_add_len(out, (const char *)&e, sizeof(e));
	wire_put_text(out, t->name, e.name_len);
	if (parts & WIRE_FILE) {
		len = (uint32_t)strlen(t->file);
		str_add_len(out, (const char *)&len, sizeof(len));
		wire_put_text(out, t->file, len);
	}
	if (parts & WIRE_ATTRS)
		wire_put_attrs(out, t->attrs);
}

void wire_put_fixture(struct str *out, uint32_t fixture_ix, uint64_t size)
{
	struct wire_entry e = { .kind = ENTRY_FIXTURE, .line = fixture_ix };

	str_add_len(out, (const char *)&e, sizeof(e));
	str_add_len(out, (const char *)&size, sizeof(size));
}

/* What is left, and what the next test inherits. */
struct wire_reader {
	const char *at, *end;
	struct listing *listing;
	const char *file;
	const struct attrs *attrs;
	uint32_t n_tests; /* of this suite */
};

static bool wire_get(struct wire_reader *r, void *to, size_t size)
{
	if ((size_t)(r->end - r->at) < size)
		return false;
	memcpy(to, r->at, size);
	r->at += size;
	return true;
}

/* A text in place: NULL when it is not one. */
static const char *wire_get_text(struct wire_reader *r, size_t len)
{
	const char *text = r->at;

	if (len > TEXT_MAX || (size_t)(r->end - r->at) < len + 1 ||
	    text[len] != '\0' || memchr(text, '\0', len))
		return NULL;
	r->at += len + 1;
	return text;
}

static bool wire_get_file(struct wire_reader *r)
{
	uint32_t len;

	r->file = wire_get(r, &len, sizeof(len)) ? wire_get_text(r, len)
						 : NULL;
	return r->file != NULL;
}

static bool wire_is_time(double seconds)
{
	return isfinite(seconds) && seconds >= 0 && seconds <= 1e9;
}

static bool wire_are_sane(const struct wire_attrs *w)
{
	return w->isolate < N_ISOLATES && w->inherited < 1u << N_ATTRS &&
	       w->exclusive <= 1 && w->last <= 1 &&
	       w->disabled <= 1 && w->signal >= 0 && w->signal < 128 &&
	       w->exit_code >= 0 && w->exit_code < 256 &&
	       wire_is_time(w->timeout) && wire_is_time(w->slow) &&
	       wire_is_time(w->cost);
}

static bool wire_get_attrs(struct wire_reader *r)
{
	const char *texts[N_TEXTS];
	struct wire_attrs w;
	int i;

	if (!wire_get(r, &w, sizeof(w)) || !wire_are_sane(&w))
		return false;
	for (i = 0; i < N_TEXTS; i++)
		if (!(texts[i] = wire_get_text(r, w.text_len[i])))
			return false;
	r->attrs = listing_attrs(r->listing, &(struct attrs){
		.affinity = texts[TEXT_AFFINITY],
		.serial = texts[TEXT_SERIAL],
		.lock = texts[TEXT_LOCK],
		.after = texts[TEXT_AFTER],
		.tags = texts[TEXT_TAGS],
		.description = texts[TEXT_DESCRIPTION],
		.timeout = w.timeout,
		.slow = w.slow,
		.cost = w.cost,
		.weight = w.weight,
		.priority = w.priority,
		.retries = w.retries,
		.signal = w.signal,
		.exit_code = w.exit_code,
		.inherited = w.inherited,
		.isolate = (enum isolate)w.isolate,
		.exclusive = w.exclusive,
		.last = w.last,
		.disabled = w.disabled,
	});
	return true;
}

static bool wire_get_test(struct wire_reader *r, const struct wire_entry *e)
{
	const char *name = wire_get_text(r, e->name_len);

	if (!name || e->name_len == 0 || e->scope_len > e->name_len ||
	    e->count < 1 || e->count > TEST_COUNT_MAX || e->indexed > 1 ||
	    (e->count > 1 && !e->indexed) ||
	    (e->parts & ~(WIRE_FILE | WIRE_ATTRS)))
		return false;
	if ((e->parts & WIRE_FILE) && !wire_get_file(r))
		return false;
	if ((e->parts & WIRE_ATTRS) && !wire_get_attrs(r))
		return false;
	if (!r->file || !r->attrs)
		return false;
	listing_add_test(r->listing, &(struct test){
		.name = name,
		.file = r->file,
		.attrs = r->attrs,
		.line = e->line,
		.entry_ix = r->n_tests++,
		.count = e->count,
		.scope_len = e->scope_len,
		.indexed = e->indexed,
	});
	return true;
}

static bool wire_get_fixture(struct wire_reader *r, const struct wire_entry *e,
			     struct wire_fixture *fixtures,
			     uint32_t *n_fixtures)
{
	struct wire_fixture f = { .suite_ix = r->listing->n_suites - 1,
				  .fixture_ix = e->line };

	if (!wire_get(r, &f.size, sizeof(f.size)) ||
	    f.size > WIRE_FIXTURE_SIZE_MAX || *n_fixtures == WIRE_FIXTURES_MAX)
		return false;
	fixtures[(*n_fixtures)++] = f;
	return true;
}

int wire_get_listing(const char *bytes, size_t len, struct listing *listing,
		     struct wire_fixture *fixtures, uint32_t *n_fixtures,
		     struct err *err)
{
	struct wire_reader r = { .at = bytes,
				 .end = bytes + len,
				 .listing = listing };
	struct wire_entry e;
	bool good = true;

	while (good && r.at < r.end) {
		good = wire_get(&r, &e, sizeof(e));
		if (good && e.kind == ENTRY_TEST)
			good = wire_get_test(&r, &e);
		else if (good && e.kind == ENTRY_FIXTURE)
			good = wire_get_fixture(&r, &e, fixtures, n_fixtures);
		else
			good = false;
	}
	return good ? 0 : err_set(err, -EPROTO, "its listing is damaged");
}
