#!/bin/bash
# SPDX-License-Identifier: MIT
# --retries, --retry-delay, --flaky and .retries: a test that passes only when
# it is run again is flaky in every report, never a pass; its failed attempts
# are counted apart and told; crashes and kills cost no attempt but their own
# (RTY-1, RTY-2, STATE-1, STATE-8, STATE-10, ACC-5, EXIT-0, EXIT-1, STOP-2).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 65

# By attribute.
run -j 2 --order=collection --record="$tmp/r.shmres" --junit="$tmp/r.xml" \
	--tap="$tmp/r.tap" --json="$tmp/r.json" --html="$tmp/r.html" \
	--trace="$tmp/r.trace" --github="$tmp/r.md" "$SUITES/flaky.so"
is "$status" 1 "one that never passes fails the run"
is "$(last_line "$out")" "2 passed, 2 failed" "tests are counted, not attempts"
like "$out" '1 pass, 2 fail, 1 flaky, 3 retries' "flaky is its own class"
like "$out" 'TRY 1 FAIL .*flaky::second_time' "an attempt is told"
like "$out" 'FLAKY 2/3 .*flaky::second_time' "and what became of it"
like "$out" 'TRY 3 FAIL .*flaky::never' "the last attempt has its number"
is "$(grep -c '<flakyFailure ' "$tmp/r.xml")" 1 "JUnit: one flakyFailure"
is "$(grep -o '<rerunFailure ' "$tmp/r.xml" | wc -l)" 2 \
	"JUnit: two rerunFailures behind the failure (STATE-10)"
is "$(grep -o '<failure ' "$tmp/r.xml" | wc -l)" 2 "JUnit: a failure per test"
like "$(cat "$tmp/r.xml")" 'failures="2"' "JUnit: failures are tests"
valid_junit "$tmp/r.xml" "JUnit: the schema of Jenkins holds"
like "$(cat "$tmp/r.tap")" 'ok [0-9] - flaky::second_time # flaky 2/3' \
	"TAP: ok, and flaky"
is "$(grep -c '^\(not \)\?ok' "$tmp/r.tap")" 4 "TAP: a point for each test"
is "$(grep -c '"event":"test-retried"' "$tmp/r.json")" 3 "JSON: attempts"
is "$(grep -c '"event":"test-finished"' "$tmp/r.json")" 4 "JSON: tests"
like "$(cat "$tmp/r.json")" '"outcome":"flaky".*"failed_attempts":1,"tries":3' \
	"JSON: flaky, with its attempts"
like "$(cat "$tmp/r.html")" 'Attempts that failed and were not the last' \
	"HTML: the attempts"
is "$(grep -c '"cat":"fail".*flaky::second_time' "$tmp/r.trace")" 1 \
	"trace: a slice for the attempt"
like "$(cat "$tmp/r.md")" '\(1 flaky\)' "GitHub: the summary says it"
like "$(cat "$tmp/r.md")" \
	'^\| flaky::second&#95;time \| flaky \| .* \| failed 1 time before it passed \|$' \
	"... and which"

# A recording has it all.
same_again "$tmp/r.shmres" "$tmp/r"
run merge "$tmp/r.shmres"
like "$out" '1 pass, 2 fail, 1 flaky, 3 retries' "merge counts the same"

# By option.
run --retries=1 -f 'flaky::if_retried' -f 'flaky::second_time' "$SUITES/flaky.so"
is "$status" 0 "flaky tests do not fail the run"
like "$out" 'exit 0: all selected tests passed, some only when run again' \
	"and the last lines say so"
is "$(last_line "$out")" "2 passed, 0 failed" "a flaky test counts as passed"
run --retries=1 --flaky=fail -f 'flaky::if_retried' --record="$tmp/f.shmres" \
	"$SUITES/flaky.so"
is "$status" 1 "unless --flaky=fail"
like "$out" 'a test passed only when it was run again' "which is said"
run merge "$tmp/f.shmres"
is "$status" 1 "and a merge knows it"
run --retries=off "$SUITES/flaky.so"
is "$(last_line "$out")" "1 passed, 3 failed" "--retries=off is none at all"
run --max-fail=1 -j 1 --order=collection -f 'flaky::second_time' \
	-f 'flaky::first_time' "$SUITES/flaky.so"
is "$(last_line "$out")" "2 passed, 0 failed" \
	"an attempt is no failure for --max-fail (STOP-2)"
run --retry-delay=0.2:exponential -f 'flaky::second_time' "$SUITES/flaky.so"
is "$status" 0 "a delayed one runs"
run --retry-delay=1:later "$SUITES/flaky.so"
is "$status" 2 "a delay is fixed or exponential"
run --retries=101 "$SUITES/flaky.so"
is "$status" 2 "there are at most 100"

# Deaths: of the test, of its worker between, under locks, in units and chains.
build_suite deaths <<'END'
#include <shmrun.h>
#include "hostile.h"
#include <signal.h>
static bool first(void) { return shmrun_attempt() == 1; }
SHMRUN_TEST(deaths, segfaults) { if (first()) raise(SIGSEGV); }
SHMRUN_TEST(deaths, exits) { if (first()) _exit(0); }
SHMRUN_TEST(deaths, hangs, .timeout = 0.1) { while (first()) pause(); }
SHMRUN_TEST(deaths, skips) { if (!first()) shmrun_skip("no"); shmrun_check_true(0); }
SHMRUN_TEST(deaths, not_again, .retries = -1) { shmrun_check_true(!first()); }
static void locked(void)
{
	hostile_append("LOCKED", "<");
	usleep(300);
	hostile_append("LOCKED", ">");
	shmrun_check_true(!first() || shmrun_index() % 3);
}
SHMRUN_RANGE(deaths, locked, 30, .lock = "l") { locked(); }
SHMRUN_RANGE(deaths, many, 200) { if (first() && shmrun_index() % 4 == 0) raise(SIGKILL); }
SHMRUN_TEST(chain, one, .serial = "c") { }
SHMRUN_TEST(chain, two, .serial = "c") { shmrun_check_true(!first()); }
END
export LOCKED="$tmp/locked"
for isolate in worker fork; do
	rm -f "$LOCKED"
	run --isolate=$isolate -j 4 --retries=2 --grace=0.1 --backtrace=never \
		"$tmp/deaths.so"
	is "$(last_line "$out")" "235 passed, 2 failed" \
		"$isolate: what passes later is flaky, a skip is no way out"
	like "$out" '171 pass, 2 fail, 64 flaky, 65 retries' \
		"$isolate: each attempt is counted once"
	is "$(tr -d '\n' <"$LOCKED" | sed 's/<>//g')" "" \
		"$isolate: a lock is held through all attempts (LOCK-1)"
	is "$(tr -cd '<' <"$LOCKED" | wc -c)" 40 "$isolate: and none is lost"
done

# Every slot has its own (EACH-1).
run --dist=each -j 2 -f 'flaky::second_time' "$SUITES/flaky.so"
is "$(last_line "$out")" "2 passed, 0 failed" "each: again on the same worker"
like "$out" 'FLAKY 2/3 .*\(w0\)' "each: w0"
like "$out" 'FLAKY 2/3 .*\(w1\)' "each: w1"

# An interrupted run: what has failed has failed, also when it waits.
build_suite waits <<'END'
#include <shmrun.h>
#include "hostile.h"
#include <signal.h>
SHMRUN_TEST(waits, fails) { shmrun_check_true(0); }
SHMRUN_TEST(waits, interrupts) { usleep(50000); kill(atoi(getenv("RUNNER")), SIGINT); }
END
cat >"$tmp/wrap" <<'END'
#!/bin/bash
export RUNNER=$$
exec "$@"
END
chmod +x "$tmp/wrap"
"$tmp/wrap" "$SHMRUN" --backend="$SHMRUN_TEST_BACKEND" -j 1 --order=collection \
	--retries=1 --retry-delay=30 "$tmp/waits.so" >"$tmp/out" 2>&1
is "$?" 130 "an interrupt does not wait for a delay"
like "$(cat "$tmp/out")" 'run ended before it was run again' \
	"what waited has failed"

# --recheck: which failures are there without the others?
build_suite recheck <<'END'
#include <shmrun.h>
#include "hostile.h"
static bool dirty;
SHMRUN_TEST(recheck, dirties) { dirty = true; }
SHMRUN_TEST(recheck, leans) { shmrun_check_true(!dirty); }
SHMRUN_TEST(recheck, always) { shmrun_check_true(0); }
static void up(int *n) { *n = 7; hostile_append("UP", "up"); }
static void down(const int *n) { (void)n; hostile_append("UP", "down"); }
SHMRUN_RUN_FIXTURE(base, int, up, down)
SHMRUN_TEST(recheck, crashes) { if (*base() == 7) hostile_crash(); }
END
export UP="$tmp/up"
run --recheck -j 1 --order=collection --isolate=worker --backtrace=never \
	--junit="$tmp/k.xml" --json="$tmp/k.json" --tap="$tmp/k.tap" \
	--record="$tmp/k.shmres" "$tmp/recheck.so"
is "$status $(last_line "$out")" "1 1 passed, 3 failed" "recheck: no verdict changes"
like "$out" 'ALONE PASS .*recheck::leans' "recheck: one passes alone"
like "$out" 'FAIL recheck::leans, but not alone' "recheck: the summary knows it"
like "$out" 'FAIL recheck::always, alone as well' "recheck: and what fails always"
like "$out" 'ALONE SIGSEGV .*recheck::crashes' "recheck: a crash is one again"
is "$(grep -c '"event":"test-rechecked"' "$tmp/k.json")" 3 "recheck: JSON"
is "$(grep -c 'alone it passes' "$tmp/k.xml")" 1 "recheck: JUnit"
same_again "$tmp/k.shmres" "$tmp/k"
is "$(xargs <"$UP")" "up down" "recheck: a run fixture stays for it, and comes down"

# Crashes only (CRASH-2).
build_suite dies <<-'END'
	#include <shmrun.h>
	#include "hostile.h"
	SHMRUN_TEST(dies, twice) { if (shmrun_attempt() < 3) hostile_crash(); }
	SHMRUN_TEST(dies, always) { hostile_crash(); }
	SHMRUN_TEST(dies, once, .retries = 1) { hostile_crash(); }
	SHMRUN_TEST(dies, never, .retries = -1) { hostile_crash(); }
	SHMRUN_TEST(dies, fails) { shmrun_check_true(shmrun_attempt() > 1); }
END
for isolate in worker fork; do
	run -j 2 --isolate=$isolate --backtrace=never --crash-retries=2 \
		"$tmp/dies.so"
	is "$status $(last_line "$out")" "1 1 passed, 4 failed" \
		"--crash-retries, $isolate"
	like "$out" '1 fail, 3 crash, 1 flaky, 6 retries' \
		"... a crash is run again, a failure is not"
done
run -j 2 --crash-retries=2 --retries=off --backtrace=never "$tmp/dies.so"
like "$out" '^1 fail, 4 crash$' "... --retries=off is none at all"
run --crash-retries=101 "$tmp/dies.so"
is "$status" 2 "... at most 100"
