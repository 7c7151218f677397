# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# pressure.sh pins what a run does while memory is short (JOBS-4): one worker
# claims tests, none is killed, it is said once, and when the shortage is over
# all claim again; --memory-pressure=off waits for nothing; a shortage without
# an end ends no run and holds none up for ever, in any mode.
#
# What the kernel says of it is a file that the test writes, in front of the
# machine's own.

. "${top_srcdir:-.}/tests/cli/lib.sh"

psi=$tmp/psi
printf 'some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n' >"$psi"
in_front="mount --bind $psi /proc/pressure/memory"
group=$(sed -n 's/^0:://p' /proc/self/cgroup)
for theirs in /sys/fs/cgroup{,/unified}"$group/memory.pressure"; do
	[ ! -e "$theirs" ] || in_front+=" && mount --bind $psi $theirs"
done
unshare -m bash -c "$in_front" 2>"$tmp/null" ||
	skip_all "nothing can be mounted over /proc/pressure/memory"

plan 21

export MARKS=$tmp/marks FAST=$tmp/fast
build_suite naps <<-'END'
	#include <fcntl.h>
	#include <shmrun.h>
	#include <stdio.h>
	#include <stdlib.h>
	#include <unistd.h>

	SHMRUN_RANGE(nap, test, 3000, .affinity = "g")
	{
		int fd;

		if (access(getenv("FAST"), F_OK) == 0)
			return;
		fd = open(getenv("MARKS"), O_WRONLY | O_APPEND | O_CREAT, 0666);
		dprintf(fd, "%d\n", shmrun_slot());
		close(fd);
		usleep(20000);
	}
END

# Somebody waits for memory all the time, until the file $tmp/calm is there.
short_of_memory()
{
	local total=0
	while [ ! -e "$tmp/calm" ]; do
		total=$((total + 200000))
		printf 'some avg10=0.00 avg60=0.00 avg300=0.00 total=%s\n' \
			"$total" 1<>"$psi"
		sleep 0.1
	done
}

# start_behind ARGUMENTS...: start, with that file for the kernel's.
start_behind()
{
	unshare -m bash -c "$in_front && exec \"\$@\"" - "$SHMRUN" \
		--backend="$SHMRUN_TEST_BACKEND" "$@" >"$tmp/out" 2>"$tmp/err" \
		</dev/null &
	pid=$!
}

# Only one slot has begun the last ten tests.
one_works()
{
	[ "$(wc -l <"$MARKS")" -gt 10 ] &&
		[ "$(tail -n 10 "$MARKS" | sort -u | wc -l)" = 1 ]
}

many_work()
{
	[ "$(tail -n 20 "$MARKS" | sort -u | wc -l)" -ge 3 ]
}

: >"$MARKS"
short_of_memory &
start_behind -j 4 -v "$tmp/naps.so"
ok "many work at the start" wait_until 20 many_work
ok "while memory is short one does" wait_until 30 one_works
: >"$tmp/calm"
ok "then all of them again" wait_until 30 many_work
: >"$FAST"
finish
is "$status $(last_line "$out")" "0 3000 passed, 0 failed" "no test is lost"
is "$(grep -c 'memory is short' "$tmp/out" "$tmp/err" | awk -F: \
	'{ n += $2 } END { print n }')" 1 "it is said once"

rm "$FAST" "$tmp/calm"
: >"$MARKS"
short_of_memory &
start_behind -j 4 --memory-pressure=off "$tmp/naps.so"
ok "off: many work" wait_until 20 many_work
sleep 2
ok "... also after a while" many_work
: >"$FAST"
finish
unlike "$out$err" 'memory is short' "... and nothing is said"

# ---- without an end -----------------------------------------------------------

for mode in load longest worksteal loadscope loadgroup each; do
	rm -f "$FAST"
	: >"$MARKS"
	start_behind -j 3 --dist=$mode "$tmp/naps.so"
	# One unit, or a list of its own, goes on.
	case $mode in
	loadscope | loadgroup | each) sleep 2 ;;
	*) wait_until 30 one_works ;;
	esac
	: >"$FAST"
	finish
	n=3000
	[ $mode != each ] || n=9000
	is "$status $(last_line "$out")" "0 $n passed, 0 failed" \
		"$mode ends while memory is short"
done
run_program unshare -m bash -c "$in_front && exec \"\$@\"" - "$SHMRUN" \
	--backend="$SHMRUN_TEST_BACKEND" -j 4 "$SUITES/constraints.so"
ok "... with constraints, too" test "$status" -le 1
: >"$tmp/calm"
wait

# ---- wrong ----------------------------------------------------------------------

for value in 0% 101% 20 % -1% 1e9%; do
	run --memory-pressure="$value" "$SUITES/pass.so"
	is "$status" 2 "--memory-pressure=$value"
done
