# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# browser.sh pins the HTML report as people see it, in a real, headless
# Chromium that is driven as they would (WebDriver: chromedriver and curl):
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

for tool in chromium chromedriver curl jq; do
	if ! command -v $tool >/dev/null; then
		echo "1..0 # SKIP no $tool: ./bootstrap ci-deps installs it"
		exit 0
	fi
done
plan 27

# ---- a browser -----------------------------------------------------------------

driver="$tmp/driver.log"
chromedriver --port=0 >"$driver" 2>&1 &
driver_pid=$!
quit()
{
	local status=$?
	[ -z "${session-}" ] || curl -s -m 20 -X DELETE "$at" >/dev/null
	kill "$driver_pid" 2>/dev/null
	wait "$driver_pid" 2>/dev/null
	(exit "$status")
	tap_end
}
trap quit EXIT
has_port()
{
	port=$(sed -n 's/.*successfully on port \([0-9]*\)\..*/\1/p' "$driver")
	[ -n "$port" ]
}
wait_until 30 has_port

# open_browser ARGUMENT...: a new one; $at is its address.
open_browser()
{
	local flags
	[ -z "${session-}" ] || curl -s -m 20 -X DELETE "$at" >/dev/null
	flags=$(printf '%s\n' --headless=new --no-sandbox --disable-gpu \
		--disable-quic --no-first-run --disable-background-networking \
		--disable-component-update --disable-sync --hide-scrollbars \
		--window-size=1280,1400 "--user-data-dir=$tmp/profile.$RANDOM" \
		"$@" | jq -R . | jq -s .)
	session=$(curl -s -m 60 "http://127.0.0.1:$port/session" -d '{
		"capabilities": {"alwaysMatch": {
			"goog:loggingPrefs": {"browser": "ALL"},
			"goog:chromeOptions": {"args": '"$flags"'}}}}' |
		jq -r .value.sessionId)
	at="http://127.0.0.1:$port/session/$session"
}

# post WHAT JSON: the value of the answer.
post()
{
	curl -s -m 60 "$at/$1" -d "$2" | jq -r .value
}

# go FILE
go()
{
	post url "$(jq -n --arg url "file://$1" '{url: $url}')" >/dev/null
}

# js EXPRESSION: its value.
js()
{
	post execute/sync "$(jq -n --arg s "return $1" \
		'{script: $s, args: []}')"
}

# keys TEXT: typed, wherever the focus is.
keys()
{
	post actions "$(jq -n --arg t "$1" '{actions: [{type: "key", id: "k",
		actions: [$t | split("")[] |
			({type: "keyDown", value: .},
			 {type: "keyUp", value: .})]}]}')" >/dev/null
}

# pointer STEP...: moves (X,Y), "down" and "up".
pointer()
{
	local step list=()
	for step; do
		case $step in
		down | up)
			list+=("{\"type\":\"pointer${step^}\",\"button\":0}") ;;
		*)
			list+=("{\"type\":\"pointerMove\",\"duration\":20,\"x\":${step%,*},\"y\":${step#*,}}") ;;
		esac
	done
	post actions "{\"actions\":[{\"type\":\"pointer\",\"id\":\"m\",\"actions\":[$(
		IFS=,
		echo "${list[*]}"
	)]}]}" >/dev/null
}

# shot NAME: a picture, which is no blank page.
shot()
{
	local file="${SHMRUN_SHOTS:-$tmp}/$1.png"
	curl -s -m 60 "$at/screenshot" | jq -r .value | base64 -d >"$file"
	[ "$(head -c 4 "$file" | tail -c 3)" = PNG ] &&
		[ "$(wc -c <"$file")" -gt 20000 ]
}

# Messages of the console, each a line.
console()
{
	curl -s -m 20 "$at/se/log" -d '{"type": "browser"}' |
		jq -r '.value[]?.message'
}

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
