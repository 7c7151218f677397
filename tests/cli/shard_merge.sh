# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shard_merge.sh pins merge of shards (RTY-9, SHARD-3, LIFE-2): all of them are
# what one run would have told; one that is missing is exit 3, with its tests
# by name (EXIT-3); those of another plan are refused, with the first
# difference; of a shard that was killed what ended counts; of several attempts
# at one the last complete one does, else each test's latest end.

. "${top_srcdir:-.}/tests/cli/lib.sh"
plan 35

export GO=$tmp/go
build_suite work <<-'END'
	#include <shmrun.h>
	#include <stdlib.h>
	#include <unistd.h>

	SHMRUN_RANGE(quick, test, 30) {}
	SHMRUN_TEST(chain, a, .serial = "c") {}
	SHMRUN_TEST(chain, b, .serial = "c") {}
	SHMRUN_TEST(bad, fails) { shmrun_check_true(getenv("GOOD") != NULL); }
	SHMRUN_TEST(not, now) { shmrun_skip("not now"); }
	SHMRUN_TEST(stuck, test)
	{
		while (access(getenv("GO"), F_OK) != 0)
			usleep(10000);
	}
END
work=$tmp/work.so
: >"$GO"

# cases FILE: the test cases of a JUnit file, without their times, sorted.
cases()
{
	grep -E '<(testcase|skipped|failure|error)' "$1" |
		sed -E 's/ (time|timestamp)="[^"]*"//g' | sort
}

# shard K N NAME ARGUMENT...: recorded into NAME.
shard()
{
	local K=$1 N=$2 name=$3
	shift 3
	run -j 2 --shard="$K/$N" --record="$tmp/$name" "$@" "$work" "$SUITES/pass.so"
}

for K in 1 2 3; do shard "$K" 3 "$K.shmres"; done
run -j 2 --junit="$tmp/whole.xml" "$work" "$SUITES/pass.so"
whole="$status:$(last_line "$out")"

# ---- all of them -----------------------------------------------------------------

run merge "$tmp/1.shmres" "$tmp/2.shmres" "$tmp/3.shmres" \
	--junit="$tmp/all.xml" --tap="$tmp/all.tap" -o "$tmp/all.shmres"
is "$status:$(last_line "$out")" "$whole" "three shards are one run (RTY-9)"
is "$(cases "$tmp/all.xml")" "$(cases "$tmp/whole.xml")" "... in JUnit, each test once (RPT-4)"
is "$(grep -c '^ok' "$tmp/all.tap").$(grep -c '^not ok' "$tmp/all.tap")" 44.1 "... and in TAP"
not_ok "... which is no shard" grep -q 'name="shard"' "$tmp/all.xml"
run report "$tmp/all.shmres" --junit="$tmp/again.xml"
ok "... and recorded" cmp "$tmp/all.xml" "$tmp/again.xml"
run merge "$tmp/3.shmres" "$tmp/1.shmres" "$tmp/2.shmres" --junit="$tmp/other.xml"
is "$(cases "$tmp/other.xml")" "$(cases "$tmp/all.xml")" "in any order"
run report "$tmp/2.shmres" --junit="$tmp/2.xml" --json="$tmp/2.json"
like "$(cat "$tmp/2.xml")" '<property name="shard" value="2/3"/><property name="plan" value="[0-9a-f]{32}"/>' \
	"a shard's report says which it is, and of which plan"
is "$(jq -r 'select(.event == "run-started") | .shard' "$tmp/2.json")" 2/3 "... for programs, too"
for K in 1 2; do shard "$K" 2 "r$K.shmres" --repeat=2; done
run merge "$tmp/r1.shmres" "$tmp/r2.shmres"
is "$(last_line "$out")" "86 passed, 2 failed, 2 skipped" "each test twice, each time once (ACC-5)"
for K in 1 2 3 4; do shard "$K" 4 "e$K.shmres" -f 'chain::*'; done
run merge "$tmp"/e[1-4].shmres
is "$status:$(last_line "$out")" "0:2 passed, 0 failed" "empty shards count as there (EXIT-11)"

# ---- one is missing ---------------------------------------------------------------

run merge "$tmp/1.shmres" "$tmp/3.shmres" --junit="$tmp/missing.xml"
is "$status" 3 "a missing shard: exit 3 (EXIT-3)"
like "$err" '^warning: shard 2/3 is missing, and with it [0-9]+ tests$' "... and named"
is "$(results ERROR | sort)" "$(shmrun list --shard=2/3 "$work" "$SUITES/pass.so" |
	sed -E 's/\[([0-9]+)\.\.([0-9]+)\]$/ \1 \2/' |
	awk 'NF == 3 { for (i = $2; i <= $3; i++) print $1 "[" i "]"; next } { print }' | sort)" \
	"... with its tests by name"
is "$(grep -c '<testcase' "$tmp/missing.xml")" 45 "... which are in the reports"
like "$out" '^exit 3: of 3 shards 1 is missing, and with it [0-9]+ tests$' "... and why"

# ---- of another plan ---------------------------------------------------------------

shard 2 4 of4.shmres
run merge "$tmp/1.shmres" "$tmp/of4.shmres"
is "$status" 3 "a shard of another number of them is refused"
like "$err" 'of4.shmres is shard 2/4 of plan [0-9a-f]{32}, and .*1.shmres is shard 1/3 of plan' "... with both plans"
shard 2 3 less.shmres -f 'quick::*' -f 'pass::*' -f 'chain::*'
run merge "$tmp/1.shmres" "$tmp/less.shmres" "$tmp/3.shmres"
is "$status" 3 "one of another selection is refused"
like "$err" ': .*/1.shmres selects bad::fails, and .*/less.shmres does not$' "... with the first difference (LIFE-2)"
shard 2 3 count.shmres --shard-by=count
run merge "$tmp/1.shmres" "$tmp/count.shmres" "$tmp/3.shmres"
is "$status" 3 "one that was cut otherwise is refused"
run -j 2 --record="$tmp/whole.shmres" "$work"
run merge "$tmp/1.shmres" "$tmp/whole.shmres"
is "$status" 3 "what is no shard is refused beside one"
like "$err" 'whole.shmres is none' "... and named"
run --timings="$tmp/times" --timings-write "$work" "$SUITES/pass.so"
shard 1 2 t1.shmres --timings="$tmp/times"
awk 'NF > 5 && !/^#/ && $4 ~ /quick/ { $5 = "5000000000" } { print }' "$tmp/times" >"$tmp/later"
shard 2 2 t2.shmres --timings="$tmp/later"
run merge "$tmp/t1.shmres" "$tmp/t2.shmres"
is "$status" 3 "one that had other timings is refused"
shard 2 2 t2.shmres --timings="$tmp/times"
run merge "$tmp/t1.shmres" "$tmp/t2.shmres"
is "$status:$(last_line "$out")" "$whole" "with the same timings they are one run"

# ---- one was killed -----------------------------------------------------------------

S=0
for K in 1 2 3; do
	shmrun list --shard="$K/3" "$work" "$SUITES/pass.so" | grep -q '^stuck::' && S=$K
done
others=()
for K in 1 2 3; do [ "$K" = "$S" ] || others+=("$tmp/$K.shmres"); done
rm "$GO"
start -j 2 --shard="$S/3" --record="$tmp/killed.shmres" "$work" "$SUITES/pass.so"
all_but_it()
{
	"$SHMRUN" report "$tmp/killed.shmres" >"$tmp/so_far" 2>/dev/null
	grep -q 'ERROR.* stuck::test' "$tmp/so_far" &&
		! grep -q '^not run: ' "$tmp/so_far"
}
wait_until 30 all_but_it
kill -KILL "$pid"
finish
: >"$GO"
run merge "$tmp/killed.shmres" "${others[@]}"
is "$status" 3 "a killed shard: exit 3"
is "$(results ERROR)" stuck::test "... for what had not ended alone"
run merge "$tmp/killed.shmres"
is "$(grep -c 'is missing' <<<"$err")" 2 "... and others are missing"

# ---- and requeued ---------------------------------------------------------------------

run -j 2 --shard="$S/3" --resume="$tmp/killed.shmres" --record="$tmp/rest.shmres" \
	"$work" "$SUITES/pass.so"
run merge "$tmp/rest.shmres" "$tmp/killed.shmres" "${others[@]}"
is "$status:$(last_line "$out")" "$whole" "its resumption has the rest"
run merge "$tmp/$S.shmres" "$tmp/killed.shmres" "${others[@]}" --junit="$tmp/r.xml"
is "$status:$(last_line "$out")" "$whole" "a complete attempt goes before a killed one"
is "$(cases "$tmp/r.xml")" "$(cases "$tmp/whole.xml")" "... alone"
B=0
for K in 1 2 3; do
	shmrun list --shard="$K/3" "$work" "$SUITES/pass.so" | grep -q '^bad::' && B=$K
done
GOOD=1 shard "$B" 3 good.shmres
run merge "$tmp/good.shmres" "$tmp/1.shmres" "$tmp/2.shmres" "$tmp/3.shmres"
is "$status:$(last_line "$out")" "0:44 passed, 0 failed, 1 skipped" "of two complete ones the later counts, wherever it is named"

# ---- and damaged ----------------------------------------------------------------------

head -c "$(($(stat -c %s "$tmp/2.shmres") - 30))" "$tmp/2.shmres" >"$tmp/cut.shmres"
run merge "$tmp/1.shmres" "$tmp/cut.shmres" "$tmp/3.shmres"
is "$status" 3 "a recording that is cut: exit 3"
is "$(grep -c '<testcase' <<<"$("$SHMRUN" merge "$tmp/1.shmres" "$tmp/cut.shmres" "$tmp/3.shmres" --junit=- 2>/dev/null)")" \
	45 "... and no test is lost of it"
head -c 100 "$tmp/2.shmres" >"$tmp/head.shmres"
run merge "$tmp/1.shmres" "$tmp/head.shmres" "$tmp/3.shmres"
is "$status" 3 "one without its head is refused"
like "$err" 'head.shmres: ' "... by its name"
