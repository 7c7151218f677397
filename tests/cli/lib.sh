# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# lib.sh - what every tests/cli/*.sh sources first: TAP, and running shmrun.
#
#	. "${top_srcdir:-.}/tests/cli/lib.sh"
#	plan 3
#	run -j 2 "$SUITES/pass.so"
#	is "$status" 0 "a passing suite exits 0"
#	like "$out" '3 passed, 0 failed' "the last line counts"
#	ok "nothing on stderr" test -z "$err"
#
# make check sets SHMRUN (the program), SUITES (built fixtures), EXAMPLES
# (built examples), top_srcdir, top_builddir and SHMRUN_TEST_BACKEND (epoll or
# uring).  By hand: SHMRUN=_build/shmrun SUITES=_build/tests/fixtures
# EXAMPLES=_build/examples bash tests/cli/NAME.sh
#
# A test needs no cleaning up: $tmp is its own folder, removed at the end, and
# home, state, cache and TMPDIR lie in it.

set -u
: "${SHMRUN:?the path of the shmrun program}"
: "${SUITES:?the folder of the built fixture suites}"
: "${SHMRUN_TEST_BACKEND:=epoll}"
# Seconds, for each run; ten thousand forks take half a minute with a sanitizer.
: "${RUN_TIMEOUT:=$((${SANITIZERS:+1} + 0 ? 180 : 60))}"

# Sanitizers see the same code behind both; the loops have unit tests.
if [ "${SHMRUN_ONE_BACKEND:-$SHMRUN_TEST_BACKEND}" != "$SHMRUN_TEST_BACKEND" ]; then
	echo "1..0 # SKIP only with $SHMRUN_ONE_BACKEND (SHMRUN_ONE_BACKEND)"
	exit 0
fi

only=" ${SHMRUN_CLI_ONLY-} " script=${0##*/}
if [ "$only" != "  " ] && [[ "$only" != *" ${script%.*} "* ]]; then
	echo "1..0 # SKIP not in SHMRUN_CLI_ONLY"
	exit 0
fi

# What is ignored from the start, as SIGINT behind a shell's & and SIGHUP under
# nohup, a shell cannot make as it was; env of coreutils can.
if [ -z "${SHMRUN_TEST_SIGNALS-}" ] &&
	env --default-signal true 2>/dev/null; then
	export SHMRUN_TEST_SIGNALS=default
	exec env --default-signal "$BASH" "$0" "$@"
fi

# Neither the user's settings nor make's job server may change a test.
unset MAKEFLAGS MFLAGS NO_COLOR CI COLUMNS GITHUB_STEP_SUMMARY XDG_RUNTIME_DIR
unset SHMRUN_OPTS SHMRUN_CONFIG SHMRUN_PROFILE SHMRUN_SHARD
unset TEST_TOTAL_SHARDS TEST_SHARD_INDEX GTEST_TOTAL_SHARDS GTEST_SHARD_INDEX
unset SHMRUN_ONE_BACKEND SHMRUN_JOBS SHMRUN_RUN_ID SHMRUN_CACHE_DIR FORCE_COLOR CLICOLOR_FORCE CLICOLOR
export LC_ALL=C TERM=dumb

tmp=$(mktemp -d "${TMPDIR:-/tmp}/shmrun-test.XXXXXX") || exit 99
mkdir "$tmp/home" "$tmp/tmp"
export HOME="$tmp/home" TMPDIR="$tmp/tmp" XDG_STATE_HOME="$tmp/home/state" \
	XDG_CACHE_HOME="$tmp/home/cache" XDG_CONFIG_HOME="$tmp/home/config"

# What sanitizers say goes into files, whoever says it and wherever its output
# went; a script that has such a file at its end has failed.
if [ -n "${SANITIZERS-}" ]; then
	sanitizer_log="log_path=$tmp/sanitizer:exitcode=98"
	# Leaks would be looked for after each test of each suite, at two
	# milliseconds; unit tests look for ours.
	export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}$sanitizer_log"
	ASAN_OPTIONS+=:detect_leaks=0
	export UBSAN_OPTIONS="${UBSAN_OPTIONS:+$UBSAN_OPTIONS:}$sanitizer_log"
	UBSAN_OPTIONS+=:print_stacktrace=1
fi

tap_n=0
trap tap_end EXIT
trap 'exit 1' HUP INT TERM

# The driver reports a missing plan, a short one and a status other than 0.
tap_end()
{
	local status=$? report
	chmod -R u+rwX "$tmp" 2>/dev/null
	for report in "$tmp"/sanitizer.*; do
		[ -f "$report" ] || continue
		status=1
		diag "a sanitizer's report:" "$(head -n 60 "$report")"
	done
	rm -rf "$tmp"
	exit "$status"
}

# plan N: how many results will follow.
plan()
{
	echo "1..$1"
}

# skip_all REASON: this test does not apply here.
skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

# skip REASON NAME [N]: N results (1) that cannot be had here.
skip()
{
	local i
	for ((i = 0; i < ${3:-1}; i++)); do
		tap_n=$((tap_n + 1))
		echo "ok $tap_n - $2 # SKIP $1"
	done
}

# without_leaks COMMAND...: without LeakSanitizer, where it must be wrong.
without_leaks()
{
	local ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
	export ASAN_OPTIONS
	"$@"
}

# unwatched COMMAND...: with a suite of which sanitizers may say what they like;
# the runner's own exit status still tells what they say of it.
unwatched()
{
	local ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}log_path=stderr"
	export ASAN_OPTIONS
	"$@"
}

# diag TEXT...: for the log.
diag()
{
	printf '%s\n' "$@" | sed 's/^/# /'
}

# todo REASON NAME COMMAND...: what is known to be wrong, and is told; a result
# that is good after all is a failure: then it is no longer known to be wrong.
todo()
{
	local reason=$1 name=$2
	shift 2
	tap_n=$((tap_n + 1))
	if "$@"; then
		echo "ok $tap_n - $name # TODO $reason"
	else
		echo "not ok $tap_n - $name # TODO $reason"
	fi
}

# tap_result GOOD NAME: a result; status 0 if it is good.
tap_result()
{
	tap_n=$((tap_n + 1))
	[ "$1" = 0 ] && echo "ok $tap_n - $2" && return
	echo "not ok $tap_n - $2"
	return 1
}

# What the last run did, for the log of a test that failed.
tap_show_run()
{
	[ -n "${ran-}" ] || return 0
	[ "$status" != "still running" ] || read_output
	diag "ran: $ran" "status: $status" "stdout:" "$out" "stderr:" "$err"
}

# ok NAME COMMAND...: the command succeeds.
ok()
{
	local name=$1
	shift
	"$@"
	tap_result $? "$name" && return
	diag "failed: $*"
	tap_show_run
}

# not_ok NAME COMMAND...: the command fails.
not_ok()
{
	local name=$1
	shift
	! "$@"
	tap_result $? "$name" && return
	diag "should have failed: $*"
	tap_show_run
}

# is GOT WANTED NAME: equal as text.
is()
{
	[ "$1" = "$2" ]
	tap_result $? "$3" && return
	diag "got:    $1" "wanted: $2"
	tap_show_run
}

# like TEXT REGEX NAME: an extended regular expression matches some line.
like()
{
	grep -Eq -- "$2" <<<"$1"
	tap_result $? "$3" && return
	diag "no line matches: $2"
	tap_show_run
}

# unlike TEXT REGEX NAME: it matches none.
unlike()
{
	! grep -Eq -- "$2" <<<"$1"
	tap_result $? "$3" && return
	diag "a line matches: $2"
	tap_show_run
}

# valid_junit FILE DESCRIPTION: the schema of Jenkins holds.
valid_junit()
{
	if command -v xmllint >/dev/null; then
		ok "$2" xmllint --noout --nonet \
			--schema "${top_srcdir:-.}/tests/cli/junit.xsd" "$1"
	else
		skip "no xmllint" "$2"
	fi
}

# last_line TEXT
last_line()
{
	tail -n 1 <<<"$1"
}

# shmrun ARGUMENT...: the program with this pass's back end, as it is.
shmrun()
{
	"$SHMRUN" --backend="$SHMRUN_TEST_BACKEND" "$@"
}

# run ARGUMENT...: shmrun under a time limit, stdin empty; sets $out, $err and
# $status (124 = the limit, 128 + n = signal n).  $out and $err without the
# empty lines at their ends; byte for byte in $tmp/out and $tmp/err.
run()
{
	run_program "$SHMRUN" --backend="$SHMRUN_TEST_BACKEND" "$@"
}

# run_program PROGRAM ARGUMENT...: the same for any program.
run_program()
{
	ran=$*
	status=0
	timeout --kill-after=5 "$RUN_TIMEOUT" "$@" \
		</dev/null >"$tmp/out" 2>"$tmp/err" || status=$?
	read_output
}

# read_output: what the program has written so far, without the zeros.
read_output()
{
	out=$(tr -d '\0' <"$tmp/out")
	err=$(tr -d '\0' <"$tmp/err")
}

# build_suite NAME: $tmp/NAME.so from the C source on stdin, as a user builds it.
build_suite()
{
	# shellcheck disable=SC2086 # CC may hold options
	${CC:-gcc} -x c -I"${top_srcdir:-.}/include" \
		-I"${top_srcdir:-.}/tests/fixtures" -fPIC -shared \
		-o "$tmp/$1.so" - || diag "$1.so cannot be built"
}

# start ARGUMENT...: as run, but goes on at once; $pid is the program's.  Signals
# have their default effect, which background jobs of a script lack.
start()
{
	ran=$*
	status="still running"
	env --default-signal "$SHMRUN" --backend="$SHMRUN_TEST_BACKEND" "$@" \
		</dev/null >"$tmp/out" 2>"$tmp/err" &
	pid=$!
}

# finish: waits for what was started; sets $out, $err and $status.
finish()
{
	wait_until "$RUN_TIMEOUT" is_gone "$pid" || {
		diag "killed after $RUN_TIMEOUT s"
		kill -KILL "$pid"
	}
	status=0
	wait "$pid" 2>/dev/null || status=$?
	read_output
}

# wait_until SECONDS COMMAND...: asks until the command succeeds.
wait_until()
{
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.02
	done
}

# is_gone PID: no such process, or one that only waits to be reaped.
is_gone()
{
	local line
	read -r line 2>/dev/null <"/proc/$1/stat" || return 0
	line=${line##*) }
	[ "${line%% *}" = Z ]
}

# all_gone FILE: of the processes that start the lines of FILE none is left.
all_gone()
{
	local process rest
	[ -f "$1" ] || return 1
	while read -r process rest; do
		is_gone "$process" || return 1
	done <"$1"
}

# has_lines FILE N: it has at least N lines.
has_lines()
{
	[ -f "$1" ] && [ "$(wc -l <"$1")" -ge "$2" ]
}

# fresh: a page for what the tests of constraints.c and its like hold next.
fresh()
{
	HELD_FILE=$(mktemp "$tmp/held.XXXXXX")
	export HELD_FILE
}

# same_again RECORDING STEM: what shmrun report makes of it is what the run
# wrote to STEM.xml, STEM.json and STEM.tap (three results).
same_again()
{
	"$SHMRUN" report "$1" --junit="$tmp/again.xml" \
		--json="$tmp/again.json" --tap="$tmp/again.tap" >/dev/null 2>&1
	ok "the recording makes the same JUnit" cmp "$2.xml" "$tmp/again.xml"
	ok "and the same JSON" cmp "$2.json" "$tmp/again.json"
	ok "and the same TAP" cmp "$2.tap" "$tmp/again.tap"
}

# run_id: of the last run, from its first line.
run_id()
{
	sed -n '1,/, run /s/^shmrun .*, run \([0-9a-f-]*\)$/\1/p' "$tmp/out"
}

# marked ID: the processes whose environment carries the identity of that run
# (VAR-2), one on a line.
marked()
{
	grep -las "SHMRUN_RUN_ID=$1" /proc/[0-9]*/environ | cut -d/ -f3
}

# none_marked ID: there are none.
none_marked()
{
	[ -z "$(marked "$1")" ]
}

# results [REGEX]: the names of the last run's tests, in the order of their
# result lines; only those whose state matches.
results()
{
	sed -En "s/^ *(${1:-[A-Z0-9+]+}) \[[ 0-9.]+s?\] ([^ ]+)( \(w[0-9]+\))?\$/\2/p" \
		"$tmp/out"
}

# told NAME: what the last run says under the result line of a test.
told()
{
	awk -v name="$1" '
	/^ *[A-Z0-9+]+ \[[ 0-9.]+s?\] / { on = index($0, "] " name " (w") }
	/^[^ ]/ { on = 0 }
	on && !/^ *[A-Z0-9+]+ \[/ { print }' "$tmp/out"
}

# in_group FOLDER COMMAND...: run_program as a member of that group.
in_group()
{
	# shellcheck disable=SC2016
	run_program bash -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$@"
}

# own_group CONTROLLER: the folder of the control group that this script is in;
# nothing if it cannot be told.
own_group()
{
	local mount path
	mount=$(awk -v c="$1" '$3 == "cgroup" && "," $4 "," ~ "," c ","' \
		/proc/mounts | cut -d ' ' -f 2 | head -n 1)
	path=$(sed -n "s/^[0-9]*:\(.*,\)\{0,1\}$1\(,.*\)\{0,1\}:\//\//p" \
		/proc/self/cgroup)
	if [ -z "$mount" ]; then
		mount=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
		path=$(sed -n 's/^0:://p' /proc/self/cgroup)
	fi
	[ -d "$mount$path" ] && echo "${mount}${path%/}"
}

if [ "$SHMRUN_TEST_BACKEND" = uring ] && [ -n "${top_builddir-}" ]; then
	reason=$("$top_builddir/tests/support/uring-works") ||
		skip_all "$reason"
	unset reason
fi
