#!/bin/bash
# SPDX-License-Identifier: MIT
# --watch (DBG-5): after a run it waits until a suite, or a library that it
# loads, is another one, also where inotify is refused; then what failed runs,
# and when that passes, all.  A suite that is gone, or only begun, gets a
# sentence and is waited for.  On a terminal Enter runs again and q quits with
# the last run's status; Ctrl-C and Ctrl-Z do what they do without it (SIG-2,
# SIG-6, SIG-13, EXIT-8).  Nothing outlives the watcher (PROC-4).

. "${top_srcdir:-.}/tests/cli/lib.sh"
. "${top_srcdir:-.}/tests/support/terminal.sh"

plan 57

refuse="$top_builddir/tests/support/refuse"
cat >"$tmp/suite.c" <<'END'
#include <shmrun.h>
#include "hostile.h"
int answer(void);
SHMRUN_TEST(watched, asks) { shmrun_check_eq_int(answer(), 42); }
SHMRUN_RANGE(watched, passes, 2) {}
#ifdef HANGS
SHMRUN_TEST(watched, hangs)
{
	hostile_pid("hangs");
	hostile_sleep(100);
}
#endif
END

# library ANSWER: another one in its place.
library()
{
	echo "int answer(void) { return $1; }" >"$tmp/answer.c"
	# shellcheck disable=SC2086 # CC may hold options
	${CC:-gcc} -shared -fPIC -o "$tmp/answer.new" "$tmp/answer.c" &&
		mv "$tmp/answer.new" "$tmp/libanswer.so"
}

# suite [OPTION...]: the same for the suite, as $tmp/new.so.
suite()
{
	build_suite new -L"$tmp" -lanswer -Wl,-rpath,"$tmp" "$@" \
		<"$tmp/suite.c"
}

build_suite()
{
	local name=$1
	shift
	cat >"$tmp/$name.c"
	# shellcheck disable=SC2086
	${CC:-gcc} -I"${top_srcdir:-.}/include" \
		-I"${top_srcdir:-.}/tests/fixtures" -fPIC -shared \
		-o "$tmp/$name.so" "$tmp/$name.c" "$@"
}

# How often it has begun to wait.
waits()
{
	[ "$(grep -ac 'waiting for a change' "$1")" -ge "$2" ]
}

# said REGEX: on stderr.
said()
{
	wait_until 60 has_text "$tmp/err" "$1"
}

# The closing lines so far.
counts()
{
	grep -aE '^[0-9]+ passed, ' "$tmp/out" | tr '\n' ';'
}

# watch [PROGRAM...] ARGUMENT...: as start.
watch()
{
	ran=$* status="still running"
	: >"$tmp/err"
	env --default-signal "$@" </dev/null >"$tmp/out" 2>"$tmp/err" &
	pid=$!
}

for how in inotify polling; do
	library 42
	suite
	mv "$tmp/new.so" "$tmp/suite.so"
	prefix=()
	if [ $how = polling ]; then
		"$refuse" inotify true || {
			skip "no seccomp" "polling" 13
			continue
		}
		prefix=("$refuse" inotify)
	fi
	watch "${prefix[@]}" "$SHMRUN" --backend="$SHMRUN_TEST_BACKEND" \
		--watch -j 2 "$tmp/suite.so"
	wait_until 60 waits "$tmp/err" 1
	is "$(counts)" "3 passed, 0 failed;" "$how: it runs"
	library 41
	wait_until 60 waits "$tmp/err" 2
	is "$(counts)" "3 passed, 0 failed;2 passed, 1 failed;" \
		"$how: a library has changed: all run"
	ok "$how: it is named" has_text "$tmp/err" 'libanswer.so has changed'
	library 42
	wait_until 60 waits "$tmp/err" 3
	is "$(counts | cut -d';' -f3-)" "1 passed, 0 failed;3 passed, 0 failed;" \
		"$how: what failed runs first, then all"
	ok "$how: it says so" has_text "$tmp/err" 'what had failed passes'

	# As a linker that writes in pieces, and is slow.
	suite
	half=$(($(stat -c %s "$tmp/new.so") / 2))
	head -c "$half" "$tmp/new.so" >"$tmp/suite.so"
	ok "$how: half a suite is waited for" \
		said 'suite.so is not complete; waiting for it'
	rm "$tmp/suite.so"
	ok "$how: so is one that is gone" \
		said 'suite.so is gone; waiting for it'
	sleep 0.5
	is "$(counts | tr -dc ';')" ";;;;" "$how: nothing runs meanwhile"
	mv "$tmp/new.so" "$tmp/suite.so"
	wait_until 60 waits "$tmp/err" 4
	is "$(counts | cut -d';' -f5-)" "3 passed, 0 failed;" \
		"$how: there it is: all run"
	unlike "$(cat "$tmp/err")" 'Enter' "$how: no keys without a terminal"

	# What cannot be loaded is a run that fails, and not the end.
	echo 'extern int nowhere(void); int (*const ask)(void) = nowhere;' |
		build_suite new
	mv "$tmp/new.so" "$tmp/suite.so"
	ok "$how: what cannot be loaded is told" said 'cannot run .*suite.so'
	wait_until 60 waits "$tmp/err" 5
	kill -INT "$pid"
	finish
	is "$status" 130 "$how: SIGINT while it waits (EXIT-8)"
	is "$(counts | tr -dc ';')" ";;;;;" "$how: no run more than that"
done

# ---- what a suite makes for itself, and what files are called --------------

odd="$tmp/odd"$'\033]0;x\007'
mkdir "$odd"
cp "$tmp/libanswer.so" "$odd/own.so"
build_suite new <<'END'
#include <dlfcn.h>
#include <shmrun.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
__attribute__((constructor)) static void copy(void)
{
	char name[4096], command[9000];

	snprintf(name, sizeof(name), "%s.%d", getenv("OWN"), (int)getpid());
	snprintf(command, sizeof(command), "cp '%s' '%s'", getenv("OWN"), name);
	if (system(command) || !dlopen(name, RTLD_NOW))
		abort();
	unlink(name);
}
SHMRUN_TEST(own, passes) {}
END
mv "$tmp/new.so" "$odd/suite.so"
export OWN="$odd/own.so"
watch "$SHMRUN" --backend="$SHMRUN_TEST_BACKEND" --watch "$odd/suite.so"
wait_until 60 waits "$tmp/err" 1
rm "$odd/suite.so"
wait_until 60 has_text "$tmp/err" 'is gone; waiting for it'
kill -INT "$pid"
finish
is "$(counts)" "1 passed, 0 failed;" \
	"a library that a suite makes and removes is no change"
is "$(grep -c 'odd.x1B]0;x.x07/suite.so is gone' "$tmp/err")" 1 \
	"control bytes of names do not reach the terminal (OUT-9)"

# What tests write is a change three times, and then only between two runs.
cat >"$tmp/writes" <<'END'
#!/bin/sh
date +%N >>"$1"
END
chmod +x "$tmp/writes"
: >"$tmp/written"
watch "$SHMRUN" --backend="$SHMRUN_TEST_BACKEND" --watch \
	--command="$tmp/writes $tmp/written"
wait_until 60 has_text "$tmp/err" 'written changes in each run, which is no'
wait_until 60 waits "$tmp/err" 3
is "$(wc -l <"$tmp/written"):$(counts | tr -dc ';')" "3:;;;" \
	"a file that each run writes starts no more than two"
date +%N >>"$tmp/written"
wait_until 60 waits "$tmp/err" 4
kill -INT "$pid"
finish
is "$(wc -l <"$tmp/written"):$(grep -c 'changes in each' "$tmp/err")" 5:1 \
	"... and one when somebody else does"

# ---- signals during a run --------------------------------------------------

suite -DHANGS
for signal in TERM INT; do
	export HOSTILE_PIDS="$tmp/pids.$signal"
	start --watch -j 2 --grace=1 --junit="$tmp/xml" "$tmp/new.so"
	wait_until 30 has_lines "$HOSTILE_PIDS" 1
	kill -$signal "$pid"
	finish
	is "$status" $((128 + $(kill -l $signal))) "$signal: of the run (EXIT-8)"
	like "$out" '^exit by SIG'$signal "$signal: with its summary"
	like "$(cat "$tmp/xml")" '</testsuites>' "$signal: and its report"
	ok "$signal: nothing is left" wait_until 10 all_gone "$HOSTILE_PIDS"
done

# It comes when the run is over, but not yet known to be.
export GO="$tmp/go"
build_suite new <<'END'
#include <shmrun.h>
#include <stdlib.h>
#include <unistd.h>
SHMRUN_TEST(watched, waits)
{
	while (access(getenv("GO"), F_OK))
		usleep(1000);
}
END
start --watch "$tmp/new.so"
wait_until 30 has_text "$tmp/out" '1 worker'
child=$(pgrep -P "$pid")
kill -STOP "$pid"
kill -TERM "$pid"
: >"$GO"
wait_until 30 grep -q '^State:.*Z' "/proc/$child/status"
kill -CONT "$pid"
finish
is "$status:$(last_line "$out")" "143:1 passed, 0 failed" \
	"TERM at the end of a run ends the watcher (EXIT-8)"

suite -DHANGS
export HOSTILE_PIDS="$tmp/pids.KILL"
start --watch -j 2 "$tmp/new.so"
wait_until 30 has_lines "$HOSTILE_PIDS" 1
kill -KILL "$pid"
finish
ok "the watcher is killed: nothing is left (PROC-4)" \
	wait_until 10 all_gone "$HOSTILE_PIDS"

# ---- what it does not go with ----------------------------------------------

run --watch --dry-run "$SUITES/pass.so"
is "$status" 2 "--watch --dry-run: exit 2"
run list --watch "$SUITES/pass.so"
is "$status:$err" "2:shmrun: --watch is for run only" "list --watch: exit 2"
SHMRUN_OPTS=--watch run "$SUITES/pass.so"
is "$status" 2 "--watch is for the command line only"

# ---- keys ------------------------------------------------------------------

if ! [ -x "${top_builddir-}/tests/support/pty" ]; then
	skip "no helper for terminals" "on a terminal" 14
	exit 0
fi

library 41
suite
on_terminal --watch -j 2 "$tmp/new.so"
on_screen 'waiting for a change of .*; Enter runs again, q quits' \
	"terminal: the keys are named"
type_keys 'x\n'
wait_until 60 waits "$tmp/screen" 2
like "$(tr -d '\r' <"$tmp/screen")" '^0 passed, 1 failed' \
	"terminal: Enter: what failed"
type_keys '\032'
ok "terminal: Ctrl-Z stops it" wait_until 30 has_text "$tmp/told" '^stopped'
like "$(cat "$tmp/told")" '^stopped icanon=1 echo=1' \
	"terminal: Ctrl-Z: the settings are the shell's (SIG-6)"
kill -CONT "$pid"
library 42
wait_until 60 waits "$tmp/screen" 3
ok "terminal: it goes on" waits "$tmp/screen" 3
type_keys 'q'
is "$(ended)" "0 icanon=1 echo=1" "terminal: q: the status of the last run"

library 41
on_terminal --watch -j 2 "$tmp/new.so"
wait_until 60 waits "$tmp/screen" 1
type_keys 'q'
is "$(ended)" "1 icanon=1 echo=1" "terminal: q: when it has failed"

on_terminal --watch -j 2 "$tmp/new.so"
wait_until 60 waits "$tmp/screen" 1
type_keys '\003'
is "$(ended)" "130 icanon=1 echo=1" "terminal: Ctrl-C while it waits"

suite -DHANGS
export HOSTILE_PIDS="$tmp/pids.keys"
on_terminal --watch -j 2 --grace=1 "$tmp/new.so"
wait_until 30 has_lines "$HOSTILE_PIDS" 1
type_keys 't'
on_screen 'hangs \(w[01], process' "terminal: a run has its keys"
type_keys '\032'
ok "terminal: Ctrl-Z stops a run, and the watcher" \
	wait_until 30 has_text "$tmp/told" '^stopped'
like "$(cat "$tmp/told")" '^stopped icanon=1 echo=1' \
	"terminal: Ctrl-Z in a run: the settings are back"
kill -CONT "$pid"
n=$(grep -ac 'hangs (w' "$tmp/screen")
ok "terminal: the run goes on, and has the terminal" wait_until 30 eval \
	'type_keys t; test "$(grep -ac "hangs (w" "$tmp/screen")" -gt "$n"'
type_keys '\003'
is "$(ended)" "130 icanon=1 echo=1" "terminal: Ctrl-C in a run"
ok "terminal: nothing is left" wait_until 10 all_gone "$HOSTILE_PIDS"
