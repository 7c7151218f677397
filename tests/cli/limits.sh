#!/bin/bash
# SPDX-License-Identifier: MIT
# Little room: 64 descriptors and -j 64, a million descriptors, no /proc, a
# /dev/shm of 1 MB, one processor, no home, no close_range(2): the run still ends
# with the right counts (ACC-9, ACC-10, ENV-2, PROC-12).  Where files may have no
# size, and with them shared memory, that is said (ulimit -f).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 50

# limited LIMIT ARGUMENT...: run under ulimit -n LIMIT, soft and hard.
limited()
{
	local limit=$1
	shift
	# shellcheck disable=SC2016 # expanded by that shell
	run_program bash -c 'ulimit -n "$1" && shift && exec "$@"' - "$limit" \
		"$SHMRUN" --backend="$SHMRUN_TEST_BACKEND" "$@"
}

for isolate in worker fork; do
	limited 64 -j 64 --isolate=$isolate "$SUITES/params.so"
	is "$status $(last_line "$out")" "1 33 passed, 3 failed" \
		"$isolate: ulimit -n 64, -j 64: the counts"
	like "$out" ' [0-9]+ workers?: -j 64, RLIMIT_NOFILE 64' \
		"$isolate: ulimit -n 64: fewer workers, and why (ACC-10)"
	limited 24 -j 64 --isolate=$isolate "$SUITES/params.so"
	is "$(last_line "$out")" "33 passed, 3 failed" \
		"$isolate: ulimit -n 24: one worker does it all"
	limited 256 -j 64 --isolate=$isolate "$SUITES/crash.so" \
		"$SUITES/params.so" "$SUITES/orphan.so"
	is "$(last_line "$out")" "98 passed, 11 failed" \
		"$isolate: ulimit -n 256, crashes and leftovers"
done

# The soft limit is raised for the runner, and tests get it back (ACC-10).
# shellcheck disable=SC2016 # expanded by that shell
# Of file sizes; what is said goes into a pipe, which has none.
# file_limit KIB ARGUMENT...
file_limit()
{
	local limit=$1
	shift
	# shellcheck disable=SC2016 # expanded by that shell
	run_program bash -c '(ulimit -f "$1" && shift && "$@" 2>&1
		echo "status $?") | cat' - "$limit" "$SHMRUN" "$@"
}
for word in run list; do
	file_limit 0 $word "$SUITES/pass.so" "$SUITES/mixed.so"
	is "$(grep '^shmrun:' <<<"$out")" \
		"shmrun: there can be no shared memory: File too large: the limit of file sizes (ulimit -f) is 0 KiB" \
		"ulimit -f 0: $word says one thing, and what it is"
done
file_limit 8 "$SUITES/pass.so"
like "$out" '^shmrun: cannot allocate [0-9]+ bytes for the arena: File too large: the limit of file sizes \(ulimit -f\) is 8 KiB$' \
	"ulimit -f 8 is too little for a run"
like "$out" '^status 3$' "... which is exit 3 (ENV-2)"
build_suite many <<'END'
#include <shmrun.h>
#define ONE(n) SHMRUN_TEST(a_scope_with_quite_a_long_name, and_a_test_##n) { }
#define TEN(n) ONE(n##0) ONE(n##1) ONE(n##2) ONE(n##3) ONE(n##4) ONE(n##5) \
	ONE(n##6) ONE(n##7) ONE(n##8) ONE(n##9)
#define HUNDRED(n) TEN(n##0) TEN(n##1) TEN(n##2) TEN(n##3) TEN(n##4) \
	TEN(n##5) TEN(n##6) TEN(n##7) TEN(n##8) TEN(n##9)
HUNDRED(1) HUNDRED(2)
END
file_limit 8 "$tmp/many.so"
like "$out" 'many.so: its listing cannot be written: .* \(ulimit -f\) is 8 KiB$' \
	"a suite is not said to crash"

ENVIRON_NOFILE=100 run_program bash -c 'ulimit -S -n 100 && exec "$@"' - \
	"$SHMRUN" --backend="$SHMRUN_TEST_BACKEND" -j 8 "$SUITES/environ.so" \
	-f environ::nofile "$SUITES/pass.so" -f 'pass::*'
is "$status" 0 "a soft limit of 100: tests have it, the runner more"
like "$out" ' 8 workers: -j 8' "a soft limit of 100: -j 8 is no trouble"

# A million.
if (ulimit -n 1048576) 2>"$tmp/null"; then
	started=$SECONDS
	limited 1048576 -j 8 --isolate=fork "$SUITES/params.so"
	took=$((SECONDS - started))
	is "$(last_line "$out")" "33 passed, 3 failed" \
		"ulimit -n 1048576: the counts"
	ok "ulimit -n 1048576: none is closed one by one (${took}s)" \
		test $took -lt 20
else
	skip "ulimit -n 1048576 is refused" "ulimit -n 1048576" 2
fi

# As far as this user may go.
hard=$(ulimit -H -n)
[ "$hard" != unlimited ] || hard=1048576
(ulimit -n 1048576) 2>"$tmp/null" && hard=1048576
for i in {1..36}; do echo "@name=t$i true"; done >"$tmp/true.list"
# tests_of TIER: sets $tests, and what they come to in $wanted.
tests_of()
{
	tests=("--isolate=$1" "$SUITES/params.so")
	wanted="33 passed, 3 failed"
	[ "$1" != exec ] || tests=(--programs="$tmp/true.list") \
		wanted="36 passed, 0 failed"
}

# calls LIMIT: how many that close, or look at, descriptors the run makes.
calls()
{
	# shellcheck disable=SC2016 # expanded by that shell
	without_leaks run_program bash -c \
		'ulimit -n "$1" && shift && exec "$@"' - "$1" \
		strace -f -qq -e trace=close,close_range,fcntl,getdents64 \
		-o "$tmp/calls" "${without[@]}" "$SHMRUN" \
		--backend="$SHMRUN_TEST_BACKEND" -j 4 "${tests[@]}"
	wc -l <"$tmp/calls"
}

# None is closed one by one: by the number of calls, which is that of a small
# limit but for chance, also where close_range(2) is not known.
if command -v strace >/dev/null && strace true 2>"$tmp/null"; then
	for isolate in worker fork exec; do
		tests_of $isolate
		without=()
		calls 1024 >"$tmp/few"
		calls "$hard" >"$tmp/many"
		is "$(last_line "$(cat "$tmp/out")")" "$wanted" \
			"$isolate: ulimit -n as far as it goes: the counts"
		few=$(cat "$tmp/few") many=$(cat "$tmp/many")
		ok "$isolate: ulimit -n as far as it goes ($hard): $many calls, $few with 1024" \
			test "$many" -lt $((few + 1000)) -a "$hard" -gt 6000
		without=("$top_builddir/tests/support/refuse" close_range)
		calls "$hard" >"$tmp/many"
		ok "$isolate: without close_range(2): $(cat "$tmp/many") calls" \
			test "$(cat "$tmp/many")" -lt $((few + 2000))
	done
else
	skip "strace is not there, or refused" "ulimit -n as far as it goes" 9
fi

# cpu LIMIT: milliseconds of all processes of a run.
cpu()
{
	local TIMEFORMAT='%3U %3S'
	{ time limited "$1" -j 4 --record=none --no-timings "${tests[@]}"; } \
		2>"$tmp/times"
	awk '{ printf "%d", ($1 + $2) * 1000 }' "$tmp/times"
}

# And by the time of processors: the least that the large limit costs in a few
# runs, each right behind one with the small limit.
for isolate in worker fork exec; do
	tests_of $isolate
	least=1000000
	for i in 1 2 3 4 5 6 7 8; do
		small=$(cpu 1024)
		more=$(($(cpu "$hard") - small))
		[ "$more" -ge "$least" ] || least=$more
		[ "$least" -gt 50 ] || break
	done
	ok "$isolate: ulimit -n $hard costs at most 50 ms ($least ms)" \
		test "$least" -le 50
done

# What was open before is not a test's, also without close_range(2).
if "$top_builddir/tests/support/refuse" close_range true >"$tmp/null"; then
	printf '#!/bin/sh\nls -l /proc/$$/fd | grep -c /dev/zero\nexit 1\n' \
		>"$tmp/opened"
	chmod +x "$tmp/opened"
	# inheriting ARGUMENT...
	inheriting()
	{
		# shellcheck disable=SC2016 # expanded by that shell
		run_program bash -c 'for i in {3..50}; do
				eval "exec $i</dev/zero"
			done
			exec "$@"' - "$top_builddir/tests/support/refuse" \
			close_range "$SHMRUN" \
			--backend="$SHMRUN_TEST_BACKEND" "$@"
	}
	for isolate in worker fork; do
		inheriting --isolate=$isolate -f 'environ::*descriptor*' \
			"$SUITES/environ.so"
		is "$status $(last_line "$out")" "0 2 passed, 0 failed" \
			"$isolate: no close_range(2): no other descriptors (PROC-12)"
	done
	inheriting "$tmp/opened"
	is "$(told program::opened | tail -n 1 | xargs)" 0 \
		"exec: no close_range(2): no other descriptors (PROC-12)"
else
	skip "no filter can be set" "no close_range(2) (PROC-12)" 3
fi

# Mounts.
# mounted SETUP ARGUMENT...
mounted()
{
	local setup=$1
	shift
	run_program unshare -m bash -c "$setup && exec \"\$@\"" - "$SHMRUN" \
		--backend="$SHMRUN_TEST_BACKEND" "$@"
}
if unshare -m true 2>"$tmp/null"; then
	no_proc="mount -t tmpfs none /proc"
	for isolate in worker fork; do
		mounted "$no_proc" --isolate=$isolate -j 4 "$SUITES/params.so"
		is "$status $(last_line "$out")" "1 33 passed, 3 failed" \
			"$isolate: no /proc: the counts"
		mounted "$no_proc" --isolate=$isolate -j 4 "$SUITES/crash.so"
		is "$(last_line "$out")" "60 passed, 8 failed" \
			"$isolate: no /proc: crashes"
		export HOSTILE_PIDS="$tmp/pids.$isolate"
		mounted "$no_proc" --isolate=$isolate -j 4 --timeout=1 \
			--grace=0.2 "$SUITES/orphan.so" "$SUITES/hang.so"
		is "$(last_line "$out")" "6 passed, 7 failed" \
			"$isolate: no /proc: leftovers and hangs"
		like "$err" 'there is no /proc' \
			"$isolate: no /proc: it says what it cannot do"
	done
	mounted "$no_proc" doctor
	# From /proc it reads its own options, too.
	if [[ "${SANITIZERS-}" == *address* ]]; then
		skip "LeakSanitizer needs /proc" "no /proc: doctor"
	else
		is "$status" 0 "no /proc: doctor"
	fi
	small="mount -t tmpfs -o size=1m none /dev/shm"
	mounted "$small" -j 4 "$SUITES/manyempty.so"
	is "$status $(last_line "$out")" "0 2000000 passed, 0 failed" \
		"a /dev/shm of 1 MB (ENV-2)"
	mounted "$small" "$SUITES/bigout.so"
	like "$out" 'output \(300000000 bytes' "a /dev/shm of 1 MB: 300 MB of output"
	# Not over /tmp itself: this build may lie there.
	mkdir -p "$tmp/small"
	mounted "mount -t tmpfs -o size=64k none $tmp/small &&
		export TMPDIR=$tmp/small" "$SUITES/pass.so"
	is "$status" 0 "a temporary folder of 64 KB"
else
	skip "unshare -m is refused" "mounts" 12
fi

# Nothing in the environment; another folder; a folder that is gone.
run_program env -i "$(realpath "$SHMRUN")" "$(realpath "$SUITES/params.so")"
is "$(last_line "$out")" "33 passed, 3 failed" "no environment at all"
SHMRUN=$(realpath "$SHMRUN")
SUITES=$(realpath "$SUITES")
mkdir "$tmp/gone"
(cd "$tmp/gone" && rmdir "$tmp/gone" && run "$SUITES/params.so" &&
	[ "$(last_line "$out")" = "33 passed, 3 failed" ])
ok "the folder it stands in is gone" test $? = 0
run_program taskset -c 0 "$SHMRUN" "$SUITES/params.so"
like "$out" ' 1 worker: affinity 1' "one processor: one worker (ACC-9)"
is "$(last_line "$out")" "33 passed, 3 failed" "one processor: the counts"
run_program taskset -c 0 "$SHMRUN" -j 64 \
	"$SUITES/manycrash.so"
is "$(last_line "$out")" "98000 passed, 2000 failed" \
	"one processor, 64 workers, a storm"

# As another user.
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null &&
	setpriv --reuid=65534 --clear-groups test -r "$SUITES/params.so"; then
	# shellcheck disable=SC2016 # expanded by that shell
	run_program setpriv --reuid=65534 --regid=65534 --clear-groups bash -c \
		'ulimit -u 40; exec "$@"' - "$SHMRUN" -j 64 --isolate=fork \
		"$SUITES/params.so"
	is "$(last_line "$out")" "33 passed, 3 failed" \
		"another user with room for 40 processes: the counts"
else
	skip "not root, or nobody cannot read the build" "another user" 1
fi
