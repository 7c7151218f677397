#!/bin/bash
# SPDX-License-Identifier: MIT
# Which tests run: globs on names, unions, Scope/name, one index and a span of
# indices of a range; nothing selected is exit 4 unless --no-tests says
# otherwise; one of several globs that matches nothing is exit 2 (SEL-7, EXIT-2,
# EXIT-4, DEF-12, CRD-11, HOST-7).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 70

# selects NAME COUNT ARGUMENT...: exactly COUNT tests run, and pass.
selects()
{
	local name=$1 count=$2
	shift 2
	run "$@"
	is "$status $(last_line "$out")" "0 $count passed, 0 failed" "$name"
}

suite="$SUITES/params.so"
selects "a name" 1 -f params::plain "$suite"
selects "--filter NAME" 1 --filter params::plain "$suite"
selects "--filter=NAME" 1 --filter=params::plain "$suite"
selects "-fNAME" 1 -fparams::plain "$suite"
selects "Scope/name" 1 -f params/plain "$suite"
selects "a whole range" 12 -f params::range "$suite"
selects "one index" 1 -f 'params::range[3]' "$suite"
selects "a span of indices" 4 -f 'params::range[2-5]' "$suite"
selects "Scope/name with a span" 4 -f 'params/range[2-5]' "$suite"
selects "the last index" 1 -f 'params::range[11]' "$suite"
selects "all indices" 12 -f 'params::range[0-11]' "$suite"
selects "the scope" 26 -f 'params::*' "$suite"
selects "a star in the middle" 2 -f 'params::w*s[0-1]' "$suite"
selects "question marks" 2 -f 'params::?o???' "$suite"
selects "several: the union" 13 -f params::plain -f params::range "$suite"
selects "several that overlap: each test once" 12 \
	-f params::range -f 'params::range[3]' -f 'params::r*e' "$suite"
selects "two spans of a range" 6 -f 'params::range[0-2]' \
	-f 'params::range[9-11]' "$suite"
selects "over suites" 11 -f 'pass::*' -f params::plain "$suite" \
	"$SUITES/pass.so"
selects "one suite has none of it" 1 -f params::plain "$suite" \
	"$SUITES/pass.so"

run -f 'params::range[2-5]' -v "$suite"
is "$(results PASS | sort | xargs)" \
	"params::range[2] params::range[3] params::range[4] params::range[5]" \
	"a span: those indices"
run -f 'some::fail[5]' -f 'some::fail[6]' -v "$suite"
is "$status $(last_line "$out")" "1 1 passed, 1 failed" \
	"an index is the index of its test"
is "$(results FAIL) $(results PASS)" "some::fail[5] some::fail[6]" \
	"an index keeps its name"

# Nothing is selected.
for arguments in "-f nothing" "-f params::range[12]" "-f params::range[99-100]" \
	"-f params" "-f PARAMS::*"; do
	# shellcheck disable=SC2086 # a list of arguments
	run $arguments "$suite"
	is "$status" 4 "$arguments: exit 4 (EXIT-4)"
	is "$(wc -l <<<"$out$err")" 1 "$arguments: one sentence"
done
run --no-tests=fail -f nothing "$suite"
is "$status" 4 "--no-tests=fail: exit 4"
run --no-tests=warn -f nothing "$suite"
is "$status $(last_line "$out")" "0 0 passed, 0 failed" "--no-tests=warn: exit 0"
like "$err" 'no test' "--no-tests=warn: a warning"
run --no-tests=pass -f nothing "$suite"
is "$status $(last_line "$out")" "0 0 passed, 0 failed" "--no-tests=pass: exit 0"
is "$err" "" "--no-tests=pass: silent"
run --no-tests=pass "$suite" "$SUITES/no_tests.so"
is "$status" 5 "--no-tests=pass does not excuse a suite without tests (ADP-3)"
run --no-tests=pass -f nothing "$suite" "$SUITES/ctor_crash.so"
is "$status" 5 "nothing selected and a bad suite: exit 5 (EXIT-9)"

# One of several matches nothing: that is a typing error.
run -f params::plain -f nothing "$suite"
is "$status" 2 "one glob of two matches nothing: exit 2"
like "$err" 'nothing' "it names the glob"
is "$out" "" "no test is run"
run -f params::plain -f nothing --no-tests=pass "$suite"
is "$status" 2 "--no-tests=pass does not excuse it"

# Globs that are none.
run -f 'params::[' "$suite"
ok "an open bracket: 2 or 4, no crash (got $status)" \
	test "$status" = 2 -o "$status" = 4
run -f '' "$suite"
ok "an empty glob: 2 or 4 (got $status)" test "$status" = 2 -o "$status" = 4
run -f 'params::range[5-2]' "$suite"
ok "a span backwards: 2 or 4 (got $status)" test "$status" = 2 -o "$status" = 4
run -f "params::range[99999999999999999999-99999999999999999999]" "$suite"
ok "an index beyond all numbers: 2 or 4 (got $status)" \
	test "$status" = 2 -o "$status" = 4
run -f "$(printf 'x%.0s' {1..20000})" "$suite"
is "$status" 4 "a glob of 20,000 letters"
run -f "$(printf '*x%.0s' {1..40})" "$suite"
is "$status" 4 "a glob of 40 stars ends soon"

# A failure that is not selected does not fail the run; the last test of a
# large range is found at once.
selects "only what passes: 3 + 5 first ones + plain + one" 10 \
	-f 'mixed::p*' -f 'params::*[0]' -f params::plain \
	-f 'params::range[1]' "$SUITES/mixed.so" "$suite"
selects "one of 10,000,000" 1 -f 'many::empty[1999999]' "$SUITES/manyempty.so"

# The same in lists.
is "$(shmrun list -f 'params::range[2-5]' "$suite")" "params::range[2..5]" \
	"list: a span"
is "$(shmrun list -f params/plain "$suite")" "params::plain" "list: Scope/name"
run list -f nothing "$suite"
is "$status" 4 "list: nothing selected: exit 4"
run list --no-tests=pass -f nothing "$suite"
is "$status$out$err" 0 "list --no-tests=pass: nothing and silent"
run list -f params::plain -f nothing "$suite"
is "$status" 2 "list: one glob of two: exit 2"

for isolate in worker fork; do
	selects "$isolate: a span of 2,000,000" 300 --isolate=$isolate \
		-f 'many::empty[1000000-1000299]' "$SUITES/manyempty.so"
done

# ---- expressions (SEL-3; section 4.4) ---------------------------------------

selects "-E a test" 1 -E 'test(=params::plain)' "$suite"
selects "--expr=" 1 --expr='test(=params::plain)' "$suite"
selects "-E and not" 14 -E 'scope(params) and not test(range)' "$suite"
selects "-E one instance" 1 -E 'test(=params::range[3])' "$suite"
selects "-E a regular expression" 2 -E 'test(/range\[[45]\]/)' "$suite"
selects "-E twice: the union" 13 -E 'test(plain)' -E 'test(=params::range)' \
	"$suite"
selects "-E and -f: both" 2 -E 'scope(params)' -f 'params::range[2-3]' "$suite"
selects "-E over suites" 10 -E 'suite(pass.so)' "$suite" "$SUITES/pass.so"
run list -E 'tag(net)' "$SUITES/attrs.so"
is "$status $out" "0 attrs::tags" "list takes it, too"
run -E 'test(plain' "$suite"
is "$status $err" "2 shmrun: in the filter 'test(plain', column 11: a ) is missing" \
	"-E: an error names its column (EXIT-2)"
run -E 'test(plain) or tag(nothing)' "$suite"
is "$status $err" "2 shmrun: in the filter 'test(plain) or tag(nothing)', column 16: 'tag(nothing)' matches no test" \
	"-E: a predicate that matches nothing (SEL-7)"
run -E 'none()' "$suite"
is "$status" 4 "-E: nothing selected (EXIT-4)"
