#!/bin/bash
# SPDX-License-Identifier: MIT
# --wrapper CMD (DBG-2): every test that is a program is started by it, with its
# arguments, folder and environment, in a group of its own and without stdin;
# what comes of the wrapper is what comes of the test.  valgrind's findings fail
# the test that they are of, with its report and longer limits (TIME-6).
# A wrapper that is not there, and tests that cannot have one, are exit 2.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 21

# program NAME: $tmp/NAME from the shell script on stdin.
program()
{
	{ echo '#!/bin/sh'; cat; } >"$tmp/$1"
	chmod +x "$tmp/$1"
}

cd "$tmp" || exit 99
program 'a wrapper' <<'END'
echo "by $1: $# $3 $4" >>"$TOLD"
shift
"$@"
END
program shows <<'END'
[ -z "$(cat)" ] || exit 1
[ "$(ps -o pgid= -p $$ | tr -d ' ')" = $PPID ]
END
echo 'exit 3' | program fails
echo 'exit 77' | program skips
echo 'echo ok 1; echo not ok 2; echo 1..2' | program taps
echo 'echo $$ >>pids; sleep 1000' | program hangs
export TOLD="$tmp/told"
wrapped=(--wrapper "'$tmp/a wrapper' \"a word\"")

echo '@tap ./taps' >"$tmp/list"
run -v "${wrapped[@]}" ./shows ./fails ./skips --programs=list
is "$status $(last_line "$out")" "1 1 passed, 2 failed, 1 skipped" \
	"the wrapper's exit status is the test's"
is "$(results PASS)" "program::shows" "... its group and stdin as ever"
is "$(results FAIL | sort | xargs)" "list::taps program::fails" \
	"... its TAP is read"
is "$(grep -c '^by a word: 2 ' "$tmp/told")" 4 \
	"all are started by it, with its words"

echo "A=b ./shows 'x y' z" >"$tmp/list"
rm "$tmp/told"
run "${wrapped[@]}" --programs=list
is "$status $(cat "$tmp/told")" "0 by a word: 4 x y z" \
	"a program's arguments come behind its path"

printf '[profile default]\nwrapper = ./%s\n' nothing >"$tmp/conf"
run --config=conf ./skips
is "$status" 2 "a file can name it"
like "$err" '^shmrun: --wrapper: \./nothing: cannot find it' \
	"one that is not there: a sentence, exit 2"
run --config=conf --wrapper=none ./skips
is "$status" 0 "none: there is none"
run --wrapper="'sh" ./skips
is "$status:$err" "2:shmrun: --wrapper: a quote is not closed, or there are too many words" \
	"a quote that is not closed: exit 2"
run --wrapper=env ./skips "$SUITES/pass.so"
is "$status:$err" "2:shmrun: --wrapper is for tests that are programs of their own, and $SUITES/pass.so holds many" \
	"a shared object: exit 2"
run --wrapper=env --gdb=fails ./fails
is "$status" 2 "--gdb: exit 2"

run "${wrapped[@]}" --timeout=0.5 --grace=0.2 ./hangs
is "$status $(results TIMEOUT)" "1 program::hangs" "it can run out of time"
ok "... nothing is left" wait_until 10 all_gone "$tmp/pids"

# ---- valgrind ----------------------------------------------------------------

if [ -n "${SANITIZERS-}" ] || ! valgrind --version >/dev/null 2>&1; then
	skip "no valgrind: ./bootstrap check installs it" "valgrind" 8
	exit 0
fi
cat >"$tmp/reads.c" <<'END'
#include <stdlib.h>
int main(int argc, char **argv)
{
	char *bytes = malloc(8);
	volatile char c = bytes[argc > 1 ? 8 : 0];

	(void)argv;
	c = c;
	free(bytes);
	return 0;
}
END
# shellcheck disable=SC2086 # CC may hold options
${CC:-gcc} -g -o "$tmp/reads" "$tmp/reads.c"
cat >"$tmp/list" <<'END'
@name=good ./reads
@name=bad ./reads beyond
@name=hidden @pass-match=.* ./reads beyond
END
under=(--wrapper 'valgrind --quiet --error-exitcode=99')

run --programs=list
is "$status $(last_line "$out")" "0 3 passed, 0 failed" \
	"all pass without valgrind"
first=$(find "$XDG_CACHE_HOME" -type f | wc -l)
run "${under[@]}" -v -j 2 --programs=list
is "$status $(results PASS)" "1 list::good" "one passes with it"
is "$(results ERROR | sort | xargs)" "list::bad list::hidden" \
	"those do not that it speaks of, whatever they print"
like "$(told list::bad)" 'Invalid read of size 1' "... its report is told"
like "$(told list::bad)" '^ +exit status 99$' "... with its exit status"
like "$out" 'under valgrind; time limits are 30 times as long' \
	"limits are longer, and that is said"
ok "its timings are apart" test \
	"$(find "$XDG_CACHE_HOME" -type f | wc -l)" -gt "$first"
run "${under[@]}" ./fails
is "$status" 1 "a program that fails by itself fails under it"
