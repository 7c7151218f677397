#!/bin/bash
# SPDX-License-Identifier: MIT
# --repeat=N: each selected test runs N times, at once where workers are free;
# each time is a test of its own in every report, and what passes at some times
# and fails at others is unstable (RTY-3, ACC-5, VAR-9, STATE-1, NEW-8's bound); -x stops;
# the same in each mode; resumed and merged time by time.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 47

suite="$SUITES/repeat.so"

# told FILE: how many different points a TAP report has.
told()
{
	sed -n 's/^\(not \)\?ok [0-9]* - //p' "$tmp/$1" | sort -u | wc -l
}

run -j 2 --no-timings --repeat=3 --record="$tmp/r.shmres" --tap="$tmp/tap" \
	--json="$tmp/json" --junit="$tmp/xml" --github="$tmp/md" \
	--html="$tmp/html" -f 'some::*' "$suite"
is "$status $(last_line "$out")" "1 5 passed, 4 failed, 3 skipped" \
	"each time counts, and one failure is enough"
like "$out" '^repeat: each of 4 tests 3 times$' "the plan is told"
like "$out" '^ +FAIL .* some::odd \(iteration 2\) \(w[01]\)$' \
	"a time has its number"
like "$out" '^unstable:' "there is an unstable one"
is "$(grep -cE '^ +[0-9]+/[0-9]+ ' <<<"$out")" 1 "... just one"
like "$out" '^ +1/3 some::odd$' "... which failed once"
like "$out" '^of 3 tests, each 3 times: 1 passed always, 1 failed always, 1 unstable$' \
	"tests are counted by what came of all times"
like "$out" '^p\(fail\) of each that passed always: < 63 %, at 95 % confidence$' \
	"three times say little (NEW-8)"
is "$(told tap)" 12 "TAP: no name twice"
like "$(cat "$tmp/tap")" '^# unstable: some::odd: failed 1 times of 3$' \
	"TAP: which is unstable"
like "$(cat "$tmp/md")" \
	'^\| some::odd \| unstable \| \| failed at 1 of 3 times \|$' \
	"GitHub's summary, too"
is "$(sed -n '/id="unstable"/,/<.section>/s/.*<code>\(.*\)<.code>.*/\1/p' \
	"$tmp/html")" some::odd "... and the page"
is "$(grep -o '<testcase [^>]* name="[^"]*"' "$tmp/xml" |
	sed 's/.* name=//' | sort -u | wc -l)" 12 "JUnit: no name twice"
like "$(cat "$tmp/json")" \
	'"test":"some::odd","iteration":2,"outcome":"fail"' \
	"JSON: the number is a key of its own"
like "$(cat "$tmp/json")" \
	'"event":"test-unstable",.*"test":"some::odd","failed":1,"times":3' \
	"JSON: the unstable ones"

"$SHMRUN" report "$tmp/r.shmres" --tap="$tmp/tap2" --junit="$tmp/xml2" \
	--json="$tmp/json2" >/dev/null 2>&1
for report in tap xml json; do
	ok "the recording makes the same $report" \
		cmp "$tmp/$report" "$tmp/${report}2"
done

# ---- all modes ------------------------------------------------------------

for mode in load longest worksteal loadscope loadgroup no; do
	run -j 3 --dist=$mode --repeat=4 --tap="$tmp/tap" -f 'all::*' "$suite"
	is "$status $(last_line "$out") $(told tap)" "0 28 passed, 0 failed 28" \
		"$mode: each test each time, once"
done
run -j 3 --order=random --repeat=4 -f 'all::*' "$suite"
is "$status $(last_line "$out")" "0 28 passed, 0 failed" "in any order"
run -j 2 --dist="$EXAMPLES/scheduler/shortest.so" --repeat=3 --tap="$tmp/tap" \
	-f 'all::*' "$suite"
is "$status $(last_line "$out") $(told tap)" "0 21 passed, 0 failed 21" \
	"by a plug-in's order: each test each time, once"
run -j 2 --dist=each --repeat=2 "$suite"
is "$status" 2 "each has its own times"
like "$err" 'repeat and --dist each exclude each other$' "... and says so"
run --repeat=0 "$suite"
is "$status" 2 "no time is no number"
MEETING="$tmp/meeting"
: >"$MEETING"
export MEETING
run -j 2 --no-timings --repeat=2 -f 'two::meet' "$suite"
is "$status $(last_line "$out")" "0 2 passed, 0 failed" \
	"one test runs twice at once"
run -j 2 --dry-run --repeat=2 -f 'some::odd' "$suite"
is "$(grep -c ' some::odd (' <<<"$out")" 2 "--dry-run shows each time"

# ---- with what else runs tests again --------------------------------------

run -j 2 --no-timings --repeat=2 -f 'flaky::second_time' "$SUITES/flaky.so"
like "$out" '^2 flaky, 2 retries$' "each time has its own attempts"
like "$out" '^of 1 test, each 2 times: 1 passed always' \
	"what passes at last passed"
unlike "$out" 'p\(fail\)' "... but it failed: nothing is known of it"
run -j 2 --no-timings --repeat=20000 -f 'some::steady' "$suite"
like "$out" 'always: < 0.015 %, at 95 % confidence$' "many times say much"
run -j 2 --no-timings --recheck --repeat=2 -f 'some::odd' "$suite"
is "$(grep -cE '^ +ALONE FAIL .* some::odd \(iteration 2\)' <<<"$out")" 1 \
	"--recheck looks at the time that failed"
cat >"$tmp/second" <<'EOF'
#!/bin/sh
exit $((SHMRUN_ITERATION == 2))
EOF
chmod +x "$tmp/second"
run -j 2 --no-timings --repeat=3 --command="$tmp/second"
is "$status $(last_line "$out")" "1 2 passed, 1 failed" \
	"a program knows its time"
# What passed last time and fails each time now is no broken environment.
printf '#!/bin/sh\ntest ! -e %s\n' "$tmp/broken" >"$tmp/fickle"
chmod +x "$tmp/fickle"
run -j 2 --command="$tmp/fickle"
touch "$tmp/broken"
run -j 4 --repeat=4 --command="$tmp/fickle"
is "$status $(last_line "$out")" "1 0 passed, 4 failed" \
	"times of one test are not several canaries (EXIT-6)"
run -j 2 -f 'some::never' "$suite"
run -j 2 --last-failed --repeat=2 "$suite"
is "$(last_line "$out")" "0 passed, 2 failed" "what failed last time, twice"

# ---- stopped, resumed, merged ----------------------------------------------

run -j 1 --no-timings --repeat=4 -x --record="$tmp/a.shmres" \
	-f 'some::odd' -f 'some::steady' "$suite"
is "$status $(last_line "$out")" "1 2 passed, 1 failed, 5 skipped" \
	"-x: no time after the first failure"
run -j 1 --no-timings --repeat=4 --resume="$tmp/a.shmres" --tap="$tmp/tap" \
	--record="$tmp/b.shmres" -f 'some::odd' -f 'some::steady' "$suite"
is "$status $(last_line "$out")" "1 4 passed, 1 failed" \
	"what is left of the times"
like "$err" 'of 8 tests 3 had ended before, 1 of them failed$' "... is told"
is "$(sed -n 's/^.*ok [0-9]* - some::\(.*\)$/\1/p' "$tmp/tap" | xargs)" \
	"steady (iteration 2) odd (iteration 3) steady (iteration 3) odd (iteration 4) steady (iteration 4)" \
	"... with their numbers"
run merge "$tmp/a.shmres" "$tmp/b.shmres" --tap="$tmp/tap"
is "$(last_line "$out") $(told tap)" "6 passed, 2 failed 8" \
	"both are one run of each time"
like "$out" '^ +2/4 some::odd$' "... and say what is unstable"
run -j 1 --no-timings --repeat=4 --resume="$tmp/b.shmres" -f 'some::odd' "$suite"
is "$(last_line "$out")" "1 passed, 1 failed" \
	"what a run did not do is not known by it"
run -j 1 --no-timings --resume="$tmp/a.shmres" -f 'some::odd' "$suite"
is "$status $(last_line "$out")" "0 0 passed, 0 failed" \
	"once: the first time has ended"
