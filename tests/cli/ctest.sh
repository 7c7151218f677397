#!/bin/bash
# SPDX-License-Identifier: MIT
# The tests of a build folder of CMake (--from-ctest), test by test as under
# ctest itself: names, outcomes, commands, folders, environment, patterns,
# fixtures and their order; what differs is what doc/adapters/ctest.md says.

. "${top_srcdir:-.}/tests/cli/lib.sh"

command -v cmake >/dev/null || skip_all "cmake is not installed"
command -v ctest >/dev/null || skip_all "ctest is not installed"

plan 26

mkdir "$tmp/src"
cd "$tmp" || exit 99
cat >src/CMakeLists.txt <<'EOS'
cmake_minimum_required(VERSION 3.16)
project(fixture NONE)
enable_testing()
function(case name script)
	add_test(NAME ${name} COMMAND sh -c "${script}")
	if(ARGN)
		set_tests_properties(${name} PROPERTIES ${ARGN})
	endif()
endfunction()
case(passes "exit 0")
case(fails "exit 3")
case(crashes "kill -SEGV $$")
case(slow "sleep 1000" TIMEOUT 1)
case(will_fail "exit 1" WILL_FAIL TRUE)
case(will_fail_passes "exit 0" WILL_FAIL TRUE)
case(will_fail_crashes "kill -SEGV $$" WILL_FAIL TRUE)
case(skips "exit 4" SKIP_RETURN_CODE 4)
case(gnu_skip "exit 77")
case(gnu_error "exit 99" WILL_FAIL TRUE)
case(disabled "exit 1" DISABLED TRUE)
case(says "echo one two; exit 5")
set_property(TEST says PROPERTY PASS_REGULAR_EXPRESSION "zero" "o[a-z]+ two")
case(says_not "echo three" PASS_REGULAR_EXPRESSION "^two")
case(says_bad "echo bad >&2" FAIL_REGULAR_EXPRESSION "b.d")
case(says_braces "echo 'a{2}'" PASS_REGULAR_EXPRESSION "a{2}")
case(says_dot "echo 1x5" FAIL_REGULAR_EXPRESSION "1\\.5")
case(says_quote "echo \"a'b <c\"" FAIL_REGULAR_EXPRESSION "a\\'b")
case(says_angle "echo \"a'b <c\"" FAIL_REGULAR_EXPRESSION " \\<c")
case(says_class "echo a:b" PASS_REGULAR_EXPRESSION "[[:alpha:]]:b")
case(says_no_class "echo 'a]:b'" PASS_REGULAR_EXPRESSION "[[:alpha:]]:b")
case(says_opening "echo 'x[y'" PASS_REGULAR_EXPRESSION "x[[:.-]y")
case(says_dash "echo x-y" PASS_REGULAR_EXPRESSION "x[[:.-]y")
case(says_slash "echo x/y" PASS_REGULAR_EXPRESSION "x[[:.-]y")
case(says_not_opening "echo 'x[y'" PASS_REGULAR_EXPRESSION "x[^[=]y")
case(says_lines "echo a; echo b" PASS_REGULAR_EXPRESSION "a.b")
case(says_will_fail "echo none" PASS_REGULAR_EXPRESSION "some" WILL_FAIL TRUE)
case(says_skip "echo no network; exit 1" SKIP_REGULAR_EXPRESSION "no net")
case(env "test \"$A/$B\" = '1/two words'")
set_property(TEST env PROPERTY ENVIRONMENT "A=1" "B=two words")
case(folder "test \"$PWD\" = /" WORKING_DIRECTORY /)
case(has_files "exit 0" WORKING_DIRECTORY /)
set_property(TEST has_files PROPERTY REQUIRED_FILES etc/passwd /etc/group)
case(lacks_files "exit 0")
set_property(TEST lacks_files PROPERTY REQUIRED_FILES /etc/passwd no/such_file)
add_test(NAME missing COMMAND ./no_such_program)
case(set_up "echo set_up >>$ORDER" FIXTURES_SETUP F)
case(set_up_2 "sleep 0.2; echo set_up_2 >>$ORDER" FIXTURES_SETUP F DEPENDS set_up)
case(clean_up "echo clean_up >>$ORDER" FIXTURES_CLEANUP F)
case(uses "echo uses >>$ORDER" FIXTURES_REQUIRED F)
case(uses_too "echo uses_too >>$ORDER" FIXTURES_REQUIRED F DEPENDS uses)
case(bad_set_up "exit 1" FIXTURES_SETUP G)
case(uses_bad "exit 0" FIXTURES_REQUIRED G)
case(locks_1 "mkdir \"$LOCK\" && sleep 0.1 && rmdir \"$LOCK\"")
set_property(TEST locks_1 PROPERTY RESOURCE_LOCK r s)
case(locks_2 "mkdir \"$LOCK\" && sleep 0.1 && rmdir \"$LOCK\"" RESOURCE_LOCK "s")
case(serial "! mkdir \"$LOCK\" || rmdir \"$LOCK\"" RUN_SERIAL TRUE)
case(wide "exit 0" PROCESSORS 4 COST 12)
set_property(TEST wide PROPERTY LABELS net "slow tests")
EOS
cmake -S src -B build >cmake.log 2>&1 || { cat cmake.log; exit 99; }

# ---- test by test ----------------------------------------------------------

# One "NAME STATE" on a line, of what ctest says.
theirs()
{
	(cd build && ctest -j 2 --output-junit "$tmp/theirs.xml") \
		>theirs.log 2>&1
	sed -n 's/^.*<testcase name="\([^"]*\)".* status="\([a-z]*\)".*/\1 \2/p' \
		theirs.xml >states
	# notrun is what was skipped, and what could not run.
	while read -r name state; do
		case $state in
		run) state=PASS ;;
		fail) state=FAIL ;;
		disabled) state=SKIP ;;
		notrun) grep -Eq " $name \\.+\\**Skipped" theirs.log &&
			state=SKIP || state=NOTRUN ;;
		esac
		echo "$name $state"
	done <states | sort
}

# Of what shmrun says; all ways to fail are one.
ours()
{
	jq -r 'select(.event == "test-finished") |
		[.test[7:], (.outcome | ascii_upcase)] | join(" ")' run.json |
		sed -E 's/ (CRASH|TIMEOUT)$/ FAIL/; s/^(missing|lacks_files) ERROR/\1 NOTRUN/' |
		sort
}

export ORDER="$tmp/theirs.order" LOCK="$tmp/lock"
theirs >theirs.txt
export ORDER="$tmp/order"
run -j 2 --from-ctest=build --json=run.json
ours >ours.txt
is "$status" 1 "some fail"
is "$(wc -l <theirs.txt)" 43 "ctest ran them"
is "$(cat ours.txt)" "$(cat theirs.txt)" "the same tests and outcomes" ||
	diag "$(cat theirs.log)"
is "$err" "" "nothing to complain about"
is "$(tail -n 1 order)" clean_up "what cleans up is the last"
is "$(head -n 4 order | xargs)" "set_up set_up_2 uses uses_too" \
	"what sets up is the first, and what depends comes behind"
like "$out" 'ERROR .* ctest::missing' "a program that is not there"
like "$(told ctest::missing)" 'cannot be executed' "and it is told"
like "$(told ctest::lacks_files)" 'is missing: no/such_file: No such file' \
	"a required file that is not there is named"
like "$out" 'SIGSEGV .* ctest::will_fail_crashes' \
	"a crash is no failure that is expected"
for i in 1 2 3; do
	run -j 3 --from-ctest=build -f 'ctest::locks_*' -f ctest::serial
	is "$status $(last_line "$out")" "0 3 passed, 0 failed" \
		"locks and RUN_SERIAL hold ($i)"
done

# ---- what is listed --------------------------------------------------------

run list --format=jsonl --from-ctest=build
is "$(jq -c 'select(.name == "ctest::wide") | [.weight, .cost, .tags]' \
	<<<"$out")" '[4,12,["net","slow_tests"]]' "PROCESSORS, COST and LABELS"
is "$(jq -r 'select(.name == "ctest::passes").adapter' <<<"$out")" ctest \
	"the adapter"
like "$(jq -r 'select(.name == "ctest::missing").file' <<<"$out")" \
	'/src/CMakeLists.txt$' "the place"
run --from-ctest=build -E 'tag(net)'
is "$status $(last_line "$out")" "0 1 passed, 0 failed" "labels are tags"
run -j 2 --from-ctest=build -f ctest::passes "$SUITES/pass.so" -f 'pass::*'
is "$status $(last_line "$out")" "0 11 passed, 0 failed" \
	"beside a shared object"

# ---- refused, and told -----------------------------------------------------

run --from-ctest="$tmp/none"
is "$status" 5 "no such folder: exit 5"
like "$err" "none: cannot find it: No such file" "and why"
mkdir empty
run --from-ctest=empty
is "$status" 5 "a folder without tests: exit 5"
like "$err" 'holds no tests|cannot say what tests' "and why"
run_program env PATH=/nonexistent "$SHMRUN" --from-ctest="$tmp/build"
like "$err" 'cannot run ctest' "without ctest"
mkdir odd
cat >odd/CMakeLists.txt <<'EOS'
cmake_minimum_required(VERSION 3.16)
project(odd NONE)
enable_testing()
add_test(NAME t COMMAND sh -c "exit 0 >made")
set_tests_properties(t PROPERTIES TIMEOUT_AFTER_MATCH "1;x" RESOURCE_GROUPS gpus:1)
EOS
cmake -S odd -B odd/build >cmake.log 2>&1
run --from-ctest=odd/build
is "$status:$(find odd/build -name made)" 0:odd/build/made \
	"what ctest and tests make in the folder is no other build (ENV-9)"
like "$err" 'not heeded: .*TIMEOUT_AFTER_MATCH' "properties that are not heeded"
like "$err" 'RESOURCE_GROUPS' "all of them"
