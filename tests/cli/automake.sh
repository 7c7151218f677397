#!/bin/bash
# SPDX-License-Identifier: MIT
# shmrun as a test driver of Automake (LOG_DRIVER): the same results as of
# Automake's own drivers, for programs by their exit status and for those that
# print TAP; shared objects; what it writes and prints for each result, and
# what it does when it cannot.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 39
cd "$tmp" || exit 99

# program NAME: $tmp/NAME from the shell script on stdin.
program()
{
	{ echo '#!/bin/sh'; cat; } >"$tmp/$1"
	chmod +x "$tmp/$1"
}

for exit in 0 1 77 99; do
	echo "echo out; echo err >&2; exit $exit" | program "e$exit"
done
echo 'kill -SEGV $$' | program crashes
printf '%s\n' 'echo 1..4' 'echo ok 1 - a' 'echo not ok 2 - "b  c"' \
	'echo "ok 3 # SKIP d"' 'echo "not ok 4 - e # TODO f"' | program points
printf '%s\n' 'echo 1..2' 'echo ok 1' | program short
echo 'printf "<%s>" "$@"; exit 1' | program args

# drive ARGUMENT...: as Automake calls its drivers.
drive()
{
	rm -f t.log t.trs
	run --test-name "dir/t" --log-file t.log --trs-file t.trs \
		--color-tests no --collect-skipped-logs yes "$@"
}

# result LINES GLOBAL RECHECK COPY NAME
result()
{
	is "$status $out" "0 $2: dir/t" "$5: what is printed"
	is "$(cat t.trs)" "${1:+$1
}:global-test-result: $2
:recheck: $3
:copy-in-global-log: $4" "$5: the .trs file"
}

# ---- each result -----------------------------------------------------------

drive -- ./e0
result ':test-result: PASS 1 test' PASS no no "a pass"
like "$(cat t.log)" '^ *out$' "a pass: stdout is in the log"
like "$(cat t.log)" '^ *err$' "a pass: stderr is in the log"
is "$err" "" "nothing on stderr"
drive -- ./e1
result ':test-result: FAIL program::e1' FAIL yes yes "a failure"
like "$(cat t.log)" 'exit status 1' "a failure: why is in the log"
drive -- ./crashes
result ':test-result: FAIL program::crashes' FAIL yes yes "a crash"
drive -- ./e77
result ':test-result: SKIP 1 test' SKIP no yes "a skip"
drive -- ./e99
result ':test-result: ERROR program::e99' ERROR yes yes "an error"
drive --enable-hard-errors no -- ./e99
result ':test-result: FAIL program::e99' FAIL yes yes "a soft error"
drive --expect-failure yes -- ./e1
result ':test-result: XFAIL program::e1' XFAIL no yes "an expected failure"
drive --expect-failure yes -- ./e0
result ':test-result: XPASS program::e0' XPASS yes yes "an unexpected pass"
drive -- ./missing
result ':test-result: ERROR see the log' ERROR yes yes "no program"
drive --adapter=tap -- ./points
result ':test-result: FAIL 2 b  c
:test-result: XFAIL 4 e
:test-result: PASS 1 test
:test-result: SKIP 1 test' FAIL yes yes "points"
drive --adapter=tap -- sh ./short
result ':test-result: FAIL command::dir/t
:test-result: PASS 1 test' FAIL yes yes "a plan that is not met"
drive -- "$SUITES/pass.so"
result ':test-result: PASS 10 tests' PASS no no "a shared object"
drive -f 'scope_down::*' -- "$SUITES/fixture_fail.so"
like "$(cat t.trs)" '^:global-test-result: ERROR$' \
	"a fixture that cannot be torn down, behind tests that pass"
drive -- ./args 'a b' "c'd" '@name=x' 'E=1'
like "$(cat t.log)" "<a b><c'd><@name=x><E=1>" "arguments are as given"
drive --color-tests yes -- ./e0
is "$(cat -v "$tmp/out")" '^[[0;32mPASS^[[m: dir/t' "in colour"
drive --timeout=0.3 -- sh -c 'sleep 1000'
is "$out" "FAIL: dir/t" "a limit"

# ---- when it cannot --------------------------------------------------------

run --test-name t --log-file t.log --trs-file none/t.trs -- ./e0
is "$status" 3 "a .trs file that cannot be written: exit 3"
run --test-name t --log-file none/t.log --trs-file t.trs -- ./e0
is "$status" 3 "a log that cannot be written: exit 3"
run --trs-file t.trs -- ./e0
is "$status" 2 "without a log: wrong usage"
drive --
is "$status" 2 "without a test: wrong usage"

# ---- make check ------------------------------------------------------------

enough=yes
for tool in autoreconf automake make; do
	command -v $tool >/dev/null || enough=
done
if [ -z "$enough" ]; then
	skip "no automake" "make check" 3
	exit 0
fi
mkdir project && cd project || exit 99
cat >configure.ac <<'EOS'
AC_INIT([fixture], [1])
AC_CONFIG_AUX_DIR([aux])
AM_INIT_AUTOMAKE([1.16 foreign])
AC_REQUIRE_AUX_FILE([tap-driver.sh])
AC_PROG_AWK
AC_CONFIG_FILES([Makefile])
AC_OUTPUT
EOS
cat >Makefile.am <<'EOS'
TEST_EXTENSIONS = .tap .sh
TAP_LOG_DRIVER = $(SHELL) $(top_srcdir)/aux/tap-driver.sh
SH_LOG_COMPILER = sh
TESTS = e0 e1 e77 e99 crashes xfails xpasses script.sh \
	good.tap points.tap short.tap bail.tap none.tap
XFAIL_TESTS = xfails xpasses
EOS
cp ../e0 ../e1 ../e77 ../e99 ../crashes .
cp ../e1 xfails
cp ../e0 xpasses
cp ../points points.tap
cp ../short short.tap
echo 'exit 1' >script.sh
printf '#!/bin/sh\necho 1..1; echo ok 1\n' >good.tap
printf '#!/bin/sh\necho 1..1; echo Bail out! no\n' >bail.tap
printf '#!/bin/sh\necho "1..0 # SKIP no"\n' >none.tap
chmod +x ./*.tap
mkdir aux
{ autoreconf -i && ./configure; } >configure.out 2>&1 || {
	cat configure.out
	exit 99
}

# results: of each test, what its .trs file says of it as a whole.
globals()
{
	grep -H '^:global-test-result:' ./*.trs | sort
}
make check >theirs.out 2>&1
globals >theirs.txt
make check LOG_DRIVER="$SHMRUN" SH_LOG_DRIVER="$SHMRUN" \
	TAP_LOG_DRIVER="$SHMRUN --adapter=tap" >ours.out 2>&1
globals >ours.txt
is "$(wc -l <ours.txt)" 13 "make check: all tests were driven"
# What is no TAP is an error there.
is "$(cat ours.txt)" "$(sed '/short/s/ERROR/FAIL/' theirs.txt)" \
	"make check: the same results" || diag "$(cat ours.out)"
is "$(sed -n 's/^# \(XFAIL\|XPASS\|FAIL\): *//p' ours.out | xargs)" "2 5 1" \
	"make check: Automake counts them" || diag "$(cat ours.out)"
