#!/bin/bash
# SPDX-License-Identifier: MIT
# What a failed check says, for each kind: its place, the expressions as they
# are written, both values, the message; that a check goes on and a requirement
# ends the test; logs and skips; that passing at the edge passes (NAT-15); that
# what is said has a bound.  Both tiers.

. "${top_srcdir:-.}/tests/cli/lib.sh"

source=${top_srcdir:-.}/tests/fixtures/checks.c

plan 86

# says NAME EXPRESSION A B MESSAGE: exactly this block, at the line where the
# test stands.
says()
{
	local line
	line=$(grep -n "(${1/::/, })" "$source" | cut -d: -f1)
	is "$(told "$1" | sed "s|^    [^ ]*checks\.c:|    |")" "    $line: $2
          $3
          $4
          $5" "$isolate: $1"
}

for isolate in worker fork; do
	run --isolate=$isolate "$SUITES/checks.so"
	is "$status $(last_line "$out")" "1 1 passed, 34 failed" \
		"$isolate: one passes at all edges, the others fail"

	says check::eq_int "three == four + 1" "three = 3" "four + 1 = 5" why
	says check::ne_int "three != 3" "three = 3" "3 = 3" why
	says check::lt_int "four < -4" "four = 4" "-4 = -4" why
	says check::le_int "four <= three" "four = 4" "three = 3" why
	says check::gt_int "three > four" "three = 3" "four = 4" why
	says check::ge_int "three >= four" "three = 3" "four = 4" why
	says check::eq_uint "big == small" "big = 4000000000 (0xee6b2800)" \
		"small = 7 (0x7)" why
	says check::ne_uint "big != 4000000000" \
		"big = 4000000000 (0xee6b2800)" \
		"4000000000 = 4000000000 (0xee6b2800)" why
	says check::lt_uint "big < small" "big = 4000000000 (0xee6b2800)" \
		"small = 7 (0x7)" why
	says check::le_uint "big <= small" "big = 4000000000 (0xee6b2800)" \
		"small = 7 (0x7)" why
	says check::gt_uint "small > big" "small = 7 (0x7)" \
		"big = 4000000000 (0xee6b2800)" why
	says check::ge_uint "small >= big" "small = 7 (0x7)" \
		"big = 4000000000 (0xee6b2800)" why
	says check::eq_ptr "(void *)16 == (void *)32" "(void *)16 = 0x10" \
		"(void *)32 = 0x20" why
	says check::ne_ptr "(void *)16 != (void *)16" "(void *)16 = 0x10" \
		"(void *)16 = 0x10" why
	says check::eq_str 'text == "tent"' 'text = "text"' '"tent" = "tent"' why
	says check::ne_str 'text != "text"' 'text = "text"' '"text" = "text"' why
	says check::eq_double "third == 0.25 within 0.01" \
		"third = 0.33333333333333331" "0.25 = 0.25" why
	says check::eq_mem 'text == "tent", 4 bytes, differ at byte 2' \
		'text = 78 74' '"tent" = 6e 74' why

	# Checks of one operand.
	like "$(told check::is_true)" 'checks\.c:[0-9]+: three == four is true$' \
		"$isolate: check::is_true: the expression"
	like "$(told check::is_true)" '^ +why 1$' \
		"$isolate: check::is_true: the message is formatted"
	like "$(told check::is_false)" ' three < four = true$' \
		"$isolate: check::is_false: the value"
	like "$(told check::null)" ' text = 0x[0-9a-f]+$' \
		"$isolate: check::null: the value"
	like "$(told check::not_null)" ': \(char \*\)0 is not NULL$' \
		"$isolate: check::not_null: the expression"

	like "$(told written::without_message)" ': three == INT8_MAX$' \
		"$isolate: a macro as operand stays as written"
	like "$(told written::with_message)" ': three == INT8_MAX$' \
		"$isolate: a macro as operand stays as written before a message"
	like "$(told written::literal)" ': false is true$' \
		"$isolate: false is not shown as 0"

	like "$(told flow::check_goes_on)" 'after the check' \
		"$isolate: a check goes on"
	unlike "$(told flow::require_ends)" 'after the requirement' \
		"$isolate: a requirement ends the test"
	unlike "$(told flow::require_ends_from_below)" 'after the requirement' \
		"$isolate: a requirement ends the test from a function"
	like "$(told flow::require_ends_from_below)" '^ +deep$' \
		"$isolate: a requirement in a function is told"
	is "$(results FAIL | grep -c skip_after_failure)" 1 \
		"$isolate: a skip does not undo a failure"
	like "$(told flow::once)" 'n\+\+ = 0$' "$isolate: the value it had"
	unlike "$(told flow::once)" 'evaluated' \
		"$isolate: an operand is evaluated once"
	is "$(told flow::many | grep -c ' i == -1$')" 16 \
		"$isolate: many failures: the first ones are told"
	like "$(told flow::many)" '^ +984 more failed checks$' \
		"$isolate: many failures: the others are counted"
	ok "$isolate: 100,000 characters are cut" \
		test "$(told flow::long_values | wc -c)" -lt 20000
	like "$(told flow::long_values)" 'checks\.c:[0-9]+: a == b' \
		"$isolate: 100,000 characters: the place is there"
	unlike "$(told flow::check_goes_on)" 'shmrun:' \
		"$isolate: a plain failure needs no remark of the runner's"
	is "$(results | sort | uniq -d)" "" "$isolate: each test once"
	is "$(results FAIL | wc -l)" 34 "$isolate: each failure is told"
	is "$err" "" "$isolate: nothing on stderr"
done

# A log belongs to the test's output and shows for tests that did not pass.
run "$SUITES/mixed.so"
unlike "$out" 'four is 4' "the log of a passing test is silent"
run "$SUITES/checks.so"
like "$(told flow::check_goes_on)" '^        .*checks\.c:[0-9]+: after the check$' \
	"a log says where it stands"
