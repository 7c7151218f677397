#!/bin/bash
# SPDX-License-Identifier: MIT
# shmrun.conf from outside: which file and which profile count, that what it
# says happens to a run, who goes before whom, that what is wrong is exit 2 with
# file, line and column, and `config show` and `config explain` (REC-6 to REC-8,
# VAR-5, VAR-16, EXIT-2).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 25

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
