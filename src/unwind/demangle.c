/* SPDX-License-Identifier: MIT */
#include "unwind/demangle.h"

#include "base/compiler.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A longer one is nobody's, and its reader recurses. */
#define DEMANGLE_MAX 4096u

/* __cxa_demangle() of the Itanium C++ ABI. */
typedef char *(*demangle_fn)(const char *symbol, char *out, size_t *len,
			     int *status);

static demangle_fn demangle_find(void)
{
	static const char *const runtimes[] = { "libstdc++.so.6",
						"libc++abi.so.1" };
	static demangle_fn found;
	static bool looked;
	size_t i;
	void *runtime;

	for (i = 0; !looked && !found && i < array_size(runtimes); i++) {
		runtime = dlopen(runtimes[i], RTLD_LAZY | RTLD_LOCAL);
		if (runtime)
			*(void **)&found = dlsym(runtime, "__cxa_demangle");
	}
	looked = true;
	return found;
}

void demangle(const char *symbol, char *name, size_t cap)
{
	demangle_fn how = NULL;
	char *text = NULL;

	if (strncmp(symbol, "_Z", 2) == 0 && strlen(symbol) <= DEMANGLE_MAX)
		how = demangle_find();
	if (how)
		text = how(symbol, NULL, NULL, NULL);
	snprintf(name, cap, "%s", text ? text : symbol);
	free(text);
}
