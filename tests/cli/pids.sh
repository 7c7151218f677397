#!/bin/bash
# SPDX-License-Identifier: MIT
# Pids that are used again at once: in a pid namespace with room for 100 of
# them, thousands of tests come and go beside bystanders who get their pids
# next; none of those is ever signalled (PROC-5).  All tiers.  PIDS_MANY is how
# many tests each of them has at least, tests/conformance/pids.sh says.

. "${top_srcdir:-.}/tests/cli/lib.sh"

unshare -pf --mount-proc true 2>"$tmp/null" ||
	skip_all "unshare --pid is refused"
# A namespace has a largest pid of its own since Linux 6.14.
[ "$(unshare -pf --mount-proc bash -c \
	'echo 400 >/proc/sys/kernel/pid_max; cat /proc/sys/kernel/pid_max' \
	2>"$tmp/null")" = 400 ] && [ "$(cat /proc/sys/kernel/pid_max)" != 400 ] ||
	skip_all "pid_max is not the namespace's own"

plan 9

# Bystanders that come and go, eight at a time, so that they get pids that
# tests had; each says how it ended.
cat >"$tmp/inside" <<'END'
echo 400 >/proc/sys/kernel/pid_max
for i in {1..8}; do
	while [ ! -e "$1/over" ]; do
		sleep 0.05
		echo $?
	done >>"$1/short" &
done
sleep 600 &
long=$!
shift
"$@"
status=$?
: >"$BYSTANDERS/over"
kill -0 $long && echo "the bystander lives"
exit $status
END

# many N: sets $n, and $few, of those that crash and of those that leave one.
many()
{
	n=${PIDS_MANY:-$1}
	few=$((n / 40))
}

# beside TIER ARGUMENT...: n tests that pass, and few of the others.
beside()
{
	local tier=$1
	shift
	export BYSTANDERS="$tmp/by.$tier"
	mkdir "$BYSTANDERS"
	run_program unshare -pf --mount-proc bash "$tmp/inside" "$BYSTANDERS" \
		"$SHMRUN" --backend="$SHMRUN_TEST_BACKEND" -j 4 "$@"
	is "$(tail -n 2 <<<"$out" | xargs)" \
		"$((n + few)) passed, $few failed the bystander lives" \
		"$tier: the counts, and who has a pid for long lives"
	is "$(sort -u "$BYSTANDERS/short")" 0 \
		"$tier: none of those who get tests' pids is killed"
	ok "$tier: there were some ($(wc -l <"$BYSTANDERS/short"))" \
		test "$(wc -l <"$BYSTANDERS/short")" -gt 0
}

many 20000
build_suite many <<END
#include <stdlib.h>
#include <unistd.h>
#include <shmrun.h>
SHMRUN_RANGE(many, pass, $n) {}
SHMRUN_RANGE(many, crash, $few) { abort(); }
SHMRUN_RANGE(many, leave, $few)
{
	if (fork() == 0)
		sleep(60);
}
END
beside worker --isolate=worker "$tmp/many.so"
beside fork --isolate=fork "$tmp/many.so"

# A program: crash, leave, or neither.
many 1000
${CC:-gcc} -x c -o "$tmp/body" - <<'END'
#include <stdlib.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	if (argc > 1 && argv[1][0] == 'c')
		abort();
	if (argc > 1 && argv[1][0] == 'l' && fork() == 0)
		sleep(60);
}
END
for kind in pass crash leave; do
	[ $kind = pass ] || n_kind=$few
	for ((i = 0; i < ${n_kind:-n}; i++)); do
		echo "@name=$kind$i ./body $kind"
	done
done >"$tmp/many.list"
beside exec --programs="$tmp/many.list"
