#!/bin/bash
# SPDX-License-Identifier: MIT
# The duration history from outside: the second run knows what the first one
# measured; runs beside one another all count; a file that is damaged at any
# byte, of another version, a folder that is read-only, full, or cannot be, no
# HOME, and kill -9 while it is saved never fail a run and lose nothing that
# was saved; `timings` shows, exports, imports, merges, prunes (FILE-1 to
# FILE-5, DIR-1, DIR-3, EST-1, DEC-7, KEY-1, KEY-2, STOP-3, T-9).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 65

cache=$XDG_CACHE_HOME/shmrun
suite=$SUITES/pass.so
export LC_ALL=C

# known FIELD NAME: a word of a test's exported line.
known()
{
	shmrun timings export | awk -v field="$1" -v name="$2" \
		'$4 == name { print $field }'
}

# files: the books there are.
files()
{
	find "$cache/timings" -name '*.timings' 2>/dev/null | wc -l
}

# A run after a run.
run "$suite"
is "$status" 0 "a run without a history"
is "$err" "" "nothing is said about it"
is "$(files)" 1 "there is a book"
ok "the folder has a tag" grep -q '^Signature: 8a477f597d28d172789f06886806bc55' \
	"$cache/CACHEDIR.TAG"
name=$(shmrun list "$suite" | head -n 1)
is "$(known 7 "$name")" 1 "a test of one run"
run "$suite"
is "$(known 7 "$name")" 2 "the second run adds to it"
cp "$suite" "$tmp/pass.so"
run "$tmp/pass.so"
is "$(known 7 "$name")" 3 "the same suite in another place is the same (KEY-1)"
run --suite-id=other "$suite"
is "$(known 7 "$name" | xargs)" "1 3" "another --suite-id is another suite"
run --no-timings "$suite"
is "$(known 7 "$name" | xargs)" "1 3" "--no-timings keeps nothing"
rm -r "$cache"
run --no-timings "$suite"
not_ok "--no-timings makes no folder" test -e "$cache"

# What is a sample (EST-1), and what is to do (STOP-3).
run "$SUITES/mixed.so"
is "$(known 7 mixed::pass) $(known 8 mixed::pass)" "1 pass" "a pass is a sample"
is "$(known 7 fails::is_true) $(known 5 fails::is_true)" "0 0" \
	"a failure is none"
is "$(known 8 fails::is_true) $(known 13 fails::is_true)" "fail t" \
	"it is to do"
run -x -j1 "$SUITES/mixed.so"
is "$(known 13 mixed::pass | tr -d i)" "$(grep -q 'NOTRUN.*mixed::pass' \
	<<<"$out" && echo t || echo -)" "what did not run is to do"
run -f 'mixed::pass' "$SUITES/mixed.so"
is "$(known 13 mixed::pass) $(known 13 fails::is_true)" "- t" \
	"a filter changes what ran, and nothing else"

# Shared fixtures are apart (DEC-7, PEER-10, BAL-7).
build_suite slow_fixture <<'EOF'
#include <shmrun.h>
#include <time.h>
static void wait(void)
{
	struct timespec ts = { .tv_nsec = 60000000 };

	nanosleep(&ts, NULL);
}
SHMRUN_SCOPE_FIXTURE(a, wait, wait)
SHMRUN_WORKER_FIXTURE(w, wait, NULL)
SHMRUN_TEST(a, one) {}
SHMRUN_TEST(a, two) {}
EOF
for isolate in worker fork; do
	rm -rf "$cache"
	run -j1 --isolate=$isolate "$tmp/slow_fixture.so"
	is "$status" 0 "$isolate: fixtures that take long"
	ok "$isolate: no test is charged" test \
		"$(known 5 a::one)" -lt 60000000 -a \
		"$(known 5 a::two)" -lt 60000000
	ok "$isolate: the scope is, set-up and teardown" test \
		"$(known 5 a)" -ge 120000000
	ok "$isolate: the worker is" test "$(shmrun timings export |
		awk '$3 == "worker" { print $5 }')" -ge 60000000
done

# How it was built (KEY-2).
rm -rf "$cache"
src='#include <shmrun.h>
SHMRUN_TEST(a, one) {}'
CC="${CC:-gcc} -O0" build_suite built <<<"$src"
run "$tmp/built.so"
CC="${CC:-gcc} -O2" build_suite built <<<"$src"
run "$tmp/built.so"
is "$(shmrun timings export | awk '!/^#/ { print $2 }' | sed 's/^[^-]*-//' |
	xargs)" "debug release" "debug and release have times of their own"
CC="${CC:-gcc} -O2 -Wl,-soname,libnamed.so.1" build_suite built <<<"$src"
run "$tmp/built.so"
like "$(shmrun timings show)" '^libnamed\.so\.1 ' "a soname goes before a file"

# Ten at once (FILE-2, T-9).
rm -rf "$cache"
for i in {1..10}; do
	shmrun "$suite" >"$tmp/out.$i" 2>"$tmp/err.$i" &
	pids[i]=$!
done
failed=0
for i in {1..10}; do wait "${pids[i]}" || failed=$((failed + 1)); done
is "$failed" 0 "ten runs at once pass"
skipped=$(cat "$tmp"/err.* | grep -c 'not saved')
is "$(known 7 "$name")" $((10 - skipped)) "each counts that could be saved"
ok "and most could" test "$skipped" -lt 5

# Damaged (FILE-1): cut anywhere.
book=$(find "$cache/timings" -name '*.timings')
cp "$book" "$tmp/good"
size=$(stat -c %s "$book")
bad=0
for ((at = 0; at < size; at += 1 + size / 40)); do
	head -c "$at" "$tmp/good" >"$book"
	run "$suite"
	if [ "$status" != 0 ] || [ "$(known 7 "$name")" != 1 ] ||
		[ "$(grep -c 'it is damaged; moved aside' <<<"$err")" != 1 ]
	then
		diag "cut at $at"
		bad=$((bad + 1))
		tap_show_run
	fi
done
is "$bad" 0 "cut anywhere: a line, a good run, and a new beginning"
is "$(find "$cache/timings" -name '*.damaged' | wc -l)" 1 "one is kept aside"
run timings prune
is "$status $out" "0 0 dropped" "prune"
is "$(find "$cache/timings" -name '*.damaged' | wc -l)" 0 "takes it away"

# Of another version.
cp "$tmp/good" "$book"
printf '\x07' | dd of="$book" bs=1 seek=8 conv=notrunc status=none
sum=$(cksum <"$book")
run "$suite"
is "$status" 0 "another version: the run goes on"
like "$err" 'it is of version 7, this shmrun knows version 2; left alone' \
	"another version: a line"
is "$(cksum <"$book")" "$sum" "another version: it is not written over"
cp "$tmp/good" "$book"

# A folder that cannot be, or not be written.
run --cache-dir=/proc/no/such "$suite"
is "$status" 0 "a folder that cannot be: the run goes on"
like "$err" 'no timings: /proc/no/such/timings: ' "a line, since it was named"
HOME=/proc/no XDG_CACHE_HOME='' run "$suite"
is "$status $err" "0 " "no line, since it was not"
HOME=/proc/no XDG_CACHE_HOME='' run -v "$suite"
like "$err" 'no timings: /proc/no/' "but with -v"
run_program env -u HOME -u XDG_CACHE_HOME "$SHMRUN" "$suite"
is "$status $err" "0 " "no HOME"
run_program env -u HOME -u XDG_CACHE_HOME "$SHMRUN" -v "$suite"
like "$err" 'no timings: neither HOME nor XDG_CACHE_HOME' "no HOME, with -v"
if unshare -rm true 2>/dev/null; then
	mkdir "$tmp/fixed"
	# shellcheck disable=SC2016 # for the inner shell
	run_program unshare -rm bash -c 'mount -t tmpfs none "$1" &&
		export SHMRUN_CACHE_DIR=$1 && "$2" -q "$3" &&
		mount -o remount,ro "$1" && "$2" -q "$3" && "$2" -v "$3"' \
		- "$tmp/fixed" "$SHMRUN" "$suite"
	is "$status" 0 "a folder that is read-only: runs go on"
	is "$(grep -c 'timings are not saved in .*: Read-only' <<<"$err")" 1 \
		"a folder that is read-only: a line, with -v only"
else
	skip "no name spaces for users" "a folder that is read-only" 2
fi

# A full disk: files may not grow.
cp "$tmp/good" "$book"
build_suite many <<'EOF'
#include <shmrun.h>
SHMRUN_RANGE(many, tests, 4000) {}
EOF
run "$tmp/many.so"
if unshare -rm true 2>/dev/null; then
	mkdir "$tmp/full"
	# shellcheck disable=SC2016 # for the inner shell
	run_program unshare -rm bash -c 'mount -t tmpfs -o size=64k none "$1" &&
		export SHMRUN_CACHE_DIR=$1 && "$2" -q "$3" && "$2" -q "$4" &&
		"$2" timings export && ls "$1/timings"' \
		- "$tmp/full" "$SHMRUN" "$suite" "$tmp/many.so"
	is "$status $(grep -c '^4000 passed, 0 failed' <<<"$out")" "0 1" \
		"a full disk: the run goes on"
	like "$err" 'timings are not saved in .*: No space' "a full disk: a line"
	is "$(grep -c '^pass.so ' <<<"$out") $(grep -c 'many.so' <<<"$out")" \
		"$(shmrun list "$suite" | wc -l) 0" \
		"a full disk: what was there is there, and nothing else"
else
	skip "no name spaces for users" "a full disk" 3
fi

# kill -9 while it is saved.
before=$(known 7 'many::tests[7]')
worse=0
for i in {1..40}; do
	start "$tmp/many.so"
	wait_until 20 grep -q 'passed' "$tmp/out" || is_gone "$pid"
	kill -KILL "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	now=$(known 7 'many::tests[7]')
	[ "${now:-0}" -ge "$before" ] || worse=$((worse + 1))
	before=$now
done
is "$worse" 0 "kill -9 at the end of 40 runs: never less than before"
is "$(find "$cache/timings" -name '*.damaged' | wc -l)" 0 "none is damaged"

# The command.
run timings show
is "$status" 0 "show"
like "$out" '^many\.so \(.*\): 4000 known' "show: a head line"
like "$out" ' many::tests\[3999\]$' "show: a line for each"
run timings show pass.so
unlike "$out" 'many' "show: only what was named"
run timings export
cp "$tmp/out" "$tmp/text"
is "$(sed -n 1p "$tmp/text")" "# shmrun timings 2" "export: its first line"
rm -r "$cache"
run timings import "$tmp/text"
is "$status" 0 "import"
run timings export
ok "what was imported is exported as it was" cmp "$tmp/out" "$tmp/text"
grep many.so "$tmp/text" >"$tmp/one"
grep pass.so "$tmp/text" >"$tmp/two"
run timings merge "$tmp/two" "$tmp/one" "$tmp/two"
ok "merge" cmp "$tmp/out" "$tmp/text"
run timings import "$tmp/nowhere"
is "$status" 2 "import: a file that is not there"
echo "what is this" >"$tmp/what"
run timings merge "$tmp/text" "$tmp/what"
is "$status" 2 "merge: a file that is none"
like "$err" 'what: line 1 is not a test' "it says where"
run timings
is "$status" 2 "timings needs a word"
run timings frobnicate
is "$status" 2 "and one that it knows"

# --timings: a file instead of the cache (FILE-5).
rm -rf "$cache"
run --timings="$tmp/mine" --timings-write "$suite"
is "$status $err" "0 " "--timings-write: it need not be there"
like "$(cat "$tmp/mine")" "^pass\.so .* $name " "it is written"
not_ok "the cache is left alone" test -e "$cache"
cp "$tmp/mine" "$tmp/mine.before"
run --timings="$tmp/mine" "$suite"
ok "not without --timings-write" cmp "$tmp/mine" "$tmp/mine.before"
