#!/bin/bash
# SPDX-License-Identifier: MIT
# What pytest-xdist is known to do wrong, in every mode of --dist: queued tests
# run on after -x (PEER-1, PEER-2, SHM-5, V-STOP-1); a run hangs after a crash
# in a file or a group, whose finished tests run again (PEER-3, V-CRASH-3,
# SCOPE-5); a crash is counted several times (PEER-5); the rest is lost in
# silence when workers may not be replaced any more (PEER-4, V-CRASH-4).
# That a new test stays in its group and that nothing is ordered by count is
# in the planner's tests (BAL-4, BAL-1).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 102

# Eight scopes of fifty tests in four files and four groups.
{
	cat <<'EOF'
#include <shmrun.h>
#include "hostile.h"
static void any(unsigned scope)
{
	hostile_append("STARTED", shmrun_test_name());
	if (getenv("FAIL"))
		shmrun_require_true(scope || shmrun_index());
	if (getenv("CRASH") && shmrun_index() == 20)
		hostile_crash();
	if (getenv("FAIL"))
		usleep(20000);
}
EOF
	for i in 0 1 2 3 4 5 6 7; do
		echo "#line 1 \"file$((i / 2)).c\""
		echo "SHMRUN_RANGE(s$i, t, 50, .affinity = \"g$((i / 2))\") { any($i); }"
	done
} | build_suite eight

export STARTED="$tmp/started"

# in_mode MODE JOBS ARGUMENT...
in_mode()
{
	rm -f "$STARTED"
	run --no-timings --dist="$1" -j "$2" "${@:3}" "$tmp/eight.so"
}

# sum: of the numbers of the closing line.
sum()
{
	last_line "$out" | tr -cs 0-9 '\n' | awk '{ n += $1 } END { print n }'
}

for dist in load longest worksteal loadscope loadfile loadgroup no; do
	for jobs in 1 4; do
		with="$dist, -j $jobs"
		FAIL=1 in_mode $dist $jobs -x
		n=$(wc -l <"$STARTED")
		ok "$with: $n of 400 started, no queue outlives -x" \
			test "$n" -le $jobs
		is "$status $(sum)" "1 400" "$with, -x: all are accounted for"
	done
	for jobs in 1 4; do
		with="$dist, -j $jobs"
		CRASH=1 in_mode $dist $jobs
		is "$status $(last_line "$out")" "1 392 passed, 8 failed" \
			"$with: each crash costs one test"
		is "$(wc -l <"$STARTED") $(sort "$STARTED" | uniq -d | wc -l)" \
			"400 0" "$with: none is run again, nor left"
	done
	for jobs in 1 4; do
		with="$dist, -j $jobs, --max-crashes=0"
		CRASH=1 in_mode $dist $jobs --max-crashes=0
		is "$status $(sum)" "1 400" "$with: none is lost"
		like "$out" '^not run: [0-9]+ \(max-crashes\)$' \
			"$with: and that is told"
		ok "$with: at most the crashes under way" \
			test "$(results SIGSEGV | wc -l)" -le $jobs
	done
done

# each: every test of every slot has its own end.
CRASH=1 in_mode each 3
is "$status $(last_line "$out")" "1 1176 passed, 24 failed" \
	"each: crashes cost one test of one slot each (EACH-2)"
FAIL=1 in_mode each 3 -x
is "$status $(sum)" "1 1200" "each, -x: all are accounted for"
ok "each: $(wc -l <"$STARTED") of 1200 started, no list outlives -x" \
	test "$(wc -l <"$STARTED")" -le 3
like "$out" '^not run: [0-9]+ \(max-fail\)$' "each: and that is told"
