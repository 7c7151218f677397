/* SPDX-License-Identifier: MIT */
/*
 * -E (suite/expr.c): any text is an expression or is refused with a sentence;
 * what an expression means obeys the laws of logic.
 *
 * Input: the text of one expression.
 */
#include "suite/expr.h"

#include "base/mem.h"
#include "base/str.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

static const struct test subject_test = {
	.name = "Scope::name",
	.file = "src/file.c",
	.attrs = &attrs_default,
	.scope_len = 5,
	.count = 4,
	.indexed = true,
};

static enum truth meaning(const char *source, const char *instance,
			  const struct test *test)
{
	struct expr_subject s = {
		.suite = "./suite.so",
		.test = test,
		.instance = instance,
	};
	enum truth truth;
	struct expr e;

	if (expr_parse(&e, source, NULL) < 0)
		return TRUTH_MAYBE;
	truth = expr_eval(&e, &s);
	expr_fini(&e);
	return truth;
}

/* Not is the mirror; what is certain of less is certain of more. */
static void must_hold(const char *source)
{
	enum truth suite = meaning(source, NULL, NULL);
	enum truth test = meaning(source, NULL, &subject_test);
	enum truth one = meaning(source, "Scope::name[2]", &subject_test);
	struct str denied = STR_INIT;

	fuzz_must(suite == TRUTH_MAYBE || suite == test, "%d %d", (int)suite,
		  (int)test);
	fuzz_must(test == TRUTH_MAYBE || test == one, "%d %d", (int)test,
		  (int)one);
	fuzz_must(one != TRUTH_MAYBE, "an instance is all there is to know");
	str_addf(&denied, "not (%s)", source);
	fuzz_must(meaning(str_get(&denied), "Scope::name[2]", &subject_test) !=
		  one, "%s", source);
	str_fini(&denied);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *source = mem_strndup((const char *)data, size);
	struct err err = { 0 };
	struct expr e;

	if (expr_parse(&e, source, &err) == 0) {
		expr_fini(&e);
		must_hold(source);
	} else {
		fuzz_must(err.code && err.text[0], "refused without a reason");
		fuzz_must(!e.nodes, "nothing is left to be freed");
	}
	free(source);
	return 0;
}
