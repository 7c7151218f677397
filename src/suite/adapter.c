/* SPDX-License-Identifier: MIT */
#include "suite/adapter.h"

#include "base/die.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/sys.h"
#include "base/vec.h"
#include "suite/attributes.h"
#include "suite/elf.h"
#include "suite/leaks.h"
#include "suite/libtool.h"
#include "suite/names.h"
#include "suite/program.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

const struct adapter_ops *const adapter_table[] = {
	&adapter_native,
	&adapter_criterion,
	&adapter_cmocka,
	&adapter_gtest,
	&adapter_check,
	&adapter_unity,
	&adapter_program,
	&adapter_programs,
	&adapter_tap,
	&adapter_command,
	&adapter_ctest,
	&adapter_meson,
	NULL,
};

const struct adapter_ops *adapter_find(const char *name)
{
	const struct adapter_ops *const *ops;

	for (ops = adapter_table; *ops; ops++)
		if (strcmp((*ops)->name, name) == 0)
			return *ops;
	return NULL;
}

/* ---- for adapters ---------------------------------------------------- */

int adapter_load(struct adapter_suite *s, int binding, struct err *err)
{
	struct str path = STR_INIT;

	if (!strchr(s->path, '/'))
		str_add(&path, "./");
	str_add(&path, s->path);
	s->handle = dlopen(str_get(&path), binding | RTLD_LOCAL);
	str_fini(&path);
	return s->handle ? 0 : err_set(err, -ENOEXEC, "%s", dlerror());
}

/* Fewer fit into a few pages, and another mapping costs as much. */
#define KEPT_MIN 256
/* A test, what its adapter keeps of it, and its name. */
#define KEPT_EACH (sizeof(struct adapter_test) + 64 + 48)

void adapter_expect(struct adapter_suite *s, size_t n)
{
	size_t size = n * KEPT_EACH;
	void *bytes = MAP_FAILED;

	if (n >= KEPT_MIN)
		bytes = mmap(NULL, size, PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1,
			     0);
	if (bytes != MAP_FAILED)
		s->kept = (struct adapter_kept){ .bytes = bytes, .size = size,
						 .apart = s->kept.apart };
	s->tests = adapter_keep(s, max_of(n, (size_t)1) * sizeof(*s->tests));
	s->cap_tests = (uint32_t)n;
}

/* What has no room among the rest. */
struct adapter_apart {
	struct adapter_apart *next;
	uint64_t bytes[]; /* aligned as a word */
};

static void *adapter_keep_apart(struct adapter_kept *k, size_t size)
{
	struct adapter_apart *a = mem_zalloc(sizeof(*a) + size);

	a->next = k->apart;
	k->apart = a;
	return a->bytes;
}

void *adapter_keep(struct adapter_suite *s, size_t size)
{
	struct adapter_kept *k = &s->kept;
	char *kept;

	size = (size + 7) / 8 * 8;
	if (!k->bytes || size > k->size - k->used)
		return adapter_keep_apart(k, size);
	kept = k->bytes + k->used;
	k->used += size;
	return kept;
}

static void adapter_forget(struct adapter_kept *k)
{
	struct adapter_apart *a = k->apart, *next;

	for (; a; a = next) {
		next = a->next;
		free(a);
	}
	if (k->bytes)
		munmap(k->bytes, k->size);
}

bool adapter_is_word(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	if (!text || !*text)
		return false;
	for (; *p; p++)
		if (*p <= ' ' || *p == '#' || *p == '\\' || *p == 0x7f)
			return false;
	return true;
}

int adapter_add_test(struct adapter_suite *s, const struct adapter_test *test,
		     const char *name, struct err *err)
{
	size_t scope_len, name_len;
	struct adapter_test *t;

	if (!adapter_is_word(test->scope) || !adapter_is_word(name))
		return err_set(err, -EINVAL,
			       "the test at %s:%u has an invalid name",
			       test->file, test->line);
	bug_on(s->n_tests == s->cap_tests);
	t = &s->tests[s->n_tests++];
	scope_len = strlen(test->scope);
	name_len = strlen(name);
	*t = *test;
	t->name = adapter_keep(s, scope_len + 2 + name_len + 1);
	memcpy(t->name, test->scope, scope_len);
	memcpy(t->name + scope_len, "::", 2);
	memcpy(t->name + scope_len + 2, name, name_len);
	t->scope_len = (uint32_t)scope_len;
	if (attributes_check(&t->attrs, err) < 0)
		return err_wrap(err, "%s at %s:%u", t->name, t->file, t->line);
	return 0;
}

/* ---- scopes ---------------------------------------------------------- */

/* Fixtures of a kind, of one scope. */
static struct adapter_span adapter_find_fixtures(const struct adapter_suite *s,
						 uint32_t kind,
						 const char *scope)
{
	struct adapter_span span = { 0 };
	uint32_t i;

	for (i = 0; i < s->n_fixtures; i++) {
		if (s->fixtures[i]->record.kind != kind ||
		    strcmp(s->fixtures[i]->scope, scope) != 0)
			continue;
		if (span.n++ == 0)
			span.first = i;
	}
	return span;
}

static void adapter_add_scope(struct adapter_suite *s, const char *name)
{
	vec_room(s->scopes, s->n_scopes, s->cap_scopes);
	s->scopes[s->n_scopes++] = (struct adapter_scope){
		.name = name,
		.test_fixtures = adapter_find_fixtures(
			s, SHMRUN_KIND_TEST_FIXTURE_, name),
		.scope_fixtures = adapter_find_fixtures(
			s, SHMRUN_KIND_SCOPE_FIXTURE_, name),
	};
}

static int adapter_by_scope(const void *va, const void *vb)
{
	const struct adapter_test *const *a = va, *const *b = vb;

	return strcmp((*a)->scope, (*b)->scope);
}

/* Numbers the scopes: equal names, equal number. */
static void adapter_number_scopes(struct adapter_suite *s)
{
	struct adapter_test **sorted = mem_array(s->n_tests, sizeof(*sorted));
	uint32_t i;

	for (i = 0; i < s->n_tests; i++)
		sorted[i] = &s->tests[i];
	qsort(sorted, s->n_tests, sizeof(*sorted), adapter_by_scope);
	for (i = 0; i < s->n_tests; i++) {
		const char *scope = sorted[i]->scope;

		if (i == 0 || strcmp(sorted[i - 1]->scope, scope) != 0)
			adapter_add_scope(s, scope);
		sorted[i]->scope_ix = s->n_scopes - 1;
	}
	free(sorted);
}

/* ---- which adapter --------------------------------------------------- */

static void adapter_tell_unknown(struct err *err)
{
	const struct adapter_ops *const *ops;
	struct str why = STR_INIT;

	for (ops = adapter_table; *ops; ops++)
		if ((*ops)->mark)
			str_addf(&why, "%s%s", why.len ? ", and " : "",
				 (*ops)->mark);
	err_set(err, -ENOEXEC, "it is no suite that shmrun knows: %s",
		str_get(&why));
	str_fini(&why);
}

/* Nothing can be put in front of a program that is linked statically. */
static bool adapter_reads(const struct adapter_ops *ops, const struct elf *elf)
{
	if (elf->alone && ops->serves)
		return false;
	return ops->programs != elf->shared || (elf->shared && ops->carries);
}

/* A framework may have an adapter for each kind of file: shared objects,
 * programs, and programs that have the framework in them. */
static const struct adapter_ops *adapter_for(const struct adapter_ops *ops,
					     const struct elf *elf)
{
	if (!ops->twin || elf->shared)
		return ops;
	ops = ops->twin;
	return ops->twin && ops->twin->probe(elf) ? ops->twin : ops;
}

/* The one adapter that says yes.  Where two do, the user must choose
 * (ADP-2). */
static const struct adapter_ops *adapter_ask(const struct elf *elf,
					     struct err *err)
{
	const struct adapter_ops *found = NULL;
	const struct adapter_ops *const *ops;

	for (ops = adapter_table; *ops; ops++) {
		const struct adapter_ops *asked = adapter_for(*ops, elf);

		if (!asked->probe || !adapter_reads(asked, elf) ||
		    !asked->probe(elf))
			continue;
		if (found) {
			err_set(err, -EEXIST, "it is a %s suite and a %s "
				"suite: choose with --adapter=NAME",
				found->name, asked->name);
			return NULL;
		}
		found = asked;
	}
	/* Any other program has an exit status. */
	if (!found && !elf->shared)
		found = program_holds(elf) ? &adapter_program_whole
					   : &adapter_program;
	if (!found)
		adapter_tell_unknown(err);
	return found;
}

static struct shmrun_suite_ *adapter_own;

void adapter_embed(struct shmrun_suite_ *object)
{
	adapter_own = object;
}

struct shmrun_suite_ *adapter_embedded(const char *path)
{
	struct stat it, self;

	if (!adapter_own || stat(path, &it) < 0 ||
	    stat("/proc/self/exe", &self) < 0 || it.st_dev != self.st_dev ||
	    it.st_ino != self.st_ino)
		return NULL;
	return adapter_own;
}

static bool adapter_is_script(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char begin[2] = "";
	struct stat st;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		sys_pread_all(fd, begin, sizeof(begin), 0);
	close(fd);
	return begin[0] == '#' && begin[1] == '!';
}

/* Of one that stands before a suite, the user should know. */
static const struct adapter_ops *adapter_of_script(const char *path)
{
	const struct adapter_ops *behind = NULL;
	char *program = libtool_program(path);
	struct err drop = { 0 };
	struct elf elf;

	if (program && elf_open(&elf, program, &drop) == 0) {
		behind = adapter_ask(&elf, &drop);
		elf_close(&elf);
	}
	free(program);
	return behind && behind->probe ? &adapter_program_wrapped
				       : &adapter_program;
}

const struct adapter_ops *adapter_probe(const char *path, struct err *err)
{
	const struct adapter_ops *ops;
	struct elf elf;

	if (adapter_embedded(path))
		return &adapter_native;
	if (adapter_is_script(path))
		return adapter_of_script(path);
	if (elf_open(&elf, path, err) < 0)
		return NULL;
	ops = adapter_ask(&elf, err);
	elf_close(&elf);
	return ops;
}

/* ---- open ------------------------------------------------------------ */

static int adapter_read(struct adapter_suite *s, struct err *err)
{
	int ret = s->ops->open(s, err);

	if (ret == 0)
		ret = s->ops->list(s, err);
	if (ret < 0)
		return ret;
	/* Never a success (ADP-3). */
	if (s->n_tests == 0)
		return err_set(err, -ENOENT, "it holds no tests (%s)",
			       s->ops->lost);
	adapter_number_scopes(s);
	if (s->handle)
		origin_find(&s->origin, s->handle);
	ret = names_check(s->tests, s->n_tests, err);
	/* A stray write of one test would be all tests' otherwise. */
	if (ret == 0 && s->kept.bytes)
		mprotect(s->kept.bytes, s->kept.size, PROT_READ);
	return ret;
}

/* Of the one that the user has named; a file that cannot be read is told by
 * its open(). */
static const struct adapter_ops *adapter_named(const struct adapter_ops *ops,
					       const char *path)
{
	struct err drop = { 0 };
	struct elf elf;

	if (!ops->twin || elf_open(&elf, path, &drop) < 0)
		return ops;
	ops = adapter_for(ops, &elf);
	elf_close(&elf);
	return ops;
}

struct adapter_suite *adapter_open(const char *path,
				   const struct adapter_ops *ops,
				   struct err *err)
{
	struct adapter_suite *s;

	ops = ops ? adapter_named(ops, path) : adapter_probe(path, err);
	if (!ops)
		return NULL;
	s = mem_zalloc(sizeof(*s));
	s->ops = ops;
	s->path = mem_strdup(path);
	if (ops->serves || ops->isolate == ISOLATE_EXEC)
		leaks_spare_programs();
	if (adapter_read(s, err) == 0)
		return s;
	adapter_free(s);
	return NULL;
}

void adapter_free(struct adapter_suite *s)
{
	if (s->ops->close)
		s->ops->close(s);
	adapter_forget(&s->kept);
	free(s->fixtures);
	free(s->scopes);
	free(s->path);
	origin_fini(&s->origin);
	free(s);
}
