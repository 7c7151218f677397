#!/bin/bash
# SPDX-License-Identifier: MIT
# The tests of a build folder of Meson (--from-meson), test by test as under
# `meson test`: names, outcomes, protocols, folders, environment, limits; what
# differs is what doc/adapters/meson.md says.

. "${top_srcdir:-.}/tests/cli/lib.sh"

command -v meson >/dev/null || skip_all "meson is not installed"
command -v ninja >/dev/null || skip_all "ninja is not installed"

plan 17

mkdir "$tmp/src"
cd "$tmp" || exit 99
cat >src/meson.build <<'EOS'
project('fixture')
sh = find_program('sh')
test('passes', sh, args: ['-c', 'exit 0'])
test('fails', sh, args: ['-c', 'exit 3'])
test('crashes', sh, args: ['-c', 'kill -SEGV $$'])
test('skips', sh, args: ['-c', 'exit 77'])
test('errs', sh, args: ['-c', 'exit 99'])
test('hangs', sh, args: ['-c', 'sleep 1000'], timeout: 1)
test('two words', sh, args: ['-c', 'exit 0'], suite: ['first', 'second'])
test('tap', sh, args: ['-c', 'echo 1..2; echo ok 1; echo ok 2 - b'],
	protocol: 'tap')
test('tap fails', sh, args: ['-c', 'echo 1..1; echo not ok 1'],
	protocol: 'tap')
test('tap broken', sh, args: ['-c', 'echo ok 1'], protocol: 'tap')
test('tap bails', sh, args: ['-c', 'echo 1..1; echo Bail out!'],
	protocol: 'tap')
test('tap skips', sh, args: ['-c', 'echo "1..0 # SKIP no net"'],
	protocol: 'tap')
test('env', sh, args: ['-c', 'test "$A/$B" = "1/two words"'],
	env: ['A=1', 'B=two words'])
path = environment()
path.prepend('PATH', '/no/such/folder')
test('path', sh, args: ['-c', 'case $PATH in /no/such/folder:*bin*) ;; *) exit 1; esac'],
	env: path)
test('folder', sh, args: ['-c', 'test "$PWD" = /'], workdir: '/')
test('build folder', sh, args: ['-c', 'test -d meson-info'])
test('alone', sh, args: ['-c', 'exit 0'], is_parallel: false, priority: 7)
test('fails as it should', sh, args: ['-c', 'exit 1'], should_fail: true)
EOS
meson setup src build >meson.log 2>&1 || { cat meson.log; exit 99; }

# ---- test by test ----------------------------------------------------------

# "NAME STATE" on a line.
theirs()
{
	meson test -C build >theirs.log 2>&1
	jq -r '[(.name | sub(".* / "; "") | gsub(" "; "_") | sub("^fixture:[a-z+]*_/_"; "")),
		.result] | join(" ")' build/meson-logs/testlog.json |
		sed -E 's/ OK$/ PASS/; s/ TIMEOUT$/ FAIL/' | sort
}

ours()
{
	jq -r 'select(.event == "test-finished") |
		[(.test | sub(".*::"; "")), (.outcome | ascii_upcase)] |
		join(" ")' run.json |
		sed -E 's/ (CRASH|TIMEOUT)$/ FAIL/' | sort
}

theirs >theirs.txt
run -j 2 --from-meson=build --json=run.json
ours >ours.txt
is "$status" 1 "some fail"
is "$(wc -l <theirs.txt)" 18 "meson ran them"
# Meson calls output that is no TAP an error, or, some of the time, a pass, and
# a bail-out without a point, depending on its version, a skip; it does not
# write down which tests should fail.
is "$(cat ours.txt)" "$(sed 's/^tap_broken .*/tap_broken FAIL/
	s/^tap_bails SKIP/tap_bails ERROR/
	s/^fails_as_it_should EXPECTEDFAIL/fails_as_it_should FAIL/' theirs.txt)" \
	"the same tests and outcomes" || diag "$(cat theirs.log)"
is "$err" "" "nothing to complain about"
like "$out" 'SIGSEGV .* fixture::crashes' "a crash"
like "$out" 'TIMEOUT .* fixture::hangs' "a limit of its own"
is "$(jq -r 'select(.points) | .points | length' run.json | xargs)" "2 1 1" \
	"points of those that print TAP" || diag "$(jq -c .points run.json)"

# ---- what is listed --------------------------------------------------------

run list --format=jsonl --from-meson=build
is "$(jq -c 'select(.name == "first::two_words") | .tags' <<<"$out")" \
	'["first","second"]' "suites are scope and tags"
is "$(jq -c 'select(.name == "fixture::alone") | [.exclusive, .priority]' \
	<<<"$out")" '[true,7]' "is_parallel and priority"
is "$(jq -c 'select(.name == "fixture::hangs") | .timeout' <<<"$out")" 1 \
	"timeout"
run -j 2 --from-meson=build -f fixture::passes "$SUITES/pass.so" -f 'pass::*'
is "$status $(last_line "$out")" "0 11 passed, 0 failed" \
	"beside a shared object"

# ---- refused ---------------------------------------------------------------

# bad TEXT WORDS: intro-tests.json that is not what it should be.
bad()
{
	mkdir -p bad/meson-info
	printf '%s' "$1" >bad/meson-info/intro-tests.json
	run --from-meson=bad
	is "$status $(grep -Ec -- "$2" <<<"$err")" "5 1" "refused: $2" ||
		diag "$err"
}
bad '{' 'no JSON: at byte 1'
bad '{}' 'no list of Meson'
bad '[]' 'holds no tests'
bad '[{}]' 'without a name'
bad '[{"name":"x"}]' 'x has no command'
run --from-meson="$tmp/src"
like "$err" 'cannot open .*intro-tests.json: No such file' \
	"refused: a folder that is none of Meson's"
