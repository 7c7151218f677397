#!/bin/bash
# SPDX-License-Identifier: MIT
# What containers take away: a control group with room for few processes, also
# for those of a fork bomb (PROC-3, PROC-4), one with less memory than the run's
# own needs (ENV-2), a HOME, a /dev/shm and a whole file system that cannot be
# written: a run with the right counts, or one sentence.  Little room of other
# kinds is in limits.sh.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 33

# LeakSanitizer looks by a process of its own, for which there is no room.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"

groups=()
leave_groups()
{
	local group
	for group in "${groups[@]}"; do
		rmdir "$group" 2>/dev/null
	done
	tap_end
}
trap leave_groups EXIT

# new_group CONTROLLER FILE VALUE: sets $group, a group with that limit.
new_group()
{
	group=$(own_group "$1")/shmrun-test-$$-${#groups[@]}
	mkdir "$group" 2>/dev/null || return 1
	groups=("$group" "${groups[@]}")
	echo "$3" 2>/dev/null >"$group/$2"
}

# one_sentence NAME: what is said when it cannot be done.
one_sentence()
{
	is "$(grep -c '^shmrun: ' "$tmp/err")" 1 "$1: one sentence" ||
		diag "$err"
}

# start_in FOLDER ARGUMENT...: start as a member of that group.
start_in()
{
	# shellcheck disable=SC2016 # of the inner shell
	bash -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$1" "$SHMRUN" \
		--backend="$SHMRUN_TEST_BACKEND" "${@:2}" </dev/null \
		>"$tmp/out" 2>"$tmp/err" &
	pid=$!
}

# has_processes FOLDER N: at least.
has_processes()
{
	[ "$(wc -l <"$1/cgroup.procs")" -ge "$2" ]
}

is_empty()
{
	[ -z "$(cat "$1/cgroup.procs")" ]
}

# ---- few processes -----------------------------------------------------------

if new_group pids pids.max 12; then
	for isolate in worker fork; do
		in_group "$group" "$SHMRUN" -j 64 --isolate=$isolate \
			--backend="$SHMRUN_TEST_BACKEND" "$SUITES/params.so"
		is "$status $(last_line "$out")" "1 33 passed, 3 failed" \
			"$isolate: 12 processes, -j 64: the counts"
		in_group "$group" "$SHMRUN" -j 64 --isolate=$isolate \
			--backend="$SHMRUN_TEST_BACKEND" "$SUITES/crash.so"
		is "$status $(last_line "$out")" "1 60 passed, 8 failed" \
			"$isolate: 12 processes, -j 64: crashes"
	done
	echo 3 >"$group/pids.max"
	in_group "$group" "$SHMRUN" -j 2 \
		--backend="$SHMRUN_TEST_BACKEND" "$SUITES/pass.so"
	ok "3 processes: it ends, and says why (got $status)" \
		test "$status" = 3 -o "$status" = 5 -o "$status" = 0
	[ "$status" = 0 ] || like "$err" '^shmrun: |^warning: ' "3 processes: why"
	[ "$status" != 0 ] || ok "3 processes: a run" true
	# At their limit, forking and dying, until the last one is gone.
	for isolate in worker fork; do
		new_group pids pids.max 60
		in_group "$group" "$SHMRUN" -j 1 --isolate=$isolate \
			--backend="$SHMRUN_TEST_BACKEND" "$SUITES/bomb.so"
		is "$status $(last_line "$out")" "0 5 passed, 0 failed" \
			"$isolate: fork bombs: the counts"
		is "$(cat "$group/cgroup.procs")" "" \
			"$isolate: fork bombs: all gone"
		start_in "$group" -j 2 --isolate=$isolate \
			-f bomb::of_sessions "$SUITES/bomb.so"
		wait_until 30 has_processes "$group" 40
		kill -KILL "$pid"
		wait "$pid" 2>/dev/null
		ok "$isolate: fork bombs: all gone with a killed runner" \
			wait_until 30 is_empty "$group"
	done
else
	skip "no limit of processes can be set here" "few processes, bombs" 12
fi

# The same under RLIMIT_NPROC, which counts for all processes of a user: one
# that nobody else is.
user=$((60000 + $$ % 5000))
none_of_user()
{
	[ -z "$(ps -u "$user" -o pid=)" ]
}
# limited_bombs TIER COUNTS ARGUMENT...
limited_bombs()
{
	local tier=$1 counts=$2
	shift 2
	# shellcheck disable=SC2016 # expanded by that shell
	run_program setpriv --reuid="$user" --regid="$user" --clear-groups \
		bash -c 'ulimit -u 60; cd "$0"; exec ./shmrun "$@"' "$tmp/all" -j 1 \
		--backend="$SHMRUN_TEST_BACKEND" "$@"
	is "$status $(last_line "$out")" "0 $counts" \
		"$tier: fork bombs, ulimit -u 60: the counts"
	ok "$tier: fork bombs, ulimit -u 60: all gone" wait_until 10 none_of_user
}
# Where everybody can read it, as the build perhaps is not.
mkdir "$tmp/all"
cp "$SHMRUN" "$SUITES/bomb.so" "$tmp/all"
cp "$SUITES/misbehave" "$tmp/all/bomb"
cp "$SUITES/misbehave" "$tmp/all/pass"
chmod 755 "$tmp"
chmod -R a+rX "$tmp/all"
if [ "$(id -u)" = 0 ] && command -v setpriv >"$tmp/null" &&
	setpriv --reuid="$user" --clear-groups test -x "$tmp/all/bomb" &&
	none_of_user; then
	limited_bombs worker "5 passed, 0 failed" --isolate=worker \
		"$tmp/all/bomb.so"
	limited_bombs fork "5 passed, 0 failed" --isolate=fork \
		"$tmp/all/bomb.so"
	limited_bombs exec "2 passed, 0 failed" "$tmp/all/bomb" \
		"$tmp/all/pass"
else
	skip "not root, or others cannot read $tmp" \
		"fork bombs, ulimit -u 60" 6
fi

# ---- little memory -------------------------------------------------------------

limit=memory.max
[ -e "$(own_group memory)/memory.limit_in_bytes" ] &&
	limit=memory.limit_in_bytes
if [ -n "${SANITIZERS-}" ]; then
	skip "sanitizers take more than that" "little memory" 3
elif new_group memory $limit $((12 << 20)); then
	in_group "$group" "$SHMRUN" -j 2 --backend="$SHMRUN_TEST_BACKEND" \
		--record=none "$SUITES/pass.so"
	is "$status $(last_line "$out")" "0 10 passed, 0 failed" \
		"12 MB of memory: a small run"
	# Its states alone are more than that.
	build_suite large <<-'END'
		#include <shmrun.h>
		SHMRUN_RANGE(large, range, 9000000) {}
	END
	in_group "$group" "$SHMRUN" -j 2 --backend="$SHMRUN_TEST_BACKEND" \
		--record=none "$tmp/large.so"
	is "$status" 3 "12 MB of memory, a run that needs 70: no kill but exit 3"
	is "$(grep -c '^shmrun: the arena needs [0-9]* MiB, and' "$tmp/err")" 1 \
		"12 MB of memory, a run that needs 70: why"
else
	skip "no limit of memory can be set here" "little memory" 3
fi

# ---- file systems ----------------------------------------------------------------

# mounted SETUP ARGUMENT...
mounted()
{
	local setup=$1
	shift
	run_program unshare -m bash -c "$setup && exec \"\$@\"" - "$SHMRUN" \
		--backend="$SHMRUN_TEST_BACKEND" "$@"
}
if unshare -m true 2>"$tmp/null"; then
	unset XDG_STATE_HOME XDG_CACHE_HOME XDG_CONFIG_HOME
	home="mount --bind $HOME $HOME && mount -o remount,bind,ro $HOME"
	for isolate in worker fork; do
		mounted "$home" --isolate=$isolate -j 2 "$SUITES/params.so"
		is "$status $(last_line "$out")" "1 33 passed, 3 failed" \
			"$isolate: a HOME that cannot be written: the counts"
		is "$err" "" "$isolate: a HOME that cannot be written: no word"
		mounted "$home" --isolate=$isolate --record="$HOME/r" \
			"$SUITES/pass.so"
		is "$status" 3 "$isolate: a recording asked for there: exit 3"
		one_sentence "$isolate: a recording asked for there"
		mounted "mount -t tmpfs -o ro none /dev/shm &&
			mount -t tmpfs -o ro none /tmp/.. 2>/dev/null; true" \
			--isolate=$isolate -j 2 "$SUITES/params.so"
		is "$(last_line "$out")" "33 passed, 3 failed" \
			"$isolate: a /dev/shm that cannot be written"
		mounted "mount -o remount,bind,ro / 2>/dev/null; true" \
			--isolate=$isolate -j 2 "$SUITES/params.so"
		is "$(last_line "$out")" "33 passed, 3 failed" \
			"$isolate: a file system that cannot be written"
	done
else
	skip "unshare -m is refused" "file systems" 12
fi
