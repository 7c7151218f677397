# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# browser.sh pins the HTML report as people see it, in a real, headless
# Chromium (webdriver.sh):
# - the page is drawn without an error and asks for nothing from outside;
# - what is typed into the filter hides the rows and dims the spans that do not
#   fit, "/" goes there, Escape shows all again;
# - a click on a head sorts, dragging over the timeline zooms, hovering names a
#   test;
# - dark and light follow what the user prefers;
# - with neither scripts nor styles, as under Jenkins' policy, failures, tables
#   and picture still show, and no dead filter does;
# - its numbers are those of the recording, also of many tests.
#
# SHMRUN_SHOTS=FOLDER keeps the pictures.

. "${top_srcdir:-.}/tests/cli/lib.sh"
. "${top_srcdir:-.}/tests/cli/webdriver.sh"
plan 27

visible='(e => e.checkVisibility ? e.checkVisibility() : e.offsetParent !== null)'
shown_rows="[...document.querySelectorAll('.row')].filter(e => !e.hidden).length"

# ---- pages ---------------------------------------------------------------------

page="$tmp/page.html"
run -j 4 --record=none --html="$page" --json="$tmp/page.json" \
	"$SUITES/mixed.so" "$SUITES/crash.so" "$SUITES/ctrl.so" \
	"$SUITES/fixtures.so"
failed=$(jq -s 'map(select(.event == "test-finished" and
	(.outcome == ("fail", "crash", "timeout", "error")))) | length' \
	"$tmp/page.json")

# ---- it works ------------------------------------------------------------------

open_browser
go "$page"
is "$(js 'document.title' | cut -d ' ' -f 1,2)" "$failed failed," \
	"the title says how it went"
is "$(console)" "" "no error, and no complaint of the policy"
is "$(js 'performance.getEntriesByType("resource").length')" 0 \
	"nothing else is asked for"
ok "it is drawn in less than 10 s (in $(js 'Math.round(
	performance.getEntriesByType("navigation")[0].loadEventEnd)') ms)" \
	test "$(js 'Math.round(performance.getEntriesByType("navigation")[0]
		.loadEventEnd)')" -lt 10000
is "$(js 'document.querySelectorAll("#failures details.row").length')" \
	"$failed" "all failures are in it"
is "$(js "$visible(document.querySelector('#filter'))")" true \
	"there is a filter"
ok "light" shot light
is "$(js 'getComputedStyle(document.body).backgroundColor')" \
	"rgb(246, 247, 249)" "... is light"

all=$(js "$shown_rows")
escape=$'\xee\x80\x8c' # the key, as WebDriver calls it: U+E00C
keys "/"
is "$(js 'document.activeElement.id')" filter "/ goes to the filter"
keys "STACK sigsegv"
# Only what has both words.
is "$(js "[...document.querySelectorAll('#failures .row')].filter(
	e => !e.hidden).map(e => e.querySelector('code').textContent).join()")" \
	"crash::stack_overflow" "what is typed leaves the failures that fit"
is "$(js "document.querySelector('#found').textContent")" \
	"$(js "$shown_rows") of $all entries" "... and says how many"
ok "... spans that do not are dim" test "$(js \
	'document.querySelectorAll("#timeline .dim").length')" -gt 0
is "$(js 'document.querySelectorAll(
	"#timeline .fail rect:not(.dim)").length')" 0 \
	"... of a name and a message together none is left"
shot filtered
keys "$escape"
is "$(js "$shown_rows")" "$all" "Escape shows all again"

js 'document.querySelector("#slowest th").click()' >/dev/null
names='[...document.querySelectorAll("#slowest .row code")].map(e => e.textContent)'
is "$(js "$names.join('|')")" "$(js "$names.sort().join('|')")" \
	"a click on a head sorts by it"

js 'document.querySelector("#timeline").scrollIntoView()' >/dev/null
IFS=' ' read -r left top wide high <<<"$(js '((b, p) => [
	b.left + p.getAttribute("x") * b.width / 1120, b.top,
	p.getAttribute("width") * b.width / 1120,
	p.getAttribute("height") * b.width / 1120].map(Math.round).join(" "))(
	document.querySelector("#timeline").getBoundingClientRect(),
	document.querySelector("#timeline .plot"))')"
middle=$((top + high - 10))
pointer $((left + wide / 4)),$middle down $((left + wide / 2)),$middle up
box='document.querySelector("#timeline .plot").getAttribute("viewBox").split(" ")'
ok "dragging zooms: $(js "${box}.slice(0, 3).map(Math.round).join()")" test \
	"$(js "Math.round(${box}[0])")" -gt 20000 -a \
	"$(js "Math.round(${box}[2])")" -lt 30000
pointer $((left + wide / 2)),$middle down $((left + wide - 9)),$middle up
ok "... and again: $(js "${box}.slice(0, 3).map(Math.round).join()")" test \
	"$(js "Math.round(${box}[0])")" -gt 35000 -a \
	"$(js "Math.round(${box}[2])")" -lt 15000
pointer $((left + wide / 3)),$middle
like "$(js '(t => t.hidden + " " + t.textContent)(document.querySelector(
	"#tip"))')" '^false .*[0-9] m?s.* w[0-9]+$' \
	"hovering tells the test or the time, and the worker"
is "$(js 'document.querySelector("#timeline .grid").getAttribute("d")
	.split("M").length')" "$(js 'document.querySelectorAll("#ticks text")
	.length + 1')" "... with a line for each time that is named"
shot zoomed
keys "$escape"
is "$(js "${box}.slice(0, 3).join()")" "0,0,100000" "Escape shows the whole run"

# ---- dark ----------------------------------------------------------------------

open_browser --blink-settings=preferredColorScheme=0
go "$page"
ok "dark" shot dark
is "$(js 'getComputedStyle(document.body).backgroundColor')" \
	"rgb(18, 22, 28)" "... is dark"

# ---- neither scripts nor styles --------------------------------------------------

sed 's|<head>|<head><meta http-equiv="Content-Security-Policy" content="default-src '\''none'\''; img-src '\''self'\''; style-src '\''self'\''"/>|' \
	"$page" >"$tmp/bare.html"
open_browser
go "$tmp/bare.html"
is "$(js "$visible(document.querySelector('#filter'))")" false \
	"under Jenkins' policy there is no dead filter"
is "$(js "[...document.querySelectorAll('#failures details.row > summary')].filter($visible).length")" \
	"$(js 'document.querySelectorAll("#failures details.row:not(.more .row) > summary").length')" \
	"... the failures show"
is "$(js '(b => b.width > 500 && b.height > 20)(document.querySelector(
	"#timeline .plot").getBoundingClientRect())')" true \
	"... the timeline has its size"
is "$(js 'getComputedStyle(document.querySelector(
	"#timeline .fail rect")).fill')" "rgb(217, 72, 59)" "... and its colours"
ok "bare" shot bare
