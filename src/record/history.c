/* SPDX-License-Identifier: MIT */
#include "record/history.h"

#include "base/mem.h"
#include "base/vec.h"
#include "record/library.h"
#include "record/renew.h"
#include "record/text_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define ALERTS_MAX 5 /* lines about tests that became slow */

/* A book in use, and the suites that it is about. */
struct volume {
	struct book book;
	char *file; /* on the shelf */
	const char *suite;
	char *profile;
	bool *suites; /* of the listing */
	uint64_t build_id;
	struct history_join join;
	bool untouchable; /* the file there is not ours to write over */
};

struct history {
	struct history_setup setup;
	struct shelf shelf;
	struct library library; /* of the text file */
	struct costs costs;
	uint32_t *row_of;
	struct volume *volumes;
	uint32_t n_volumes, cap_volumes;
	struct samples samples;
	struct sink next;
	uint32_t n_alerts;
	bool unreadable; /* the text file: not ours to write over */
};

/* ---- what there is to know ------------------------------------------- */

char *history_profile(uint32_t flavour)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} parts[] = {
		{ FLAVOUR_COVERAGE, "coverage" }, { FLAVOUR_ASAN, "asan" },
		{ FLAVOUR_TSAN, "tsan" }, { FLAVOUR_UBSAN, "ubsan" },
		{ FLAVOUR_VALGRIND, "valgrind" },
	};
	struct str s = STR_INIT;
	struct utsname host;
	size_t i;

	str_add(&s, uname(&host) == 0 ? host.machine : "unknown");
	if (flavour & FLAVOUR_KNOWN)
		str_add(&s, flavour & FLAVOUR_OPTIMIZED ? "-release" : "-debug");
	for (i = 0; i < array_size(parts); i++)
		if (flavour & parts[i].bit)
			str_addf(&s, "-%s", parts[i].name);
	return s.text;
}

/* The volume of a suite and profile; those with one id share it. */
static struct volume *history_volume(struct history *h, const char *suite,
				     char *profile)
{
	struct volume *v;
	uint32_t i;

	for (i = 0; i < h->n_volumes; i++) {
		v = &h->volumes[i];
		if (strcmp(v->suite, suite) == 0 &&
		    strcmp(v->profile, profile) == 0) {
			free(profile);
			return v;
		}
	}
	vec_room(h->volumes, h->n_volumes, h->cap_volumes);
	v = &h->volumes[h->n_volumes++];
	*v = (struct volume){
		.suite = suite,
		.profile = profile,
		.file = shelf_file(suite, profile),
		.suites = mem_array(h->setup.listing->n_suites,
				    sizeof(*v->suites)),
	};
	return v;
}

static void history_add_volumes(struct history *h)
{
	const struct listing *l = h->setup.listing;
	uint32_t i;

	for (i = 0; i < l->n_suites; i++) {
		const struct suite *s = &l->suites[i];
		const char *name = h->setup.suite_id ? h->setup.suite_id
						     : s->name;
		struct volume *v = history_volume(h, name, history_profile(
				s->flavour | h->setup.flavour));

		v->suites[i] = true;
		v->build_id ^= s->build_id;
	}
}

/* ---- reading --------------------------------------------------------- */

/* A fresh book in v; from the shelf, the text, or empty. */
static void history_read(struct history *h, struct volume *v)
{
	int ret = -ENOENT;

	if (h->setup.text_file) {
		book_init(&v->book, v->suite, v->profile);
		library_merge_book(&v->book, library_get(&h->library, v->suite,
							 v->profile));
		return;
	}
	if (h->shelf.fd >= 0)
		ret = shelf_load(&h->shelf, v->file, &v->book);
	if (ret == 0 && (strcmp(book_suite(&v->book), v->suite) != 0 ||
			 strcmp(book_profile(&v->book), v->profile) != 0)) {
		book_fini(&v->book);
		ret = -ENOENT; /* a copy of another suite's */
	}
	v->untouchable = ret < 0 && ret != -ENOENT && ret != -EBADMSG;
	if (ret < 0)
		book_init(&v->book, v->suite, v->profile);
	renew_adopt(&v->book, v->build_id);
}

static void history_know(struct history *h, const struct volume *v,
			 uint32_t test_ix)
{
	uint32_t row;

	for (row = h->costs.first[test_ix]; row < h->costs.first[test_ix + 1];
	     row++) {
		const struct book_row *known;

		if (h->row_of[row] == BOOK_NONE)
			continue;
		known = &v->book.rows[h->row_of[row]];
		h->costs.rows[row] = (struct cost){
			.est_ns = known->est_ns,
			.dev_ns = known->dev_ns,
			.known = known->runs > 0 ||
				 (known->flags & BOOK_CENSORED),
			.todo = known->flags & BOOK_TODO,
			.last = known->last,
			.peak_kib = known->peak_kib,
		};
	}
}

static void history_know_setups(struct history *h, const struct volume *v,
				uint32_t suite_ix)
{
	uint32_t i;

	for (i = 0; i < v->book.n_rows; i++)
		if (v->book.rows[i].kind == BOOK_SCOPE)
			costs_add_setup(&h->costs, &(struct cost_setup){
				.suite_ix = suite_ix,
				.scope = book_name(&v->book, &v->book.rows[i]),
				.setup_ns = (uint64_t)v->book.rows[i].est_ns,
			});
}

static void history_tell_renames(struct history *h, const struct volume *v)
{
	const struct history_join *join = &v->join;
	uint32_t i;

	for (i = 0; i < join->n_renames; i++)
		shelf_tell(&h->setup.teller, true,
			   "timings: %s has become %s",
			   book_name(&v->book, &v->book.rows[
					   join->renames[i].old_row]),
			   h->setup.listing->tests[join->renames[i].test_ix]
				   .name);
}

static void history_join_volume(struct history *h, struct volume *v)
{
	history_join_fini(&v->join);
	history_join_make(&v->join, &v->book, &h->costs, v->suites, h->row_of);
}

static void history_load_volume(struct history *h, struct volume *v)
{
	const struct listing *l = h->setup.listing;
	uint32_t s, i;

	history_read(h, v);
	history_join_volume(h, v);
	history_tell_renames(h, v);
	for (s = 0; s < l->n_suites; s++) {
		if (!v->suites[s])
			continue;
		for (i = 0; i < l->suites[s].n_tests; i++)
			history_know(h, v, l->suites[s].first_test + i);
		history_know_setups(h, v, s);
	}
}

/* One that is to be written need not be there yet. */
static int history_read_text(struct history *h, struct err *err)
{
	const char *path = h->setup.text_file;

	if (h->setup.text_write && access(path, F_OK) < 0 && errno == ENOENT)
		return 0;
	return text_file_load(path, &h->library, err);
}

static void history_open_source(struct history *h)
{
	struct err err = { 0 };

	h->shelf.fd = -1;
	if (h->setup.text_file) {
		h->unreadable = history_read_text(h, &err) < 0;
		if (h->unreadable)
			shelf_tell(&h->setup.teller, false, "no timings: %s",
				   err.text);
		return;
	}
	if (h->setup.cache_dir &&
	    shelf_open(&h->shelf, h->setup.cache_dir, true, &h->setup.teller,
		       &err) < 0)
		shelf_tell(&h->setup.teller, !h->setup.cache_wanted,
			   "no timings: %s", err.text);
}

static bool history_is_on(const struct history *h)
{
	return h->shelf.fd >= 0 || h->setup.text_file;
}

struct history *history_open(const struct history_setup *setup)
{
	struct history *h = mem_zalloc(sizeof(*h));
	uint32_t i;

	h->setup = *setup;
	costs_init(&h->costs, setup->listing);
	history_open_source(h);
	if (!history_is_on(h))
		return h;
	h->row_of = mem_array((size_t)h->costs.n_rows + 1, sizeof(*h->row_of));
	history_add_volumes(h);
	for (i = 0; i < h->n_volumes; i++)
		history_load_volume(h, &h->volumes[i]);
	costs_sort_setups(&h->costs);
	samples_init(&h->samples, &h->costs);
	return h;
}

void history_close(struct history *h)
{
	uint32_t i;

	for (i = 0; i < h->n_volumes; i++) {
		struct volume *v = &h->volumes[i];

		history_join_fini(&v->join);
		book_fini(&v->book);
		free(v->suites);
		free(v->profile);
		free(v->file);
	}
	free(h->volumes);
	free(h->row_of);
	samples_fini(&h->samples);
	costs_fini(&h->costs);
	library_fini(&h->library);
	shelf_close(&h->shelf);
	free(h);
}

bool history_is_unreadable(const struct history *h)
{
	return h->unreadable;
}

struct costs *history_costs(struct history *h)
{
	return &h->costs;
}

/* ---- learning -------------------------------------------------------- */

/* Apart, so that most events need no frame. */
__attribute__((noinline)) static void
history_event_other(struct history *h, const struct event *ev)
{
	if (ev->kind == EVENT_RUN_STARTED)
		h->samples.n_times = ev->run.plan->n_times;
	else if (ev->kind == EVENT_TEST_FINISHED)
		samples_add_test(&h->samples, &ev->test);
	else if (ev->kind == EVENT_FIXTURE_ENDED)
		samples_add_fixture(&h->samples, &ev->fixture);
	sink_event(&h->next, ev);
}

static void history_event(void *ctx, const struct event *ev)
{
	struct history *h = ctx;

	if (likely(ev->kind == EVENT_TEST_FINISHED &&
		   samples_try_add(&h->samples, &ev->test)))
		sink_event(&h->next, ev);
	else
		history_event_other(h, ev);
}

struct sink history_sink(struct history *h, const struct sink *next)
{
	if (!history_is_on(h))
		return *next;
	h->next = *next;
	return (struct sink){ .event = history_event,
			      .ctx = h,
			      .progress_ns = next->progress_ns };
}

/* ---- saving ---------------------------------------------------------- */

static void history_alert(void *ctx, const char *name, double ns,
			  double usual_ns)
{
	struct history *h = ctx;

	if (h->n_alerts++ < ALERTS_MAX)
		shelf_tell(&h->setup.teller, true,
			   "slower than usual: %s: %.3f s instead of %.3f s",
			   name, ns / 1e9, usual_ns / 1e9);
}

static void history_renew(struct history *h, struct volume *v, bool crowded,
			  struct book *out)
{
	renew_book(&(struct renewal){
		.old = &v->book,
		.join = &v->join,
		.samples = &h->samples,
		.suites = v->suites,
		.build_id = v->build_id,
		.today = h->setup.today,
		.partial = h->setup.partial,
		.crowded = crowded,
		.slow = history_alert,
		.ctx = h,
	}, out);
}

/* Under the lock: what another run has saved meanwhile counts (FILE-2). */
static void history_save_volume(struct history *h, struct volume *v,
				bool crowded)
{
	struct book fresh;
	int lock = shelf_lock(&h->shelf, v->file);

	if (lock < 0)
		return;
	if (!shelf_is_same(&h->shelf, v->file, &v->book)) {
		book_fini(&v->book);
		history_read(h, v);
		history_join_volume(h, v);
	}
	if (!v->untouchable) {
		history_renew(h, v, crowded, &fresh);
		shelf_put(&h->shelf, v->file, &fresh);
		book_fini(&fresh);
	}
	shelf_unlock(lock);
}

static void history_save_text(struct history *h)
{
	struct err err = { 0 };

	if (text_file_save(h->setup.text_file, &h->library, &err) < 0)
		shelf_tell(&h->setup.teller, false,
			   "timings are not saved: %s", err.text);
}

static void history_renew_text(struct history *h, struct volume *v,
			       bool crowded)
{
	struct book *book = library_get(&h->library, v->suite, v->profile);

	book_fini(book);
	history_renew(h, v, crowded, book);
}

static bool history_has_news(const struct history *h, const struct volume *v)
{
	return !v->untouchable &&
	       renew_is_needed(&(struct renewal){ .samples = &h->samples,
						  .suites = v->suites });
}

void history_save(struct history *h, bool crowded)
{
	uint32_t i;

	if (!history_is_on(h) ||
	    (h->setup.text_file && (!h->setup.text_write || h->unreadable)))
		return;
	for (i = 0; i < h->n_volumes; i++) {
		if (!history_has_news(h, &h->volumes[i]))
			continue;
		if (h->setup.text_file)
			history_renew_text(h, &h->volumes[i], crowded);
		else
			history_save_volume(h, &h->volumes[i], crowded);
	}
	if (h->setup.text_file)
		history_save_text(h);
}
