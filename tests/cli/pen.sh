#!/bin/bash
# SPDX-License-Identifier: MIT
# Where control groups of version 2 are delegated, the loader and all below it
# live in one, which cgroup.kill empties when the loader dies and when the run
# ends, and which is gone after that; a run in a test makes none.  Where they are
# not, or the kernel refuses, doctor says why and the run is the same (PROC-3).

. "${top_srcdir:-.}/tests/cli/lib.sh"

: "${top_builddir:?the build folder}"

delegated()
{
	"$@" "$SHMRUN" doctor | sed -n 's/^ok  cgroup kill  *works at //p'
}

# Into a namespace whose top is a group of ours, where the machine has not
# delegated one.
if [ -z "${SHMRUN_PEN_INNER-}" ] && [ -z "$(delegated env)" ]; then
	export SHMRUN_PEN_INNER=1
	mount=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	group=$mount$(sed -n 's/^0:://p' /proc/self/cgroup)/shmtest-$$
	if [ -n "$mount" ] && mkdir "$group" 2>"$tmp/null"; then
		trap 'rmdir "$group"; tap_end' EXIT
		mkdir "$tmp/groups"
		# shellcheck disable=SC2016
		bash -c 'echo $$ >"$0/cgroup.procs" && exec unshare -mC "$@"' \
			"$group" bash -c 'mount -t cgroup2 none "$0" &&
				exec bash "$1"' "$tmp/groups" "$0"
		exit $?
	fi
fi
parent=$(delegated env)
[ -n "$parent" ] ||
	skip_all "$("$SHMRUN" doctor | sed -n 's/^no  cgroup kill  *//p')"

plan 29

# all_pens: of any run; a killed one of the same number may have left some.
all_pens()
{
	find "$parent" -maxdepth 1 -name 'shmrun-*'
}

pens()
{
	find "$parent" -maxdepth 1 -name "shmrun-$pid-*" | grep -vxF "$before"
}

has_pen()
{
	pen=$(pens) && [ -n "$pen" ]
}

# is_other PEN ID: by the number that it has; the name may come again.
is_other()
{
	[ "$(stat -c %i "$1" 2>/dev/null)" != "$2" ]
}

build_suite where <<'END'
#define _GNU_SOURCE
#include <shmrun.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include "hostile.h"

/* Its line of /proc/self/cgroup, without the end. */
static void own_group(char *path, size_t cap)
{
	char line[4096];
	FILE *f = fopen("/proc/self/cgroup", "r");

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, "0::", 3) == 0)
			snprintf(path, cap, "%s", line + 3);
	if (f)
		fclose(f);
	path[strcspn(path, "\n")] = '\0';
}

SHMRUN_TEST(pen, in)
{
	FILE *f = fopen(getenv("PEN_NAMES"), "a");
	char path[4096] = "";

	own_group(path, sizeof(path));
	shmrun_check_not_null(strstr(path, "/shmrun-"), "%s", path);
	if (strstr(path, "/shmrun-"))
		fprintf(f, "%s\n", strrchr(path, '/') + 1);
	fclose(f);
}

/* A group in the pen, and somebody in that. */
SHMRUN_TEST(pen, divided)
{
	char path[4096] = "", dir[8192], procs[8300];
	FILE *f;

	own_group(path, sizeof(path));
	snprintf(dir, sizeof(dir), "%s/%s/inner", getenv("PEN_MOUNT"),
		 strrchr(path, '/') + 1);
	snprintf(procs, sizeof(procs), "%s/cgroup.procs", dir);
	shmrun_check_eq_int(mkdir(dir, 0755), 0, "%s", dir);
	if (fork() == 0) {
		setsid();
		f = fopen(procs, "w");
		if (!f || fprintf(f, "0") < 0 || fclose(f) != 0)
			_exit(1);
		hostile_pid("divided");
		hostile_sleep(60);
		_exit(0);
	}
	usleep(100000);
}

SHMRUN_TEST(slow, one)
{
	hostile_pid("slow");
	hostile_sleep(60);
}
END
export PEN_MOUNT=$parent PEN_NAMES="$tmp/names"

# Of the runs of this script that had one; others may run beside it.
pens_left()
{
	local name
	while read -r name; do
		[ ! -d "$parent/$name" ] || echo "$name"
	done <"$PEN_NAMES"
}

for isolate in worker fork; do
	export HOSTILE_PIDS="$tmp/pids.$isolate"
	run --isolate=$isolate -j 2 -f 'pen::*' "$tmp/where.so"
	is "$status $(last_line "$out")" "0 2 passed, 0 failed" \
		"$isolate: tests are in the pen, and may divide it"
	ok "$isolate: who was put into a group there is gone" \
		all_gone "$HOSTILE_PIDS"
	is "$(pens_left)" "" \
		"$isolate: and so is the pen"

	# Nobody's child here: only cgroup.kill finds it.
	before=$(all_pens)
	start --isolate=$isolate -j 2 --grace=0.2 -f 'slow::*' "$tmp/where.so"
	wait_until 30 grep -qs slow "$HOSTILE_PIDS" || diag "never started"
	ok "$isolate: there is one while it runs" has_pen
	is "$(grep -c "^0::.*/shmrun-" "/proc/$pid/cgroup")" 0 \
		"$isolate: the runner is not in it"
	sleep 1000 &
	stranger=$!
	echo "$stranger" >"$pen/cgroup.procs"
	first=$(stat -c %i "$pen")
	read -r loader _ <"/proc/$pid/task/$pid/children"
	kill -KILL "$loader"
	ok "$isolate: the loader dies: the pen is emptied" \
		wait_until 20 is_gone "$stranger"
	kill -KILL "$stranger" 2>"$tmp/null"
	wait "$stranger" 2>"$tmp/null"
	ok "$isolate: and removed" wait_until 20 is_other "$pen" "$first"
	wait_until 30 has_lines "$HOSTILE_PIDS" 3 || diag "not again"
	has_pen || diag "no second pen"
	sleep 1000 &
	stranger=$!
	echo "$stranger" >"$pen/cgroup.procs"
	kill -TERM "$pid"
	finish
	is "$status" 143 "$isolate: the next loader is in it, too"
	ok "$isolate: the run ends: the pen is emptied" is_gone "$stranger"
	kill -KILL "$stranger" 2>"$tmp/null"
	wait "$stranger" 2>"$tmp/null"
	not_ok "$isolate: and removed at the end" has_pen
	ok "$isolate: nothing is left" all_gone "$HOSTILE_PIDS"
done

# ---- a run in a test ---------------------------------------------------------

cat >"$tmp/inner" <<END
#!/bin/sh
"$SHMRUN" doctor | grep '^no  cgroup kill .*part of another run' &&
	"$SHMRUN" -f pen::in "$tmp/where.so"
END
chmod +x "$tmp/inner"
run -v "$tmp/inner"
is "$status $(last_line "$out")" "0 1 passed, 0 failed" \
	"a run in a test is in the pen of the outer one"

# ---- not delegated, refused ----------------------------------------------------

group=$parent/shmtest-$$-sub
mkdir "$group"
trap 'rmdir "$group"; tap_end' EXIT
if [ "$(id -u)" = 0 ]; then
	in_group "$group" "$SHMRUN" doctor
	like "$out" '^no  cgroup kill +its control group is not delegated;' \
		"a group that is not delegated is not touched"
	in_group "$group" "$SHMRUN" -f 'pen::in' "$tmp/where.so"
	is "$status" 1 "a run there has no pen"
	if setfattr -n user.delegate -v 1 "$group" 2>"$tmp/null"; then
		in_group "$group" "$SHMRUN" -f 'pen::in' "$tmp/where.so"
		is "$status" 0 "one that is marked as delegated: a pen"
	else
		skip "setfattr is missing or refused" "a marked group"
	fi
else
	skip "what is not delegated cannot be written" "no pen" 3
fi
refuse="$top_builddir/tests/support/refuse"
if reason=$("$refuse" clone3 true); then
	run_program "$refuse" clone3 "$SHMRUN" -f 'pen::in' "$tmp/where.so"
	is "$status $(last_line "$out")" "1 0 passed, 1 failed" \
		"without clone3(2): the run is the same, without a pen"
	is "$err" "" "and nothing is said"
else
	skip "$reason" "without clone3(2)" 2
fi
is "$(pens_left)" "" \
	"and none stays"
