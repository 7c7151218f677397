#!/bin/bash
# SPDX-License-Identifier: MIT
# A fatal signal in the runner itself: it dies of that signal, everything of the
# run follows, and the recording tells of what had ended and what was running
# (SIG-12, PROC-4, OUT-5).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 24

# Sanitizers would take these signals over.
no_handlers=handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_abort=0
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}$no_handlers"

# fatal SIGNAL STATUS ISOLATE
fatal()
{
	local with="$3: SIG$1"
	export HOSTILE_PIDS="$tmp/pids.$1.$3"
	start --isolate="$3" -j 4 --record="$tmp/$1.$3.shmres" --grace=0 \
		-f 'pass::*' -f hostile::hang -f hostile::hang_setsid \
		"$SUITES/pass.so" "$SUITES/hang.so"
	wait_until 30 has_lines "$HOSTILE_PIDS" 3 || diag "tests never started"
	# Nothing older than 100 ms is unwritten; a busy machine gets longer.
	wait_until 30 told_passes 10 "$tmp/$1.$3.shmres"
	kill -"$1" "$pid"
	finish
	is "$status" "$2" "$with: it dies of it"
	ok "$with: no process of a test is left" \
		wait_until 10 all_gone "$HOSTILE_PIDS"
	ok "$with: nor any other of the run" \
		wait_until 10 none_marked "$(run_id)"
	run report "$tmp/$1.$3.shmres"
	is "$status $(results ERROR | wc -l)" "3 2" \
		"$with: its recording names the two tests that ran"
}

# told_passes N FILE: so many have passed by its recording.
told_passes()
{
	"$SHMRUN" report "$2" 2>/dev/null | tail -n 1 | grep -q "^$1 passed"
}

ulimit -c 0
for isolate in worker fork; do
	fatal SEGV 139 $isolate
	fatal ABRT 134 $isolate
	fatal BUS 135 $isolate
done
