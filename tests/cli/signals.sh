#!/bin/bash
# SPDX-License-Identifier: MIT
# What is sent to the runner beside INT, TERM and HUP (stop.sh) and TSTP
# (pause.sh): USR1 lists the running tests, QUIT does so with their output and
# ends at once by 131, without a core; a reader that has gone ends the run in
# good order by SIGPIPE; TTIN and TTOU do nothing; the third signal ends it by
# that signal.  On a terminal: keys, Ctrl-C, Ctrl-Z and Ctrl-\ act once, the
# layout follows the width, and its settings come back on every way out (SIG-1
# to SIG-13, EXIT-8, EXIT-10, OUT-8).

. "${top_srcdir:-.}/tests/cli/lib.sh"
. "${top_srcdir:-.}/tests/support/terminal.sh"

plan 63

build_suite busy <<'END'
#define _GNU_SOURCE
#include <signal.h>
#include <shmrun.h>
#include "hostile.h"

SHMRUN_TEST(busy, sleeps)
{
	printf("before it sleeps\n");
	fflush(stdout);
	hostile_pid("sleeps");
	hostile_sleep(60);
}

SHMRUN_TEST(busy, deaf)
{
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	hostile_pid("deaf");
	hostile_sleep(60);
}

SHMRUN_TEST(short, one) {}
END

# pids: of the tests that have begun.
begun()
{
	wait_until 30 has_lines "$HOSTILE_PIDS" 2 || diag "not started"
}

# fresh NAME: a new file of pids.
fresh()
{
	export HOSTILE_PIDS="$tmp/pids.$1"
}

# asked TEXT: USR1 is answered by it.  Asked again: a test can begin before the
# runner has heard that its worker has.
asked()
{
	kill -USR1 "$pid"
	has_text "$tmp/err" "$1"
}

answers()
{
	grep -c ' running, ' "$tmp/err"
}

for isolate in worker fork; do
	fresh "usr1.$isolate"
	start --isolate=$isolate -j 2 --grace=0 "$tmp/busy.so"
	begun
	ok "$isolate: USR1 lists the running tests (SIG-8)" wait_until 30 \
		asked '^2 running, [01]/3 done, 0 failed'
	test_pid=$(awk '$2 == "sleeps" { print $1 }' "$HOSTILE_PIDS")
	ok "$isolate: process, state, CPU, output" wait_until 30 has_text \
		"$tmp/err" "s busy::sleeps \(w[01], process $test_pid, state S, [0-9.]+s of CPU, 17 bytes of output\)"
	kill -TTIN "$pid"
	kill -TTOU "$pid"
	seen=$(answers)
	kill -USR1 "$pid"
	ok "$isolate: TTIN and TTOU do not stop it (SIG-11)" wait_until 30 \
		eval 'test "$(answers)" -gt "$seen"'
	kill -TERM "$pid"
	finish
	is "$status" 143 "$isolate: and it goes on"

	fresh "quit.$isolate"
	(
		ulimit -c unlimited 2>/dev/null
		cd "$tmp" || exit 1
		env --default-signal "$SHMRUN" \
			--backend="$SHMRUN_TEST_BACKEND" --isolate=$isolate \
			-j 2 --grace=60s --junit="$tmp/q.xml" "$tmp/busy.so" \
			</dev/null >"$tmp/out" 2>"$tmp/err" &
		echo $! >"$tmp/quit.pid"
		wait $!
		echo $? >"$tmp/quit.status"
	) 2>/dev/null &
	begun
	kill -QUIT "$(cat "$tmp/quit.pid")"
	wait $!
	ran="SIGQUIT" status=$(cat "$tmp/quit.status")
	out=$(cat "$tmp/out") err=$(cat "$tmp/err")
	is "$status" 131 "$isolate: QUIT ends it at once, by that signal (SIG-5)"
	like "$err" '^        before it sleeps$' \
		"$isolate: QUIT: the output of running tests is told"
	like "$out" '^not run: 3 \(interrupted\)$' "$isolate: QUIT: the counts"
	like "$(cat "$tmp/q.xml")" 'type="interrupted"' \
		"$isolate: QUIT: reports are written"
	is "$(find "$tmp" -maxdepth 1 -name 'core*')" "" \
		"$isolate: QUIT: no core"
	ok "$isolate: QUIT: nothing is left" all_gone "$HOSTILE_PIDS"
done

# The third signal: at once, by the signal.
fresh third
start -j 2 --grace=60s "$tmp/busy.so"
begun
kill -STOP "$pid"
for signal in INT HUP TERM; do
	kill -$signal "$pid"
done
kill -CONT "$pid"
finish
ok "the third signal is raised again at once (SIG-4): $status" \
	test "$status" -gt 128 -a "$status" -le 143
ok "and nothing is left" wait_until 10 all_gone "$HOSTILE_PIDS"

# The reader of stdout goes away in the middle.
fresh pipe
mkfifo "$tmp/fifo"
head -n 1 <"$tmp/fifo" >"$tmp/first" &
env --default-signal "$SHMRUN" --backend="$SHMRUN_TEST_BACKEND" -v -j 3 \
	--grace=1 --json="$tmp/pipe.json" --record="$tmp/pipe.shmres" \
	"$tmp/busy.so" "$SUITES/manycrash.so" \
	</dev/null >"$tmp/fifo" 2>"$tmp/err" &
pid=$! ran="a reader that goes"
finish
is "$status" 141 "no reader: it ends by SIGPIPE (SIG-10)"
like "$(cat "$tmp/pipe.json")" '"event":"run-finished".*"signal":13' \
	"no reader: reports are finished"
run report "$tmp/pipe.shmres"
like "$out" '^exit by SIGPIPE' "no reader: so is the recording"
ok "no reader: nothing is left" wait_until 10 all_gone "$HOSTILE_PIDS"
# shellcheck disable=SC2016 # Perl's
run_program perl -e '$SIG{PIPE} = "IGNORE"; pipe(R, W); close(R);
	open(STDOUT, ">&", \*W); exec(@ARGV)' "$SHMRUN" -v "$SUITES/pass.so"
like "$err" 'could not write' "started to ignore it: an error of the write"

# ---- on a terminal ---------------------------------------------------------

if ! [ -x "${top_builddir-}/tests/support/pty" ]; then
	skip "no helper for terminals" "on a terminal" 36
	exit 0
fi

fresh keys
on_terminal -j 2 --grace=1 "$tmp/busy.so"
begun
type_keys t
on_screen '(^|K)2 running, [01]/3 done.*' "terminal: t lists (SIG-8)"
on_screen 'busy::sleeps \(w[01], process [0-9]+' "terminal: each test"
n=$(grep -ac ' running, ' "$tmp/screen")
type_keys '\n'
ok "terminal: Enter prints a line" wait_until 30 eval \
	'test "$(grep -ac " running, " "$tmp/screen")" -gt $n'
kill -USR1 "$pty"
on_screen '\[K' "terminal: it draws"
type_keys '\003'
is "$(ended)" "130 icanon=1 echo=1" \
	"terminal: Ctrl-C ends it, once, and the settings are back (SIG-2)"
ok "terminal: Ctrl-C: nothing is left" wait_until 10 all_gone "$HOSTILE_PIDS"

# In lines of 40 columns nothing is wider, once it is narrow.
fresh winch
on_terminal -j 2 --grace=1 "$tmp/busy.so"
begun
kill -USR1 "$pty"
sleep 1
mark=$(stat -c %s "$tmp/screen")
ok "terminal: frames go on after a new width" wait_until 30 eval \
	'test "$(stat -c %s "$tmp/screen")" -gt $((mark + 200))'
wide=$(tail -c +$((mark + 100)) "$tmp/screen" | sed 's/\x1b\[[0-9;]*[A-Za-z]/\n/g' |
	tr '\r' '\n' | awk 'length > 40' | wc -l)
is "$wide" 0 "terminal: and keep to it (SIG-9)"

# Ctrl-Z: the settings are the shell's until it goes on.
type_keys '\032'
ok "terminal: Ctrl-Z stops it" wait_until 30 has_text "$tmp/told" '^stopped'
like "$(cat "$tmp/told")" '^stopped icanon=1 echo=1' \
	"terminal: Ctrl-Z: with the settings back (SIG-6)"
kill -CONT "$pid"
n=$(grep -ac ' running, ' "$tmp/screen")
wait_until 30 eval 'type_keys t; test "$(grep -ac " running, " "$tmp/screen")" -gt $n'
tap_result $? "terminal: continued, keys work again (SIG-7)"
type_keys '\034'
is "$(ended)" "131 icanon=1 echo=1" "terminal: Ctrl-\\ ends it (SIG-5)"
ok "terminal: Ctrl-\\: nothing is left" wait_until 10 all_gone "$HOSTILE_PIDS"

# A storm of new sizes, while tests end, with names of wide characters: it goes
# on, each line keeps to the last one, counted in columns, and nothing is lost.
fresh storm
cat >"$tmp/waits" <<'END'
#!/bin/sh
echo "$$ waits" >>"$HOSTILE_PIDS"
until [ -e "$GATE" ]; do sleep 0.05; done
END
chmod +x "$tmp/waits"
name=$(printf '\350\251\246\351\250\223%.0s' {1..30})
for i in 1 2; do echo "@name=$name$i ./waits"; done >"$tmp/wide.list"
for i in {1..100}; do echo "@name=t$i sleep 0.01"; done >>"$tmp/wide.list"
export GATE="$tmp/gate"
on_terminal -j 3 --no-timings --record=none --programs="$tmp/wide.list"
begun
kill -USR2 "$pty"
ok "terminal: a storm of sizes passes (OUT-8)" wait_until 30 \
	has_text "$tmp/told" '^stormed'
# The first may have been begun before.
mark=$(stat -c %s "$tmp/screen")
ok "terminal: frames go on behind it" wait_until 30 eval \
	'test "$(stat -c %s "$tmp/screen")" -gt $((mark + 3000))'
# columns: the most that a line takes; whole lines only.
columns()
{
	perl -MEncode -0777 -ne '$_ = decode("UTF-8", $_);
		s/\e\[[0-9;?]*[A-Za-z]/\n/g;
		for (split /[\r\n]/) {
			my $w = () = /[\p{Ea=W}\p{Ea=F}]/g;
			$w += length;
			$most = $w if $w > $most;
		}
		print $most + 0, "\n"'
}
tail -c +$((mark + 2000)) "$tmp/screen" >"$tmp/frames"
most=$(columns <"$tmp/frames")
ok "terminal: wide characters: lines of $most columns of 40 (OUT-8)" \
	test "$most" -le 40 -a "$most" -gt 20
ok "terminal: wide characters are shown" grep -aq "$(printf '\350\251\246')" \
	"$tmp/frames"
touch "$GATE"
is "$(ended)" "0 icanon=1 echo=1" "terminal: it ends, the settings are back"
like "$(tr -d '\r' <"$tmp/screen")" '102 passed, 0 failed$' \
	"terminal: nothing is lost"

# A job of a shell, which says nothing of fg to who runs already.
fresh shell
program_on_terminal env PS1='$ ' bash --noprofile --norc --noediting -i
type_keys "$SHMRUN --backend=$SHMRUN_TEST_BACKEND -j 2 --grace=0 $tmp/busy.so &\n"
begun
type_keys 't() { echo key to the shel"l"; }\nt\n'
on_screen 'key to the shell' "job: in the background the shell gets what is typed"
type_keys 'fg\n'
wait_until 30 eval 'type_keys t; has_text "$tmp/screen" "[0-9] running, "'
tap_result $? "job: behind fg the keys work (SIG-7)"
type_keys '\032'
on_screen 'Stopped' "job: Ctrl-Z stops it"
type_keys 'bg\n\nt | tr a-z A-Z\n'
on_screen 'KEY TO THE SHELL' "job: bg leaves the shell its keys"
n=$(grep -ac ' running, ' "$tmp/screen")
type_keys 'fg\n'
wait_until 30 eval 'type_keys t; test "$(grep -ac " running, " "$tmp/screen")" -gt $n'
tap_result $? "job: behind fg they work again"
type_keys '\003'
on_screen 'exit by SIGINT' "job: Ctrl-C ends it"
wait_until 10 all_gone "$HOSTILE_PIDS"
type_keys '\nexit 7\n'
is "$(ended)" "7 icanon=1 echo=1" "job: and the settings are the shell's"

# Ways out that are none of ours.
for signal in SEGV ALRM; do
	if [ -n "${SANITIZERS-}" ] && [ $signal = SEGV ]; then
		skip "a sanitizer has handlers of its own" "SIG$signal" 2
		continue
	fi
	fresh "fatal.$signal"
	on_terminal -j 2 "$tmp/busy.so"
	begun
	kill -$signal "$pid"
	settings=$(ended)
	like "$settings" ' icanon=1 echo=1$' \
		"terminal: SIG$signal in the runner: settings are back (SIG-12)"
	ok "terminal: SIG$signal: every process follows (PROC-4)" \
		wait_until 30 all_gone "$HOSTILE_PIDS"
done
# Nobody can mend what SIGKILL leaves: the two that keys need, and no other.
fresh killed.tty
on_terminal -j 2 "$tmp/busy.so"
begun
kill -KILL "$pid"
like "$(ended)" '^137 icanon=[01] echo=[01]$' \
	"terminal: SIGKILL: no setting differs but these two (OUT-8)"
ok "terminal: SIGKILL: every process follows (PROC-4)" \
	wait_until 30 all_gone "$HOSTILE_PIDS"
# Without keys it changes nothing, so that a kill leaves nothing.
fresh nokeys.tty
# shellcheck disable=SC2016 # expanded by that shell
program_on_terminal sh -c 'exec "$@" </dev/null' - "$SHMRUN" \
	--backend="$SHMRUN_TEST_BACKEND" -j 2 "$tmp/busy.so"
begun
on_screen '\[K' "terminal: no keys: it draws"
kill -KILL "$pid"
is "$(ended)" "137 icanon=1 echo=1" \
	"terminal: no keys: SIGKILL: no setting differs (OUT-8)"
ok "terminal: no keys: SIGKILL: every process follows (PROC-4)" \
	wait_until 30 all_gone "$HOSTILE_PIDS"
fresh third.tty
on_terminal -j 2 --grace=60s "$tmp/busy.so"
begun
kill -STOP "$pid"
kill -INT "$pid"
kill -HUP "$pid"
kill -TERM "$pid"
kill -CONT "$pid"
like "$(ended)" '^1[0-9][0-9] icanon=1 echo=1$' \
	"terminal: the third signal: settings are back"
