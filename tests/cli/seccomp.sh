#!/bin/bash
# SPDX-License-Identifier: MIT
# Where io_uring is refused, as in containers: --backend=auto falls back without
# a word, --backend=uring is exit 2 with one sentence, doctor says why; results
# are the same (ENV-1, DEF-13).

. "${top_srcdir:-.}/tests/cli/lib.sh"

: "${top_builddir:?the build folder}"
no_uring="$top_builddir/tests/support/no-uring"
reason=$("$no_uring" EPERM true) || skip_all "$reason"

plan 22

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
