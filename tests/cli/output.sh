#!/bin/bash
# SPDX-License-Identifier: MIT
# A test's output: it is that test's alone, whole and in order, stdout and
# stderr together; it is silent when the test passes; bytes that a terminal
# would obey are escaped; closed descriptors end nothing; 300 MB are counted
# exactly, head and tail kept, in bounded memory; and stdout of the runner that
# is full or gone is noticed (OUT-1 to OUT-4, OUT-6, SIG-10, DEF-10, PROC-12,
# PROC-14, HOST-13, HOST-14).  Both tiers.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 79

# output NAME: what is told as its output, without the indent.
output()
{
	told "$1" | sed '1,/^    output (/d; s/^        //'
}

letters=({A..Z})
line=$(printf %s {a..z} {a..z} {a..z} {a..z})
# Every 64th of the 1,024 letters is a newline instead.
kilobyte=$(for ((i = 0; i < 1024; i += 64)); do
	echo "${line:i % 26:63}"
done)

for isolate in worker fork; do
	run --isolate=$isolate -j 4 "$SUITES/output.so"
	is "$status $(last_line "$out")" "1 1001 passed, 88 failed" \
		"$isolate: the counts"
	is "$(output output::partial_lines)" "partial line
and no newline at the end" "$isolate: lines in pieces, no newline at the end"
	like "$(told output::partial_lines)" 'output \(38 bytes\):' \
		"$isolate: the bytes are counted"
	is "$(output output::mixed)" "out 1
err 1
out 2
err 2" "$isolate: stdout and stderr in the order of their writes"
	is "$(output output::unflushed)" "this stood in a buffer" \
		"$isolate: what nobody flushed"
	unlike "$(told output::none)" '^    output' \
		"$isolate: no output, no word of it"
	unlike "$out" 'text of a passing test' \
		"$isolate: a passing test is silent"
	wrong=0
	for ((i = 0; i < 20; i++)); do
		[ "$(output "kilobyte::fail[$i]")" = "$kilobyte" ] ||
			wrong=$((wrong + 1))
	done
	is "$wrong" 0 "$isolate: a kilobyte each among 1,000 other tests"
	wrong=0
	for ((i = 0; i < 64; i++)); do
		[ "$(output "output::interleaved[$i]" | tr -d '\n' |
			sed "s/^${letters[i % 26]}\{1000\}\$/ok/")" = ok ] ||
			wrong=$((wrong + 1))
	done
	is "$wrong" 0 "$isolate: 64 tests of 1,000 writes: no foreign byte (OUT-1)"
	is "$err" "" "$isolate: nothing on stderr"

	# Bytes that break terminals and reports.
	run --isolate=$isolate "$SUITES/ctrl.so"
	is "$status $(last_line "$out")" "1 0 passed, 2 failed" \
		"$isolate: control bytes: the counts"
	is "$(tr -d '\n[:print:]\200-\377' <"$tmp/out" | wc -c)" 0 \
		"$isolate: no control byte comes through"
	ok "$isolate: what comes through is UTF-8" \
		iconv -f UTF-8 -t UTF-8 -o /dev/null "$tmp/out"
	# shellcheck disable=SC2016 # not an expansion
	for text in 'nul \x00,' '\x1B[31mred\x1B[0m\x1B]0;title\x07' \
		'\xFF\xFE \xC3( \xC0\xAF' '\xED\xA0\x80' 'DEL \x7F' \
		$'good \xc3\xa9' ']]> <&>'; do
		ok "$isolate: shown: $text" grep -aqF -- "$text" "$tmp/out"
	done
	unlike "$(output hostile::ctrl_torn | head -n 1 | cut -c 1-100)" 'xC3' \
		"$isolate: a character in two writes is whole"

	# Tests that close what is not theirs (2.1 closeout, PROC-12).
	run --isolate=$isolate -j 2 "$SUITES/closeout.so"
	is "$status $(last_line "$out")" "1 24 passed, 1 failed" \
		"$isolate: closed descriptors: the counts"
	is "$(results)" hostile::closeall_fail \
		"$isolate: a failure gets through without descriptors"
	like "$(told hostile::closeall_fail)" '1 failed check' \
		"$isolate: and is counted, though its text has nowhere to go"

	# A test's descriptor 1 is the next test's, whatever was done to it.
	run --isolate=$isolate -j 1 -f 'hostile::closeall*' -f 'calm::*' \
		--recycle=never "$SUITES/closeout.so"
	is "$(last_line "$out")" "22 passed, 1 failed" \
		"$isolate: the next test has its stdout"

	# What a constructor printed is no test's.
	run -v --isolate=$isolate "$SUITES/ctor_print.so"
	is "$(last_line "$out")" "20 passed, 1 failed" \
		"$isolate: a constructor that prints: the counts"
	is "$(grep -c 'printed by a constructor' "$tmp/out" "$tmp/err" |
		awk -F: '{ n += $2 } END { print n }')" 1 \
		"$isolate: its text appears once (PROC-14)"
	unlike "$(told ctor::fails)" 'by a constructor' \
		"$isolate: and not as a test's output"
done

# Buffers that are not stdio's, a logger's or those of C++ streams, are written
# out before each fork where the suite says how: that is what prepare handlers
# of pthread_atfork(3) are for (PROC-14, decision 0039).
build_suite logger <<'END'
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <shmrun.h>
static char buffer[64];
static void put(const char *line) { strcat(buffer, line); }
static void write_out(void)
{
	int fd = open(getenv("LOGGER"), O_WRONLY | O_APPEND | O_CLOEXEC);

	if (write(fd, buffer, strlen(buffer)) >= 0)
		buffer[0] = '\0';
	close(fd);
}
__attribute__((constructor)) static void open_log(void)
{
	pthread_atfork(write_out, NULL, NULL);
	put("constructor\n");
}
static void set_up(void) { put("worker\n"); }
SHMRUN_WORKER_FIXTURE(logger, set_up, NULL)
SHMRUN_RANGE(logger, test, 12)
{
	put("test\n");
	write_out();
}
END
# logged ISOLATE RECYCLE: the lines, and how often each.
logged()
{
	: >"$tmp/log"
	LOGGER="$tmp/log" run --isolate="$1" -j 1 --recycle="$2" \
		"$tmp/logger.so"
	sort "$tmp/log" | uniq -c | xargs
}
is "$(logged worker 1)" "1 constructor 12 test 12 worker" \
	"worker: a buffer with a handler is printed once (PROC-14)"
is "$(logged fork never)" "1 constructor 12 test 1 worker" \
	"fork: a buffer with a handler is printed once (PROC-14)"

# 300 MB (HOST-13): the count, head and tail, and the runner's memory.
for isolate in worker fork; do
	run_program "$top_builddir/tests/support/peak" "$tmp/peak" "$SHMRUN" \
		--backend="$SHMRUN_TEST_BACKEND" --isolate=$isolate \
		"$SUITES/bigout.so"
	is "$status $(last_line "$out")" "1 0 passed, 1 failed" \
		"$isolate: 300 MB: the counts"
	like "$(told hostile::bigout)" 'output \(300000000 bytes' \
		"$isolate: 300 MB: the exact number of bytes"
	# 65,536 + 196,608 bytes, of which every hundredth of a block of 64 KiB
	# ends a line; the last block has 41,728.
	is "$(grep -ax ' \{8\}x\+' "$tmp/out" | tr -cd x | wc -c)" 259524 \
		"$isolate: 300 MB: first 64 KiB and last 192 KiB are told"
	ok "$isolate: 300 MB: under 64 MB of memory ($(cat "$tmp/peak") KiB)" \
		test "$(cat "$tmp/peak")" -lt 65536
done
HOSTILE_BYTES=262144 run "$SUITES/bigout.so"
like "$(told hostile::bigout)" 'output \(262144 bytes\)' \
	"256 KiB: the exact number of bytes"
is "$(grep -ax ' \{8\}x\+' "$tmp/out" | tr -cd x | wc -c)" \
	$((262144 - 4 * 655)) "256 KiB: nothing is left out"
HOSTILE_BYTES=262145 run "$SUITES/bigout.so"
like "$(told hostile::bigout)" '(^| )1 byte' "256 KiB and 1: one is left out"

# A passing flood is silent too.
build_suite flood <<'END'
#include <string.h>
#include <unistd.h>
#include <shmrun.h>
SHMRUN_RANGE(flood, pass, 200)
{
	static char block[1 << 20];
	memset(block, 'y', sizeof(block));
	shmrun_check_eq_int(write(1, block, sizeof(block)), sizeof(block));
}
SHMRUN_TEST(flood, fail) { shmrun_check_true(write(1, "z", 1) == 2); }
END
run_program "$top_builddir/tests/support/peak" "$tmp/peak" "$SHMRUN" \
	--backend="$SHMRUN_TEST_BACKEND" -j 4 "$tmp/flood.so"
is "$status $(last_line "$out")" "1 200 passed, 1 failed" \
	"200 MB of passing tests: the counts"
is "$(output flood::fail)" z "200 MB of passing tests: the failure's output"
ok "200 MB of passing tests: nothing of it is told" test \
	"$(wc -c <"$tmp/out")" -lt 2000
ok "200 MB of passing tests: under 64 MB of memory" test \
	"$(cat "$tmp/peak")" -lt 65536

# The runner's own stdout.
status=0
shmrun "$SUITES/pass.so" >/dev/full 2>"$tmp/err" || status=$?
is "$status" 3 "stdout on a full disk: exit 3 (OUT-6)"
like "$(cat "$tmp/err")" 'could not write the results' \
	"stdout on a full disk: it says so"
status=0
shmrun --help >/dev/full 2>"$tmp/err" || status=$?
like "$status $(cat "$tmp/err")" '^3 .*could not write the help' \
	"help on a full disk: it says so"
status=0
shmrun doctor >/dev/full 2>"$tmp/err" || status=$?
like "$status $(cat "$tmp/err")" '^3 .*could not write what was found' \
	"doctor on a full disk: it says so"
shmrun -v -j 2 "$SUITES/manycrash.so" 2>/dev/null | head -n 1 >"$tmp/out"
code=${PIPESTATUS[0]}
is "$code" 141 "stdout's reader is gone: it ends by SIGPIPE (SIG-10)"
ok "stdout's reader is gone: no process is left" \
	wait_until 10 none_marked "$(run_id)"
