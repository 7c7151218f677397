#!/bin/bash
# SPDX-License-Identifier: MIT
# Two suites with the same tests; suites whose paths hold whatever a path may
# hold; tests whose names do, or are 10,000 letters, or nothing at all: each test
# is told with the suite that it is of, in every report, no report breaks, and no
# file is named after one (OUT-9, OUT-4).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 30

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

# Names: 10,000 letters, folders, newlines, markup, what is no UTF-8, nothing,
# the same again; each in two suites.  Blanks and the like become lines, so that
# names meet that did not, and are numbered.
{
	printf '#include <shmrun.h>\nSHMRUN_TEST(n, %s) { shmrun_check_true(0); }\n' \
		"$(printf 'n%.0s' {1..10000})"
	echo 'SHMRUN_TEST(n, twin) { shmrun_check_true(0); }'
} | build_suite names
printf '@name=%s false\n' "$(printf 'n%.0s' {1..10000})" a/b/../c//d \
	../../etc/passwd ']]><&>' $'b\xff\xfe\xc3(\xed\xa0\x80' '%s%n%d' twin \
	-dash .. '*' 'x::y[3]' $'\xe8\xa9\xa6\xc2\x85\xe2\x80\xae' >names.list
cat >names.c <<'END'
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
static void bad(void **state) { fail(); }
#define BAD(n) { n, bad, NULL, NULL, NULL }
int main(void)
{
	static char longest[10001];
	const struct CMUnitTest tests[] = {
		BAD("line\nbreak"), BAD("tab\there"), BAD("a\r\nb"), BAD(""),
		BAD(""), BAD(" "), BAD("sl/ash/../x"), BAD("]]><&>\"'"),
		BAD("\033[31mred\007"), BAD("%s%n"), BAD("1..7 # SKIP"),
		BAD("not ok 1"), BAD("twin"), BAD("twin"), BAD("twin.2"),
		BAD("b\xff\xfe\xc3("), BAD("\xef\xbf\xbe\xc2\x85"),
		BAD(longest),
	};
	memset(longest, 'n', sizeof(longest) - 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
END
n=28
cp names.so names.list one
cp names.so names.list two
hostile=()
if ${CC:-gcc} -w -o names names.c -lcmocka 2>cc.err; then
	n=64
	cp names one
	cp names two
	hostile=(one/names two/names)
fi
# well_formed STEM: every report of the run; sets $told_names, a line for each test.
well_formed()
{
	ok "hostile names: JUnit is well-formed" xmllint --noout "$1.xml"
	valid_junit "$1.xml" "hostile names: and of its schema"
	is "$(xmllint --xpath 'count(//testcase)' "$1.xml")" "$n" \
		"hostile names: JUnit has every test"
	told_names=$(python3 - "$1" <<'END'
import json, sys
for line in open(sys.argv[1] + '.json', encoding='utf-8', newline='\n'):
    event = json.loads(line)
    if event['event'] == 'test-finished':
        print(json.dumps([event['suite'], event['test']]))
json.load(open(sys.argv[1] + '.trace', encoding='utf-8'))
END
	)
	ok "hostile names: JSON lines and the trace are JSON" test "$?" = 0
	is "$(grep -c '^\(not \)\{0,1\}ok ' "$1.tap") $(
		grep -c '^1\.\.' "$1.tap")" "$n 1" "hostile names: TAP has every test"
}
if command -v python3 >/dev/null; then
	run -j 4 --junit=c.xml --tap=c.tap --json=c.json --trace=c.trace \
		--github=c.md --html=c.html --record=c.shmres one/names.so \
		two/names.so --programs=one/names.list --programs=two/names.list \
		"${hostile[@]}"
	is "$status $(last_line "$out")" "1 0 passed, $n failed" \
		"hostile names: the counts"
	is "$(tr -d '\n[:print:]\200-\377' <out | wc -c)" 0 \
		"hostile names: no control byte reaches a terminal"
	well_formed c
	is "$(sort -u <<<"$told_names" | wc -l)" "$n" \
		"hostile names: each is another, with its suite"
	is "$(cut -d/ -f2- <<<"$told_names" | sort | uniq -c | awk '{ print $1 }' |
		sort -u)" 2 "hostile names: each is in both suites"
	is "$(sed -n 's/.*\(n::n*\)".*/\1/p' <<<"$told_names" | awk '{ print length }' |
		xargs)" "10003 10003" "hostile names: 10,000 letters are told"
	is "$(find . "$TMPDIR" -name '*twin*' -o -name '*nnnn*' -o -name 'passwd')" \
		"" "hostile names: no file is named after one"
	same_again c.shmres c
	run --resume=c.shmres one/names.so two/names.so
	like "$err" 'of 4 tests 4 had ended before' \
		"hostile names: a recording knows them again"
	run -f "$(printf 'n::'; printf 'n%.0s' {1..10000})" one/names.so
	is "$(last_line "$out")" "0 passed, 1 failed" \
		"hostile names: 10,000 letters can be asked for"
else
	skip "there is no python3" "hostile names" 16
fi
