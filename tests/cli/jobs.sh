#!/bin/bash
# SPDX-License-Identifier: MIT
# How many workers, and why, as the first line of a run says (JOBS-1, JOBS-2,
# JOBS-9), also in real control groups; the threads that each test may start
# (JOBS-6); as a client of make's job server: from a real make and from a FIFO,
# with every token given back whatever happens, and never more tests at once
# than there are tokens, also of those that come and go during the run (JOBS-7,
# ACC-12).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 57

# workers: how many and why, of the last run.
workers()
{
	sed -En '1s/.* suites?, (.* workers?: .*), (io_uring|epoll), .*/\1/p; 1q' \
		"$tmp/out"
}

# ---- -j --------------------------------------------------------------------

run -j 9 --jobs-max=3 "$SUITES/params.so"
is "$(workers)" "3 workers: -j 9, --jobs-max 3" "--jobs-max caps -j (JOBS-2)"
SHMRUN_JOBS=9 run --jobs-max=3 "$SUITES/params.so"
is "$(workers)" "3 workers: SHMRUN_JOBS=9, --jobs-max 3" \
	"--jobs-max caps SHMRUN_JOBS"
run -j 9 "$SUITES/atexit.so"
like "$(workers)" '^[1-3] workers?: -j 9, [1-3] tests?$' \
	"never more workers than tests (JOBS-9, SHM-10, PEER-7)"
first=$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')
run_program taskset -c "$first" "$SHMRUN" -j auto "$SUITES/params.so"
like "$(workers)" '^1 worker: affinity 1' "affinity (JOBS-1)"
run_program taskset -c "$first" "$SHMRUN" -j cores "$SUITES/params.so"
like "$(workers)" '^1 worker: -j cores, 1 core of 1 CPUs' "-j cores (JOBS-2)"
run_program taskset -c "$first" "$SHMRUN" -j logical "$SUITES/params.so"
is "$(workers)" "1 worker: -j logical, affinity 1" "-j logical (JOBS-2)"
# ---- the memory that tests had before (JOBS-4) ------------------------------

run --timings="$tmp/timings" --timings-write --isolate=fork "$SUITES/params.so"
ok "the peak of each test is kept" awk 'NF && !/^#/ && $3 == "test" {
		if ($14 + 0 < 100 || $14 + 0 > 1000000) exit 1; n++
	} END { exit n < 10 }' "$tmp/timings"
awk '/^#/ { print; next } { $14 = "4294967295"; print }' "$tmp/timings" \
	>"$tmp/giants"
run -j auto --timings="$tmp/giants" "$SUITES/params.so"
if [ "$(nproc)" -gt 1 ]; then
	like "$(workers)" '^1 worker: .*[0-9]+ MiB of memory.* for the 1 largest test, 4194303 MiB before' \
		"no more workers than fit into memory"
else
	like "$(workers)" '^1 worker: ' "one processor, one worker"
fi
run -j 3 --timings="$tmp/giants" "$SUITES/params.so"
is "$(workers)" "3 workers: -j 3" "a number that was named stays"
like "$err" '^shmrun: little memory: [0-9]+ MiB.*, and 1 of 3 workers could run the largest tests at once, with 4194303 MiB as before$' \
	"and there is a word"
run -j 3 --timings="$tmp/timings" "$SUITES/params.so"
is "$err" "" "none where they fit"

SHMRUN_JOBS=corse run "$SUITES/no_such.so"
is "$status $(grep -c 'cannot run' "$tmp/err")" "2 0" \
	"a typo in SHMRUN_JOBS: exit 2 before any suite is loaded (JOBS-3)"

# ---- real control groups -----------------------------------------------------

# cpu_group FOLDER PERCENT: a new group with a CPU quota; 0 = none of its own.
cpu_group()
{
	mkdir "$1" 2>/dev/null || return 1
	groups=("$1" "${groups[@]}")
	[ "$2" != 0 ] || return 0
	if [ -e "$1/cpu.max" ]; then
		echo "$(($2 * 1000)) 100000" >"$1/cpu.max"
	else
		echo 100000 >"$1/cpu.cfs_period_us" &&
			echo $(($2 * 1000)) >"$1/cpu.cfs_quota_us"
	fi
} 2>/dev/null

# Where none can be set, a tree of files that says so: only a parent has one.
mkdir -p "$tmp/root/proc/self" "$tmp/root/cg/above/inner"
echo 0::/above/inner >"$tmp/root/proc/self/cgroup"
echo '30 23 0:26 / /cg rw - cgroup2 none rw' >"$tmp/root/proc/self/mountinfo"
echo 50000 100000 >"$tmp/root/cg/above/cpu.max"
SHMRUN_CGROUP_ROOT=$tmp/root run "$SUITES/params.so"
like "$(workers)" '^1 worker: affinity [0-9]+, cgroup quota 0.50 at /cg/above' \
	"a quota of a parent alone (JOBS-1, ACC-9, VAR-20)"

groups=()
group=$(own_group cpu)/shmrun-test-$$
if cpu_group "$group" 50 && cpu_group "$group/inner" 0 &&
	bash -c 'echo $$ >"$0/cgroup.procs"' "$group/inner" 2>/dev/null; then
	in_group "$group/inner" "$SHMRUN" "$SUITES/params.so"
	like "$(workers)" \
		"^1 worker: affinity [0-9]+, cgroup quota 0.50 at .*-$$(,|$)" \
		"a quota of the group above, rounded up (JOBS-1, PEER-8)"
	in_group "$group/inner" "$SHMRUN" -j 3 "$SUITES/params.so"
	is "$(workers)" "3 workers: -j 3" "who names a number gets it"
else
	skip "no CPU quota can be set here" "control groups: CPU" 2
fi
group=$(own_group pids)/shmrun-test-$$
if mkdir "$group" 2>/dev/null && groups=("$group" "${groups[@]}") &&
	echo 21 2>/dev/null >"$group/pids.max"; then
	in_group "$group" "$SHMRUN" "$SUITES/params.so"
	like "$(workers)" "^[12] workers?: affinity" "room for processes"
	is "$status" 1 "... in which the run ends as it should"
else
	skip "no limit of processes can be set here" "control groups: pids" 2
fi
[ "${#groups[@]}" = 0 ] || rmdir "${groups[@]}"

# ---- threads (JOBS-6, PEER-9) --------------------------------------------------

# shows NAME: the value that environ::show printed.
shows()
{
	told environ::show | sed -n "s/^        $1=//p"
}

names=(OMP_NUM_THREADS OPENBLAS_NUM_THREADS MKL_NUM_THREADS RAYON_NUM_THREADS)
unset "${names[@]}"
for isolate in worker fork; do
	run_program taskset -c "$first" "$SHMRUN" --isolate=$isolate -j 2 \
		-f environ::show "$SUITES/environ.so"
	for name in "${names[@]}"; do
		is "$(shows "$name")" 1 "$isolate: $name"
	done
done
OMP_NUM_THREADS=7 run -f environ::show "$SUITES/environ.so"
is "$(shows OMP_NUM_THREADS)" 7 "what the user has set stays"

# ---- make's job server (JOBS-7) --------------------------------------------------

# Says when it begins and ends; 24 tests of 20 ms.
build_suite spans <<'SUITE'
#define _GNU_SOURCE
#include <shmrun.h>
#include "hostile.h"
SHMRUN_RANGE(spans, nap, 24)
{
	hostile_append("SPANS", "1");
	usleep(20000);
	hostile_append("SPANS", "-1");
}
SUITE

# at_once FILE: the most tests that ran at the same time.
at_once()
{
	awk '{ n += $1; if (n > most) most = n } END { print most + 0 }' "$1"
}

# A job server of our own, as make 4.4 has it: a FIFO with tokens in it.
fifo="$tmp/fifo"
mkfifo "$fifo"
exec 9<>"$fifo"

# tokens: takes all that are there.
tokens()
{
	local all="" byte
	while read -r -t 0.05 -N 1 -u 9 byte; do all+=$byte; done
	fold -w 1 <<<"$all" | sort | tr -d '\n'
}

# under_fifo ARGUMENT...: shmrun with the FIFO as job server, 64 CPUs.
under_fifo()
{
	MAKEFLAGS="-j --jobserver-auth=fifo:$fifo" run "$@"
}

cpus=$(nproc)
printf abcd >&9
under_fifo "$tmp/spans.so"
is "$status" 0 "a FIFO: the run passes"
like "$(workers)" \
	"^$cpus workers?: .*, $((cpus > 5 ? 4 : cpus - 1)) tokens? of make's jobserver( so far)?$" \
	"a FIFO: a worker for each token and the free one"
is "$(tokens)" abcd "a FIFO: the same bytes are back"
under_fifo "$tmp/spans.so"
like "$(workers)" "^$cpus workers?: .*, 0 tokens of make's jobserver( so far)?$" \
	"no token: as many as may come"
# Tokens come and go while it runs: two of the tests wait for each other, and
# the last one waits until a token is back.
build_suite meet <<'SUITE'
#define _GNU_SOURCE
#include <shmrun.h>
#include "hostile.h"
static void await(const char *variable)
{
	while (access(getenv(variable), F_OK) < 0)
		usleep(1000);
}
SHMRUN_TEST(meet, a)
{
	hostile_append("MEET_A", "here");
	await("MEET_B");
}
SHMRUN_TEST(meet, b)
{
	hostile_append("MEET_B", "here");
	await("MEET_A");
}
SHMRUN_TEST(meet, z)
{
	hostile_append("MEET_Z", "here");
	await("MEET_END");
}
SUITE
export MEET_A="$tmp/a" MEET_B="$tmp/b" MEET_Z="$tmp/z" MEET_END="$tmp/end"
if [ "$cpus" -gt 1 ]; then
	export MAKEFLAGS="-j --jobserver-auth=fifo:$fifo"
	start --order=collection --dist=load "$tmp/meet.so"
	unset MAKEFLAGS
	wait_until 20 has_lines "$MEET_A" 1
	ok "no token: one test at a time" test ! -e "$MEET_B"
	printf c >&9
	wait_until 20 has_lines "$MEET_Z" 1
	ok "a token that comes later: a second worker" test -e "$MEET_B"
	read -r -t 20 -N 1 -u 9 byte
	is "$byte" c "it is back before the end, when its worker rests"
	ok "... of a run that goes on" test ! -e "$MEET_END"
	: >"$MEET_END"
	finish
	is "$status $(last_line "$out")" "0 3 passed, 0 failed" \
		"tokens that come and go: the run passes"
	like "$(workers)" "0 tokens of make's jobserver so far$" \
		"and the first line says that more may come"
else
	skip "one processor" "tokens that come later" 6
fi

printf abcd >&9
under_fifo -j 2 "$tmp/spans.so"
is "$(workers)" "2 workers: -j 2" "who names a number asks nobody"
is "$(tokens)" abcd "and takes nothing"
for suite in manycrash fixture_fail ctor_crash no_tests; do
	printf abcd >&9
	under_fifo -f '*[1-9]' -f '*::*' --max-fail=50 "$SUITES/$suite.so"
	is "$(tokens)" abcd "$suite: exit $status, the tokens are back"
done

# What is killed from outside: a worker by SIGKILL, the runner by signals.
# Before it is that program, a signal would hit this very shell's child.
is_shmrun()
{
	[ "$(cat "/proc/$pid/comm")" = "${SHMRUN##*/}" ]
} 2>/dev/null
kill_worker()
{
	local loader worker
	loader=$(pgrep -P "$pid") && [ -n "$loader" ] &&
		worker=$(pgrep -P "${loader%%$'\n'*}") && [ -n "$worker" ] &&
		kill -KILL "${worker%%$'\n'*}"
}
export MAKEFLAGS="-j --jobserver-auth=fifo:$fifo"
for how in kill_worker INT TERM HUP ALRM thrice; do
	printf abcd >&9
	start --grace=1 -f 'hostile::hang' "$SUITES/hang.so"
	wait_until 20 is_shmrun
	if [ $how = kill_worker ]; then
		wait_until 20 kill_worker
		kill -TERM "$pid"
	elif [ $how = thrice ]; then
		# All at once: the third one ends it where it stands (SIG-4).
		wait_until 20 has_lines "$tmp/out" 1
		kill -STOP "$pid"
		kill -INT "$pid"
		kill -HUP "$pid"
		kill -TERM "$pid"
		kill -CONT "$pid"
	else
		wait_until 20 has_lines "$tmp/out" 1
		kill -$how "$pid"
	fi
	finish
	is "$(tokens)" abcd "$how: exit $status, the tokens are back"
done
# Between taking the tokens and the first turn of the loop, too.
for ((i = 0; i < 12; i++)); do
	printf abcd >&9
	start --grace=0 -f 'hostile::hang' "$SUITES/hang.so"
	wait_until 20 is_shmrun
	sleep "0.00$i"
	kill -TERM "$pid" 2>/dev/null
	finish
	[ "$(tokens)" = abcd ] || break
done
is "$i" 12 "SIGTERM at any moment of the start: the tokens are back"
unset MAKEFLAGS
exec 9>&-

# A real make: two runs under one job server (ACC-12).
if make --version >/dev/null 2>&1; then
	cat >"$tmp/Makefile" <<-MAKE
		all: a b
		a b:
		${tab-	}+SPANS=$tmp/spans $SHMRUN $tmp/spans.so >$tmp/\$@.out
		alone:
		${tab-	}$SHMRUN $tmp/spans.so
		after: all
		${tab-	}+SPANS=$tmp/spans $SHMRUN $tmp/spans.so
	MAKE
	run_program make -s -j 2 -f "$tmp/Makefile" all
	is "$status" 0 "make -j2: two runs at once"
	is "$(wc -l <"$tmp/spans")" 96 "make -j2: all tests ran"
	ok "make -j2: never more than two tests at once ($(at_once "$tmp/spans"))" \
		test "$(at_once "$tmp/spans")" -le 2
	run_program make -s -j 3 -f "$tmp/Makefile" after
	is "$status" 0 "make -j3: a third after them"
	like "$(workers)" " tokens? of make's jobserver( so far)?$" "make -j3: by tokens"
	unlike "$err" 'jobserver|tokens' "make misses no token"
	run_program make -s -j 3 -f "$tmp/Makefile" alone
	is "$status $(workers | cut -d : -f 1)" "0 1 worker" \
		"a rule without +: one worker"
	like "$err" "^shmrun: .*'\\+'" "and a sentence what to do"
else
	skip "no make" "make's job server" 8
fi
