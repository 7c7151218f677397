# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# html.sh pins the HTML report (RPT-8, OUT-4):
# - it is one file, needs nothing from the network, and its own policy lets its
#   one script run and no other;
# - it is well-formed, and its numbers are those of the recording;
# - what tests print is text in it, and nothing turns or hides it;
# - however much fails, it stays small and says what is left out;
# - without styles and scripts nothing that matters is missing: no style and no
#   handler stands in an element.

. "${top_srcdir:-.}/tests/cli/lib.sh"
plan 29

page="$tmp/a.html"

# ask XPATH: of the page, whatever the namespace.
ask()
{
	xmllint --nonet --xpath "$1" "$page" 2>/dev/null
}

# stat CLASS WORD: a number of the header, without commas.
stat_of()
{
	ask "string(//*[@class='stats']/*[contains(., '$1')]/*[1])" | tr -d ,
}

# json FILTER: of all that ended.
json()
{
	jq -s "map(select(.event == \"test-finished\")) | $1" "$tmp/a.json"
}

build_suite nasty <<'SUITE'
#include <shmrun.h>
#include <stdio.h>
SHMRUN_TEST(nasty, markup)
{
	puts("</pre></details><script>alert(1)</script><img src=x>&amp;");
	shmrun_check_eq_str("<b>\"'&", "\x01\x1b[31mred");
}
SHMRUN_TEST(nasty, turned)
{
	puts("a\xe2\x80\xae" "b\xff\x85\xc2\x85");
	shmrun_check_true(0);
}
SUITE

run -j 3 --record="$tmp/a.shmres" --html="$page" --json="$tmp/a.json" \
	"$SUITES/mixed.so" "$SUITES/ctrl.so" "$SUITES/crash.so" \
	"$SUITES/fixtures.so" "$tmp/nasty.so"
is "$status" 1 "a run with a page has its own exit status"
run -j 3 --report=html:"$tmp/b.html" "$SUITES/pass.so"
like "$(head -n 1 "$tmp/b.html")" '^<!DOCTYPE html>$' "--report=html:PATH"
run -j 3 --html "$SUITES/pass.so"
like "$(head -n 1 <<<"$out")" '^<!DOCTYPE html>$' "--html goes to stdout"
like "$err" '^[0-9]+ passed, 0 failed$' "... and people are told on stderr"

# ---- one file ------------------------------------------------------------------

script=$(sed -n '/<script>/,/<\/script>/p' "$page" |
	sed -e '1s/<script>//' -e '$s/<\/script>.*//')
hex=$(printf '%s' "$script" | sha256sum | cut -d ' ' -f 1)
# shellcheck disable=SC2059 # bytes out of a hash
right=$(printf "$(sed 's/../\\x&/g' <<<"$hex")" | base64)
is "$(sed -n "s/.*'sha256-\([^']*\)'.*/\1/p" "$page")" "$right" \
	"the policy lets this script run (src/report/html/script.hash)"
is "$(grep -o '<script' "$page" | wc -l)" 1 "and there is no other"
unlike "$(grep -v '^<script>' "$page")" '<[^>]* (src|href|action)=' \
	"no element points anywhere"
is "$(grep -o 'https*://[a-z0-9./]*' "$page" | sort -u | tr '\n' ' ')" \
	"http://www.w3.org/1999/xhtml http://www.w3.org/2000/svg " \
	"no address but the names of what it is made of"
unlike "$(sed -n '/<style>/,/<\/style>/p' "$page")" 'url\(|@import' \
	"nor in its style"
is "$(grep -c '<[^>]* \(style\|on[a-z]*\)="' "$page")" 0 \
	"no style and no handler in an element"
is "$(grep -c '[<&]' <<<"$script")" 0 "the script is well-formed as XML"

# ---- its numbers -----------------------------------------------------------------

if command -v xmllint >/dev/null && command -v jq >/dev/null; then
	ok "it is well-formed" xmllint --noout --nonet "$page"
	is "$(stat_of passed)" "$(json 'map(select(.outcome == "pass")) | length')" \
		"passed, as recorded"
	is "$(stat_of failed)" "$(json 'map(select(.outcome == "fail")) | length')" \
		"failed"
	is "$(stat_of crashed)" \
		"$(json 'map(select(.outcome == "crash")) | length')" "crashed"
	is "$(ask "count(//*[@id='failures']//*[@class='row'])")" \
		"$(json 'map(select(.outcome == ("fail", "crash", "error", "timeout"))) | length')" \
		"an entry for each failure"
	is "$(ask "count(//*[@id='timeline']//*[@class='fail']/*)")" \
		"$(json 'map(select(.outcome == ("fail", "crash", "error", "timeout")) | select(.start_ns)) | length')" \
		"... and a mark in the timeline for each that began"
	is "$(ask "//*[@id='slowest']//*[@class='row']/*[2]/@data-v" |
		grep -o '[0-9]*' | head -n 50 | tr '\n' ' ')" \
		"$(json 'map(select(.start_ns).duration_ns) | sort | reverse | .[:50] | join(" ")' |
			tr -d '"') " "the slowest are those of the recording"
	is "$(ask "//*[@id='durations']//*[@data-v][1]/@data-v" |
		grep -o '[0-9]*' | awk '{ n += $1 } END { print n }')" \
		"$(json 'map(select(.start_ns)) | length')" \
		"each test that began has a duration"
	is "$(ask "//*[@id='suites']//*[@class='row']/*[2]/@data-v" |
		grep -o '[0-9]*' | awk '{ n += $1 } END { print n }')" \
		"$(json length)" "... and a suite"
else
	skip "no xmllint or no jq" "the page's numbers" 9
fi

# ---- what tests print --------------------------------------------------------------

like "$(cat "$page")" '&lt;/pre&gt;.*&lt;script&gt;alert\(1\)&lt;/script&gt;' \
	"markup in output is text"
like "$(cat "$page")" 'a\\u\{202E\}b\\xFF\\x85\\u\{85\}' \
	"what turns text and what is none is shown"
is "$(LC_ALL=C tr -d '\t\n -~\200-\377' <"$page" | wc -c)" 0 \
	"no control character is in it"

# ---- earlier runs ---------------------------------------------------------------------

build_suite naps <<'SUITE'
#include <shmrun.h>
#include <stdlib.h>
#include <unistd.h>
SHMRUN_TEST(naps, grows)
{
	usleep((unsigned)atoi(getenv("NAP")));
}
SHMRUN_TEST(naps, stays)
{
	usleep(20000);
}
SUITE
export NAP=10000
run -j 1 --record=none --html="$page" "$tmp/naps.so"
is "$(ask "count(//*[@id='slower'])$(
	)+count(//*[@id='slowest']//*[.='usual'])")" 0 \
	"a first run knows of nothing that is usual"
NAP=900000 run -j 1 --record=none --html="$page" "$tmp/naps.so"
is "$(ask "//*[@id='slower']//*[@class='row']//*[local-name()='code']/text()")" \
	naps::grows "what is slower than in earlier runs is named (EST-4)"
is "$(ask "count(//*[@id='slowest']//*[@class='row']/*[4][contains(., 'ms')])")" \
	2 "... and what is usual stands beside each"

# ---- much ----------------------------------------------------------------------------

build_suite loud <<'SUITE'
#include <shmrun.h>
#include <string.h>
#include <unistd.h>
SHMRUN_RANGE(loud, fails, 2000)
{
	char text[20000];

	memset(text, '<', sizeof(text));
	if (write(1, text, sizeof(text)) < 0)
		return;
	shmrun_check_true(0);
}
SUITE
run -j 2 -q --record=none --html="$page" "$tmp/loud.so"
ok "2,000 loud failures fit ($(wc -c <"$page") bytes)" \
	test "$(wc -c <"$page")" -lt 409600
like "$(cat "$page")" 'of which [0-9,]+ in the middle are not shown here' \
	"what was cut of an output is said"
like "$(cat "$page")" '[0-9,]+ more are not listed here' \
	"and how many failures are not listed"
