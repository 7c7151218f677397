# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# viewer.sh pins the trace as people see it (RPT-7): a viewer that is none of
# ours, speedscope in Chromium (webdriver.sh), reads it without a complaint; it
# has a track for each worker, on it the tests that the worker ran, for as long
# as they ran, and none is drawn as a part of another, however closely they
# follow each other.

. "${top_srcdir:-.}/tests/cli/lib.sh"

viewer=$(find "$(cd "${top_srcdir:-.}" && pwd)/_build-viewer" -name index.html \
	2>/dev/null)
[ -n "$viewer" ] || skip_all "no viewer: ./bootstrap ci-deps installs it"
. "${top_srcdir:-.}/tests/cli/webdriver.sh"
plan 11

# What it draws on.
open_browser --use-gl=angle --use-angle=swiftshader --enable-unsafe-swiftshader

# view TRACE: opens it.
view()
{
	printf 'speedscope.loadFileFromBase64("run", "%s")' \
		"$(base64 -w 0 "$1")" >"$tmp/load.js"
	go "/dev/null"
	go "$viewer#localProfilePath=$tmp/load.js"
	wait_until 60 is_loaded || diag "$(console)"
}

# The track that is shown, "w0 (pid 1, tid 0) (1/2)".
track()
{
	js '[...document.querySelectorAll("div")].map(e => e.textContent)
		.filter(t => /^w[0-9]+ \(pid 1, tid [0-9]+\)/.test(t)).sort(
		(a, b) => a.length - b.length)[0] || ""'
}

is_loaded()
{
	[ "$(js document.title)" = "run - speedscope" ]
}

# Of the table of what was drawn: total time, time without parts, and name.
table()
{
	js '[...document.querySelectorAll("tr")].map(r => [...r.cells].map(
		c => c.textContent)).filter(r => r.length == 3 &&
		/ {.generation/.test(r[2])).map(r => r.join("\t")).join("\n")'
}

# What is drawn as a part of something else, or has such parts.
nested()
{
	table | awk -F '\t' '$1 != $2'
}

complaints()
{
	console | grep -E 'Tried to end|still open|rror'
}

# ---- a run -------------------------------------------------------------------

# All in both.
run -j 2 --dist=each --record=none --trace="$tmp/trace" --json="$tmp/json" \
	"$SUITES/mixed.so" "$SUITES/ctrl.so"
view "$tmp/trace"
is "$(complaints)" "" "the viewer has no complaint"
for slot in 0 1; do
	[ $slot = 0 ] || keys n
	like "$(track)" "^w$slot \\(pid 1, tid $slot\\) ?\\($((slot + 1))/2\\)" \
		"a track for w$slot"
	[ $slot = 0 ] || shot track
	keys 3
	wait_until 30 eval '[ -n "$(table)" ]'
	is "$(table | cut -f 3 | sort)" "$(jq -r "select(.event ==
		\"test-finished\" and .slot == $slot and .start_ns) | .test +
		\" {\\\"generation\\\":\(.generation)}\"" "$tmp/json" | sort)" \
		"... with the tests that it ran"
	is "$(nested)" "" "... one behind the other"
	shot table
	keys 1
done

# ---- closely -------------------------------------------------------------------

EMPTY_COUNT=25 run -j 1 --record=none --trace="$tmp/trace" --json="$tmp/json" \
	-f 'many::*' "$SUITES/manyempty.so"
is "$status" 0 "tests that follow at once"
view "$tmp/trace"
is "$(complaints)" "" "... are read without a complaint"
keys 3
wait_until 30 eval '[ -n "$(table)" ]'
is "$(table | wc -l)" 25 "... each is there"
is "$(nested)" "" "... and none is a part of another"
