#!/bin/bash
# SPDX-License-Identifier: MIT
# Where no process group can be made, so that runner, workers and tests share
# one: whatever is killed, it is one process and never that group, in which
# the runner and the user's shell are (PROC-6).

. "${top_srcdir:-.}/tests/cli/lib.sh"

: "${top_builddir:?the build folder}"
refuse="$top_builddir/tests/support/refuse"
reason=$("$refuse" setpgid true) || skip_all "$reason"

plan 17

# A bystander in that group, which would die with it.
cat >"$tmp/group" <<'END'
sleep 600 &
bystander=$!
"$@"
status=$?
kill -0 $bystander && echo "the bystander lives"
kill $bystander
exit $status
END

# beside NAME COUNTS ARGUMENT...
beside()
{
	local name=$1 counts=$2
	shift 2
	run_program setsid -w "$refuse" setpgid bash "$tmp/group" "$SHMRUN" \
		--backend="$SHMRUN_TEST_BACKEND" -j 4 --timeout=0.5 \
		--grace=0.2 "$@"
	is "$(tail -n 2 <<<"$out")" "$counts
the bystander lives" "$name: the counts, and nobody else is killed"
	ok "$name: nothing is left" none_marked "$(run_id)"
}

for isolate in worker fork; do
	export HOSTILE_PIDS="$tmp/pids.$isolate"
	beside "$isolate: timeouts" "1 passed, 7 failed" --isolate=$isolate \
		"$SUITES/hang.so"
	ok "$isolate: what hung is gone" all_gone "$HOSTILE_PIDS"
	beside "$isolate: crashes" "60 passed, 8 failed" --isolate=$isolate \
		"$SUITES/crash.so"
	beside "$isolate: leftovers" "5 passed, 0 failed" --isolate=$isolate \
		"$SUITES/orphan.so"
done
programs=()
for name in hang hang_tree hang_setsid stopself segv orphan orphan_noisy pass; do
	ln -s "$(realpath "$SUITES/misbehave")" "$tmp/$name"
	programs+=("$tmp/$name")
done
export HOSTILE_PIDS="$tmp/pids.exec"
beside "exec: all of it" "3 passed, 5 failed" "${programs[@]}"
ok "exec: what hung, and what was left, is gone" all_gone "$HOSTILE_PIDS"
