/* SPDX-License-Identifier: MIT */
#include "shm/brief.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Texts that are the same as in the test before are not written again. */
struct brief_writer {
	struct str tests, placed, texts;
	const char *last[N_BRIEF_TEXTS];
	size_t last_len[N_BRIEF_TEXTS];
	uint64_t last_off[N_BRIEF_TEXTS];
};

static uint64_t brief_put_text(struct brief_writer *w, const char *text,
			       size_t len)
{
	uint64_t off = w->texts.len;

	str_add_len(&w->texts, text, len);
	str_add_char(&w->texts, '\0');
	return off;
}

static uint64_t brief_put(struct brief_writer *w, enum brief_text which,
			  const char *text, size_t len)
{
	if (w->last[which] && w->last_len[which] == len &&
	    memcmp(w->last[which], text, len) == 0)
		return w->last_off[which];
	w->last[which] = text;
	w->last_len[which] = len;
	w->last_off[which] = brief_put_text(w, text, len);
	return w->last_off[which];
}

static void brief_put_test(struct brief_writer *w, const struct test *t,
			   const char *suite, uint32_t first_row)
{
	const struct attrs *a = t->attrs;
	const char *texts[N_BRIEF_TEXTS] = {
		[BRIEF_NAME] = t->name,
		[BRIEF_SUITE] = suite,
		[BRIEF_SCOPE] = t->name,
		[BRIEF_FILE] = t->file,
		[BRIEF_AFFINITY] = a->affinity,
		[BRIEF_SERIAL] = a->serial,
		[BRIEF_LOCK] = a->lock,
		[BRIEF_AFTER] = a->after,
		[BRIEF_TAGS] = a->tags,
	};
	struct brief_test out = {
		.cost_ns = (uint64_t)(a->cost * 1e9),
		.first_row = first_row,
		.line = t->line,
		.count = t->count,
		.weight = a->weight,
		.priority = a->priority,
		.indexed = t->indexed,
		.disabled = a->disabled,
		.exclusive = a->exclusive,
		.last = a->last,
	};
	int i;

	for (i = 0; i < N_BRIEF_TEXTS; i++)
		out.texts[i] = brief_put(w, (enum brief_text)i, texts[i],
					 i == BRIEF_SCOPE ? t->scope_len
							  : strlen(texts[i]));
	str_add_len(&w->tests, (const char *)&out, sizeof(out));
}

static void brief_put_tests(struct brief_writer *w,
			    const struct brief_args *args)
{
	const struct listing *l = args->listing;
	uint32_t i;

	for (i = 0; i < l->n_tests; i++)
		brief_put_test(w, &l->tests[i],
			       l->suites[l->tests[i].suite_ix].path,
			       args->costs ? args->costs->first[i] : 0);
}

static void brief_put_range(struct brief_writer *w, uint32_t lo, uint32_t hi)
{
	struct bound out = { .lo = lo, .hi = hi };

	str_add_len(&w->placed, (const char *)&out, sizeof(out));
}

static int brief_by_lo(const void *va, const void *vb)
{
	const struct bound *a = va, *b = vb;

	return (a->lo > b->lo) - (a->lo < b->lo);
}

/* What the runner hands out when its time has come. */
static void brief_put_placed(struct brief_writer *w, const struct plan *plan)
{
	uint32_t i;

	for (i = 0; i < plan->n_gated; i++)
		brief_put_range(w, plan->gated[i].lo, plan->gated[i].hi);
	for (i = 0; i < plan->n_late; i++)
		brief_put_range(w, plan->late[i].lo, plan->late[i].hi);
	for (i = 0; i < plan->n_deals; i++)
		brief_put_range(w, plan->deals[i].lo, plan->deals[i].hi);
	if (w->placed.len)
		qsort(w->placed.text, w->placed.len / sizeof(struct bound),
		      sizeof(struct bound), brief_by_lo);
}

static struct brief_part brief_part(uint64_t *end, uint64_t n, size_t size)
{
	struct brief_part part = { .off = *end, .n = n };

	*end += (n * size + 7) / 8 * 8;
	return part;
}

static struct brief_head brief_layout(const struct brief_writer *w,
				      const struct brief_args *args)
{
	const struct plan *plan = args->plan;
	uint64_t end = sizeof(struct brief_head);
	struct brief_head h = {
		.magic = BRIEF_MAGIC,
		.n_positions = plan->n_positions,
		.n_slots = args->n_slots,
	};

	h.segments = brief_part(&end, plan->n_segments,
				sizeof(*plan->segments));
	h.tests = brief_part(&end, w->tests.len / sizeof(struct brief_test),
			     sizeof(struct brief_test));
	h.bounds = brief_part(&end, plan->n_bounds, sizeof(struct bound));
	h.placed = brief_part(&end, w->placed.len / sizeof(struct bound),
			      sizeof(struct bound));
	h.rows = brief_part(&end, args->costs ? args->costs->n_rows : 0,
			    sizeof(struct cost));
	h.texts = brief_part(&end, w->texts.len, 1);
	h.size = end;
	return h;
}

static int brief_write_part(int fd, struct brief_part part, const void *from,
			    size_t size)
{
	if (part.n == 0)
		return 0;
	if (lseek(fd, (off_t)part.off, SEEK_SET) < 0)
		return -errno;
	return sys_write_all(fd, from, part.n * size);
}

static int brief_fill(int fd, const struct brief_head *h,
		      const struct brief_writer *w,
		      const struct brief_args *args)
{
	const struct plan *plan = args->plan;
	int ret = sys_allocate(fd, h->size);

	if (ret == 0)
		ret = sys_write_all(fd, h, sizeof(*h));
	if (ret == 0)
		ret = brief_write_part(fd, h->segments, plan->segments,
				       sizeof(*plan->segments));
	if (ret == 0)
		ret = brief_write_part(fd, h->tests, w->tests.text,
				       sizeof(struct brief_test));
	if (ret == 0)
		ret = brief_write_part(fd, h->bounds, plan->bounds,
				       sizeof(struct bound));
	if (ret == 0)
		ret = brief_write_part(fd, h->placed, w->placed.text,
				       sizeof(struct bound));
	if (ret == 0)
		ret = brief_write_part(fd, h->rows,
				       args->costs ? args->costs->rows : NULL,
				       sizeof(struct cost));
	if (ret == 0)
		ret = brief_write_part(fd, h->texts, w->texts.text, 1);
	if (ret == 0)
		ret = sys_seal(fd, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW |
					   F_SEAL_SEAL);
	return ret;
}

int brief_write(const struct brief_args *args, struct err *err)
{
	struct brief_writer w = { .tests = STR_INIT };
	struct brief_part text = { 0 };
	struct brief_head h;
	int fd = sys_memfd("shmrun-brief"), ret = fd;

	if (fd >= 0) {
		brief_put_tests(&w, args);
		brief_put_placed(&w, args->plan);
		text.n = strlen(args->args);
		text.off = brief_put_text(&w, args->args, text.n);
		h = brief_layout(&w, args);
		h.args = text;
		ret = brief_fill(fd, &h, &w, args);
	}
	str_fini(&w.tests);
	str_fini(&w.placed);
	str_fini(&w.texts);
	if (ret == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return err_sys(err, ret, "cannot write what a plug-in is told");
}

int brief_attach(struct brief *b, int fd, struct err *err)
{
	struct stat st;
	const char *base;
	int code;

	if (fstat(fd, &st) < 0)
		return err_sys(err, -errno, "cannot look at the brief");
	base = sys_map(NULL, fd, (size_t)st.st_size, false, &code);
	if (!base)
		return err_sys(err, code, "cannot map the brief");
	b->head = (const void *)base;
	if ((size_t)st.st_size < sizeof(*b->head) ||
	    b->head->magic != BRIEF_MAGIC ||
	    b->head->size != (uint64_t)st.st_size)
		return err_set(err, -EINVAL, "the brief is damaged");
	b->segments = (const void *)(base + b->head->segments.off);
	b->tests = (const void *)(base + b->head->tests.off);
	b->bounds = (const void *)(base + b->head->bounds.off);
	b->placed = (const void *)(base + b->head->placed.off);
	b->rows = (const void *)(base + b->head->rows.off);
	b->texts = base + b->head->texts.off;
	b->args = b->texts + b->head->args.off;
	return 0;
}

const struct bound *brief_find(const struct bound *ranges, uint64_t n,
			       uint32_t position)
{
	uint32_t at = bound_search(ranges, (uint32_t)n, position);

	return at < n && ranges[at].lo <= position ? &ranges[at] : NULL;
}
