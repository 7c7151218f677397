/* SPDX-License-Identifier: MIT */
#include "suite/served_list.h"

#include "base/mem.h"
#include "base/signame.h"
#include "base/str.h"
#include "base/sys.h"
#include "suite/elf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LISTING_MAX (UINT64_C(1) << 30)
/* " .4294967295" */
#define SUFFIX_CAP 12

/* ---- reading --------------------------------------------------------- */

/* A listing is a program's word: every length is held against its end. */
struct served_reader {
	const char *bytes;
	size_t len;
};

struct served_texts {
	struct served_test head;
	const char *scope, *name, *file, *tags; /* without an end */
};

static bool served_next(struct served_reader *r, struct served_texts *t)
{
	size_t size;

	if (r->len < sizeof(t->head))
		return false;
	memcpy(&t->head, r->bytes, sizeof(t->head));
	size = sizeof(t->head) + t->head.scope_len + t->head.name_len +
	       t->head.file_len + t->head.tags_len;
	if (size > r->len)
		return false;
	t->scope = r->bytes + sizeof(t->head);
	t->name = t->scope + t->head.scope_len;
	t->file = t->name + t->head.name_len;
	t->tags = t->file + t->head.file_len;
	r->bytes += size;
	r->len -= size;
	return true;
}

/* What has a meaning of its own in names elsewhere becomes a line. */
static char *served_word(struct adapter_suite *s, const char *text, size_t len)
{
	char *word = adapter_keep(s, len + 1 + SUFFIX_CAP);
	size_t i;

	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		word[i] = text[i];
		if (c <= ' ' || c == '#' || c == '\\' || c == 0x7f)
			word[i] = '_';
	}
	return word;
}

/* ... and so does no name at all, which a framework may allow. */
static char *served_name(struct adapter_suite *s, const char *text, size_t len)
{
	return len ? served_word(s, text, len) : served_word(s, "_", 1);
}

static const char *served_same(const char *before, const char *text,
			       size_t len)
{
	return before && strlen(before) == len &&
			       memcmp(before, text, len) == 0
		       ? before
		       : NULL;
}

/* ---- equal names ----------------------------------------------------- */

struct served_entry {
	struct adapter_test test;
	struct served_ref ref;
	char *name;
	uint32_t ix;
	uint32_t number; /* among those of one name; 0 = the first */
};

static int served_compare(const struct served_entry *e, const char *scope,
			  const char *name)
{
	int ret = strcmp(e->test.scope, scope);

	return ret ? ret : strcmp(e->name, name);
}

static int served_by_name(const void *va, const void *vb)
{
	const struct served_entry *const *a = va, *const *b = vb;
	int ret = served_compare(*a, (*b)->test.scope, (*b)->name);

	if (ret == 0)
		ret = (*a)->ix < (*b)->ix ? -1 : 1;
	return ret;
}

/* Is there another one whose name is that with a number? */
static bool served_is_taken(struct served_entry *const *sorted, uint32_t n,
			    const struct served_entry *e, uint32_t number)
{
	struct str name = STR_INIT;
	uint32_t lo = 0, hi = n;
	bool taken;

	str_addf(&name, "%s.%u", e->name, number);
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (served_compare(sorted[mid], e->test.scope,
				   str_get(&name)) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	taken = lo < n && served_compare(sorted[lo], e->test.scope,
					 str_get(&name)) == 0;
	str_fini(&name);
	return taken;
}

/* A framework may run one function twice: the second is called name.2, or what
 * is free behind that. */
static void served_number(struct served_entry *all, uint32_t n)
{
	struct served_entry **sorted = mem_array(n, sizeof(*sorted));
	struct served_entry *first = NULL;
	uint32_t i, same = 1;

	for (i = 0; i < n; i++)
		sorted[i] = &all[i];
	qsort(sorted, n, sizeof(*sorted), served_by_name);
	for (i = 0; i < n; i++) {
		if (!first || served_compare(sorted[i], first->test.scope,
					     first->name) != 0) {
			first = sorted[i];
			same = 1;
			continue;
		}
		while (served_is_taken(sorted, n, first, ++same))
			;
		sorted[i]->number = same;
	}
	free(sorted);
	for (i = 0; i < n; i++)
		if (all[i].number)
			snprintf(all[i].name + strlen(all[i].name), SUFFIX_CAP,
				 ".%u", all[i].number);
}

/* ---- adding ---------------------------------------------------------- */

static uint32_t served_count(struct served_reader r)
{
	struct served_texts t;
	uint32_t n = 0;

	while (served_next(&r, &t))
		n++;
	return n;
}

static void served_fill(struct adapter_suite *s, struct served_entry *e,
			const struct served_entry *before,
			const struct served_texts *t)
{
	const char *scope = NULL, *file = NULL;

	if (before) {
		scope = served_same(before->test.scope, t->scope,
				    t->head.scope_len);
		file = served_same(before->test.file, t->file,
				   t->head.file_len);
	}
	e->name = served_name(s, t->name, t->head.name_len);
	e->ref = (struct served_ref){ t->head.entry, t->head.number,
				      t->head.mark };
	e->test = (struct adapter_test){
		.scope = scope ? scope : served_name(s, t->scope,
						     t->head.scope_len),
		.file = file ? file : served_word(s, t->file,
						  t->head.file_len),
		.line = t->head.line,
		.count = max_of(t->head.count, 1u),
		.indexed = t->head.count > 0,
		.attrs = { .isolate = SHMRUN_ISOLATE_FORK,
			   .disabled = t->head.disabled != 0,
			   .timeout = t->head.timeout_ms / 1e3,
			   .signal = t->head.signal,
			   .exit_code = t->head.exit_code },
	};
	if (t->head.tags_len)
		e->test.attrs.tags = served_word(s, t->tags,
						 t->head.tags_len);
}

/* A line of the listing: 1 = a test, 0 = something else, or -errno: a refusal
 * is a sentence. */
static int served_check(struct adapter_suite *s, const struct served_texts *t,
			struct err *err)
{
	if (t->head.kind == SERVED_WARNING)
		err_set(&s->warning, -ENOTSUP, "%.*s", t->head.name_len,
			t->name);
	else if (t->head.kind && t->head.name_len && *t->name)
		return err_set(err, -ENOTSUP, "%.*s", t->head.name_len,
			       t->name);
	else if (t->head.kind)
		return err_set(err, -EPROTO,
			       "its listing is refused without a reason");
	else if (t->head.count > TEST_COUNT_MAX)
		return err_set(err, -ERANGE, "%.*s has %u instances; %u is "
			       "the most", t->head.name_len, t->name,
			       t->head.count, TEST_COUNT_MAX);
	return t->head.kind == SERVED_TEST;
}

static int served_add(struct adapter_suite *s, const struct served_entry *all,
		      uint32_t n, struct err *err)
{
	struct served_state *state = s->state;
	int ret = 0;
	uint32_t i;

	if (n)
		state->refs = adapter_keep(s, n * sizeof(*state->refs));
	for (i = 0; i < n && ret == 0; i++) {
		struct adapter_test test = all[i].test;

		state->refs[i] = all[i].ref;
		test.decl = &state->refs[i];
		ret = adapter_add_test(s, &test, all[i].name, err);
	}
	return ret;
}

int served_read(struct adapter_suite *s, const char *bytes, size_t len,
		struct err *err)
{
	struct served_reader r = { bytes, len };
	uint32_t n = served_count(r), n_tests = 0;
	struct served_entry *all = mem_array(max_of(n, 1u), sizeof(*all));
	const struct served_state *state = s->state;
	struct served_texts t;
	int ret = 0;

	adapter_expect(s, n);
	while (ret >= 0 && served_next(&r, &t)) {
		struct served_entry *e = &all[n_tests];

		ret = served_check(s, &t, err);
		if (ret <= 0)
			continue;
		served_fill(s, e, n_tests ? e - 1 : NULL, &t);
		e->ix = n_tests++;
	}
	if (ret >= 0 && r.len)
		ret = err_set(err, -EPROTO, "its listing is cut off");
	if (ret >= 0) {
		if (!state->unique)
			served_number(all, n_tests);
		ret = served_add(s, all, n_tests, err);
	}
	free(all);
	return ret;
}

/* ---- the adapter's --------------------------------------------------- */

/* The user may have named the adapter. */
static int served_check_file(const struct adapter_suite *s, struct err *err)
{
	struct served_state *state = s->state;
	struct elf elf;
	int ret = elf_open(&elf, s->path, err);

	if (ret < 0)
		return ret;
	state->carried = elf.shared;
	if (elf.shared && !state->image->carries)
		ret = err_set(err, -ENOEXEC, "it is a shared object, not a "
			      "program");
	else if (elf.alone)
		ret = err_set(err, -ENOEXEC, "it is linked statically: "
			      "nothing can be put in front of it");
	elf_close(&elf);
	return ret;
}

int served_open(struct adapter_suite *s, const struct server_image *image,
		struct err *err)
{
	struct served_state *state = mem_zalloc(sizeof(*state));
	int ret;

	state->image = image;
	s->state = state;
	ret = served_check_file(s, err);
	if (ret < 0)
		return ret;
	if (!state->carried && access(s->path, X_OK) < 0)
		return err_sys(err, -errno, "it cannot be executed");
	return 0;
}

void served_close(struct adapter_suite *s)
{
	free(s->state);
}

/* It ran to the end of its main(): what does its status mean? */
static int served_check_end(int status, struct err *err)
{
	if (WIFSIGNALED(status))
		return err_set(err, -ECHILD, "it crashes when it is listed: "
			       "killed by %s (%s)",
			       signame_get(WTERMSIG(status)),
			       strsignal(WTERMSIG(status)));
	if (WEXITSTATUS(status) != 0)
		return err_set(err, -ECHILD, "its main() ends with status %d "
			       "although no test has failed: what else it "
			       "looks at would be lost",
			       WEXITSTATUS(status));
	return 0;
}

/* A refusal is in the listing, and explains a status. */
static int served_take(struct adapter_suite *s, int fd, int status,
		       struct err *err)
{
	struct stat st;
	char *bytes;
	int ret;

	if (fstat(fd, &st) < 0 || (uint64_t)st.st_size > LISTING_MAX)
		return err_set(err, -EFBIG, "its listing is too long");
	bytes = mem_zalloc((size_t)st.st_size + 1);
	if (sys_pread_all(fd, bytes, (size_t)st.st_size, 0) != st.st_size)
		ret = err_set(err, -EIO, "its listing cannot be read");
	else
		ret = served_read(s, bytes, (size_t)st.st_size, err);
	free(bytes);
	return ret < 0 ? ret : served_check_end(status, err);
}

int served_list(struct adapter_suite *s, struct err *err)
{
	const struct served_state *state = s->state;
	int fd = sys_memfd("shmrun-listing"), ret;
	struct server server;

	if (fd < 0)
		return err_sys(err, fd, "cannot make a memory file");
	ret = server_open(&server, err);
	if (ret < 0) {
		close(fd);
		return ret;
	}
	server.carried = state->carried;
	server.page->mode = SERVED_LIST;
	memcpy(server.page->symbols, state->symbols, sizeof(state->symbols));
	ret = server_start(&server, s->path, state->image, fd, err);
	if (ret == 0)
		ret = served_take(s, fd, server_end(&server), err);
	server_close(&server);
	close(fd);
	return ret;
}

enum outcome served_judge(const struct adapter_end *end, const char **why)
{
	if (!end->done && WIFSIGNALED(end->status)) {
		if (end->phase == ADAPTER_SETUP)
			*why = "it died in its set-up";
		else if (end->phase >= ADAPTER_TEARDOWN)
			*why = "it died in its teardown";
		return OUTCOME_CRASH;
	}
	if (end->n_failures)
		return OUTCOME_FAIL;
	if (end->n_faults)
		return OUTCOME_ERROR;
	if (!end->done) {
		*why = end->phase >= ADAPTER_AFTER
			       ? "its process ended with another status than 0"
			       : "it called exit()";
		return OUTCOME_FAIL;
	}
	return end->skipped ? OUTCOME_SKIP : OUTCOME_PASS;
}
