#!/bin/bash
# SPDX-License-Identifier: MIT
# Pids that are used again at once: in a pid namespace with room for 100 of
# them, thousands of tests come and go beside bystanders who get their pids
# next; none of those is ever signalled (PROC-5).

. "${top_srcdir:-.}/tests/cli/lib.sh"

unshare -pf --mount-proc true 2>"$tmp/null" ||
	skip_all "unshare --pid is refused"
# A namespace has a largest pid of its own since Linux 6.14.
[ "$(unshare -pf --mount-proc bash -c \
	'echo 400 >/proc/sys/kernel/pid_max; cat /proc/sys/kernel/pid_max' \
	2>"$tmp/null")" = 400 ] && [ "$(cat /proc/sys/kernel/pid_max)" != 400 ] ||
	skip_all "pid_max is not the namespace's own"

plan 6

# Bystanders that come and go, so that they get pids that tests had; each says
# how it ended.
cat >"$tmp/inside" <<'END'
echo 400 >/proc/sys/kernel/pid_max
while [ ! -e "$1/over" ]; do
	sleep 0.05
	echo $?
done >"$1/short" &
sleep 600 &
long=$!
shift
"$@"
status=$?
: >"$BYSTANDERS/over"
kill -0 $long && echo "the bystander lives"
exit $status
END

build_suite many <<'END'
#include <stdlib.h>
#include <unistd.h>
#include <shmrun.h>
SHMRUN_RANGE(many, pass, 20000) {}
SHMRUN_RANGE(many, crash, 500) { abort(); }
SHMRUN_RANGE(many, leave, 500)
{
	if (fork() == 0)
		sleep(60);
}
END
for isolate in worker fork; do
	export BYSTANDERS="$tmp/by.$isolate"
	mkdir "$BYSTANDERS"
	run_program unshare -pf --mount-proc bash "$tmp/inside" "$BYSTANDERS" \
		"$SHMRUN" --backend="$SHMRUN_TEST_BACKEND" \
		--isolate=$isolate -j 4 "$tmp/many.so"
	is "$(tail -n 2 <<<"$out" | xargs)" \
		"20500 passed, 500 failed the bystander lives" \
		"$isolate: the counts, and who has a pid for long lives"
	is "$(sort -u "$BYSTANDERS/short")" 0 \
		"$isolate: none of those who get tests' pids is killed"
	ok "$isolate: there were some ($(wc -l <"$BYSTANDERS/short"))" \
		test "$(wc -l <"$BYSTANDERS/short")" -gt 0
done
