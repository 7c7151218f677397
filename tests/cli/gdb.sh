#!/bin/bash
# SPDX-License-Identifier: MIT
# --gdb TEST (DBG-1, SEL-5, SIG-14): gdb stops where the one test begins, in
# each tier; no limit of time runs, stdin and terminal are the test's, Ctrl-C is
# the debugger's, and how the test ended is reported as ever.  No test, several,
# and no gdb are told.

. "${top_srcdir:-.}/tests/cli/lib.sh"
. "${top_srcdir:-.}/tests/support/terminal.sh"

[ -z "${SANITIZERS-}" ] || skip_all "sanitizers and gdb both trace"
command -v gdb >/dev/null || skip_all "no gdb: ./bootstrap check installs it"
sleep 60 &
probe=$!
gdb -q -nx -batch -p $probe </dev/null 2>&1 |
	grep -q "process $probe) detached" && may_attach=y
kill $probe
[ -n "${may_attach-}" ] || skip_all "gdb may not attach here"

plan 32

build_suite traced <<'END'
#include <stdio.h>
#include <unistd.h>
#include <shmrun.h>
#include "hostile.h"
SHMRUN_TEST(traced, passes) {}
SHMRUN_TEST(traced, fails) { shmrun_check_eq_int(1, 2); }
SHMRUN_RANGE(traced, range, 20) { printf("it prints\n"); }
SHMRUN_TEST(traced, hears)
{
	char line[80] = "";

	if (fgets(line, sizeof(line), stdin))
		printf("it hears %s", line);
}
SHMRUN_TEST(traced, spins)
{
	hostile_pid("spins");
	while (getppid() > 1)
		usleep(1000);
}
END
suite="$tmp/traced.so"

# debug COMMANDS ARGUMENT...: with these lines typed to gdb.
debug()
{
	local commands=$1
	shift
	ran="--gdb $*"
	status=0
	printf '%b' "$commands" | timeout --kill-after=5 "$RUN_TIMEOUT" \
		"$SHMRUN" --backend="$SHMRUN_TEST_BACKEND" --gdb "$@" \
		>"$tmp/out" 2>"$tmp/err" || status=$?
	read_output
}

debug '' 'traced::*s' "$suite"
is "$status" 2 "several tests: exit 2"
like "$err" "^shmrun: --gdb: 'traced::\*s' matches 4 tests, and must match one: traced::" \
	"several tests: which"
debug '' 'traced::none' "$suite"
is "$status" 4 "no test: exit 4"
run_program env PATH=/nowhere "$SHMRUN" --gdb traced::passes "$suite"
is "$status:$err" "2:shmrun: --gdb needs gdb, which is not in PATH" \
	"no gdb: exit 2"
run --watch --gdb traced::passes "$suite"
is "$status" 2 "--watch --gdb: exit 2"

# Debuggers that do not attach; what they do is in $DO.
mkdir "$tmp/bin"
# shellcheck disable=SC2016 # it expands that
printf '#!/bin/sh\neval "$DO"\n' >"$tmp/bin/gdb"
chmod +x "$tmp/bin/gdb"
DO='exit 1' run_program env PATH="$tmp/bin:$PATH" "$SHMRUN" \
	--gdb traced::passes "$suite"
is "$status $(last_line "$out")" "0 1 passed, 0 failed" \
	"gdb does not attach: the test runs"
# shellcheck disable=SC2016
DO='trap "" TERM; kill -TERM $PPID; exec sleep 1000' run_program \
	env PATH="$tmp/bin:$PATH" "$SHMRUN" --grace=0.3 \
	--gdb traced::passes "$suite"
is "$status" 143 "gdb does not obey: SIGTERM ends the run all the same"
ok "... nothing is left" none_marked "$(run_id)"

debug 'bt 1\nshell sleep 0.5\ncontinue\n' traced::fails --isolate=worker \
	--timeout=200ms --slow=100ms --deadline=300ms --retries=2 "$suite"
like "$out" '^(\(gdb\) )?#0 .*shmrun_body_traced.{1,2}fails' \
	"worker: it stops at the test"
is "$status $(last_line "$out")" "1 0 passed, 1 failed" \
	"... and how it ended is reported"
unlike "$out$err" '[Dd]eadline|SLOW|TIMEOUT|RETRY' \
	"... without limits of time, and once"

debug 'bt 1\nquit\n' 'traced::range[7]' --isolate=fork "$suite"
like "$out" '^(\(gdb\) )?#0 .*shmrun_body_traced.{1,2}range' \
	"fork: it stops at the test, of which the index is given"
is "$status $(last_line "$out")" "0 1 passed, 0 failed" \
	"... and runs on when gdb quits"
is "$(grep -c '^it prints' "$tmp/out")" 1 "... its output is not kept"

cat >"$tmp/program.c" <<'END'
#include <stdio.h>
int main(void) { printf("ok 1\n1..1\n"); return 3; }
END
# shellcheck disable=SC2086 # CC may hold options
${CC:-gcc} -g -o "$tmp/program" "$tmp/program.c"
debug 'bt 1\ncontinue\n' '*' --adapter=program "$tmp/program"
like "$out" '#0 +main ' "a program: it stops in main()"
is "$status $(last_line "$out")" "1 0 passed, 1 failed" \
	"... how it ended is reported"
debug 'continue\n' '*' --adapter=tap "$tmp/program"
like "$status $(last_line "$out")" "^1 0 passed, 1 failed" \
	"... but not passed by what nobody has read"

criterion=$(find "$SUITES" -name 'criterion_new.so' | head -n 1)
if [ -n "$criterion" ]; then
	name=$("$SHMRUN" list "$criterion" 2>/dev/null | grep -m1 '::')
	debug 'kill\nquit\n' "$name" "$criterion"
	like "$out" 'Temporary breakpoint 1[.,]' "Criterion: it stops at the test"
	is "$status $(last_line "$out")" "1 0 passed, 1 failed" "... gdb kills it"
	ok "... nothing is left" none_marked "$(run_id)"
else
	skip "no suite of Criterion" "Criterion" 3
fi

# ---- on a terminal ---------------------------------------------------------

if ! [ -x "${top_builddir-}/tests/support/pty" ]; then
	skip "no helper for terminals" "on a terminal" 12
	exit 0
fi

# With its pager there would be no prompt before a key is typed.
echo 'set height 5' >"$HOME/.gdbinit"
on_terminal --gdb traced::hears "$suite"
on_screen '\(gdb\)' "terminal: the prompt"
type_keys 'bt 1\n'
on_screen '#0 .*shmrun_body_traced.{1,2}hears' "... a backtrace"
type_keys 'continue\n'
on_screen 'Continuing' "... continue"
type_keys 'a word\n'
on_screen 'it hears a word' "... the test's stdin is it"
type_keys 'quit\n'
like "$(ended)" '^0 icanon=1 echo=1' "... the run ends with gdb"

export HOSTILE_PIDS="$tmp/pids.spins"
on_terminal --gdb traced::spins "$suite"
on_screen '\(gdb\)' "terminal: another prompt"
type_keys 'continue\n'
ok "... it runs" wait_until 30 has_lines "$HOSTILE_PIDS" 1
type_keys '\003'
on_screen 'SIGINT' "... Ctrl-C is the debugger's"
kill -TERM "$pid"
like "$(ended)" '^143 icanon=1 echo=1' "... SIGTERM ends test and debugger"
ok "... nothing is left" wait_until 10 all_gone "$HOSTILE_PIDS"

on_terminal --gdb traced::passes "$suite"
on_screen '\(gdb\)' "terminal: a third prompt"
kill -KILL "$(pgrep -P "$pid" -x gdb)"
like "$(ended)" '^0 icanon=1 echo=1' \
	"... gdb is killed: the test runs on, the terminal is mended"
