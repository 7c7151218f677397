# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# merge.sh pins merge (RTY-9): recordings of parts of a suite are told and
# recorded as one run; of a test in several the last one counts in which it
# ended; a killed run and its resumption are whole together; what ended in none
# is exit 3, and named, and so is a run whose teardown nobody saw; what cannot
# be read is refused.

. "${top_srcdir:-.}/tests/cli/lib.sh"
plan 29

export GO=$tmp/go
build_suite work <<-'END'
	#include <shmrun.h>
	#include <stdlib.h>
	#include <unistd.h>

	SHMRUN_RANGE(quick, test, 100) {}
	SHMRUN_RANGE(stuck, test, 2)
	{
		while (access(getenv("GO"), F_OK) != 0)
			usleep(10000);
	}
	SHMRUN_TEST(bad, fails) { shmrun_check_true(access(getenv("GO"), F_OK) == 0); }
END

# ---- a killed run and its resumption -------------------------------------------

both_run()
{
	[ "$("$SHMRUN" report "$tmp/a.shmres" 2>/dev/null |
		grep -c 'ERROR.*stuck::test')" -ge 2 ] &&
		"$SHMRUN" report "$tmp/a.shmres" 2>/dev/null |
		grep -q '^100 passed, 3 failed$'
}
start -j 3 --record="$tmp/a.shmres" "$tmp/work.so"
wait_until 30 both_run
kill -KILL "$pid"
finish
: >"$GO"
run -j 2 --resume="$tmp/a.shmres" --record="$tmp/b.shmres" "$tmp/work.so"
run merge "$tmp/a.shmres" "$tmp/b.shmres" -o "$tmp/c.shmres" \
	--junit="$tmp/c.xml"
is "$status" 1 "both together have the failure of the first"
is "$(last_line "$out")" '102 passed, 1 failed' "... and all tests"
unlike "$out" 'was running|NOTRUN' "... and nobody was killed"
is "$(grep -c '<testcase' "$tmp/c.xml")" 103 "... in JUnit, too"
run report "$tmp/c.shmres" --junit="$tmp/d.xml"
is "$status:$(last_line "$out")" "1:102 passed, 1 failed" \
	"what is recorded of it tells the same"
ok "... byte for byte" cmp "$tmp/c.xml" "$tmp/d.xml"

# ---- a test in several ---------------------------------------------------------

run -j 2 --record="$tmp/again.shmres" -f 'bad::*' "$tmp/work.so"
run merge "$tmp/c.shmres" "$tmp/again.shmres"
is "$status:$(last_line "$out")" "0:103 passed, 0 failed" \
	"of a test in several the last one counts"
run merge "$tmp/again.shmres" "$tmp/c.shmres"
is "$status:$(last_line "$out")" "1:102 passed, 1 failed" \
	"... which is the last one named"

# ---- parts ---------------------------------------------------------------------

run -j 2 --record="$tmp/1.shmres" -f 'quick::test[0-49]' "$tmp/work.so"
run -j 3 --record="$tmp/2.shmres" -f 'quick::test[50-99]' \
	"$tmp/work.so" "$SUITES/params.so" -f 'some::*'
run merge "$tmp/1.shmres" "$tmp/2.shmres" --trace="$tmp/trace"
like "$out" ' 5 workers|merged' "two parts are a run"
is "$(grep -c '"name":"quick::test' "$tmp/trace")" 100 "... with all tests"
ok "... of workers numbered on" grep -q '"tid":[234],"ts"' "$tmp/trace"

# ---- killed behind its tests -----------------------------------------------------

build_suite ends <<-'END'
	#include <shmrun.h>
	#include <stdlib.h>
	#include <unistd.h>

	static void end(const int *data)
	{
		(void)data;
		while (access(getenv("GO"), F_OK) != 0)
			usleep(10000);
	}
	SHMRUN_RUN_FIXTURE(thing, int, NULL, end)
	SHMRUN_RANGE(uses, it, 3) { (void)thing(); }
END

# kill_in_teardown NAME ARGUMENT...: all tests have ended, the run has not.
kill_in_teardown()
{
	local name=$1
	shift
	rm -f "$GO" "$tmp/$name.shmres"
	start -j 1 --record="$tmp/$name.shmres" "$@" "$tmp/ends.so"
	all_ended()
	{
		"$SHMRUN" report "$tmp/$name.shmres" 2>/dev/null |
			grep -q '^3 passed, 0 failed$'
	}
	wait_until 30 all_ended
	kill -KILL "$pid"
	finish
	: >"$GO"
}

kill_in_teardown torn
run merge "$tmp/torn.shmres"
is "$status:$(last_line "$out")" "3:3 passed, 0 failed" \
	"how a teardown ended that nobody saw is not trusted"
like "$err" 'torn.shmres: the recording has no end' "... and whose is named"
run merge "$tmp/torn.shmres" "$tmp/2.shmres"
is "$status" 3 "... nor with a run of other suites"
run -j 1 --record="$tmp/later.shmres" -f 'uses::it[0]' "$tmp/ends.so"
run merge "$tmp/torn.shmres" "$tmp/later.shmres"
is "$status" 0 "a later run of the same suites says how it ends"
run -j 1 --resume="$tmp/torn.shmres" --record="$tmp/rest.shmres" "$tmp/ends.so"
run merge "$tmp/torn.shmres" "$tmp/rest.shmres"
is "$status" 0 "... and so does a resumption that had nothing to run"
kill_in_teardown torn --shard=1/1
run merge "$tmp/torn.shmres"
is "$status" 3 "it is the same with a shard"
run -j 1 --shard=1/1 --record="$tmp/whole.shmres" "$tmp/ends.so"
run merge "$tmp/whole.shmres" "$tmp/torn.shmres"
is "$status" 0 "... until another attempt is complete"

# In no count: it is what the run said at its end (decision 0049).
run -j 1 --record="$tmp/torn.shmres" --teardown='exit 9' "$SUITES/pass.so"
is "$status" 6 "a teardown command that fails is exit 6"
run merge "$tmp/torn.shmres" "$tmp/later.shmres"
is "$status" 6 "... and so is the whole"
like "$out" '^exit 6: .*exit 9' "... which says what failed"
run merge "$tmp/torn.shmres" "$tmp/2.shmres"
is "$status" 1 "... but for tests that failed"

# ---- what is missing -------------------------------------------------------------

run merge "$tmp/a.shmres" "$tmp/1.shmres"
is "$status" 3 "what ended nowhere is exit 3"
is "$(results ERROR | sort | tr '\n' ' ')" 'stuck::test[0] stuck::test[1] ' \
	"... and named"
run -j 2 --dist=each --record="$tmp/each.shmres" "$SUITES/pass.so"
run merge "$tmp/each.shmres" "$tmp/1.shmres"
is "$status" 3 "tests that ran in each worker cannot be merged"
like "$err" 'ran in each worker' "... and that is said"
run merge "$tmp/1.shmres" "$tmp/work.so"
is "$status" 3 "what is no recording is refused"
like "$err" "work.so: is not a recording$" "... by its name"
run merge "$tmp/1.shmres" "$tmp/2.shmres" -o "$tmp/1.shmres"
is "$status" 2 "nothing is merged into itself"
