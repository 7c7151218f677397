/* SPDX-License-Identifier: MIT */
#include "report/report.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>

/* The live line moves, and lines reach a pipe, this often. */
#define REPORT_PROGRESS_NS (100 * NS_PER_MS)

struct report_open {
	const struct report_ops *ops;
	void *priv;
};

struct report {
	struct report_open *items;
	size_t n;
	const struct report_ops *failed; /* the first that could not write */
	int code;			 /* and why */
	bool lost_reader;
};

const struct report_ops *const report_table[] = { &report_term, NULL };

static void report_note(struct report *r, const struct report_ops *ops,
			int code)
{
	if (code >= 0)
		return;
	if (code == -EPIPE)
		r->lost_reader = true;
	if (r->code == 0) {
		r->code = code;
		r->failed = ops;
	}
}

static void report_event(void *ctx, const struct event *ev)
{
	struct report *r = ctx;
	size_t i;

	for (i = 0; i < r->n; i++) {
		struct report_open *o = &r->items[i];
		int code = o->ops->event(o->priv, ev);

		if (unlikely(code < 0))
			report_note(r, o->ops, code);
	}
}

static int report_open_one(struct report *r, const struct report_ops *ops,
			   const struct report_setup *setup, struct err *err)
{
	void *priv = mem_zalloc(ops->size);
	int ret = ops->open(priv, setup, err);

	if (ret < 0) {
		free(priv);
		return err_wrap(err, "report %s", ops->name);
	}
	r->items[r->n++] = (struct report_open){ ops, priv };
	return 0;
}

struct report *report_open(const struct report_ops *const *wanted,
			   const struct report_setup *setup, struct err *err)
{
	struct report *r = mem_zalloc(sizeof(*r));
	size_t n = 0, i;

	while (wanted[n])
		n++;
	r->items = mem_array(n, sizeof(*r->items));
	for (i = 0; i < n; i++) {
		if (report_open_one(r, wanted[i], setup, err) < 0) {
			report_close(r, NULL);
			return NULL;
		}
	}
	return r;
}

struct sink report_sink(struct report *r)
{
	return (struct sink){ .event = report_event,
			      .ctx = r,
			      .progress_ns = REPORT_PROGRESS_NS };
}

bool report_has_lost_reader(const struct report *r)
{
	return r->lost_reader;
}

int report_close(struct report *r, struct err *err)
{
	int code;

	while (r->n > 0) {
		struct report_open *o = &r->items[--r->n];

		report_note(r, o->ops, o->ops->close(o->priv));
		free(o->priv);
	}
	code = r->code;
	if (code < 0)
		err_sys(err, code, "could not write the %s report",
			r->failed->name);
	free(r->items);
	free(r);
	return code;
}
