/* SPDX-License-Identifier: MIT */
#include "shm/catalog.h"

#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum isolate catalog_isolate(enum isolate chosen, enum isolate usual,
			     const struct attrs *attrs)
{
	enum isolate tier = chosen == ISOLATE_AUTO ? usual : chosen;

	/* What is not loaded cannot be run in another way. */
	if (usual == ISOLATE_EXEC)
		return usual;
	tier = max_of(tier, attrs->isolate);

	if (attrs->signal || attrs->exit_code)
		tier = max_of(tier, ISOLATE_FORK);
	return max_of(tier, ISOLATE_WORKER);
}

static struct shm_off catalog_part(uint64_t *end, uint64_t size)
{
	struct shm_off off = { .v = *end };

	*end += (size + 7) / 8 * 8;
	return off;
}

static uint64_t catalog_texts_size(const struct listing *l)
{
	uint64_t size = 1; /* the empty one */
	uint32_t i;

	for (i = 0; i < l->n_tests; i++)
		if (*l->tests[i].attrs->lock)
			size += strlen(l->tests[i].attrs->lock) + 1;
	return size;
}

static struct catalog_header catalog_layout(const struct catalog_args *args)
{
	struct catalog_header h = {
		.magic = SHM_MAGIC,
		.version = SHM_VERSION,
		.n_positions = args->plan->n_positions,
		.n_segments = args->plan->n_segments,
		.n_tests = args->listing->n_tests,
		.n_fixtures = args->n_fixtures,
		.jobs = args->jobs,
		.recycle_on_failure = args->recycle_on_failure,
		.debugged = args->debugged,
		.recycle_after = args->recycle_after,
		.list_len = plan_list_len(args->plan),
		.chains = args->plan->chains,
		.n_parts = args->plan->n_parts,
		.n_bounds = args->plan->n_bounds,
		.batch_max = args->batch_max,
		.max_fail = args->max_fail,
		.pinned = plan_is_pinned(args->plan) ||
			  (args->retries && plan_has_lists(args->plan)),
		.ring_from = plan_kept_from(args->plan),
		.ring_to = plan_alone_to(args->plan),
		.n_turns = args->plan->turn_kind == TURNS_ARE_ITERATIONS
				   ? args->plan->n_turns : 0,
		.arena = *args->layout,
	};
	uint64_t end = (sizeof(h) + 7) / 8 * 8;

	h.segments = catalog_part(&end, (uint64_t)h.n_segments *
						sizeof(struct segment));
	h.tests = catalog_part(&end, (uint64_t)h.n_tests *
					     sizeof(struct catalog_test));
	h.fixtures = catalog_part(&end, (uint64_t)h.n_fixtures *
						sizeof(struct catalog_fixture));
	h.parts = catalog_part(&end, (uint64_t)h.n_parts *
					     sizeof(struct part));
	h.bounds = catalog_part(&end, (uint64_t)h.n_bounds *
					      sizeof(struct bound));
	h.turns = catalog_part(&end, (uint64_t)h.n_turns *
					     sizeof(struct turn));
	h.sums = catalog_part(&end, args->sums ? ((uint64_t)h.n_positions + 1) *
							 sizeof(uint64_t)
					       : 0);
	h.terms = catalog_part(&end, (uint64_t)h.n_tests *
					     sizeof(struct catalog_terms));
	h.texts = catalog_part(&end, catalog_texts_size(args->listing));
	h.size = end;
	strncpy(h.run_id, args->run_id, sizeof(h.run_id) - 1);
	return h;
}

static void catalog_fill_tests(char *base, const struct catalog_header *h,
			       const struct catalog_args *args)
{
	struct catalog_test *out = (void *)(base + h->tests.v);
	uint32_t i;

	for (i = 0; i < h->n_tests; i++) {
		const struct test *t = &args->listing->tests[i];
		enum isolate usual =
			args->listing->suites[t->suite_ix].isolate;

		out[i] = (struct catalog_test){
			.suite_ix = t->suite_ix,
			.entry_ix = t->entry_ix,
			.isolate = (uint8_t)catalog_isolate(
				args->isolate, usual, t->attrs),
			.indexed = t->indexed,
			.signal = (int16_t)t->attrs->signal,
			.exit_code = t->attrs->exit_code,
		};
	}
}

/* Puts a text behind those that are there; where it is. */
static uint64_t catalog_add_text(char *texts, uint64_t *end, const char *text)
{
	uint64_t at = *end;
	size_t size = strlen(text) + 1;

	if (size == 1)
		return 0;
	memcpy(texts + at, text, size);
	*end += size;
	return at;
}

static void catalog_fill_terms(char *base, const struct catalog_header *h,
			       const struct catalog_args *args)
{
	struct catalog_terms *out = (void *)(base + h->terms.v);
	char *texts = base + h->texts.v;
	uint64_t end = 1;
	uint32_t i;

	for (i = 0; i < h->n_tests; i++) {
		const struct attrs *a = args->listing->tests[i].attrs;
		uint32_t retries = args->no_retries ? 0 :
			attrs_retries(a, args->most_retries,
				      args->crash_retries);

		out[i] = (struct catalog_terms){
			.timeout_ns = attrs_timeout_ns(a, args->timeout_ns,
						       args->slowness),
			.max_attempts = 1 + retries,
			.weight = (uint32_t)max_of(a->weight, 1),
			.locks = catalog_add_text(texts, &end, a->lock),
		};
	}
}

/* From what may be NULL when there is nothing. */
static void catalog_copy(char *base, struct shm_off off, const void *from,
			 uint64_t size)
{
	if (size)
		memcpy(base + off.v, from, size);
}

static void catalog_fill(char *base, const struct catalog_header *h,
			 const struct catalog_args *args)
{
	const struct plan *plan = args->plan;

	catalog_copy(base, h->segments, plan->segments,
		     h->n_segments * sizeof(*plan->segments));
	catalog_copy(base, h->fixtures, args->fixtures,
		     h->n_fixtures * sizeof(*args->fixtures));
	catalog_copy(base, h->parts, plan->parts,
		     h->n_parts * sizeof(*plan->parts));
	catalog_copy(base, h->bounds, plan->bounds,
		     h->n_bounds * sizeof(*plan->bounds));
	catalog_copy(base, h->turns, plan->turns,
		     h->n_turns * sizeof(*plan->turns));
	catalog_copy(base, h->sums, args->sums, h->terms.v - h->sums.v);
	catalog_fill_tests(base, h, args);
	catalog_fill_terms(base, h, args);
	memcpy(base, h, sizeof(*h));
	((struct catalog_header *)base)->check =
		id_bytes(h, offsetof(struct catalog_header, check));
}

int catalog_write(const struct catalog_args *args, struct err *err)
{
	struct catalog_header h = catalog_layout(args);
	int fd, ret;
	void *base;

	fd = sys_memfd("shmrun-catalog");
	if (fd < 0)
		return err_sys(err, fd, "cannot make the catalog");
	ret = sys_allocate(fd, h.size);
	base = ret < 0 ? NULL : sys_map_now(fd, h.size, true, &ret);
	if (base) {
		catalog_fill(base, &h, args);
		/* Unmapped first: a writable map forbids the seal. */
		munmap(base, h.size);
		ret = sys_seal(fd, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW |
					   F_SEAL_SEAL);
	}
	if (ret < 0) {
		close(fd);
		return err_sys(err, ret,
			       "cannot write %llu bytes of catalog",
			       (unsigned long long)h.size);
	}
	return fd;
}

static bool catalog_is_valid(const struct catalog *c)
{
	const struct catalog_header *h = c->header;

	return c->size >= sizeof(*h) && h->magic == SHM_MAGIC &&
	       h->version == SHM_VERSION && h->size == c->size &&
	       h->check == id_bytes(h, offsetof(struct catalog_header, check));
}

int catalog_attach(struct catalog *c, int fd, struct err *err)
{
	struct stat st;
	int code;

	if (fstat(fd, &st) < 0)
		return err_sys(err, -errno, "cannot look at the catalog");
	c->size = (size_t)st.st_size;
	c->base = sys_map(NULL, fd, c->size, false, &code);
	if (!c->base)
		return err_sys(err, code, "cannot map the catalog");
	c->header = c->base;
	if (!catalog_is_valid(c)) {
		catalog_detach(c);
		return err_set(err, -EINVAL, "the catalog is damaged");
	}
	c->segments = (void *)((char *)c->base + c->header->segments.v);
	c->tests = (void *)((char *)c->base + c->header->tests.v);
	c->fixtures = (void *)((char *)c->base + c->header->fixtures.v);
	c->parts = (void *)((char *)c->base + c->header->parts.v);
	c->bounds = (void *)((char *)c->base + c->header->bounds.v);
	c->turns = (void *)((char *)c->base + c->header->turns.v);
	c->sums = (void *)((char *)c->base + c->header->sums.v);
	c->terms = (void *)((char *)c->base + c->header->terms.v);
	c->texts = (char *)c->base + c->header->texts.v;
	return 0;
}

void catalog_detach(struct catalog *c)
{
	munmap(c->base, c->size);
	*c = (struct catalog){ 0 };
}
