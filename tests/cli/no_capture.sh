#!/bin/bash
# SPDX-License-Identifier: MIT
# --no-capture: what tests print is shown while they run, as whole lines behind
# their names, once, in every tier (SIG-15, OUT-1); a test's O_NONBLOCK does not
# hurt the runner (OUT-7); a slow reader costs output that is counted, and no
# time (OUT-3); raw output is of one test at a time, byte for byte.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 37

build_suite prints <<'END'
#include <shmrun.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
SHMRUN_TEST(text, waits)
{
	dprintf(1, "begun\n");
	while (access(getenv("GO"), F_OK))
		usleep(1000);
	dprintf(2, "done");
}
SHMRUN_RANGE(each, prints, 500)
{
	/* One has no end of its line. */
	printf("I am %lu\nand %lu", shmrun_index(), shmrun_index());
}
SHMRUN_TEST(bad, fails) { printf("why \033[1m\n"); shmrun_check_eq_int(1, 2); }
SHMRUN_TEST(bad, crashes) { dprintf(1, "last words"); abort(); }
END
cat >"$tmp/waits" <<'END'
#!/bin/sh
echo begun
until [ -e "$GO" ]; do sleep 0.01; done
printf done >&2
END
printf '#!/bin/sh\necho I am bad; exit 1\n' >"$tmp/bad"
chmod +x "$tmp/waits" "$tmp/bad"
export GO="$tmp/go"
cd "$tmp" || exit 99

# says NAME TEXT: such a line is there.
says()
{
	grep -Eq "^$1 \(w[0-9]+\) \| $2\$" "$tmp/out"
}

# live TIER NAME ARGUMENT...: the test waits, and its output is there.
live()
{
	local tier=$1 name=$2
	shift 2
	rm -f "$GO"
	start --no-capture "$@"
	ok "$tier: a line is shown while its test runs" \
		wait_until 30 says "$name" begun
	: >"$GO"
	finish
	is "$status $(last_line "$out")" "0 1 passed, 0 failed" \
		"$tier: it passes"
	is "$(grep -c " | " <<<"$out")" 2 "$tier: nothing is shown twice"
	ok "$tier: stderr, and a line without an end" says "$name" 'done'
}
live worker text::waits --isolate=worker -f text::waits ./prints.so
live fork text::waits --isolate=fork -f text::waits ./prints.so
live exec program::waits ./waits

# ---- whose it is -----------------------------------------------------------

for isolate in worker fork; do
	run --no-capture -j 3 --isolate=$isolate -f 'each::*' ./prints.so
	is "$status $(grep -c ' | ' <<<"$out")" "0 1000" \
		"$isolate: every line of every test"
	is "$(sed -nE 's/^each::prints\[([0-9]+)\] \(w[0-9]\) \| (I am|and) ([0-9]+)$/\1 \3/p' \
		<<<"$out" | awk '$1 == $2' | wc -l)" 1000 \
		"$isolate: behind the name of its test"
	run --no-capture --retries=1 --isolate=$isolate --junit="$tmp/x.xml" \
		-f 'bad::*' ./prints.so
	is "$status $(grep -c '^bad::crashes .* | last words$' <<<"$out")" \
		"1 2" "$isolate: of each attempt, of one that crashes too"
	is "$(grep -c 'why \\x1B' <<<"$out") $(grep -c 'why' "$tmp/x.xml")" \
		"2 2" "$isolate: not again under the result; a report has it"
done

# Bit by bit, beside another that does the same.
for letter in a b c; do
	cat >"$tmp/$letter" <<-END
	#!/bin/sh
	for i in 1 2 3 4 5 6 7 8; do
		printf $letter; sleep 0.03; printf $letter; sleep 0.03; echo $letter
	done
	END
	chmod +x "$tmp/$letter"
done
run --no-capture -j 3 ./a ./b ./c ./bad
is "$(grep -Ec '^program::(a .* \| aaa|b .* \| bbb|c .* \| ccc)$' <<<"$out")" \
	24 "exec: lines are whole (OUT-1)"
ok "exec: of one that fails" says program::bad 'I am bad'
is "$(grep -c 'I am bad' <<<"$out")" 1 "exec: once"
is "$(last_line "$out")" "3 passed, 1 failed" "the last line is the last"
run --no-capture -q ./bad
is "$(sed -n '1p;$p' <<<"$out")" \
	"$(printf 'program::bad (w0) | I am bad\n0 passed, 1 failed')" \
	"-q: the output and the closing lines"

# ---- raw -------------------------------------------------------------------

run --no-capture=raw -j 3 ./a ./b
like "$out" '1 worker: -j 3, .*raw output' "raw: one worker, and why"
is "$(grep -nE '^(aaa|bbb)$' <<<"$out" | cut -d: -f2 | uniq | wc -l)" 2 \
	"raw: one test at a time"
printf '#!/bin/sh\nprintf "\\000\\033[1m\\377no end"\n' >"$tmp/bytes"
chmod +x "$tmp/bytes"
run --no-capture=raw ./bytes
ok "raw: the bytes as they are, and then a new line" \
	grep -aqPx '\x00\x1b\[1m\xffno end' "$tmp/out"
run --no-capture=raw --isolate=worker -f bad::fails ./prints.so
is "$status $(grep -c "^why $(printf '\033')\[1m\$" <<<"$out")" "1 1" \
	"raw: of a suite"
run --no-capture=some ./a
is "$status" 2 "another word is refused"

# ---- readers ---------------------------------------------------------------

cat >"$tmp/nonblock" <<'END'
#!/usr/bin/perl
use Fcntl;
fcntl(STDOUT, F_SETFL, O_NONBLOCK | fcntl(STDOUT, F_GETFL, 0)) or exit 1;
$| = 1;
print "line $_\n" or exit 1 for 1 .. 20000;
END
chmod +x "$tmp/nonblock"
for how in --no-capture --no-capture=raw; do
	{
		shmrun $how ./nonblock
		echo $? >"$tmp/status"
		perl -MFcntl -e 'print STDERR fcntl(STDOUT, F_GETFL, 0) &
			O_NONBLOCK ? "set" : "not set"' 2>"$tmp/flag"
	} | { sleep 0.5; cat >"$tmp/got"; }
	is "$(cat "$tmp/status" "$tmp/flag")" "$(printf '0\nnot set')" \
		"$how: O_NONBLOCK of a test is not the runner's (OUT-7)"
	is "$(grep -Ec '^(program::nonblock \(w0\) \| )?line [0-9]+$' "$tmp/got")" \
		20000 "$how: nothing is lost"
done

# More than is kept for a reader that sleeps until the test has ended.
printf '#!/bin/sh\nhead -c 40000000 /dev/zero | tr "\\0" x; : >ended\n' \
	>"$tmp/much"
chmod +x "$tmp/much"
shmrun --no-capture ./much | {
	wait_until 60 test -e ended
	echo $? >"$tmp/status"
	cat >"$tmp/got"
}
is "$(cat "$tmp/status")" 0 "a slow reader costs no time (OUT-3)"
is "$(awk '/^program::much .* bytes not shown/ { n += $5; next }
	/^program::much/ { n += length($4) } END { print n }' "$tmp/got")" \
	40000000 "what is not shown is counted"
is "$(last_line "$(cat "$tmp/got")")" "1 passed, 0 failed" \
	"and the result is not lost"
