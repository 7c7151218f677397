#!/bin/bash
# SPDX-License-Identifier: MIT
# What a file is is read from it, and nothing of it runs, whatever its size
# (ADP-1, ADP-2); and it is found whichever way the suite was built: by the
# other compiler, with link-time optimisation, with the other C++ library
# (GTS-8, CMK-1, CHK-1).

. "${top_srcdir:-.}/tests/cli/lib.sh"

[ -z "${SANITIZERS-}" ] || skip_all "other builds have no sanitizer"

plan 30

# ---- nothing of it runs ----------------------------------------------------

cat >"$tmp/marks.c" <<'C'
#include <stdio.h>
#include <stdlib.h>

__attribute__((constructor)) static void mark(void)
{
	FILE *f = fopen(getenv("MARK"), "w");

	if (!f || fclose(f) != 0)
		abort();
}

int main(void)
{
	return 0;
}
C
# A million bytes, and 20,000 names: no part of what is looked for.
awk 'BEGIN {
	print ".section .note.GNU-stack,\"\",%progbits\n.data"
	for (i = 0; i < 20000; i++)
		printf "_ZN3ns8a_classILi%dEE10a_memberEv: .byte 1\n", i
	print ".fill 1000000, 1, 7"
}' >"$tmp/much.s"
cc=${CC:-cc}
# shellcheck disable=SC2086 # CC may hold options
$cc -o "$tmp/marks" "$tmp/marks.c" "$tmp/much.s" &&
	$cc -shared -fPIC -o "$tmp/marks.so" "$tmp/marks.c" "$tmp/much.s" ||
	exit 99
export MARK="$tmp/mark"

run list "$tmp/marks"
is "$status.$out" 0.program::marks "a program is known"
ok "none of its code ran (ADP-2)" test ! -e "$MARK"
run --dry-run "$tmp/marks"
is "$status" 0 "a program is planned"
ok "none of its code ran" test ! -e "$MARK"
run list "$tmp/marks.so"
is "$status" 5 "a shared object is no suite"
ok "none of its code ran" test ! -e "$MARK"
for name in native criterion; do
	run list --adapter=$name "$tmp/marks.so"
	is "$status" 5 "--adapter=$name: a shared object is none"
done
run "$tmp/marks"
is "$status" 0 "a program runs"
ok "that would have been seen" test -e "$MARK"

# ---- however it was built --------------------------------------------------

cat >"$tmp/gtest.cc" <<'C'
#include <gtest/gtest.h>

TEST(Built, passes) {}
TEST(Built, fails) { ADD_FAILURE(); }
int main(int argc, char **argv)
{
	testing::InitGoogleTest(&argc, argv);
	return RUN_ALL_TESTS();
}
C
cat >"$tmp/check.c" <<'C'
#include <check.h>
#include <stdlib.h>

START_TEST(passes)
{
}
END_TEST

START_TEST(fails)
{
	ck_abort();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("suite");
	TCase *tcase = tcase_create("Built");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, passes);
	tcase_add_test(tcase, fails);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
C
cat >"$tmp/cmocka.c" <<'C'
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static void passes(void **state)
{
	(void)state;
}

static void fails(void **state)
{
	(void)state;
	assert_true(0);
}

int main(void)
{
	const struct CMUnitTest Built[] = {
		cmocka_unit_test(passes),
		cmocka_unit_test(fails),
	};

	return cmocka_run_group_tests(Built, NULL, NULL);
}
C
cat >"$tmp/criterion.c" <<'C'
#include <criterion/criterion.h>

Test(Built, passes) {}
Test(Built, fails) { cr_assert(0); }
C

# found KIND HOW COMPILER...: two lines.  What cannot be built here, because the
# compiler, the framework or a build of it is missing, is skipped.
found()
{
	local kind=$1 how=$2 source
	shift 2
	source=$(echo "$tmp/$kind".c*)
	# shellcheck disable=SC2046 # words on purpose
	if ! command -v "$1" >"$tmp/where" ||
		! "$@" -w -o "$tmp/$kind.built" "$source" \
			$(libraries "$kind") 2>"$tmp/log"; then
		skip "\`$*' cannot build it here" "$kind, $how" 2
		return
	fi
	run -v -j 1 "$tmp/$kind.built"
	is "$status.$(results PASS).$(results FAIL)" \
		"1.Built::passes.Built::fails" "$kind, $how: found, and run"
	run list --adapter="$kind" "$tmp/$kind.built"
	is "$status.$(wc -l <<<"$out")" 0.2 "$kind, $how: by its name, too"
}

libraries()
{
	case $1 in
	gtest) echo -lgtest -pthread ;;
	check) echo -lcheck_pic -lsubunit -pthread -lrt -lm ;;
	cmocka) echo -lcmocka ;;
	criterion) echo -lcriterion ;;
	esac
}

found gtest "gcc, -O2 and LTO" g++ -O2 -flto
found gtest "clang" clang++ -O2
found gtest "the other C++ library" clang++ -stdlib=libc++
found check "gcc, -O2 and LTO" gcc -O2 -flto
found check "clang" clang -O2
found cmocka "gcc, -O2 and LTO" gcc -O2 -flto
found cmocka "clang" clang -O2
found criterion "gcc, -O2 and LTO" gcc -O2 -flto
found criterion "clang" clang -O2
found criterion "gcc, LTO, a shared object" gcc -O2 -flto -shared -fPIC
