#!/bin/bash
# SPDX-License-Identifier: MIT
# shmrun.conf from outside: which file and which profile count, that what it
# says happens to a run, who goes before whom, that what is wrong is exit 2 with
# file, line and column, and `config show` and `config explain` (REC-6 to REC-8,
# VAR-5, VAR-16, EXIT-2).  Setup and teardown: their order, what they give to
# tests, and that teardown runs whatever happens (REC-5, TIME-13, VAR-18).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 51

cd "$tmp" || exit 99
cat >shmrun.conf <<'END'
[profile default]
jobs = 2
filter = pass::s*

[profile ci]
env = TZ=CET
env = MARK=seen
max-fail = 9

[override]
filter = test(=pass::strings)
disabled = true

[override ci]
filter = suite(*environ.so)
isolate = fork
END

run -v "$SUITES/pass.so"
is "$status" 0 "a file in the current directory is read"
like "$out" 'shmrun: 1 worker|2 workers|-j 2' "its number of workers"
is "$(results SKIP)" pass::strings "its override disables a test"

run -f 'pass::t*' "$SUITES/pass.so"
is "$(last_line "$out")" "1 passed, 0 failed" "the command line selects instead"

run --config=none "$SUITES/pass.so"
is "$(last_line "$out")" "10 passed, 0 failed" "no file, no settings"

SHMRUN_CONFIG=none run "$SUITES/pass.so"
is "$(last_line "$out")" "10 passed, 0 failed" "SHMRUN_CONFIG names it too"

SHMRUN_OPTS="-f pass::e*" run "$SUITES/pass.so"
is "$(last_line "$out")" "1 passed, 0 failed" "SHMRUN_OPTS goes before the file"

run --profile=ci -f 'environ::show' "$SUITES/environ.so"
is "$(told environ::show | grep -cE '^ +(TZ=CET|MARK=seen|SHMRUN_PROFILE=ci)$')" \
	3 "a profile's variables, and its name (VAR-5, VAR-16)"
is "$(told environ::show | grep -c '^ *TZ=')" 1 "each of them once"

run_program "$SHMRUN" list -v --profile=ci -f '*' "$SUITES/environ.so"
is "$(grep -c 'isolate=fork' <<<"$out")" "$(grep -c . <<<"$out")" \
	"list shows what overrides say"

run --profile=cj "$SUITES/pass.so"
is "$status:$err" \
	"2:shmrun: there is no profile cj in shmrun.conf; did you mean ci?" \
	"a profile that is not there"

run --config=missing.conf "$SUITES/pass.so"
is "$status" 2 "a file that is named must be there"
like "$err" 'cannot read missing.conf: No such file' "and is named"

printf '[profile default]\n  timeuot = 3\n' >bad.conf
run --config=bad.conf "$SUITES/pass.so"
is "$status:$out" 2: "a wrong file: nothing runs"
is "$err" "shmrun: bad.conf:2:3: unknown key timeuot; did you mean timeout?" \
	"and where it is wrong"

run_program "$SHMRUN" doctor
is "$status" 0 "a wrong profile is nothing to other commands"

SHMRUN_PROFILE=ci run_program "$SHMRUN" config show --timeout=7
is "$status" 0 "config show"
like "$out" '^profile ci of shmrun.conf$' "the profile"
like "$out" '^  jobs +2 +shmrun.conf:2$' "what it inherits, and the line"
like "$out" '^  timeout +7 +command line$' "the command line"

run_program "$SHMRUN" config explain pass::strings "$SUITES/pass.so"
is "$status" 0 "config explain"
like "$out" '^  disabled +true +shmrun.conf:12$' "an override's line"
like "$out" '^  timeout +300s +default$' "a default"

run_program "$SHMRUN" config explain pass::string "$SUITES/pass.so"
is "$status:$err" \
	"2:shmrun: there is no test pass::string; did you mean pass::strings?" \
	"a test that is not there"

run_program "$SHMRUN" config explian
is "$status:$err" "2:shmrun: config: 'explian' is not one of show, explain" \
	"a word that is none"

# ---- setup and teardown ----------------------------------------------------

cat >shmrun.conf <<'END'
[profile default]
setup = echo one >>order; echo "MARK=made" >>"$SHMRUN_ENV"; echo on stdout
setup = echo two >>order
teardown = echo first >>order
teardown = echo last >>order
END

run -f 'environ::show' "$SUITES/environ.so"
is "$status:$(xargs <order)" "1:one two last first" \
	"setup in order, teardown backwards, after a failure too (REC-5)"
is "$(told environ::show | grep -c '^ *MARK=made$')" 1 \
	"what setup wrote to SHMRUN_ENV is in the tests' environment (VAR-18)"
is "$(last_line "$out")|$err" "0 passed, 1 failed|on stdout" \
	"scripts write to standard error"

rm order
run_program "$SHMRUN" list "$SUITES/pass.so"
run --dry-run "$SUITES/pass.so"
ok "neither list nor --dry-run sets up" test ! -e order

run --setup=false --setup='echo more >>order' "$SUITES/pass.so"
is "$status:$(xargs <order)" "6:one two last first" "a setup that fails: exit 6"
is "$out|$(grep -v stdout "$tmp/err")" \
	"|shmrun: setup 'false' ended with status 1" "no test runs, and why"

rm order
run --teardown='kill -9 $$' --junit=x.xml --tap=x.tap "$SUITES/pass.so"
is "$status:$(xargs <order)" "6:one two last first" \
	"a teardown that fails: exit 6, and the others run"
like "$err" "teardown 'kill -9 \\$\\$' was killed by SIGKILL" "and why"
like "$(cat x.xml)" '<error .*teardown .* was killed' \
	"... as JUnit says, which is not all green (STATE-13)"
like "$(tail -n 1 x.tap)" '^Bail out! teardown .* was killed' \
	"... and TAP (STATE-13)"


# EXIT-10: what was said before it was known would not be true.
run --teardown='echo down >&2; exit 3' --record=x.shmres --json=x.json \
	--html=x.html "$SUITES/pass.so"
is "$(grep '^exit ' <<<"$out")" \
	"exit 6: teardown 'echo down >&2; exit 3' ended with status 3" \
	"stdout says how the run ended, and nothing else"
like "$(tail -n 1 x.json)" '"exit_status":6,' "... and so do JSON lines"
like "$(cat x.html)" 'teardown .*ended with status 3' "... and a page"
run report x.shmres
is "$status $(grep -c '^exit 6: teardown' <<<"$out")" "6 1" \
	"... and the recording"

rm order
run --teardown='kill -INT $PPID; sleep 60' --junit=x.xml "$SUITES/pass.so"
is "$status:$(xargs <order)" "130:one two last first" \
	"a signal during teardown: the others run, and it is raised (EXIT-8)"
like "$out" '^exit by SIGINT: teardown was ended by SIGINT$' "... in words"
like "$(cat x.xml)" '<error .*teardown .*interrupted|<error .*teardown .*SIGINT' \
	"... and JUnit is not all green (STATE-13)"

rm order
run --grace=0 --script-timeout=2s --setup='sleep 60' "$SUITES/pass.so"
is "$status:$(xargs <order)" "6:one two last first" "a setup that hangs"
like "$err" "setup 'sleep 60' took too long" "is ended (TIME-13)"

rm order
run --setup='echo SHMRUN_SLOT=1 >>"$SHMRUN_ENV"' "$SUITES/pass.so"
is "$status" 6 "a reserved name in SHMRUN_ENV"
like "$err" "SHMRUN_SLOT=1" "is told"
rm order
run --setup='printf "A=1\0\nB=2\n" >>"$SHMRUN_ENV"' "$SUITES/pass.so"
is "$status:${err##* wrote }" "6:a NUL to SHMRUN_ENV" \
	"a NUL, behind which all would be lost, is refused (VAR-18)"

rm order
run --setup='kill -INT $PPID; sleep 60' "$SUITES/pass.so"
is "$status:$(xargs <order)" "130:one two last first" \
	"a signal during setup: teardown runs, and the signal is raised (EXIT-8)"

rm order
run --setup='kill -INT $PPID' "$SUITES/pass.so"
is "$status:$(xargs <order)" "130:one two last first" \
	"a signal after setup, before the tests"

rm order
run --setup='sleep 61 >/dev/null 2>&1 & echo $! >daemon' "$SUITES/pass.so"
is "$(last_line "$out")" "10 passed, 0 failed" \
	"what setup leaves in the background"
ok "is left alone" kill "$(cat daemon)"
