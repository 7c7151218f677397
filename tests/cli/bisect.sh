# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# bisect.sh pins --bisect (NEW-9): of the tests that ran before one in its
# process, those that it needs to fail; the command that it prints makes it
# fail; what cannot be found is said and exit 1; a signal leaves the best so far.

. "${top_srcdir:-.}/tests/cli/lib.sh"
plan 37

export POISON_LOG=$tmp/log
SHMRUN=$(realpath "$SHMRUN")
SUITES=$(realpath "$SUITES")
cp "$SUITES/poison.so" "$tmp/s.so"
cd "$tmp" || exit 99

# log: the names of the tests that ran, on a line.
log()
{
	cut -d ' ' -f 3 "$POISON_LOG" | tr '\n' ' '
}

# kept: the files that runs leave behind, and when they were written.
kept()
{
	find home -type f -printf '%p %T@\n' | sort
}

# needed: what was found; rerun: does what is printed to do.
needed()
{
	sed -n 's/^  //p' <<<"$out" | tr '\n' ' '
}

rerun()
{
	rm -f "$POISON_LOG"
	status=0
	eval "$(last_line "$1")" >rerun.out 2>&1 || status=$?
}

# ---- found --------------------------------------------------------------

run -j 1 --order=collection --record=a.shmres ./s.so
run --replay=a.shmres --bisect=victim::z --record=none
is "$status" 2 "rounds have no one recording"
rm "$POISON_LOG"
before=$(kept)
run --replay=a.shmres --bisect=victim::z
is "$status:$(needed)" '0:poison::a poison::m ' "two of many are found"
like "$out" '^victim::z fails behind 2 of the 12 tests before it:$' "... told"
like "$err" 'bisect: round 1: 12 tests before victim::z: fail$' \
	"... after all of them were tried"
like "$err" 'bisect: round 2: 0 tests before victim::z: pass$' "... and none"
is "$(grep -c 'bisect: round' <<<"$err"):$(cut -d ' ' -f 1,2 "$POISON_LOG" |
	sort -u | wc -l)" "$(grep -c ' victim::z$' "$POISON_LOG"):$(
	grep -c ' victim::z$' "$POISON_LOG")" "each round is a process and is told"
is "$(cut -d ' ' -f 2 "$POISON_LOG" | sort -u)" w0 "... of one worker"
unlike "$err" 'flaky|gone|damaged' "... and nothing else is said"
is "$(kept)" "$before" "... and nothing is recorded or learnt"
like "$before" ^home/cache/ "... where a run does learn"
like "$(last_line "$out")" \
	' --replay=a\.shmres:w0\.0 -f poison::a -f poison::m -f victim::z ' \
	"the last line is a command"
rerun "$out"
is "$status:$(log)" '1:poison::a poison::m victim::z ' "... that reproduces it"
is "$(last_line "$(<rerun.out)")" '2 passed, 1 failed' "... with those alone"

POISON_CRASH=1 run --replay=a.shmres:w0 --bisect victim::z ./s.so
is "$status:$(needed)" '0:poison::a poison::m ' "a crash counts as well"
POISON_CRASH=1 rerun "$out"
is "$status:$(log)" '1:poison::a poison::m victim::z ' "... and comes again"

# An instance, in one of two suites, behind another test that fails.
run -j 1 --order=collection --recycle=never "$SUITES/pass.so" ./s.so
run --replay=last '--bisect=victim::many[1]'
is "$status:$(needed)" '0:poison::a poison::m ' "an instance of two suites"
like "$(last_line "$out")" "-E 'suite\(=\./s\.so\) and test\(=poison::a\)'" \
	"... is told by suite and name"
rerun "$out"
is "$status:$(log)" '1:poison::a poison::m victim::many[1] ' "... exactly"

# Names may hold what a shell, an expression or a terminal takes for more.
poison=$'a\xe2\x80\xae(\'$(x)'
printf '#!/bin/sh\n: >seen\n' >"$poison"
printf '#!/bin/sh\n! rm seen\n' >finds
chmod +x "$poison" finds
run -j 1 --order=collection "./$poison" ./finds
run --replay=last --bisect=program::finds
is "$(needed)" "program::a\\u{202E}('\$(x) " "a name that holds much is told"
unlike "$out" $'\xe2\x80\xae' "... harmless on a terminal, in the command as well"
rerun "$out"
is "$status:$(last_line "$(<rerun.out)")" '1:1 passed, 1 failed' \
	"... which takes it for the name"

# ---- not found ----------------------------------------------------------

run --replay=a.shmres --bisect=stuck::x
is "$status:$(last_line "$err")" \
	'1:shmrun: bisect: stuck::x does not fail in this order' \
	"what does not fail is said"
POISON_ALWAYS=1 run --replay=a.shmres --bisect=victim::always
is "$status:$(last_line "$err")" \
	'1:shmrun: bisect: victim::always fails alone: it needs no other test' \
	"what fails alone is said"
is "$out" '' "... and no command is printed"
POISON_ONCE=$tmp/once run --replay=a.shmres --bisect=victim::z
is "$status:$(needed | wc -w)" 0:12 "what fails now and then is kept whole"
like "$err" 'bisect: flaky: run 2 times more, these made it fail 0 times$' \
	"... and called so"
cp "$SUITES/pass.so" s.so
run --replay=a.shmres --bisect=victim::z
is "$status" 3 "a round without the test is exit 3"
like "$err" 'bisect: a run ended, by exit 4, without victim::z$' "... told"
like "$err" 'of 13 tests 13 are gone$' "... with what the run said"
cp "$SUITES/poison.so" s.so

# ---- stopped ------------------------------------------------------------

# victim::z waits behind one or two tests.
POISON_GO=$tmp/go POISON_WAITS=$tmp/waits start --replay=a.shmres \
	--bisect=victim::z
ok "a round hangs" wait_until 30 test -e waits
kill -INT "$pid"
finish
is "$status" 130 "SIGINT ends it"
like "$err" 'bisect: stopped after [0-9]+ rounds by SIGINT; there may be less$' \
	"... said"
like "$out" '^victim::z fails behind 6 of the 12 tests before it:$' \
	"... with the best so far"
rerun "$out"
is "$status:$(last_line "$(<rerun.out)" | sed 's/.*, //')" '1:1 failed' \
	"... which makes it fail"

# ---- what is wrong ------------------------------------------------------

run --replay=a.shmres --bisect=victim::none
is "$status:$err" "2:shmrun: a.shmres: 'victim::none' did not run" \
	"a test that did not run is exit 2"
run --bisect=victim::z ./s.so
is "$status:$err" '2:shmrun: --bisect needs a recording: --replay=last' \
	"so is no recording"
run --replay=a.shmres --bisect=victim::z -f 'poison::*'
is "$status:$err" '2:shmrun: --bisect excludes --filter' "and a selection"
