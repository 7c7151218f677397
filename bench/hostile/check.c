/* SPDX-License-Identifier: MIT */
/* check.c: the bodies as tests of Check; those named by arguments run, with a
 * limit of HOSTILE_TIMEOUT seconds. */
#include <check.h>

#include "bodies.h"

#define ONE(name) \
	START_TEST(test_##name) \
	{ \
		int ret = hostile_body(#name); \
		ck_assert_msg(ret == 0, "%s", hostile_message); \
	} \
	END_TEST
HOSTILE_BODIES(ONE)

int main(int argc, char **argv)
{
	const char *limit = getenv("HOSTILE_TIMEOUT");
	const char *xml = getenv("HOSTILE_XML");
	Suite *suite = suite_create("hostile");
	TCase *tests = tcase_create("hostile");
	SRunner *runner;
	int i, failed;

	tcase_set_timeout(tests, limit ? atoi(limit) : 3);
	for (i = 1; i < argc; i++) {
#define ADD(name) \
		if (strcmp(argv[i], #name) == 0) \
			tcase_add_test(tests, test_##name);
		HOSTILE_BODIES(ADD)
	}
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	if (xml)
		srunner_set_xml(runner, xml);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
