/* SPDX-License-Identifier: MIT */
#include "suite/runtime.h"

#include "base/compiler.h"
#include "suite/elf.h"

#include <dlfcn.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct runtime {
	const char *name;
	const char *gcc;    /* the beginning of its library's name */
	const char *clang;
	const char *symbol; /* what code that was built for it refers to */
	double slowness;
};

/* In this order: the first brings those behind it along. */
static const struct runtime runtimes[] = {
	{ "AddressSanitizer", "libasan.so", "libclang_rt.asan",
	  "__asan_init", 3 },
	{ "HWAddressSanitizer", "libhwasan.so", "libclang_rt.hwasan",
	  "__hwasan_init", 3 },
	{ "ThreadSanitizer", "libtsan.so", "libclang_rt.tsan", "__tsan_init",
	  10 },
	{ "MemorySanitizer", "libmsan.so", "libclang_rt.msan", "__msan_init",
	  4 },
	{ "LeakSanitizer", "liblsan.so", "libclang_rt.lsan", "__lsan_init",
	  2 },
	{ "UndefinedBehaviorSanitizer", "libubsan.so", "libclang_rt.ubsan",
	  "__ubsan_handle_type_mismatch_v1", 2 },
};

const char *const runtime_options[] = {
	"ASAN_OPTIONS=abort_on_error=1:halt_on_error=1:print_summary=1",
	"HWASAN_OPTIONS=abort_on_error=1:halt_on_error=1:print_summary=1",
	"LSAN_OPTIONS=print_summary=1",
	"MSAN_OPTIONS=abort_on_error=1:halt_on_error=1:print_summary=1",
	"TSAN_OPTIONS=abort_on_error=1:halt_on_error=1:print_summary=1",
	"UBSAN_OPTIONS=abort_on_error=1:halt_on_error=1:print_summary=1:print_stacktrace=1",
	NULL,
};

/* Where clang keeps its libraries, if the dynamic linker does not know. */
static bool runtime_locate(const char *name, char path[RUNTIME_PATH_CAP])
{
	static const char *const places[] = {
		"/usr/lib/llvm-*/lib/clang/*/lib/linux/",
		"/usr/lib/clang/*/lib/linux/",
		"/usr/lib*/clang/*/lib/*/",
		"/usr/local/lib/clang/*/lib/*/",
	};
	char pattern[RUNTIME_PATH_CAP];
	bool found = false;
	size_t i;

	for (i = 0; i < array_size(places) && !found; i++) {
		glob_t files;

		snprintf(pattern, sizeof(pattern), "%s%s", places[i], name);
		if (glob(pattern, GLOB_NOSORT, NULL, &files) == 0) {
			found = strlen(files.gl_pathv[0]) < RUNTIME_PATH_CAP;
			if (found)
				snprintf(path, RUNTIME_PATH_CAP, "%s",
					 files.gl_pathv[0]);
		}
		globfree(&files);
	}
	return found;
}

static bool runtime_is_named(const struct runtime *r, const char *library)
{
	return strstr(library, r->gcc) || strstr(library, r->clang);
}

/* Of two kinds only one fits into a process, and it is there already. */
static bool runtime_is_there(const struct runtime *r)
{
	return dlsym(RTLD_DEFAULT, r->symbol) != NULL;
}

static const char *runtime_other(const struct runtime *r)
{
	size_t i;

	for (i = 0; i < array_size(runtimes) - 1; i++)
		if (&runtimes[i] != r && runtime_is_there(&runtimes[i]))
			return runtimes[i].name;
	return NULL;
}

static int runtime_choose(const struct runtime *r, const char *needed,
			  char library[RUNTIME_PATH_CAP], struct err *err)
{
	const char *preloaded = getenv("LD_PRELOAD");
	const char *other = runtime_other(r);

	if (other)
		return err_set(err, -ELIBMAX, "it is built with %s, and a "
			       "suite before it with %s: run them apart",
			       r->name, other);
	if (!needed)
		return err_set(err, -ELIBACC, "it is built with %s, whose "
			       "runtime can only be linked into a program: "
			       "build it with -shared-libsan, or as a program "
			       "with libshmrun_main", r->name);
	if (preloaded && strstr(preloaded, needed))
		return err_set(err, -ELIBACC, "it is built with %s, whose "
			       "runtime %s cannot be loaded", r->name, needed);
	if (strncmp(needed, "libclang", 8) != 0 ||
	    !runtime_locate(needed, library))
		snprintf(library, RUNTIME_PATH_CAP, "%s", needed);
	return 1;
}

int runtime_find(const struct elf *elf, char library[RUNTIME_PATH_CAP],
		 struct err *err)
{
	const char *needed;
	size_t i;

	for (i = 0; i < array_size(runtimes); i++) {
		const struct runtime *r = &runtimes[i];

		needed = elf_needs(elf, r->gcc);
		if (!needed)
			needed = elf_needs(elf, r->clang);
		if (!needed && !elf_refers(elf, r->symbol))
			continue;
		return runtime_is_there(r)
			       ? 0
			       : runtime_choose(r, needed, library, err);
	}
	return 0;
}

int runtime_ask(const char *path, char library[RUNTIME_PATH_CAP],
		struct err *err)
{
	struct elf_section counters;
	struct err ignored;
	struct elf elf;
	int ret;

	/* What is wrong with it is said by who opens it. */
	if (elf_open(&elf, path, &ignored) < 0)
		return 0;
	ret = runtime_find(&elf, library, err);
	/* All processes add to one file, if it is not said otherwise. */
	if (elf_find_section(&elf, "__llvm_prf_cnts", &counters))
		setenv("LLVM_PROFILE_FILE", "default_%m.profraw", 0);
	elf_close(&elf);
	return ret;
}

void runtime_hide(void)
{
	const char *preloaded = getenv("LD_PRELOAD");
	char first[RUNTIME_PATH_CAP];
	size_t len = preloaded ? strcspn(preloaded, ": ") : 0;
	bool ours;

	if (len == 0 || len >= sizeof(first))
		return;
	memcpy(first, preloaded, len);
	first[len] = '\0';
	ours = runtime_slowness(first) > 1;
	if (ours && preloaded[len])
		setenv("LD_PRELOAD", preloaded + len + 1, 1);
	else if (ours)
		unsetenv("LD_PRELOAD");
}

static void runtime_add_option(const char *option)
{
	size_t len = strcspn(option, "=");
	char name[32], value[2 * RUNTIME_PATH_CAP];
	const char *users;

	snprintf(name, sizeof(name), "%.*s", (int)len, option);
	users = getenv(name);
	snprintf(value, sizeof(value), "%s%s%s", option + len + 1,
		 users ? ":" : "", users ? users : "");
	setenv(name, value, 1);
}

static const struct runtime *runtime_own;

void runtime_adopt(void)
{
	size_t i;

	for (i = 0; i < array_size(runtimes) && !runtime_own; i++)
		if (runtime_is_there(&runtimes[i]))
			runtime_own = &runtimes[i];
	for (i = 0; runtime_own && runtime_options[i]; i++)
		runtime_add_option(runtime_options[i]);
}

double runtime_slowness(const char *library)
{
	size_t i;

	if (!library)
		return runtime_own ? runtime_own->slowness : 1;
	for (i = 0; i < array_size(runtimes) && *library; i++)
		if (runtime_is_named(&runtimes[i], library))
			return runtimes[i].slowness;
	return 1;
}
