#!/bin/bash
# SPDX-License-Identifier: MIT
# Where io_uring is refused, as in containers: --backend=auto falls back without
# a word, --backend=uring is exit 2 with one sentence, doctor says why; results
# are the same, test for test, as where it is not refused, and it is epoll that
# was waited with (ENV-1, DEF-13).

. "${top_srcdir:-.}/tests/cli/lib.sh"

: "${top_builddir:?the build folder}"
no_uring="$top_builddir/tests/support/no-uring"
reason=$("$no_uring" EPERM true) || skip_all "$reason"

plan 28

for error in EPERM ENOSYS; do
	run_program "$no_uring" $error "$SHMRUN" "$SUITES/mixed.so"
	is "$status $(last_line "$out")" "1 3 passed, 14 failed, 2 skipped" \
		"$error: auto: the same counts"
	is "$err" "" "$error: auto: without a word"
	like "$out" ', epoll, ' "$error: auto: the first line says epoll"
	run_program "$no_uring" $error "$SHMRUN" --backend=epoll "$SUITES/pass.so"
	is "$status" 0 "$error: epoll works"
	run_program "$no_uring" $error "$SHMRUN" --backend=uring "$SUITES/pass.so"
	is "$status:$out" "2:" "$error: uring: exit 2, nothing runs"
	is "$(grep -c . "$tmp/err") $(grep -c '^shmrun: .*uring' "$tmp/err")" \
		"1 1" "$error: uring: one sentence" || diag "$err"
	run_program "$no_uring" $error "$SHMRUN" doctor
	is "$status" 0 "$error: doctor: exit 0"
	like "$out" '^no  io_uring ' "$error: doctor says no"
	like "$out" '^ok  event loop +epoll' "$error: doctor says what is used"
	run_program "$no_uring" $error "$SHMRUN" -j 8 --isolate=fork \
		--timeout=0.5 --grace=0 "$SUITES/crash.so" "$SUITES/orphan.so"
	is "$(last_line "$out")" "65 passed, 8 failed" \
		"$error: crashes and leftovers as ever"
done

# what STEM: every end that the run's events tell of, without times.
what()
{
	jq -r 'select(.event == "test-finished" or .event == "test-retried") |
		[.event, .suite, .test, .attempt, .outcome, .signal,
		 .leak, .tries] | map(tostring) | join(" ")' \
		"$1.json" | sort
}

# Each outcome there is, three tiers: as the other back end has it.
printf '#!/bin/sh\nexit 1\n' >"$tmp/fails"
chmod +x "$tmp/fails"
suites=("$SUITES/mixed.so" "$SUITES/crash.so" "$SUITES/orphan.so"
	"$SUITES/params.so" "$tmp/fails")
some=(-j 3 --timeout=2 --grace=0.5 --retries=1 --backtrace=never --no-timings)
for isolate in worker fork; do
	shmrun "${some[@]}" --isolate=$isolate --json="$tmp/own.json" \
		"${suites[@]}" >"$tmp/null" 2>&1 </dev/null
	run_program "$no_uring" EPERM "$SHMRUN" "${some[@]}" --isolate=$isolate \
		--json="$tmp/without.json" "${suites[@]}"
	if command -v jq >"$tmp/null"; then
		is "$(what "$tmp/without")" "$(what "$tmp/own")" \
			"$isolate: each end is as with $SHMRUN_TEST_BACKEND"
		ok "$isolate: of many tests ($(what "$tmp/own" | wc -l))" \
			test "$(what "$tmp/own" | wc -l)" -gt 100
	else
		skip "jq is not installed" "$isolate: each end" 2
	fi
done

# What it waits with, by its calls; the first thread is the runner's.
if command -v strace >"$tmp/null" && strace true 2>"$tmp/null"; then
	run_program "$no_uring" EPERM strace -qq -o "$tmp/calls" \
		-e trace=io_uring_setup,io_uring_enter,io_uring_register,epoll_wait,epoll_pwait,epoll_pwait2 \
		"$SHMRUN" -j 2 "$SUITES/params.so"
	is "$(last_line "$out")" "33 passed, 3 failed" "under strace: the counts"
	waits=$(grep -c '^epoll_' "$tmp/calls")
	asks=$(sed -n 's/^#define HAVE_LIBURING //p' "$top_builddir/config.h")
	ok "it waits with epoll ($waits times), and asked for io_uring $asks times" \
		test "$waits" -gt 0 -a "$(grep -c '^io_uring_setup.*EPERM' \
			"$tmp/calls")" = "$asks" -a "$(grep -c ^io_uring_enter "$tmp/calls")" = 0
else
	skip "strace is not there, or refused" "what it waits with" 2
fi

# Where the kernel has none of what it cannot do without (PROC-3).
refuse="$top_builddir/tests/support/refuse"
if reason=$("$refuse" pidfd true); then
	run_program "$refuse" pidfd "$SHMRUN" "$SUITES/pass.so"
	is "$status $(grep -c . "$tmp/err")" "3 1" \
		"no pidfd: exit 3, one sentence"
	like "$err" '^shmrun: no descriptor can stand for a process: ' \
		"... which says it"
else
	skip "$reason" "no pidfd" 2
fi
