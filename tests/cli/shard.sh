# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shard.sh pins --shard (RTY-8, SHARD-1, SHARD-2): the shards of a selection
# are all of it, each test once, with timings or without, and cut no chain; an
# empty one is no error (EXIT-11); what is no shard is refused; tests are told
# which it is (VAR-5), and never shard by themselves (VAR-14); whoever starts
# us may say which, and is told that we are one.

. "${top_srcdir:-.}/tests/cli/lib.sh"
plan 39

build_suite work <<-'END'
	#include <shmrun.h>
	#include <stdio.h>
	#include <stdlib.h>
	#include <string.h>

	SHMRUN_RANGE(range, test, 40) {}
	SHMRUN_TEST(chain, a, .serial = "c") {}
	SHMRUN_TEST(chain, b, .serial = "c") {}
	SHMRUN_TEST(chain, c, .serial = "c") {}
	SHMRUN_TEST(db, up, .affinity = "db") {}
	SHMRUN_TEST(db, use, .after = "db") {}
	SHMRUN_TEST(alone, one) {}
	SHMRUN_TEST(env, shard)
	{
		const char *shard = getenv("SHMRUN_SHARD");

		if (getenv("WANT_SHARD"))
			shmrun_check_true(shard && !strcmp(shard, getenv("WANT_SHARD")));
		else
			shmrun_check_true(!shard);
		shmrun_check_true(!getenv("TEST_TOTAL_SHARDS") && !getenv("TEST_SHARD_INDEX"));
		shmrun_check_true(!getenv("GTEST_TOTAL_SHARDS") && !getenv("GTEST_SHARD_INDEX"));
	}
END
work=$tmp/work.so
run list "$work"
all=$out

# names_of K/N ARGUMENT...: the tests of a shard, a range's one by one.
names_of()
{
	local shard=$1
	shift
	shmrun list --shard="$shard" "$@" "$work" "$SUITES/params.so" |
		awk '/\[[0-9]+\.\.[0-9]+\]$/ {
			split($0, a, /\[|\.\.|\]/)
			for (i = a[2]; i <= a[3]; i++) print a[1] "[" i "]"
			next }
		{ print }'
}

# exact NAME ARGUMENT...: for several N the shards are all of it, each once, and
# whole chains.
exact()
{
	local name=$1 wanted=$tmp/all got=$tmp/got N K bad=""
	shift
	names_of 1/1 "$@" | sort >"$wanted"
	for N in 2 3 7; do
		: >"$got"
		for ((K = 1; K <= N; K++)); do
			names_of "$K/$N" "$@" >"$tmp/part"
			cat "$tmp/part" >>"$got"
			case $(grep -c '^chain::' "$tmp/part") in 0 | 3) ;; *) bad+=" $K/$N cuts a chain" ;; esac
			case $(grep -c '^db::' "$tmp/part") in 0 | 2) ;; *) bad+=" $K/$N cuts .after" ;; esac
		done
		sort "$got" | cmp - "$wanted" || bad+=" of $N not all"
	done
	is "$bad" "" "$name"
}

# ---- cut exactly -----------------------------------------------------------------

is "$(shmrun list --shard=1/1 "$work")" "$all" "1/1 is all of it"
exact "by hash: exact, chains and what waits stay whole (SHARD-1, SHARD-2)"
exact "by count, too" --shard-by=count
run -j 2 --timings="$tmp/times" --timings-write "$work" "$SUITES/params.so"
exact "by duration, too (SHARD-1)" --timings="$tmp/times"
ok "by count none has more than the chain more" test "$(names_of 1/4 --shard-by=count | wc -l)" -le \
	$(($(names_of 4/4 --shard-by=count | wc -l) + 3))
is "$(names_of 2/3 --shard-by=count)" "$(names_of 2/3 --shard-by=count)" \
	"the same again is the same"
run --timings="$tmp/times" --shard=1/2 -v --dry-run "$work"
like "$out" '^shard 1/2: [0-9]+ of 47 tests, by duration, plan [0-9a-f]{32}$' \
	"the plan says which, of how many, and -v its id"

# The cache is different on each machine: it must not matter (SHARD-1).
before=$(names_of 1/3)
run -j 2 -f 'range::*' "$work"
is "$(names_of 1/3)" "$before" "what this machine remembers does not matter"

# ---- a run ------------------------------------------------------------------------

shards=""
for K in 1 2 3; do
	export WANT_SHARD=$K/3
	run -j 2 --shard="$K/3" "$work"
	shards+="$status:$(last_line "$out");"
done
unset WANT_SHARD
is "$(tr ';' '\n' <<<"$shards" | awk -F'[: ]' '{ n += $2 } END { print n }')" 47 \
	"three shards run all of it"
unlike "$shards" '[123]:' "... and tests know which it is (VAR-5)"
WANT_SHARD=1/1 run -j 2 --shard=1/1 "$work"
is "$status" 0 "1/1 is a shard, too"
GTEST_TOTAL_SHARDS=1 GTEST_SHARD_INDEX=0 WANT_SHARD=1/1 run -j 2 "$work"
is "$status" 0 "shard variables of others are ours to read, and taken away (VAR-14)"

# ---- an empty one -----------------------------------------------------------------

run list --shard=1/2 -f 'alone::one' "$work"
K=$([ -n "$out" ] && echo 2 || echo 1)
run --shard="$K/2" -f alone::one --junit="$tmp/empty.xml" \
	--record="$tmp/empty.shmres" "$work"
is "$status" 0 "an empty shard of a selection that is not: exit 0 (EXIT-11)"
like "$err" "^shmrun: no test of those selected is in shard $K/2$" "... with a note (EXIT-11)"
ok "... and reports that are complete" grep -q 'tests="0"' "$tmp/empty.xml"
run report "$tmp/empty.shmres"
is "$status:$(last_line "$out")" "0:0 passed, 0 failed" "... and a recording"
shmrun --test-name=x --log-file="$tmp/log" --trs-file="$tmp/trs" \
	--shard="$K/2" -f alone::one -- "$work" >"$tmp/line"
is "$(cat "$tmp/line")" "SKIP: x" "... and none for Automake (EXIT-11)"
run --shard="$K/2" -f 'range::nothing' "$work"
is "$status" 4 "no shard of nothing: exit 4 (EXIT-11)"
run --shard="$K/2" -f alone::one "$work" "$SUITES/bad_magic.so"
is "$status" 5 "an empty shard does not hide a bad suite"

# ---- what is none -----------------------------------------------------------------

for shard in 0/3 4/3 1/0 x 1/x 3 1/99999 -1/2 1/2/3 ""; do
	run --shard="$shard" "$work"
	is "$status:$(grep -c '^shmrun: --shard: ' <<<"$err")" 2:1 "'$shard' is refused"
done
run --shard=1/2 --shard-by=duration "$work"
is "$status" 2 "by duration needs times that all have"
run --shard=1/2 --timings="$tmp/none" "$work"
is "$status" 2 "... that can be read: else tests were lost"
run merge --shard=1/2 "$tmp/empty.shmres"
is "$status" 2 "--shard is for run and list"

# ---- who else says so ---------------------------------------------------------------

export TEST_TOTAL_SHARDS=3 TEST_SHARD_INDEX=1 TEST_SHARD_STATUS_FILE="$tmp/status"
run list "$work"
is "$out" "$(shmrun list --shard=2/3 "$work" 2>/dev/null)" "TEST_SHARD_INDEX counts without an option"
not_ok "a list tells nobody" test -e "$tmp/status"
run --shard=1/1 -f alone::one "$work"
not_ok "nor does who does something else" test -e "$tmp/status"
run -f alone::one "$work"
ok "who asks whether we are one shard is told" test -f "$tmp/status"
like "$out" '^shard 2/3 \(TEST_SHARD_INDEX\): ' "... and the user, why"
unset TEST_SHARD_STATUS_FILE
TEST_SHARD_INDEX=3 run "$work"
is "$status" 2 "a number that cannot be is refused"
unset TEST_TOTAL_SHARDS TEST_SHARD_INDEX
SHMRUN_SHARD=2/3 SHMRUN_RUN_ID=outer run list "$work"
is "$out" "$all" "what an outer run is does not cut ours"
