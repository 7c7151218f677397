#!/bin/bash
# SPDX-License-Identifier: MIT
# .weight: the weights of all tests that run never sum up to more than there
# are workers, whatever else there is; a test that is wider than the run runs
# alone; wide ones with locks, too (WEIGHT-1). The tests find violations
# themselves (tests/fixtures/constraints.c).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 41
suite=$SUITES/constraints.so

for isolate in worker fork; do
	for jobs in 1 2 3 4 8 64; do
		export HELD_SLOTS=$jobs
		fresh
		run --isolate=$isolate -j $jobs -f 'weights::*' "$suite"
		is "$status $(last_line "$out")" "0 88 passed, 0 failed" \
			"$isolate, -j $jobs: never too much at once"
	done
	for dist in load longest worksteal loadscope; do
		export HELD_SLOTS=4
		fresh
		run --isolate=$isolate -j 4 --dist=$dist -f 'weights::*' "$suite"
		is "$status $(last_line "$out")" "0 88 passed, 0 failed" \
			"$isolate, --dist=$dist: never too much at once"
	done
	fresh
	HELD_SLOTS=3 run --isolate=$isolate -j 3 --dist=each -v \
		-f 'weights::*' "$suite"
	is "$status $(last_line "$out")" "0 264 passed, 0 failed" \
		"$isolate, --dist=each: never too much at once"
	is "$(sed -n 's/.*\] \(weights::.* (w[0-9])\)$/\1/p' "$tmp/out" |
		sort -u | wc -l)" 264 "$isolate, --dist=each: on every slot"
	# Nothing that was reserved stays reserved: these wait for each other.
	fresh
	run --isolate=$isolate -j 4 -v -f 'weights::two*' -f 'meet::*' \
		"$suite"
	is "$(sed -n 's/.*meet::all.* (w\([0-9]*\))$/\1/p' "$tmp/out" |
		sort -u | xargs)" "0 1 2 3" "$isolate: all slots work again"

	# Wide ones that die give their room back.
	fresh
	build_suite wide <<'END'
#include <shmrun.h>
#include "hostile.h"
SHMRUN_RANGE(wide, dies, 12, .weight = 3)
{
	if (shmrun_index() % 3 == 0)
		hostile_crash();
}
SHMRUN_RANGE(wide, narrow, 30) {}
END
	for jobs in 2 4; do
		run --isolate=$isolate -j $jobs "$tmp/wide.so"
		is "$(last_line "$out")" "38 passed, 4 failed" \
			"$isolate, -j $jobs: wide ones that die"
		ok "$isolate, -j $jobs: nothing is left" none_marked "$(run_id)"
	done
done

# WEIGHT-1: where it is known what takes how long no slot idles for a wide one:
# they go first, the widest before the others.
build_suite front <<'END'
#include <shmrun.h>
#include <unistd.h>
SHMRUN_RANGE(body, b, 8, .cost = 5) { usleep(20000); }
SHMRUN_TEST(wide, two, .cost = 3, .weight = 2) { usleep(5000); }
SHMRUN_TEST(wide, three, .cost = 2, .weight = 3) { usleep(5000); }
SHMRUN_TEST(wide, all, .cost = 1, .weight = 99) { usleep(5000); }
END
# starts PATTERN: when those tests began, the first one's first.
starts()
{
	grep '"test-finished"' "$tmp/events" | grep "\"$1" |
		sed -E 's/.*"start_ns": ?([0-9]+).*/\1/' | sort -n
}
run --no-timings --dist=longest -j 4 --report=json:"$tmp/events" "$tmp/front.so"
is "$status $(last_line "$out")" "0 11 passed, 0 failed" "wide ones first"
ok "the widest before the body" \
	test "$(starts wide::all)" -lt "$(starts body | head -n 1)"
is "$(for t in all three two; do echo "$(starts wide::$t) $t"; done | sort -n |
	cut -d' ' -f2 | xargs)" "all three two" "and before the others"

# WEIGHT-1: slots that are kept free for a wide test run short ones meanwhile,
# by history, and none runs beside it.
build_suite drain <<'END'
#include <shmrun.h>
#include "held.h"
static void weigh(unsigned weight, unsigned us)
{
	struct held_page *page = held_open();

	if (__atomic_add_fetch(&page->running, weight, __ATOMIC_SEQ_CST) > 3)
		held_violate(page);
	usleep(us);
	__atomic_sub_fetch(&page->running, weight, __ATOMIC_SEQ_CST);
}
SHMRUN_TEST(drain, first, .affinity = "g") { weigh(1, 50000); }
SHMRUN_TEST(drain, wide, .after = "g", .weight = 3) { weigh(3, 200000); }
SHMRUN_RANGE(drain, longs, 2) { weigh(1, 150000); }
SHMRUN_RANGE(drain, shorts, 30) { weigh(1, 3000); }
END
drain()
{
	run --dist=longest --canary=0 -j 3 --report=json:"$tmp/events" \
		"$tmp/drain.so"
}
export SHMRUN_CACHE_DIR=$tmp/cache
fresh
drain
drain
is "$status $(last_line "$out")" "0 34 passed, 0 failed" "a drain"
# ends PATTERN: when those tests ended, the first one's first.
ends()
{
	grep '"test-finished"' "$tmp/events" | grep "\"$1" |
		sed -E 's/.*"start_ns": ?([0-9]+),"duration_ns": ?([0-9]+).*/\1 \2/' |
		awk '{ printf "%.0f\n", $1 + $2 }' | sort -n
}
meanwhile=$(starts drain::shorts |
	awk -v from="$(ends drain::first)" -v to="$(starts drain::wide)" \
		'$1 > from && $1 < to' | wc -l)
ok "short ones meanwhile: $meanwhile" test "$meanwhile" -ge 3

# In `each` a test is run again in its slot: a wide one waits for that.
build_suite again <<-'END'
	#include "held.h"
	static void weigh(unsigned weight, unsigned us)
	{
		struct held_page *page = held_open();

		if (__atomic_add_fetch(&page->running, weight, __ATOMIC_SEQ_CST) > 2)
			held_violate(page);
		usleep(us);
		__atomic_sub_fetch(&page->running, weight, __ATOMIC_SEQ_CST);
	}
	SHMRUN_TEST(again, flaky, .retries = 2)
	{
		weigh(1, 1000);
		shmrun_check_ge_uint(shmrun_attempt(), 3u);
	}
	SHMRUN_TEST(again, wide, .weight = 2) { weigh(2, 300000); }
END
for isolate in worker fork; do
	fresh
	run --dist=each --retry-delay=40ms --isolate=$isolate -j 2 \
		--no-timings "$tmp/again.so"
	is "$status $(last_line "$out")" "0 4 passed, 0 failed" \
		"$isolate: each, and tests that are run again"
done
