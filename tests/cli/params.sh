#!/bin/bash
# SPDX-License-Identifier: MIT
# Ranges and rows: each index runs once, with its own name, element and
# verdict; the number may come from a function; 2,000,000 in one range run, and
# one test of 1,000,000 registered ones is found (NAT-14, ENV-3, ACC-1).  Both
# tiers.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 23

all=$(
	echo params::plain
	printf '%s\n' params::{range,one,function,rows,words} some::fail |
		while read -r name; do
			case $name in
			*range) n=12 ;;
			*one) n=1 ;;
			*function) n=7 ;;
			*rows) n=3 ;;
			*words) n=2 ;;
			*) n=10 ;;
			esac
			seq -f "${name}[%.0f]" 0 $((n - 1))
		done
)

for isolate in worker fork; do
	for jobs in 1 2 8; do
		with="$isolate, -j $jobs"
		run -v --isolate=$isolate -j $jobs "$SUITES/params.so"
		is "$status $(last_line "$out")" "1 33 passed, 3 failed" \
			"$with: the counts"
		is "$(results | sort)" "$(sort <<<"$all")" \
			"$with: each index once, by its name"
		is "$(results FAIL | sort | xargs)" \
			"some::fail[1] some::fail[5] some::fail[9]" \
			"$with: each has its own verdict"
	done
done

run -j 2 "$SUITES/manyempty.so"
is "$status $(last_line "$out")" "0 2000000 passed, 0 failed" \
	"2,000,000 in a range"
EMPTY_COUNT=1 run -j 8 "$SUITES/manyempty.so"
is "$status $(last_line "$out")" "0 1 passed, 0 failed" "1 in a range"
EMPTY_COUNT=20000 run -v -j 8 "$SUITES/manyempty.so"
is "$(results | sort | cmp - <(seq -f 'many::empty[%.0f]' 0 19999 | sort) 2>&1)" \
	"" "20,000 with -v: each told once"

# Many tests, each with a record of its own.
for ((i = 0; i < 2000; i++)); do
	echo "SHMRUN_TEST(s$((i % 50)), t$i) { shmrun_check_ne_int($i, 1321); }"
done | sed '1i #include <shmrun.h>' | build_suite many
run -j 4 "$tmp/many.so"
is "$status $(last_line "$out")" "1 1999 passed, 1 failed" \
	"2,000 registered tests"
is "$(results)" "s21::t1321" "2,000 registered tests: the one that fails"
