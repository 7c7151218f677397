#!/bin/bash
# SPDX-License-Identifier: MIT
# The modes of --dist on a real suite, the totals exact in each: what is one
# unit runs on one slot, uninterrupted and in order (SCOPE-1, KEY-SCOPE,
# KEY-FILE, KEY-GROUP, in real runs); each test on each slot (EACH-1); one slot
# in plan order (NO-1); no more slots than units (SHM-10, V-SCOPE-3); the mode
# and its reason in the first lines (AUTO-6, MODE-4); wrong names (SEL-7,
# SEL-8).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 70

suite="$SUITES/modes.so"
export MODES_LOG

# mode NAME ARGUMENT...: runs it, with a log of its own.
mode()
{
	local name=$1
	shift
	MODES_LOG="$tmp/log.$((++log_n))"
	run --no-timings -v --dist="$name" "$@" "$suite"
}
log_n=0
listed="a::one b::one a::two b::two $(echo b::range\[{0..3}\]) a::three \
c::one d::one $(echo c::range\[{0..7}\]) d::two"

# slots PATTERN: where the tests that match ran, each slot once.
slots()
{
	grep -E "$1" "$MODES_LOG" | awk '{ print $2 }' | sort -u | xargs
}

# names PATTERN: those that match, as they ran.
names()
{
	grep -E "$1" "$MODES_LOG" | awk '{ print $1 }' | xargs
}

# whole PATTERN: nothing else ran on that slot between the first and the last.
whole()
{
	awk -v pattern="$1" -v slot="$(slots "$1")" '
	$2 == slot { seen = seen ($1 ~ pattern ? "x" : "-") }
	END { exit seen !~ /^-*x+-*$/ }' "$MODES_LOG"
}

# unit PATTERN NAMES WHAT: one slot, uninterrupted, in order.
unit()
{
	is "$(slots "$1" | wc -w)" 1 "$3: on one slot"
	ok "$3: uninterrupted" whole "$1"
	is "$(names "$1")" "$2" "$3: in order"
}

for name in load longest worksteal loadscope loadfile loadgroup no auto; do
	mode $name -j 2
	is "$status $(last_line "$out")" "0 20 passed, 0 failed" \
		"$name: the counts"
	is "$(results | sort)" "$(xargs -n 1 <<<"$listed" | sort)" \
		"$name: each once"
	like "$out" "^dist $name( |,)" "$name: is told"
done

mode loadscope -j 3
unit '^a::' "a::one a::two a::three" "loadscope, a"
unit '^b::' "b::one b::two b::range[0] b::range[1] b::range[2] b::range[3]" \
	"loadscope, b"
unit '^d::' "d::one d::two" "loadscope, d"
is "$(head -n 1 "$MODES_LOG" | cut -c1-3 | grep -cE '^(b::|c::|a::)')" 1 \
	"loadscope: one of the large ones is first"

mode loadfile -j 4
like "$out" ' 2 workers: -j 4' "loadfile: two files are two workers"
unit '^[ab]::' "a::one b::one a::two b::two b::range[0] b::range[1] \
b::range[2] b::range[3] a::three" "loadfile, modes_x.c"
is "$(slots '^[cd]::' | wc -w)" 1 "loadfile, modes_y.c: on one slot"

mode loadgroup -j 3
unit '^[acd]::one' "a::one c::one d::one" "loadgroup, g"

for jobs in 1 3; do
	mode each -j $jobs
	is "$status $(last_line "$out")" "0 $((20 * jobs)) passed, 0 failed" \
		"each, -j $jobs: n times J"
	is "$(sort -u "$MODES_LOG" | wc -l) $(wc -l <"$MODES_LOG")" \
		"$((20 * jobs)) $((20 * jobs))" \
		"each, -j $jobs: every test once on every slot"
	is "$(grep -c 'PASS .* a::two (w0)$' "$tmp/out")" 1 \
		"each, -j $jobs: told by slot"
done

# Nor can machines take one for the other.
named()
{
	sed -n "$2" "$tmp/$1" | sort -u | wc -l
}

run --no-timings --dist=each -j 3 --tap="$tmp/tap" --junit="$tmp/junit" "$SUITES/modes.so"
"$SHMRUN" report last --tap="$tmp/tap2" --junit="$tmp/junit2"
for report in tap tap2; do
	is "$(named $report 's/^ok [0-9]* - //p')" 60 "each, $report: by slot"
	is "$(grep -c -- ' - a::two (w2)$' "$tmp/$report")" 1 "each, $report: w2"
done
for report in junit junit2; do
	is "$(named $report 's/.*<testcase.* name="\([^"]*\)".*/\1/p')" 60 \
		"each, $report: by slot"
done
is "$(sed -n '/^slowest:/,/^[0-9]/p' "$tmp/out" | grep -c '(w[012])$')" 5 \
	"each: the slowest, by slot"
run --no-timings --dist=each -j 1 --tap="$tmp/tap" "$SUITES/modes.so"
is "$(grep -c '(w' "$tmp/tap")" 0 "one slot needs no number"

# What did not run is of a slot as well.
run --no-timings --dist=each -j 3 --json="$tmp/json" "$SUITES/disabled.so"
"$SHMRUN" report last --json="$tmp/json2"
for report in json json2; do
	is "$(sed -n 's/.*"test-finished".*"test":\("[^"]*"\).*"slot":\([0-9]*\).*/\1 \2/p' \
		"$tmp/$report" | sort -u | wc -l)" 15 \
		"each, $report: what did not run is of a slot"
done

mode no -j 8
is "$(names .)" "$listed" "no: as listed"
like "$out" ' 1 worker: --dist no' "no: one worker"
mode load -j 1
is "$(names .)" "$listed" "load: starts as listed (LOAD-1)"
mode worksteal -j 64
is "$status $(last_line "$out")" "0 20 passed, 0 failed" \
	"worksteal: more jobs than tests"
mode loadscope -j 1 --no-loadscope-reorder
is "$(names . | sed 's/::[^ ]*//g' | xargs -n 1 | uniq | xargs)" "a b c d" \
	"--no-loadscope-reorder: as listed"
mode loadscope -j 1
is "$(names . | sed 's/::[^ ]*//g' | xargs -n 1 | uniq | xargs)" "c b a d" \
	"loadscope: the one with the most tests first (SCOPE-2)"

# History: the second run knows (AUTO-4, AUTO-5).
run --dist=auto -j 2 "$suite"
like "$out" '^dist auto -> load \(no history, 2 jobs\)' "auto: first load"
run --dist=auto -j 2 "$suite"
like "$out" '^dist auto -> longest \(history covers 100 % of ' \
	"auto: then longest"

run --dist=loadscop "$suite"
is "$status" 2 "a wrong name: exit 2"
like "$err" 'did you mean loadscope\?' "and the nearest"
run --dist=longest --order=random "$suite"
is "$status" 2 "longest in another order: exit 2"
like "$err" 'use --dist load' "and what to use"
