#!/bin/bash
# SPDX-License-Identifier: MIT
# Two suites with the same tests, and suites whose paths hold whatever a path may
# hold: each test is told with the suite that it is of, in every report, no
# report breaks, and no file is named after one (OUT-9, OUT-4).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 14

SHMRUN=$(realpath "$SHMRUN")
SUITES=$(realpath "$SUITES")
cd "$tmp" || exit 99
mkdir one two
cp "$SUITES/params.so" one/params.so
cp "$SUITES/params.so" two/params.so
command -v jq >/dev/null && command -v xmllint >/dev/null ||
	skip_all "jq or xmllint is not installed"

run -j 4 --junit=a.xml --tap=a.tap --json=a.json --record=a.shmres \
	one/params.so two/params.so
is "$status $(last_line "$out")" "1 66 passed, 6 failed" \
	"the same tests twice: the counts"
is "$(jq -r 'select(.event == "test-finished") | [.suite, .test] | @tsv' \
	a.json | sort -u | wc -l)" 72 "JSON: each with its suite"
is "$(xmllint --xpath '//testsuite/@name' a.xml | tr ' ' '\n' | grep . |
	sort -u | wc -l)" 2 "JUnit: two suites"
is "$(xmllint --xpath 'count(//testcase)' a.xml)" 72 "JUnit: every test"
is "$(jq -r 'select(.event == "test-finished" and .outcome != "pass") |
	.suite' a.json | sort | uniq -c | awk '{ print $1 }' | xargs)" "3 3" \
	"each fails its own tests"
run --resume=a.shmres one/params.so two/params.so
like "$err" 'of 72 tests 72 had ended before' "none is taken for the other's"

# Paths: a newline, quotes, markup, bytes that are no UTF-8, 200 letters.
long=$(printf 'l%.0s' {1..200})
names=($'new\nline.so' "quote'\"s.so" ']]><&>.so' $'bytes\xff\xc3(.so'
	$'esc\x1b[31m.so' "$long.so" '-dash.so' ' .so')
suites=()
for name in "${names[@]}"; do
	cp "$SUITES/params.so" "./$name"
	suites+=("./$name")
done
run -j 4 --junit=b.xml --tap=b.tap --json=b.json --trace=b.trace \
	--github=b.md "${suites[@]}"
is "$status $(last_line "$out")" "1 264 passed, 24 failed" \
	"hostile paths: the counts"
ok "hostile paths: JUnit is well-formed" xmllint --noout b.xml
is "$(xmllint --xpath 'count(//testcase)' b.xml)" 288 \
	"hostile paths: every test is in it"
ok "hostile paths: JSON lines are valid" jq -s -e 'length > 288' b.json
ok "hostile paths: so is the trace" jq -e . b.trace
is "$(grep -c '^\(not \)\{0,1\}ok ' b.tap)" 288 "hostile paths: TAP has every test"
is "$(tr -d '\n[:print:]\200-\377' <out | wc -c)" 0 \
	"hostile paths: no control byte reaches a terminal"
is "$(find . -name '*::*')" "" \
	"no file is named after a test"
