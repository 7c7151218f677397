#!/bin/bash
# SPDX-License-Identifier: MIT
# Where a test crashed: function, file, line, object and offset, from the body
# to the fault and nothing of ours, in every report and in a replay; in both
# tiers, of a thread, of a call of nothing.  Nothing changes for a test that
# looks, nor for one that is expected to crash, nor for the blame when the
# process that makes backtraces is missing, dies or hangs (issue 5, item 4).

. "${top_srcdir:-.}/tests/cli/lib.sh"

unwind=$(dirname "$SHMRUN")/shmrun-unwind
[ "$("$unwind" --about)" = elfutils ] || skip_all "built without elfutils"
[ -z "${SANITIZERS-}" ] || skip_all "a sanitizer has handlers of its own"

plan 67

source="$top_srcdir/tests/fixtures/backtrace.c"

# The line of the fixture that ends in a comment with this name.
line()
{
	grep -n "/\* line: $1 \*/" "$source" | cut -d: -f1
}

# frames TEST: its backtrace, without indentation.
frames()
{
	told "$1" | sed -n '/^ *backtrace:$/,$s/^        //p'
}

crashes()
{
	run "$@" -f 'backtrace::*' -f 'unseen::*' "$SUITES/backtrace.so"
}

inner="^inner at .*/backtrace\.c:$(line inner) \(backtrace\.so\+0x[0-9a-f]+\)$"
outer="^outer at .*/backtrace\.c:$(line outer) \(backtrace\.so\+0x[0-9a-f]+\)$"

for isolate in worker fork; do
	crashes -j 2 --isolate=$isolate
	is "$status $(last_line "$out")" "1 4 passed, 5 failed" \
		"$isolate: the tests end as they did"
	is "$err" "" "$isolate: nothing on stderr"
	calls=$(frames backtrace::of_calls)
	is "$(wc -l <<<"$calls")" 3 "$isolate: three frames, none of ours"
	like "$(sed -n 1p <<<"$calls")" "$inner" "$isolate: where it crashed"
	like "$(sed -n 2p <<<"$calls")" "$outer" "$isolate: who called that"
	like "$(sed -n 3p <<<"$calls")" \
		"of_calls at .*backtrace\.c:$(line of_calls) " \
		"$isolate: the body comes last"
	like "$(told backtrace::of_calls)" \
		'killed by SIGSEGV \(SEGV_MAPERR at address 0x0\) in w' \
		"$isolate: what was touched"
	like "$(frames backtrace::of_an_abort | tail -n 1)" \
		'of_an_abort at .*backtrace\.c:' "$isolate: of an abort"
	like "$(frames backtrace::of_no_function)" \
		"^shmrun_body_.*of_no_function at .*:$(line of_no_function) " \
		"$isolate: who called nothing"
	like "$(frames backtrace::of_a_thread)" "$inner" \
		"$isolate: of the thread that crashed"
	like "$(frames backtrace::of_a_thread)" "^run_thread at " \
		"$isolate: down to where the thread began"
	like "$(frames backtrace::of_a_group_kill)" 'of_a_group_kill at ' \
		"$isolate: a signal that was sent"
	like "$(told backtrace::of_a_group_kill)" 'killed by SIGSEGV' \
		"$isolate: which kills"
	like "$(told backtrace::of_a_group_kill)" '\(SI_USER\)' \
		"$isolate: and was sent"
done

# ---- of a test that ran out of time ---------------------------------------

for isolate in worker fork; do
	run -j 2 --isolate=$isolate -f 'hang::*' "$SUITES/backtrace.so"
	is "$status $(last_line "$out")" "1 0 passed, 2 failed" \
		"$isolate: they time out"
	is "$(results TIMEOUT | wc -l)" 2 "$isolate: and nothing else"
	like "$(frames hang::waits)" \
		"^wait_here at .*:$(line wait_here) " "$isolate: where it waits"
	like "$(frames hang::spins)" 'hang__spins at .*backtrace\.c:' \
		"$isolate: where it spins"
done

run --command 'sleep 100' --timeout=0.5s --grace=1s
like "$out" 'TIMEOUT' "a program times out"
unlike "$out" '^    backtrace:$' "where its worker waits is not shown for it"

# ---- of what nothing can be made -------------------------------------------

run -j 1 -f 'lost::*' "$SUITES/backtrace.so"
unlike "$out$err" 'no more backtraces' "no answer is an answer"

# ---- every report, and a replay ----------------------------------------

run -j 2 -f backtrace::of_calls "$SUITES/backtrace.so" --junit="$tmp/j.xml" \
	--json="$tmp/j.json" --record="$tmp/r.shmres"
like "$(cat "$tmp/j.xml")" 'inner at .*backtrace\.c:' "JUnit has it"
like "$(cat "$tmp/j.xml")" 'message="killed by SIGSEGV' \
	"and the message is still the signal"
like "$(jq -r '.notes[]? | select(.kind == "backtrace") | .text' \
	"$tmp/j.json")" 'outer at .*backtrace\.c:' "JSON has it"
is "$(jq -c '.fault // empty' "$tmp/j.json")" \
	'{"code":1,"name":"SEGV_MAPERR","address":0}' "JSON has the fault"
live=$(frames backtrace::of_calls)
run report "$tmp/r.shmres"
is "$(frames backtrace::of_calls)" "$live" "a replay shows the same"
like "$(told backtrace::of_calls)" 'SEGV_MAPERR at address 0x0' \
	"and what was touched"
run report --tap=- "$tmp/r.shmres"
like "$out" 'inner at ' "TAP has it"

# ---- C++ -----------------------------------------------------------------

cat >"$tmp/tree.cc" <<'END'
#include <shmrun.h>
namespace {
int *volatile nowhere;
struct tree {
	__attribute__((noinline)) int grow(int by) { return *nowhere + by; }
};
}
SHMRUN_TEST(tree, grows)
{
	shmrun_check_true(tree().grow(1) == 1);
}
END
if ! command -v ${CXX:-c++} >/dev/null; then
	skip "no C++ compiler" "names of C++"
elif ${CXX:-c++} -g -O0 -fPIC -shared -I"$top_srcdir/include" \
	-o "$tmp/tree.so" "$tmp/tree.cc"; then
	run "$tmp/tree.so"
	like "$(frames tree::grows)" \
		'^\(anonymous namespace\)::tree::grow\(int\) at .*tree\.cc:5 ' \
		"names of C++ are as they were written"
else
	ok "names of C++: the suite is built" false
fi

# ---- never --------------------------------------------------------------

crashes -j 2 --backtrace=never
is "$status $(last_line "$out")" "1 4 passed, 5 failed" "never: the same"
unlike "$out" '^    backtrace:$' "never: there are none"
run --backtrace=maybe "$SUITES/pass.so"
is "$status" 2 "another word is refused"

# ---- without its program, and with a broken one --------------------------

mkdir "$tmp/bin"
cp "$SHMRUN" "$tmp/bin/shmrun"

# broken NAME SCRIPT: the crashes with that in the place of shmrun-unwind.
broken()
{
	local name=$1
	printf '#!/bin/sh\n%s\n' "$2" >"$tmp/bin/shmrun-unwind"
	chmod +x "$tmp/bin/shmrun-unwind"
	run_program "$tmp/bin/shmrun" --backend="$SHMRUN_TEST_BACKEND" -j 2 \
		-f 'backtrace::*' -f 'unseen::*' "$SUITES/backtrace.so"
	is "$status $(last_line "$out")" "1 4 passed, 5 failed" \
		"$name: the tests end as they did"
	unlike "$out" '^    backtrace:$' "$name: no backtraces"
	is "$(results | wc -l)" 5 "$name: each crash is told once"
}

run_program "$tmp/bin/shmrun" --backend="$SHMRUN_TEST_BACKEND" \
	-f 'backtrace::*' -f 'unseen::*' "$SUITES/backtrace.so"
is "$status $(last_line "$out")" "1 4 passed, 5 failed" "none: the same"
unlike "$out" '^    backtrace:$' "none: no backtraces"
run_program "$tmp/bin/shmrun" doctor
like "$out" '^no  backtraces ' "none: doctor says it"
broken "one that ends" "exit 0"
like "$out$err" 'no more backtraces' "one that ends: it is given up"
broken "one that hangs" "exec sleep 1000"
broken "one that is killed" 'kill -9 $$'
run doctor
like "$out" '^ok  backtraces +elfutils' "doctor names what makes them"

# ---- many ----------------------------------------------------------------

cat >"$tmp/many.c" <<'END'
#include <shmrun.h>
#include <stdlib.h>
SHMRUN_RANGE(many, crash, 1000) { abort(); }
END
if ${CC:-cc} -g -fPIC -shared -I"$top_srcdir/include" -o "$tmp/many.so" \
	"$tmp/many.c" 2>/dev/null; then
	run -j 4 "$tmp/many.so"
	is "$status $(last_line "$out")" "1 0 passed, 1000 failed" \
		"a thousand crashes are all told"
	traced=$(grep -c '^    backtrace:$' <<<"$out")
	ok "so many have a backtrace: $traced" \
		test "$traced" -gt 0 -a "$traced" -le 50
	like "$out$err" "$((1000 - traced)) crashed tests have no backtrace" \
		"and the others are counted"
else
	skip "no compiler" "a thousand crashes" 3
fi
