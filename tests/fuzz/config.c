/* SPDX-License-Identifier: MIT */
/*
 * shmrun.conf (cli/config.c, profile.c, overrides.c): any bytes are a file that
 * can be used to its end, or are refused with one sentence that has line and
 * column within the text.
 *
 * Input: the text of a file.
 */
#include "cli/config.h"

#include "cli/overrides.h"
#include "cli/profile.h"
#include "fuzz.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct test subject = {
	.name = "Scope::name",
	.file = "src/file.c",
	.attrs = &attrs_default,
	.scope_len = 5,
	.count = 1,
};

static void fill(struct listing *l)
{
	listing_init(l);
	listing_add_suite(l, "./suite.so", "native");
	listing_add_test(l, &subject);
}

/* Each profile can be taken, and changes what it may. */
static void use(const struct config *c, const char *name)
{
	struct options_layers layers = { .profile = NULL };
	char *argv[] = { (char *)"shmrun", (char *)"s.so", NULL };
	struct profile_chain chain;
	struct overrides overrides;
	struct listing l;
	struct options o;

	fuzz_must(profile_find(c, name, &chain, NULL) == 0, "%s", name);
	layers.profile = &chain;
	if (options_parse_over(&o, &layers, 2, argv, NULL) == 0) {
		fuzz_must(o.suites.n == 1, "%u suites", o.suites.n);
		fuzz_must(!o.help && !o.version && !o.driver.trs_file,
			  "what is for the command line");
		options_fini(&o);
	}
	fill(&l);
	overrides_open(&overrides, c, &chain);
	overrides_apply(&overrides, &l);
	overrides_close(&overrides);
	fuzz_must(l.tests[0].attrs->isolate < ISOLATE_EXEC &&
			  l.tests[0].attrs->timeout >= 0 &&
			  l.tests[0].attrs->weight >= 0, "attributes");
	listing_fini(&l);
}

static void must_have_place(const struct err *err, const uint8_t *data,
			    size_t size)
{
	unsigned line, column, lines = 1;
	size_t i;

	for (i = 0; i < size; i++)
		lines += data[i] == '\n';
	fuzz_must(sscanf(err->text, "f:%u:%u: ", &line, &column) == 2, "%s",
		  err->text);
	fuzz_must(line >= 1 && line <= lines && column >= 1 &&
			  column <= size + 1, "%s", err->text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = { 0 };
	struct config *c;
	uint32_t i;

	c = config_parse("f", (const char *)data, size, &err);
	if (!c || profile_check_all(c, &err) < 0 ||
	    overrides_check_all(c, &err) < 0) {
		fuzz_must(err.code == -EINVAL, "%d", err.code);
		must_have_place(&err, data, size);
		config_free(c);
		return 0;
	}
	use(c, PROFILE_DEFAULT);
	for (i = 0; i < c->n; i++)
		if (c->sections[i].kind == CONFIG_PROFILE)
			use(c, c->sections[i].name);
	config_free(c);
	return 0;
}
