/* SPDX-License-Identifier: MIT */
/*
 * Shared objects built against Criterion's headers, unmodified.
 *
 * Criterion's library is not needed: the shim takes its name in front of the
 * suite.  Tests stand in the sections cr_tst and cr_sts as pointers, which
 * only the loaded image has relocated (REG-1).
 */
#include "suite/criterion.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/sys.h"
#include "suite/criterion_image.h"
#include "suite/elf.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A test as the worker calls it. */
struct entry {
	const struct abi_test *test;
	struct abi_suite suite;
	struct abi_params params; /* length 0 = it has none */
};

struct state {
	const struct criterion_shim *shim;
	struct entry *entries; /* in the order of the suite's tests */
	uint32_t n_entries;
};

/* A section of the loaded image, as an array of pointers. */
struct pointers {
	const void *const *items;
	size_t n;
};

static bool criterion_probe(const struct elf *elf)
{
	struct elf_section section;

	return elf_needs(elf, "libcriterion.so") ||
	       elf_find_section(elf, "cr_tst", &section) ||
	       elf_defines(elf, "criterion_internal_test_main");
}

/* ---- the shim -------------------------------------------------------- */

static int criterion_write_shim(char path[64], struct err *err)
{
	size_t size = (uintptr_t)criterion_image_end -
		      (uintptr_t)criterion_image;
	int fd = sys_memfd("shmrun-criterion"), ret;

	if (fd < 0)
		return err_sys(err, fd, "cannot make a memory file");
	ret = sys_write_all(fd, criterion_image, size);
	if (ret < 0) {
		close(fd);
		return err_sys(err, ret, "cannot write a memory file");
	}
	/* Debuggers open what the linker's list names: by "self" that would be
	 * a descriptor of theirs, perhaps a pipe that nobody writes to. */
	snprintf(path, 64, "/proc/%d/fd/%d", (int)getpid(), fd);
	return fd;
}

/* The shim's object; it is loaded once, and found by its name later. */
static void *criterion_load_shim(struct err *err)
{
	void *handle = dlopen(CRITERION_SONAME, RTLD_NOW | RTLD_NOLOAD);
	char path[64];
	int fd;

	if (handle)
		return handle;
	fd = criterion_write_shim(path, err);
	if (fd < 0)
		return NULL;
	handle = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
	if (!handle)
		err_set(err, -ENOEXEC, "what stands for Criterion's library "
			"cannot be loaded: %s", dlerror());
	close(fd);
	return handle;
}

static int criterion_find_shim(struct state *state, struct err *err)
{
	void *handle = criterion_load_shim(err);

	if (!handle)
		return err->code;
	state->shim = dlsym(handle, CRITERION_SHIM);
	if (!state->shim)
		return err_set(err, -EEXIST, "another suite has loaded the "
			       "real %s already", CRITERION_SONAME);
	return 0;
}

/* ---- open ------------------------------------------------------------ */

/* CRF-2, CRF-4, CRF-5. */
static int criterion_check(const struct elf *elf, struct err *err)
{
	const char *library = elf_needs(elf, "libcriterion.so");
	struct elf_section section;

	if (library && strcmp(library, CRITERION_SONAME) != 0)
		return err_set(err, -EPROTO, "it needs %s; shmrun stands for "
			       "%s", library, CRITERION_SONAME);
	if (elf_defines(elf, "criterion_internal_test_main"))
		return err_set(err, -EINVAL, "libcriterion.a is linked into "
			       "it: link it without");
	if (!elf->sections.bytes)
		return err_set(err, -EINVAL, "its section headers were "
			       "removed, and its tests cannot be found");
	if (!elf_find_section(elf, "cr_tst", &section))
		return err_set(err, -ENOENT, "it holds no tests (was the "
			       "section cr_tst removed by the linker?)");
	return 0;
}

/* Bound at once, or each child would bind again; a suite that lacks a symbol
 * that no test may need gets its chance. */
static int criterion_load(struct adapter_suite *s, struct err *err)
{
	struct err why = { 0 };
	int ret = adapter_load(s, RTLD_NOW, err);

	if (ret == 0)
		return 0;
	if (adapter_load(s, RTLD_LAZY, &why) < 0)
		return ret;
	s->warning = *err;
	*err = (struct err){ 0 };
	return 0;
}

static int criterion_open(struct adapter_suite *s, struct err *err)
{
	struct state *state = s->state = mem_zalloc(sizeof(*state));
	struct elf elf;
	int ret = elf_open(&elf, s->path, err);

	if (ret < 0)
		return ret;
	ret = criterion_check(&elf, err);
	elf_close(&elf);
	if (ret == 0)
		ret = criterion_find_shim(state, err);
	return ret < 0 ? ret : criterion_load(s, err);
}

static void criterion_close(struct adapter_suite *s)
{
	free(s->state);
}

/* ---- sections -------------------------------------------------------- */

/* Where a section of the file lies in the image; none when it cannot. */
static struct pointers criterion_section(const struct adapter_suite *s,
					 const struct elf *elf,
					 const char *name)
{
	struct elf_section section;
	struct link_map *map;

	if (!elf_find_section(elf, name, &section) ||
	    dlinfo(s->handle, RTLD_DI_LINKMAP, &map) != 0 ||
	    !elf_is_loaded(elf, section.address, section.size) ||
	    section.address % sizeof(void *))
		return (struct pointers){ 0 };
	return (struct pointers){
		.items = (const void *const *)(map->l_addr + section.address),
		.n = section.size / sizeof(void *),
	};
}

static const struct abi_suite *criterion_find_suite(struct pointers all,
							  const char *name)
{
	size_t i;

	for (i = 0; i < all.n; i++) {
		const struct abi_suite *suite = all.items[i];

		if (suite && suite->name && strcmp(suite->name, name) == 0)
			return suite;
	}
	return NULL;
}

/* Sections of functions that Criterion's runner calls (REG-11). */
static uint32_t criterion_count_hooks(const struct adapter_suite *s,
				      const struct elf *elf)
{
	static const char *const names[] = {
		"cr_pra", "cr_prs", "cr_pri", "cr_prt", "cr_ast", "cr_thf",
		"cr_tsc", "cr_pot", "cr_pof", "cr_pos", "cr_poa",
	};
	size_t n = 0, i;

	for (i = 0; i < array_size(names); i++)
		n += criterion_section(s, elf, names[i]).n;
	return (uint32_t)n;
}

/* ---- tests ----------------------------------------------------------- */

static int criterion_call_params(struct entry *e, uint32_t *count,
				 struct err *err)
{
	const struct abi_extra *data = e->test->data;

	*count = 1;
	if (!criterion_has_rows(e->test))
		return 0;
	e->params = data->param_();
	if (e->params.length > TEST_COUNT_MAX ||
	    (e->params.length && !e->params.params))
		return err_set(err, -ERANGE, "%s::%s at %s:%u has %zu rows of "
			       "parameters; it can have %u", e->test->category,
			       e->test->name, data->file_, data->line_,
			       e->params.length, TEST_COUNT_MAX);
	*count = max_of((uint32_t)e->params.length, 1u);
	return 0;
}

static int criterion_add(struct adapter_suite *s, struct entry *e,
			 struct err *err)
{
	const struct abi_extra *data = e->test->data;
	const struct abi_extra *scope = e->suite.data;
	double timeout = criterion_timeout(e->test, scope);
	bool indexed = data->kind_ == CRITERION_PARAMETERISED;
	struct adapter_test test = {
		.line = data->line_,
		.scope = e->test->category,
		.file = data->file_,
		.decl = e,
		.attrs = {
			.timeout = timeout,
			/* Such a test may end its process (CRD-13). */
			.isolate = timeout > 0 ? SHMRUN_ISOLATE_FORK
					       : SHMRUN_ISOLATE_DEFAULT,
			.signal = data->signal,
			.exit_code = data->exit_code,
			.disabled = criterion_is_disabled(e->test, scope),
			.description = data->description,
		},
	};
	int ret = criterion_call_params(e, &test.count, err);

	if (ret < 0)
		return ret;
	/* A generator that makes no row leaves nothing to run. */
	if (indexed && e->params.length == 0) {
		test.attrs.disabled = true;
		indexed = false;
	}
	test.indexed = indexed;
	return adapter_add_test(s, &test, e->test->name, err);
}

static int criterion_by_name(const void *va, const void *vb)
{
	const struct entry *a = va, *b = vb;

	return criterion_order(a->test, b->test);
}

static void criterion_collect(struct adapter_suite *s, struct pointers tests,
			      struct pointers suites)
{
	struct state *state = s->state;
	size_t i;

	adapter_expect(s, tests.n);
	state->entries = adapter_keep(s, max_of(tests.n, (size_t)1) *
						 sizeof(*state->entries));
	for (i = 0; i < tests.n; i++) {
		const struct abi_test *test = tests.items[i];
		const struct abi_suite *suite;
		struct entry *e = &state->entries[state->n_entries];

		if (!criterion_is_test(test))
			continue;
		suite = criterion_find_suite(suites, test->category);
		e->test = test;
		e->suite.name = test->category;
		e->suite.data = suite ? suite->data : NULL;
		state->n_entries++;
	}
	if (state->n_entries)
		qsort(state->entries, state->n_entries,
		      sizeof(*state->entries), criterion_by_name);
}

static int criterion_list(struct adapter_suite *s, struct err *err)
{
	struct state *state = s->state;
	struct elf elf;
	uint32_t i, n_hooks;
	int ret = elf_open(&elf, s->path, err);

	if (ret < 0)
		return ret;
	criterion_collect(s, criterion_section(s, &elf, "cr_tst"),
			  criterion_section(s, &elf, "cr_sts"));
	n_hooks = criterion_count_hooks(s, &elf);
	elf_close(&elf);
	/* They run in Criterion's runner; ours runs no suite's code
	 * (CRD-10). */
	if (n_hooks)
		err_set(&s->warning, -ENOTSUP, "its report hooks (%u) are not "
			"called", n_hooks);
	for (i = 0; i < state->n_entries && ret == 0; i++)
		ret = criterion_add(s, &state->entries[i], err);
	return ret;
}

/* ---- worker ---------------------------------------------------------- */

static void criterion_bind(const struct adapter_suite *s,
			   const struct adapter_host *host)
{
	((const struct state *)s->state)->shim->bind(host);
}

static void criterion_run(const struct adapter_suite *s,
			  const struct adapter_test *test, uint32_t index)
{
	const struct entry *e = test->decl;
	struct criterion_call call = { .test = e->test, .suite = &e->suite };

	if (e->params.params) {
		call.param = (const char *)e->params.params +
			     (size_t)index * e->params.size;
		call.param_size = e->params.size;
	}
	((const struct state *)s->state)->shim->run(&call);
}

const struct adapter_ops adapter_criterion = {
	.name = "criterion",
	.help = "shared objects and programs built against Criterion 2.3 or "
		"2.4",
	.mark = "it has no tests of Criterion",
	.lost = "was the section cr_tst removed by the linker?",
	.isolate = ISOLATE_FORK,
	.exits = true,
	.twin = &adapter_criterion_program,
	.probe = criterion_probe,
	.open = criterion_open,
	.list = criterion_list,
	.close = criterion_close,
	.bind = criterion_bind,
	.run = criterion_run,
	.judge = criterion_judge,
};
