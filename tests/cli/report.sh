# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# report.sh pins reports for machines (RPT-3, RPT-4, RPT-6, RPT-7, RPT-9):
# - report makes of the golden recordings what it always made, and of a run
#   what the run itself wrote, byte for byte (REC-2);
# - JUnit is well-formed and within the schema whatever tests print or are
#   called (OUT-4), also in parts of at most 25 MB; TAP, JSON lines and trace
#   are read by prove, jq and jq;
# - with a machine format on stdout people are told on stderr; two of them on
#   stdout, or an unknown name, is exit 2;
# - a file is there whole or as it was before (OUT-5); what cannot be written
#   is exit 3 and the verdict is still told (OUT-6);
# - a run that did not end well is never all green, nor one that ended before it
#   began: what an earlier run wrote does not stay (STATE-13, TIME-13).

. "${top_srcdir:-.}/tests/cli/lib.sh"
plan 77

golden=${top_srcdir:-.}/tests/cli/golden
schema=${top_srcdir:-.}/tests/cli/junit.xsd

# with TOOL NAME COMMAND...: a result, or a skip where there is no such tool.
with()
{
	local tool=$1 name=$2
	shift 2
	if command -v "$tool" >/dev/null; then
		ok "$name" "$@"
	else
		skip "$tool is not installed" "$name"
	fi
}

is_junit()
{
	xmllint --noout --nonet --schema "$schema" "$@" 2>"$tmp/lint" ||
		{ diag "$(head -n 20 "$tmp/lint")"; return 1; }
}

# ---- golden ------------------------------------------------------------------

mkdir "$tmp/golden"
bash "$golden/make" "$SHMRUN" "$tmp/golden"
for name in run cut; do
	for kind in txt tap tap14 xml jsonl trace md html; do
		ok "golden $name.$kind" \
			diff -u "$golden/$name.$kind" "$tmp/golden/$name.$kind"
	done
done

# ---- live and replayed -------------------------------------------------------

run -j 2 --record="$tmp/a.shmres" --junit="$tmp/a.xml" --tap="$tmp/a.tap" \
	--json="$tmp/a.json" --trace="$tmp/a.trace" --github="$tmp/a.md" \
	--html="$tmp/a.html" \
	"$SUITES/mixed.so" "$SUITES/ctrl.so" "$SUITES/crash.so"
is "$status" 1 "a run with reports has its own exit status"
# told: what people read, and behind it what GitHub does: which of the two is
# written first depends on how many events come at once.
told()
{
	sed 1d "$tmp/out" | grep -v '^::'
	grep '^::' "$tmp/out"
}
live=$(told)
run report "$tmp/a.shmres" --junit="$tmp/b.xml" --tap="$tmp/b.tap" \
	--json="$tmp/b.json" --trace="$tmp/b.trace" --github="$tmp/b.md" \
	--html="$tmp/b.html"
is "$status" 1 "... and so has its report"
is "$(told)" "$live" "... which tells people the same"
for kind in xml tap json trace md html; do
	ok "... and machines: $kind" cmp "$tmp/a.$kind" "$tmp/b.$kind"
done

# ---- who reads it --------------------------------------------------------------

with xmllint "JUnit of hostile output fits the schema" is_junit "$tmp/a.xml"
like "$(tr -d '\000' <"$tmp/a.xml")" '\\x01.*\\xFF|\\x00' \
	"... and shows the bytes that XML cannot hold"
counts()
{
	jq -s 'map(select(.event == "test-finished")) | length' "$tmp/a.json"
}
with jq "JSON lines hold every test once" \
	test "$(counts)" = "$(sed -n 's/^1\.\.//p' "$tmp/a.tap")"
drawn()
{
	jq '[.traceEvents[] | select(.ph == "X")] | length' "$tmp/a.trace"
}
with jq "the trace is JSON, with an event for each that began" \
	test "$(drawn)" = "$(grep -c '"start_ns"' "$tmp/a.json")"
tap_read()
{
	prove --exec cat "$1" >"$tmp/prove" 2>&1
	! grep -Eq 'Parse errors|No plan|out of sequence' "$tmp/prove"
}
with prove "prove reads the TAP" tap_read "$tmp/a.tap"

# ---- stdout --------------------------------------------------------------------

run -j 2 --tap "$SUITES/pass.so"
like "$(head -n 1 <<<"$out")" '^TAP version 13$' "--tap goes to stdout"
like "$err" '^[0-9]+ passed, 0 failed$' "... and people are told on stderr"
run -j 2 --tap --json=- "$SUITES/pass.so"
is "$status" 2 "two reports on stdout are a usage error"
run -j 2 --report=tapp "$SUITES/pass.so"
is "$status:$err" \
	"2:shmrun: --report: 'tapp' is not one of tap, tap14, junit, json, github, trace, html" \
	"so is an unknown report, and the known ones are named"

# STATE-13: what is on stdout cannot be written again.
run --junit=- --teardown=false "$SUITES/pass.so"
like "$out" '<error type="run" message="teardown .false. ended with status 1"/>' \
	"JUnit on stdout waits for a teardown, and is not all green"
run --junit=- --json=/dev/full "$SUITES/pass.so"
like "$out" '<error type="run" message="could not write the json report: ' \
	"... and for the other reports"
run --html=- --teardown=false "$SUITES/pass.so"
like "$out" 'teardown .*false.* ended with status 1' "a page does so, too"

# ---- what cannot be written ------------------------------------------------------

run -j 2 --report=json:/dev/full "$SUITES/pass.so"
is "$status" 3 "a report that cannot be written is exit 3"
like "$err" 'could not write the json report' "... and said"
is "$(grep '^exit ' <<<"$out")" \
	"exit 3: could not write the json report: No space left on device" \
	"... also where others say how the run ended (EXIT-10)"
like "$out" '^[0-9]+ passed, 0 failed$' "... with the verdict"
for path in no/such.xml no/such/ empty/; do
	mkdir -p "$tmp/empty/shmrun-0001.xml"
	run -j 2 --junit="$tmp/$path" "$SUITES/pass.so"
	is "$status $(grep -c passed "$tmp/out")" "3 0" \
		"--junit=$path, where no file can be, before a test runs"
	like "$err" "^shmrun: report junit: cannot (write|make) $tmp/$path" \
		"... and is named"
done
for kind in junit tap; do
	run -j 2 --$kind= "$SUITES/pass.so"
	is "$status $err" "2 shmrun: --$kind: the path is empty" \
		"an empty path is a usage error: $kind"
done
echo before >"$tmp/kept.xml"
start -j 1 --junit="$tmp/kept.xml" --tap="$tmp/kept.tap" -f sleep::\* \
	"$SUITES/sleepy.so"
has_begun()
{
	[ -n "$(find "$tmp" -name 'kept.tap.*')" ]
}
wait_until 20 has_begun
kill -KILL "$pid"
finish
is "$(cat "$tmp/kept.xml")" before "a file is as it was until the run has ended"
is "$(find "$tmp" -name 'kept.xml?*')" "" "... and nothing is beside JUnit's"

# ---- what never began ------------------------------------------------------------

# unrun STATUS WHY ARGUMENT...
unrun()
{
	local wanted=$1 why=$2 kind
	shift 2
	for kind in xml tap json html; do
		echo "all was well" >"$tmp/un.$kind"
	done
	run --record=none --junit="$tmp/un.xml" --tap="$tmp/un.tap" \
		--json="$tmp/un.json" --html="$tmp/un.html" "$@"
	is "$status" "$wanted" "exit $wanted: no test was run"
	like "$(cat "$tmp/un.xml")" "<error type=\"run\" message=\"$why\"/>" \
		"... JUnit says so"
	is "$(tail -n 1 "$tmp/un.tap")" "Bail out! $why" "... TAP"
	like "$(cat "$tmp/un.json")" \
		"\"run-finished\",.*\"exit_status\":$wanted,\"why\":\"$why\"" \
		"... JSON lines"
	like "$(cat "$tmp/un.html")" "$why" "... and the page"
}
unrun 6 "setup 'false' ended with status 1" --setup=false "$SUITES/pass.so"
unrun 4 "no test is selected" -f 'no::such' "$SUITES/pass.so"
with xmllint "within the schema" is_junit "$tmp/un.xml"
unrun 5 "a suite could not be loaded" "$tmp/no-such.so"
run --dry-run --tap="$tmp/dry.tap" -f 'no::such' "$SUITES/pass.so"
not_ok "a plan that is only shown has no reports" test -e "$tmp/dry.tap"

# ---- what passed -----------------------------------------------------------------

build_suite crowd <<-'END'
	#include <shmrun.h>

	SHMRUN_RANGE(crowd, passes, 100001) {}
	SHMRUN_TEST(crowd, fails) { shmrun_check_true(0); }
END

# cases WHICH [OPTION...]: cases, and what is counted, of a JUnit report.
cases()
{
	"$SHMRUN" report "$tmp/crowd.shmres" --junit="$tmp/p.xml" \
		"--junit-passed=$1" >/dev/null
	echo "$(grep -c '<testcase' "$tmp/p.xml")" \
		"$(grep -o '<testsuite .* tests="[0-9]*" failures="[0-9]*"' \
			"$tmp/p.xml" | sed 's/.* tests/tests/')"
}
counted='tests="100002" failures="1"'
run -j 2 -q --record="$tmp/crowd.shmres" "$tmp/crowd.so"
is "$(cases auto)" "1 $counted" "what passed of very many is only counted"
is "$(cases all)" "100002 $counted" "... unless all are wanted"
run -j 2 -q --record="$tmp/crowd.shmres" -f 'crowd::passes[7]' \
	-f crowd::fails --junit="$tmp/q.xml" --junit-passed=none \
	"$tmp/crowd.so"
is "$(grep -c '<testcase' "$tmp/q.xml"):$(cases none)" \
	'1:1 tests="2" failures="1"' "... or none, live and of a recording"
is "$(cases auto)" '2 tests="2" failures="1"' "of few all are there"
with xmllint "all of it within the schema" is_junit "$tmp/p.xml" "$tmp/q.xml"
run --junit-passed=some "$SUITES/pass.so"
is "$status:$err" \
	"2:shmrun: --junit-passed: 'some' is not one of auto, all, none" \
	"what is neither is a usage error"

# ---- parts ---------------------------------------------------------------------

build_suite loud <<-'END'
	#include <shmrun.h>
	#include <string.h>
	#include <unistd.h>

	SHMRUN_RANGE(loud, fails, 150)
	{
		char text[250000];

		memset(text, '<', sizeof(text));
		if (write(1, text, sizeof(text)) < 0)
			return;
		shmrun_check_true(0);
	}
END
run -j 2 -q --record=none --junit="$tmp/parts/" "$tmp/loud.so"
small_parts()
{
	[ -z "$(find "$tmp/parts" -type f -size +25000000c)" ] &&
		[ "$(find "$tmp/parts" -name '*.xml' | wc -l)" -ge 2 ]
}
ok "a folder gets parts of at most 25 MB" small_parts
is "$(cat "$tmp"/parts/*.xml | grep -c '<testcase')" 150 \
	"... with each test in one of them"
run -j 1 -q --record=none --junit="$tmp/parts/" "$SUITES/pass.so"
is "$(find "$tmp/parts" -type f -printf '%f ')" 'shmrun-0001.xml ' \
	"what an earlier run had more of is gone"
