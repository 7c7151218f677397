#!/bin/bash
# SPDX-License-Identifier: MIT
# Attributes of tests: all combinations run, what has no meaning yet does no
# harm, isolation that cannot be had is an error and not less isolation; a test
# is run again as often as it says; serial chains keep their order with -j 1 (NAT-9, NAT-11).  Isolation by attribute is in isolate.sh,
# limits in timeout.sh, ends in expected.sh.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 28

for isolate in auto worker fork; do
	for jobs in 1 8; do
		with="$isolate, -j $jobs"
		run -v --isolate=$isolate -j $jobs "$SUITES/attrs.so"
		is "$status $(last_line "$out")" \
			"1 21 passed, 1 failed, 1 skipped" "$with: the counts"
		is "$(results ERROR)" attrs::exec \
			"$with: .isolate = exec is an error"
		is "$(results | sort)" "$(shmrun list "$SUITES/attrs.so" | sort)" \
			"$with: each once"
	done
	run --isolate=$isolate "$SUITES/flaky.so"
	is "$status $(last_line "$out")" "1 2 passed, 2 failed" \
		"$isolate: as many attempts as .retries says"
done

for isolate in worker fork; do
	export ORDER_LOG="$tmp/order.$isolate"
	run --isolate=$isolate -j 1 "$SUITES/order.so"
	is "$status $(last_line "$out")" "0 18 passed, 0 failed" \
		"$isolate: order: the counts"
	is "$(sort "$ORDER_LOG")" "$({
		shmrun list "$SUITES/order.so" | grep -v range
		seq -f 'order::range[%.0f]' 0 9
	} | sort)" "$isolate: order: each ran once"
	is "$(grep chain "$ORDER_LOG" | xargs)" \
		"chain::first chain::second chain::third" \
		"$isolate: -j 1: a chain in its order"
done
run "$SUITES/order.so" "$SUITES/pass.so" "$SUITES/order.so"
is "$status $(last_line "$out")" "5 28 passed, 0 failed" \
	"the same suite twice is refused, and run once"
