#!/bin/bash
# SPDX-License-Identifier: MIT
# Suites whose loading crashes, exits, hangs, starts a thread, prints or forks:
# exit 5 with one sentence that names the suite, and the other suites run and
# are reported, before it and behind it; of a thread the library is named that
# started it (ENV-8, EXIT-5, EXIT-9, TIME-12, PROC-13, PIT-5, PIT-6, ADP-1).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 53

export HOSTILE_PIDS="$tmp/pids"

# refused NAME WORDS [OPTION]: alone and among others.
refused()
{
	local name=$1 words=$2
	shift 2
	run "$@" "$SUITES/$name.so"
	is "$status" 5 "$name: exit 5"
	is "$(grep -c "$name" "$tmp/err")" 1 "$name: one sentence that names it"
	like "$err" "$words" "$name: it says why"
	is "$out" "" "$name: alone, no run"
	run "$@" "$SUITES/pass.so" "$SUITES/$name.so" "$SUITES/params.so"
	is "$status $(last_line "$out")" "5 43 passed, 3 failed" \
		"$name: the others run, before and behind it"
	like "$out" '^exit 5: a suite could not be loaded' \
		"$name: the status in words"
	like "$out" '46 tests from 2 suites' "$name: it is not counted"
	ok "$name: nothing is left" none_marked "$(run_id)"
	run "$@" list "$SUITES/$name.so" "$SUITES/pass.so"
	is "$status $(grep -c ^pass:: "$tmp/out")" "5 10" \
		"$name: list: exit 5, the others are listed"
}

refused ctor_crash 'SIGABRT'
refused ctor_exit 'exit'
refused ctor_thread 'thread'
started=$SECONDS
refused ctor_hang 'not loaded after 0\.3 s|load-timeout' --load-timeout=300ms
took=$((SECONDS - started))
ok "ctor_hang: --load-timeout ends it (${took}s)" test $took -lt 30
ok "ctor_hang: the loader that hangs is killed" all_gone "$HOSTILE_PIDS"

# One after the other.
run "$SUITES/ctor_crash.so" "$SUITES/ctor_exit.so" "$SUITES/pass.so" \
	"$SUITES/ctor_thread.so" "$SUITES/bad_pointer.so" "$SUITES/undefined.so"
is "$status $(last_line "$out")" "5 10 passed, 0 failed" \
	"five bad suites and a good one"
is "$(grep -c '^shmrun: ' "$tmp/err")" 5 "a sentence for each"
like "$out" '5 suites not loaded' "they are counted"

# Loading is quiet.
run "$SUITES/ctor_print.so" "$SUITES/pass.so"
is "$(last_line "$out")" "30 passed, 1 failed" "a constructor prints: the counts"
unlike "$out" 'constructor$' "its words are not among the results"
run "$SUITES/ctor_fork.so" "$SUITES/pass.so"
is "$status $(last_line "$out")" "0 20 passed, 0 failed" \
	"a constructor forks: the counts"

# A library that the suite needs, or one that needs another, starts it: that is
# named, and not the one through which it is there (PROC-13).
cat >"$tmp/starts.c" <<'END'
#include <pthread.h>
#include <unistd.h>
static void *idle(void *unused)
{
	for (;;)
		pause();
	return unused;
}
__attribute__((constructor)) static void start(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, idle, NULL);
}
int answer(void) { return 42; }
END
echo 'int answer(void); int asks(void) { return answer(); }' >"$tmp/asks.c"
cat >"$tmp/needs.c" <<'END'
#include <shmrun.h>
int CALLED(void);
SHMRUN_TEST(needs, it) { shmrun_check_eq_int(CALLED(), 42); }
END
# shared NAME ARGUMENT...: a library, or a suite.
shared()
{
	${CC:-gcc} -shared -fPIC -pthread -I"$top_srcdir/include" \
		-o "$tmp/$1.so" "${@:2}" -L"$tmp" -Wl,-rpath,"$tmp" ||
		diag "$1.so cannot be built"
}
shared libstarts "$tmp/starts.c"
shared libasks "$tmp/asks.c" -lstarts
shared needs1 -DCALLED=answer "$tmp/needs.c" -lstarts
shared needs2 -DCALLED=asks "$tmp/needs.c" -lasks
for suite in needs1 needs2; do
	run "$SUITES/pass.so" "$tmp/$suite.so"
	is "$status $(last_line "$out")" "5 10 passed, 0 failed" \
		"library, $suite: refused, and the others run"
	is "$(grep -c "cannot run .*$suite.so: " "$tmp/err")" 1 \
		"library, $suite: one sentence"
	like "$err" "/libstarts\.so, which it needs, starts a thread" \
		"library, $suite: that names the library"
done

# What the constructor of a bad suite said may be the reason.
build_suite words <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <shmrun.h>
__attribute__((constructor)) static void leave(void)
{
	fprintf(stderr, "the database is not there\n");
	exit(3);
}
SHMRUN_TEST(a, b) {}
END
run "$tmp/words.so"
is "$status" 5 "a constructor that says why it exits: exit 5"
like "$err" 'the database is not there' "its words are shown"
like "$err" 'exit\(3\)' "and its status"
