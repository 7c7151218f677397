#!/bin/bash
# SPDX-License-Identifier: MIT
# shmrun list: a line for each test in the order of the source, a range is one
# line, nothing is run; -v adds the place and the attributes; jsonl is one valid
# object on a line with all attributes, whatever the names hold (SEL-2, NAT-7,
# NAT-9, NAT-11, NAT-14, OUT-4).

. "${top_srcdir:-.}/tests/cli/lib.sh"

command -v jq >/dev/null || skip_all "no jq"

plan 72

run list "$SUITES/params.so"
is "$status" 0 "exit 0"
is "$out" "params::plain
params::range[0..11]
params::one[0]
params::function[0..6]
params::rows[0..2]
params::words[0..1]
some::fail[0..9]" "a line for each test, a range is one"
is "$err" "" "nothing on stderr"
run list "$SUITES/mixed.so"
is "$(grep -c . <<<"$out")" 19 "tests that would fail are listed, none is run"
is "$out" "$(grep -o 'SHMRUN_TEST([a-z_, ]*)' \
	"${top_srcdir:-.}/tests/fixtures/mixed.c" |
	sed 's/.*(\(.*\), \(.*\))/\1::\2/')" "the order of the source (NAT-7)"
run list "$SUITES/crash.so" "$SUITES/hang.so"
is "$status $(grep -c . <<<"$out")" "0 19" "two suites, one after the other"
run list "$SUITES/disabled.so"
like "$out" '^disabled::test$' "a disabled test is listed (ADP-7)"
run list "$SUITES/manyempty.so"
is "$out" 'many::empty[0..1999999]' "2,000,000 are one line"
EMPTY_COUNT=10000000 run list "$SUITES/manyempty.so"
is "$out" 'many::empty[0..9999999]' "10,000,000 are one line (NAT-14)"
EMPTY_COUNT=10000001 run list "$SUITES/manyempty.so"
is "$status" 5 "10,000,001 are too many"
EMPTY_COUNT=0 run list "$SUITES/manyempty.so"
is "$status" 5 "a range without tests is an error"

# -v: place and attributes (BAL-12).
run list -v "$SUITES/attrs.so"
is "$status" 0 "-v: exit 0"
has()
{
	like "$out" "^attrs::$1 .*attrs\.c:[0-9]+ .*$2" "-v: $1"
}
has none 'slow=7 retries=1 tags=inherited$'
has affinity 'affinity=cache'
has serial 'serial=chain'
has lock 'lock=db$'
has lock_list 'lock=db:r,port:w:2$'
has exclusive ' exclusive'
has weight 'weight=2'
has after 'after=cache'
has last ' last '
has priority 'priority=-5'
has timeout 'timeout=2\.5'
has slow 'slow=1 '
has cost 'cost=0\.25'
has worker 'isolate=worker'
has fork 'isolate=fork'
has exec 'isolate=exec'
has retries 'retries=3'
has signal 'signal=10'
has exit_code 'exit_code=7'
has tags 'tags=quick,net'
has disabled ' disabled'
has description 'description=what it is for'

# jsonl
run list --format=jsonl "$SUITES/attrs.so"
is "$status" 0 "jsonl: exit 0"
cp "$tmp/out" "$tmp/list.jsonl"
is "$(jq -s length "$tmp/list.jsonl")" 23 "jsonl: valid, an object for each"
is "$(wc -l <"$tmp/list.jsonl")" 23 "jsonl: one on a line"
is "$(jq -r .name "$tmp/list.jsonl")" "$(shmrun list "$SUITES/attrs.so")" \
	"jsonl: the names, in order"
# field TEST EXPRESSION WANTED
field()
{
	is "$(jq -c "select(.name == \"attrs::$1\") | $2" "$tmp/list.jsonl")" \
		"$3" "jsonl: $1: $2"
}
field none '[.suite, .adapter, .scope, .indexed, .first, .count]' \
	"[\"$SUITES/attrs.so\",\"native\",\"attrs\",false,0,1]"
field none '.file | endswith("tests/fixtures/attrs.c")' true
field none .line "$(grep -n 'attrs, none' \
	"${top_srcdir:-.}/tests/fixtures/attrs.c" | cut -d: -f1)"
field none '[.slow, .retries, .tags]' '[7,1,["inherited"]]'
field none '[.isolate, .timeout, .cost, .weight, .priority, .signal, .exit_code]' \
	'["auto",0,0,0,0,0,0]'
field none '[.exclusive, .last, .disabled]' '[false,false,false]'
field none '[.affinity, .serial, .lock, .after, .description]' '["","","","",""]'
field affinity .affinity '"cache"'
field lock_list .lock '"db:r,port:w:2"'
field exclusive .exclusive true
field last .last true
field priority .priority -5
field timeout .timeout 2.5
field cost .cost 0.25
field fork .isolate '"fork"'
field signal .signal 10
field exit_code .exit_code 7
field tags .tags '["quick","net"]'
field disabled .disabled true
field description .description '"what it is for"'
field everything .description '"\"quotes\", <tags> & commas"'
run list --format=jsonl "$SUITES/params.so"
is "$(jq -s 'map(.count) | add' "$tmp/out")" 36 "jsonl: counts add up"
is "$(jq -c 'select(.name == "params::range") | [.indexed, .first, .count]' \
	"$tmp/out")" '[true,0,12]' "jsonl: a range"
run list --format=jsonl -f 'params::range[2-5]' "$SUITES/params.so"
is "$(jq -c '[.first, .count]' "$tmp/out")" '[2,4]' "jsonl: a part of a range"
run list --format=jsonl "$SUITES"/{pass,params,cxx,fixtures,hang}.so
is "$(jq -e . "$tmp/out" >"$tmp/null" && echo valid)" valid \
	"jsonl: five suites are valid"

# What applies, and from where (ATTR-1): attrs.so has SHMRUN_DEFAULTS.
run list --attributes --slow 9s "$SUITES/attrs.so" "$SUITES/pass.so"
is "$status" 0 "--attributes: exit 0"
applies()
{
	is "$(grep "^$1 " <<<"$out" | cut -d ' ' -f 2-)" "$2" "--attributes: $1"
}
applies attrs::none 'isolate=worker (native) timeout=300 (--timeout) '`
	`'slow=7 (suite) retries=1 (suite) tags=inherited (suite)'
applies attrs::slow 'isolate=worker (native) timeout=300 (--timeout) '`
	`'slow=1 (test) retries=1 (suite) tags=inherited (suite)'
applies attrs::lock 'isolate=worker (native) timeout=300 (--timeout) '`
	`'slow=7 (suite) retries=1 (suite) tags=inherited (suite) lock=db (test)'
like "$out" '^pass::[a-z_]+ isolate=worker \(native\) timeout=300 \(--timeout\) slow=9 \(--slow\)$' \
	"--attributes: nothing of the other suite's"
run list --attributes --format=jsonl -f attrs::tags --isolate=fork --timeout 0 \
	"$SUITES/attrs.so"
is "$(jq -c '.applies | [.isolate, .timeout, .tags]' "$tmp/out")" \
	'[{"value":"fork","from":"--isolate"},{"value":"none","from":"--timeout"},'`
	`'{"value":"quick,net","from":"test"}]' "--attributes: jsonl"
run list --format=jsonl -f attrs::tags "$SUITES/attrs.so"
is "$(jq -c .applies "$tmp/out")" null "jsonl: only with --attributes"

# A list that cannot be written is an error (OUT-6).
status=0
shmrun list "$SUITES/attrs.so" >/dev/full 2>"$tmp/err" || status=$?
is "$status" 3 "a full disk: exit 3"
run list "$SUITES/pass.so" "$SUITES/no_tests.so"
is "$status $(grep -c . <<<"$out")" "5 10" "a bad suite: the others are listed"
