# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# resume.sh pins --resume (REC-1): only what has not ended in a recording runs;
# what was running when the earlier run was killed runs again; a failure of
# the earlier run keeps the exit status at 1; nothing left is not "nothing
# selected"; a recording cannot be resumed into itself.

. "${top_srcdir:-.}/tests/cli/lib.sh"
plan 30

export MARKS=$tmp/marks GO=$tmp/go
build_suite work <<-'END'
	#include <fcntl.h>
	#include <shmrun.h>
	#include <stdio.h>
	#include <stdlib.h>
	#include <unistd.h>

	static void mark(const char *name, unsigned index)
	{
		int fd = open(getenv("MARKS"), O_WRONLY | O_APPEND | O_CREAT,
			      0666);

		dprintf(fd, "%s[%u]\n", name, index);
		close(fd);
	}

	SHMRUN_RANGE(quick, test, 100) { mark("quick", (unsigned)shmrun_index()); }
	SHMRUN_RANGE(stuck, test, 2)
	{
		mark("stuck", (unsigned)shmrun_index());
		while (access(getenv("GO"), F_OK) != 0)
			usleep(10000);
	}
	SHMRUN_TEST(bad, fails)
	{
		mark("bad", 0);
		shmrun_check_true(0);
	}
END

both_run()
{
	[ "$("$SHMRUN" report "$tmp/a.shmres" 2>/dev/null |
		grep -c 'ERROR.*stuck::test')" -ge 2 ] &&
		[ "$(wc -l <"$MARKS")" = 103 ]
}

start -j 3 --record="$tmp/a.shmres" "$tmp/work.so"
wait_until 30 both_run
kill -KILL "$pid"
finish
is "$(wc -l <"$MARKS")" 103 "a run in which two tests hang is killed"
: >"$GO"

rm "$MARKS"
run -j 2 --resume="$tmp/a.shmres" --record="$tmp/b.shmres" "$tmp/work.so"
is "$(sort "$MARKS" | tr '\n' ' ')" 'stuck[0] stuck[1] ' \
	"what was running runs again, and nothing else"
is "$status" 1 "a failure of the earlier run keeps the exit status at 1"
like "$err" 'of 103 tests 101 had ended before, 1 of them failed' "... told"
is "$(last_line "$out")" '2 passed, 0 failed' "the last line is of this run"
like "$out" '^exit 1: a test had failed in the run that is resumed$' \
	"... and the one before it says why it is 1"
run report "$tmp/b.shmres" --json="$tmp/b.json"
is "$status $(grep -o '"exit_status":[0-9]*' "$tmp/b.json")" \
	'1 "exit_status":1' "... and so do all reports"

rm "$MARKS"
run -j 2 --resume="$tmp/a.shmres" -f 'quick::*' "$tmp/work.so"
is "$status:$(last_line "$out")" '0:0 passed, 0 failed' \
	"nothing left of what is selected is exit 0 if it had passed"
not_ok "... and nothing runs" test -e "$MARKS"
run -j 2 --resume="$tmp/a.shmres" -f 'bad::*' "$tmp/work.so"
is "$status" 1 "... and exit 1 if it had not"

run -j 2 --resume="$tmp/b.shmres" -f 'stuck::*' -f 'quick::test[7]' \
	"$tmp/work.so"
is "$(last_line "$out"):$(cat "$MARKS")" '1 passed, 0 failed:quick[7]' \
	"what another run did not select is not known"

run -j 2 --resume="$tmp/a.shmres" --record="$tmp/a.shmres" "$tmp/work.so"
is "$status" 2 "recording over what is resumed is refused"
run report "$tmp/a.shmres"
is "$status" 3 "... and the recording is still there"
run -j 2 --resume=nonesuch "$tmp/work.so"
is "$status" 2 "a recording that there is not is exit 2"
run -j 2 --resume="$tmp/work.so" "$tmp/work.so"
is "$status" 2 "so is a file that is none"
like "$err" 'is not a recording$' "... and said"
run list --resume="$tmp/a.shmres" "$tmp/work.so"
is "$status" 2 "--resume is for run"

# Of a copy of the suite nothing is known: the path is part of the name.
cp "$tmp/work.so" "$tmp/copy.so"
rm "$MARKS"
run -j 2 --resume="$tmp/a.shmres" -f 'quick::*' "$tmp/copy.so"
is "$status:$(wc -l <"$MARKS")" 0:100 "a test of another suite is another one"
head -c $(($(stat -c %s "$tmp/a.shmres") - 200)) "$tmp/a.shmres" >"$tmp/t.shmres"
run -j 2 --resume="$tmp/t.shmres" "$tmp/work.so"
like "$err" 'of 103 tests [0-9]+ had ended before' "a torn recording will do"

# What ran once is to run in each slot (EACH-1); who left a chain unfinished
# runs all of it (CRASH-3).
build_suite chain <<-'END'
	#include <fcntl.h>
	#include <shmrun.h>
	#include <stdio.h>
	#include <stdlib.h>
	#include <unistd.h>

	static void step(char name)
	{
		int fd = open(getenv("MARKS"), O_WRONLY | O_APPEND | O_CREAT,
			      0666);

		dprintf(fd, "%c", name);
		close(fd);
	}

	SHMRUN_TEST(alone, x) { step('x'); }
	SHMRUN_TEST(chain, a, .serial = "one") { step('a'); }
	SHMRUN_TEST(chain, b, .serial = "one")
	{
		step('b');
		if (access(getenv("GO"), F_OK) != 0)
			abort();
	}
	SHMRUN_TEST(chain, c, .serial = "one") { step('c'); }
	SHMRUN_TEST(other, y, .serial = "two") { step('y'); }
END
rm "$MARKS" "$GO"
run -j 2 --record="$tmp/c.shmres" "$tmp/chain.so"
is "$status:$(last_line "$out")" '1:3 passed, 1 failed, 1 skipped' \
	"a chain breaks"
: >"$GO"
: >"$MARKS"
run -j 2 --resume="$tmp/c.shmres" --record="$tmp/d.shmres" "$tmp/chain.so"
is "$status:$(cat "$MARKS")" 0:abc "all of it runs again, in order"
like "$err" 'of 5 tests 2 had ended before, 0 of them failed' \
	"... also who failed in it"
run merge "$tmp/c.shmres" "$tmp/d.shmres"
is "$status:$(last_line "$out")" '0:5 passed, 0 failed' "... and counts"
: >"$MARKS"
run -j 2 --dist=each --resume="$tmp/d.shmres" -E 'scope(chain)' \
	--record="$tmp/e.shmres" "$tmp/chain.so"
is "$status:$(fold -w 1 "$MARKS" | sort | tr -d '\n')" 0:aabbcc \
	"what ran once runs in each slot"
run -j 2 --dist=each --resume="$tmp/e.shmres" -E 'scope(chain)' \
	"$tmp/chain.so"
is "$status:$(last_line "$out")" '0:0 passed, 0 failed' \
	"what ran in each slot does not"

# All had ended, here and in each slot: the reports are of the run that is
# resumed, and of what is selected (ACC-5).
run -j 2 --resume="$tmp/b.shmres" -f 'stuck::*' --junit="$tmp/over.xml" \
	--json="$tmp/over.json" --record="$tmp/over.shmres" "$tmp/work.so"
is "$status:$(last_line "$out")" '0:0 passed, 0 failed' \
	"nothing is left of a resumed run"
is "$(grep -o '"test":"[^"]*"' "$tmp/over.json" | sort | xargs)" \
	'test:stuck::test[0] test:stuck::test[1]' "... and its reports are complete"
like "$(cat "$tmp/over.xml")" '<testsuites .*tests="2"' "... JUnit as well"
run --resume="$tmp/over.shmres" -f 'stuck::*' "$tmp/work.so"
is "$status:$(last_line "$out")" '0:0 passed, 0 failed' \
	"... and what it recorded is as good"
run -j 2 --dist=each --record="$tmp/each.shmres" -f 'bad::*' -f 'quick::test[7]' \
	"$tmp/work.so"
run -j 2 --dist=each --resume="$tmp/each.shmres" --tap="$tmp/over.tap" \
	-f 'bad::*' "$tmp/work.so"
is "$status $(grep -c '^not ok .*bad::fails (w[01])' "$tmp/over.tap")" '1 2' \
	"... of each slot, when each had one, and of what is selected"
