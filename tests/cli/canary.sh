#!/bin/bash
# SPDX-License-Identifier: MIT
# Canaries: a few quick tests that passed last time go first; when every one
# of them fails the run stops, the rest is notrun(environment), and the exit
# status is 6, whatever else has failed; one that passes is enough to go on
# (CAN-1 to CAN-4, EXIT-3).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 28

build_suite birds <<'END'
#include <shmrun.h>
#include "hostile.h"
SHMRUN_RANGE(birds, quick, 40)
{
	if (getenv("BROKEN"))
		shmrun_require_true(shmrun_index() >= strtoul(getenv("BROKEN"), NULL, 10));
	usleep(2000);
}
SHMRUN_RANGE(birds, crash, 2)
{
	if (getenv("BROKEN"))
		hostile_crash();
	usleep(2000);
}
SHMRUN_RANGE(birds, slow, 20)
{
	usleep(20000);
	if (getenv("BROKEN"))
		usleep(100000);
}
END

for isolate in worker fork; do
	run --isolate=$isolate -j 4 --cache-dir="$tmp/learnt" "$tmp/birds.so"
	is "$status $(last_line "$out")" "0 62 passed, 0 failed" \
		"$isolate: the first run teaches"
	for jobs in 2 4 8; do
		with="$isolate, -j $jobs"
		rm -rf "$tmp/cache"
		cp -r "$tmp/learnt" "$tmp/cache"
		BROKEN=1000 run --isolate=$isolate --cache-dir="$tmp/cache" \
			-j $jobs "$tmp/birds.so"
		is "$status" 6 "$with: the environment is broken: exit 6"
		like "$out" '^not run: [0-9]+ \(environment\)$' "$with: and why"
		is "$(last_line "$out" | tr -cs 0-9 '\n' |
			awk '{ n += $1 } END { print n }')" 62 \
			"$with: all counts add up"
	done
	BROKEN=1000 run --isolate=$isolate -j 4 --canary=off \
		--cache-dir="$tmp/learnt" "$tmp/birds.so"
	is "$status" 1 "$isolate: --canary=off: exit 1"
	# Index 0 to 19 fail, and a canary that lives is enough.
	rm -rf "$tmp/learnt"
	run --isolate=$isolate -j 4 --cache-dir="$tmp/learnt" "$tmp/birds.so"
	BROKEN=1 run --isolate=$isolate -j 4 --cache-dir="$tmp/learnt" \
		"$tmp/birds.so"
	is "$status $(last_line "$out")" "1 59 passed, 3 failed" \
		"$isolate: not all canaries fail"
done

# CAN-3: what all of them say is told once; what one of them says alone is.
build_suite chorus <<'END'
#include <shmrun.h>
#include "hostile.h"
SHMRUN_RANGE(chorus, sings, 40)
{
	if (getenv("ALONE"))
		shmrun_require_eq_uint(shmrun_index(), 1000);
	if (getenv("BROKEN"))
		shmrun_require_true(shmrun_index() >= 1000);
}
END
# blocks: how often the failed check is told in full.
blocks()
{
	grep -c 'shmrun_index() >= 1000 = false$' "$tmp/out"
}
run -j 4 --cache-dir="$tmp/sung" "$tmp/chorus.so"
cp -r "$tmp/sung" "$tmp/sung2"
BROKEN=1 run -j 4 --cache-dir="$tmp/sung" "$tmp/chorus.so"
failed=$(last_line "$out" | sed -E 's/.* ([0-9]+) failed.*/\1/')
is "$status $(grep -c '^    in the same way as chorus::sings\[' "$tmp/out")" \
	"6 3" "three canaries fail as the first did"
is "$(blocks)" $((failed - 3)) "all others are told in full"
ALONE=1 run -j 4 --cache-dir="$tmp/sung2" "$tmp/chorus.so"
is "$status" 6 "they fail, each in its own way"
is "$(grep -c 'in the same way' "$tmp/out")" 0 "so each of them is told"
