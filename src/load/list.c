/* SPDX-License-Identifier: MIT */
#include "load/list.h"

#include "model/listing.h"
#include "shm/wire.h"
#include "suite/native.h"

static const char *list_text(const char *text)
{
	return text ? text : "";
}

static struct attrs list_attrs(const struct shmrun_attrs *a)
{
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
		.isolate = (enum isolate)a->isolate,
		.exclusive = a->exclusive,
		.last = a->last,
		.disabled = a->disabled,
	};
}

void list_suite(const struct native_suite *s, struct str *out)
{
	uint32_t i;

	for (i = 0; i < s->n_tests; i++) {
		const struct native_test *t = &s->tests[i];

		wire_put_test(out, &(struct test){
			.name = t->name,
			.file = t->decl->file,
			.line = t->decl->line,
			.entry_ix = i,
			.count = t->count,
			.scope_len = t->scope_len,
			.indexed = t->decl->flags & SHMRUN_INDEXED_,
			.attrs = list_attrs(&t->attrs),
		});
	}
	for (i = 0; i < s->run_fixtures.n; i++)
		wire_put_fixture(out, i,
				 s->fixtures[s->run_fixtures.first + i]
					 ->data_size);
}
