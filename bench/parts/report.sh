# SPDX-License-Identifier: MIT
# report.sh: what reports of a million tests cost, and how large and how quick
# the page for a browser is.

. "${top_srcdir:?}/bench/lib.sh"

many=$(size 1000000 2000)
reports=(html junit json tap trace)

round()
{
	local name cpu
	for name in "${reports[@]}"; do
		cpu=$("$built/report" $name "$many" "$tmp/$name") ||
			broken "the report $name"
		sample $name "$(calc "$cpu / 1e6")"
	done
}

# In the milliseconds that a browser takes to load, lay out and run a page.
drawn()
{
	local port session at flags ms
	: >"$tmp/driver"
	chromedriver --port=0 >"$tmp/driver" 2>&1 &
	driver=$!
	for ((i = 0; i < 100; i++)); do
		port=$(sed -n 's/.*successfully on port \([0-9]*\)\..*/\1/p' \
			"$tmp/driver")
		[ -z "$port" ] || break
		sleep 0.1
	done
	flags='["--headless=new","--no-sandbox","--disable-gpu","--no-first-run","--user-data-dir='$tmp/profile'"]'
	session=$(curl -s -m 60 "http://127.0.0.1:$port/session" -d '{
		"capabilities": {"alwaysMatch": {"goog:chromeOptions":
			{"args": '"$flags"'}}}}' | jq -r .value.sessionId)
	at="http://127.0.0.1:$port/session/$session"
	curl -s -m 60 "$at/url" -d "{\"url\": \"file://$1\"}" >/dev/null
	ms=$(curl -s -m 60 "$at/execute/sync" -d '{"args": [], "script":
		"return performance.getEntriesByType(\"navigation\")[0].loadEventEnd"}' |
		jq -r .value)
	curl -s -m 20 -X DELETE "$at" >/dev/null
	kill "$driver"
	wait "$driver" 2>/dev/null
	echo "$ms"
}

# What JUnit keeps until the end; JSON lines keep nothing.
kept()
{
	measured -m "$built/report" json "$many" "$tmp/json"
	sample json_kb "$hwm"
	measured -m "$built/report" junit "$many" "$tmp/junit"
	sample junit_kb "$hwm"
}

for_rounds round
for_rounds kept
figure "html of $many tests, 64 workers: size" \
	"$(calc "$(wc -c <"$tmp/html") / 1024")" KiB '<' 400
figure "... CPU" "$(median html)" ms
if command -v chromium && command -v chromedriver && command -v curl &&
	command -v jq; then
	mv "$tmp/html" "$tmp/page.html"
	figure "... drawn by Chromium" "$(drawn "$tmp/page.html")" ms '<=' 1000
else
	skipped "... drawn by Chromium" "no chromium and chromedriver"
fi >"$tmp/drawn"
grep -v '^/' "$tmp/drawn"
figure "junit: CPU" "$(median junit)" ms '<=' 1500
figure "... memory beyond that of json" \
	"$(calc "$(minus junit_kb json_kb) / 1024")" MiB '<=' 16
figure "json: CPU per event" "$(calc "$(median json) * 1000 / $many")" us '<=' 2
figure "tap: CPU" "$(median tap)" ms
figure "trace: CPU" "$(median trace)" ms
