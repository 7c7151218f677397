/* SPDX-License-Identifier: MIT */
#include "load/list.h"

#include "model/listing.h"
#include "shm/wire.h"
#include "suite/adapter.h"

#include <string.h>

static const char *list_text(const char *text)
{
	return text ? text : "";
}

static struct attrs list_attrs(const struct adapter_test *t)
{
	const struct shmrun_attrs *a = &t->attrs;

	return (struct attrs){
		.affinity = list_text(a->affinity),
		.serial = list_text(a->serial),
		.lock = list_text(a->lock),
		.after = list_text(a->after),
		.tags = list_text(a->tags),
		.description = list_text(a->description),
		.timeout = a->timeout,
		.slow = a->slow,
		.cost = a->cost,
		.weight = a->weight,
		.priority = a->priority,
		.retries = a->retries,
		.signal = a->signal,
		.exit_code = a->exit_code,
		.inherited = t->inherited,
		.isolate = (enum isolate)a->isolate,
		.exclusive = a->exclusive,
		.last = a->last,
		.disabled = a->disabled,
	};
}

/* What of a test the one before it does not tell already. */
static unsigned list_parts(const struct adapter_suite *s, uint32_t i)
{
	const struct adapter_test *t = &s->tests[i], *before;
	unsigned parts = 0;

	if (i == 0)
		return WIRE_FILE | WIRE_ATTRS;
	before = t - 1;
	if (t->file != before->file &&
	    strcmp(t->file, before->file) != 0)
		parts |= WIRE_FILE;
	/* Padding that differs costs some bytes, no more. */
	/* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison,cert-*) */
	if (memcmp(&t->attrs, &before->attrs, sizeof(t->attrs)) != 0 ||
	    t->inherited != before->inherited)
		parts |= WIRE_ATTRS;
	return parts;
}

void list_suite(const struct adapter_suite *s, struct str *out)
{
	struct attrs attrs;
	uint32_t i;

	for (i = 0; i < s->n_tests; i++) {
		const struct adapter_test *t = &s->tests[i];
		unsigned parts = list_parts(s, i);

		if (parts & WIRE_ATTRS)
			attrs = list_attrs(t);
		wire_put_test(out, &(struct test){
			.name = t->name,
			.file = t->file,
			.attrs = &attrs,
			.line = t->line,
			.count = t->count,
			.scope_len = t->scope_len,
			.indexed = t->indexed,
		}, parts);
	}
	for (i = 0; i < s->run_fixtures.n; i++)
		wire_put_fixture(out, i,
				 s->fixtures[s->run_fixtures.first + i]
					 ->data_size);
}
