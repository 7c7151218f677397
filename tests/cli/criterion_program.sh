#!/bin/bash
# SPDX-License-Identifier: MIT
# Programs of Criterion, unmodified, by a server of their own: what the same
# tests come to in a shared object, and so what Criterion's own runner says of
# them (criterion.sh); with Criterion's main() or another, PIE or not; tests of
# libraries and registered ones; a main() that does what nobody can foresee is
# refused, or an error, never a pass (ADP-2, ADP-3, ADP-6, CRX-1 to CRX-3,
# CRD-10, CRF-5, PIT-2, PIT-3, PROC-13, REG-2).

. "${top_srcdir:-.}/tests/cli/lib.sh"
. "${top_srcdir:-.}/tests/support/criterion.sh"

[ -x "$SUITES/criterion_main" ] || skip_all "Criterion 2.4 is not installed"

plan 36

# What tests abandon is not the point.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0:handle_segv=0"

# ---- as in a shared object -------------------------------------------------

# ours ARGUMENT...: under shmrun.
ours()
{
	run -v -j 2 "$@"
	criterion_shmrun "$tmp/out"
}

# What its order of tests does not change; a program has no worker tier.
for suite in old:86 new:14 cxx:13 differ:21; do
	name=criterion_${suite%:*}
	ours "$SUITES/$name.so" >"$tmp/shared"
	ours "$SUITES/$name" >"$tmp/ours"
	is "$status $(wc -l <"$tmp/ours")" "1 ${suite#*:}" \
		"$name: all tests are there"
	is "$(cat "$tmp/ours")" "$(cat "$tmp/shared")" \
		"$name: the same tests, outcomes and places" ||
		diag "$(diff "$tmp/shared" "$tmp/ours")"
	is "$err" "" "$name: nothing to complain about"
	[ "$name" != criterion_old ] || cp "$tmp/shared" "$tmp/old"
done
is "$(ours "$SUITES/criterion_nopie")" "$(cat "$tmp/old")" \
	"a program that is not position-independent: the same (CRX-1)"

run list --format=jsonl "$SUITES/criterion_old.so" "$SUITES/criterion_old"
# shellcheck disable=SC2016 # jq's
is "$(jq -rs 'map(del(.suite, .id, .isolate, .description)) | group_by(.name) |
	map(select(.[0] != .[1]) | .[0].name) | join(" ")' <<<"$out")" "" \
	"all that is known of a test is the same"

# ---- a main() of its own ---------------------------------------------------

run -v "$SUITES/criterion_main"
is "$status $(last_line "$out")" "1 8 passed, 6 failed" "its own main()"
is "$(results FAIL | sort | xargs)" "library::fails own::exits_early \
own::fails_in_a_thread own::registered own::rows[0] own::runs_tests_itself" \
	"what a library holds and main() registers is there, and fails"
like "$(told own::fails_in_a_thread)" 'criterion_main.c:[0-9]+: in a thread' \
	"another thread's failure"
is "$err" "shmrun: $SUITES/criterion_main: its report hooks (1) are not called" \
	"one warning of hooks (CRD-10)"
run -j 1 "$SUITES/criterion_main" -f own::rows[1] -f own::is_not_in_its_environment
is "$status $(last_line "$out")" "0 2 passed, 0 failed" "some of them"
run --adapter=criterion "$SUITES/criterion_main" -f own::dies
is "$status" 0 "named: the adapter is the one for programs"
MAIN=reap run -v "$SUITES/criterion_main"
is "$status $(last_line "$out")" "1 8 passed, 6 failed" \
	"a main() that reaps all children"

# refused MAIN TEXT NAME
refused()
{
	MAIN=$1 run "$SUITES/criterion_main"
	is "$status" 5 "$3: refused"
	like "$err" "$2" "$3: a sentence"
}
refused none 'holds no tests .*criterion_run_all_tests' "no test is run"
refused twice 'more than once' "all are run twice"
refused status 'ends with status 3' "an end of its own"
refused crash 'killed by SIGSEGV' "a crash"
refused thread 'starts a thread' "a thread"
refused again 'own::rows' "a name that is there twice"

# ---- what changes from start to start --------------------------------------

START_LOG=$tmp/starts MAIN=other run -v -j 1 "$SUITES/criterion_main"
is "$status $(results PASS | grep -c start_)" "1 0" \
	"another test under the same number is none of its own"
like "$out" 'another test now' "that is told"
ROWS_LOG=$tmp/rows run -v -j 1 "$SUITES/criterion_main" -f own::rows
is "$status $(results PASS | wc -l)" "1 0" "other rows are no rows"
