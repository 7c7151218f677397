#!/bin/bash
# SPDX-License-Identifier: MIT
# Tests that are disabled in the source: listed, selected, skipped as
# "disabled", and never started, in no tier; a filter does not enable them
# (ADP-7, STATE-6).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 16

for isolate in worker fork; do
	for jobs in 1 4; do
		with="$isolate, -j $jobs"
		run -v --isolate=$isolate -j $jobs "$SUITES/disabled.so"
		is "$status $(last_line "$out")" \
			"0 1 passed, 0 failed, 4 skipped" "$with: the counts"
		is "$(results SKIP | sort | xargs)" \
			"disabled::range[0] disabled::range[1] disabled::range[2] disabled::test" \
			"$with: they are skipped"
	done
	is "$(grep -c 'disabled$' "$tmp/out")" 4 "$isolate: with the reason"
	run --isolate=$isolate -f disabled::test "$SUITES/disabled.so"
	is "$status $(last_line "$out")" "0 0 passed, 0 failed, 1 skipped" \
		"$isolate: asking for it by name does not start it"
	run --isolate=$isolate --skip-exit -f 'disabled::*' "$SUITES/disabled.so"
	is "$status" 77 "$isolate: nothing but disabled tests, --skip-exit: 77"
	run --isolate=$isolate -f attrs::disabled "$SUITES/attrs.so"
	is "$(last_line "$out")" "0 passed, 0 failed, 1 skipped" \
		"$isolate: a disabled test that would abort"
done
