# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# webdriver.sh - a real, headless Chromium, driven as people would (WebDriver:
# chromedriver and curl).  Sourced behind lib.sh by tests of pages; skips them
# where there is none.
#
#	open_browser	# a new one
#	go "$tmp/page.html"
#	is "$(js document.title)" "hello" "the title"
#
# SHMRUN_SHOTS=FOLDER keeps the pictures.

for tool in chromium chromedriver curl jq; do
	if ! command -v $tool >/dev/null; then
		echo "1..0 # SKIP no $tool: ./bootstrap ci-deps installs it"
		exit 0
	fi
done

driver="$tmp/driver.log"
: >"$driver"
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
