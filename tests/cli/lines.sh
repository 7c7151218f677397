#!/bin/bash
# SPDX-License-Identifier: MIT
# Lines about tests, on a terminal as well as off it: SLOW, TRY, FLAKY, LEAK and
# failures are the same text in both (RPT-1, TIME-5, STATE-8, STATE-11); only a
# terminal gets colours, lines that are redrawn, and places in source files as
# links to them, if they are there (OSC 8); a report for machines gets none.

. "${top_srcdir:-.}/tests/cli/lib.sh"

[ -x "${top_builddir-}/tests/support/pty" ] ||
	skip_all "no helper for terminals"
plan 23

cd "$tmp" || exit 99
cat >"told here.c" <<'END'
#include <shmrun.h>
#include <unistd.h>

SHMRUN_TEST(lines, leaks)
{
	if (fork() == 0) {
		sleep(60);
		_exit(0);
	}
}

SHMRUN_TEST(lines, never, .retries = 1)
{
	shmrun_check_eq_int(1, 2);
}

SHMRUN_TEST(lines, second, .retries = 2)
{
	shmrun_check_eq_int(shmrun_attempt(), 2);
}

SHMRUN_TEST(lines, slow)
{
	sleep(1);
}

#line 7 "not-here.c"
SHMRUN_TEST(lines, elsewhere)
{
	shmrun_check_true(0);
}
END
${CC:-gcc} -I"$(cd "$OLDPWD" && cd "${top_srcdir:-.}" && pwd)/include" -fPIC \
	-shared -o lines.so "told here.c" || diag "cannot be built"

# on_terminal [NAME=VALUE...] -- ARGUMENT...: what it writes there is $out.
on_terminal()
{
	local env=()
	while [ "$1" != -- ]; do
		env+=("$1")
		shift
	done
	shift
	ran="on a terminal: ${env[*]} $*"
	env TERM=xterm "${env[@]}" timeout "$RUN_TIMEOUT" \
		"$top_builddir/tests/support/pty" "$tmp/screen" "$SHMRUN" \
		--backend="$SHMRUN_TEST_BACKEND" "$@" </dev/null >"$tmp/how"
	status=$(sed -n 's/^ended \([0-9]*\) .*/\1/p' "$tmp/how")
	out=$(tr -d '\000\r' <"$tmp/screen") err=
}

# As text: neither colours, nor links, nor what was erased.
as_text()
{
	sed -e 's/\x1b\]8;;[^\x1b]*\x1b\\//g' \
		-e 's/^.*\x1b\[[AK]//' -e 's/\x1b\[[0-9;]*m//g' <<<"$1"
}

# The lines of tests, without what differs from run to run.
lines_of()
{
	as_text "$1" | grep -E '^ *[A-Z0-9+/ ]+ \[ +[0-9.]+s\] lines::|told here.c:' |
		sed 's/\[ *[0-9.]*s\]/[]/' | sort -u
}

args=(-v -j 1 --slow=300ms --record=none "$PWD/lines.so")
run "${args[@]}"
off=$(lines_of "$out")
is "$status" 1 "off a terminal: a failure is exit 1"
for line in 'PASS\+LEAK \[\] lines::leaks' 'TRY 1 FAIL \[\] lines::never' \
	'TRY 2 FAIL \[\] lines::never' 'TRY 1 FAIL \[\] lines::second' \
	'FLAKY 2/3 \[\] lines::second' 'SLOW \[\] lines::slow'; do
	like "$off" "$line" "off a terminal: $line"
done
unlike "$out$err" $'\x1b' "... and not one escape"

on_terminal -- "${args[@]}"
like "$out" $'\x1b\\[K' "on a terminal the last lines are redrawn"
is "$status" 1 "on a terminal: the same exit status"
is "$(lines_of "$out")" "$off" "... the same lines"
like "$out" $'\x1b\\[31;1mTRY 2 FAIL\x1b\\[0m \\[' "... in colours"
like "$out" $'\x1b\\[33;1mSLOW\x1b\\[0m \\[' "... each its own"
link=$'\x1b]8;;file://'$(uname -n)$(realpath "$tmp")'/told%20here.c'$'\x1b\\'
is "$(grep -aFc "${link}told here.c:14"$'\x1b]8;;\x1b\\: ' <<<"$out")" 2 \
	"a place in a file is a link to it"
like "$out" ' not-here.c:[0-9]+: ' "... if it is here"

# ---- who gets links --------------------------------------------------------

links()
{
	grep -aFc $'\x1b]8;;file:' <<<"$out"
}
on_terminal TERM=screen-256color -- "${args[@]}"
is "$(links)" 0 "not where they would be printed"
on_terminal -- --hyperlink=never "${args[@]}"
is "$(links)" 0 "nor where they are not wanted"
run --hyperlink=always --junit=l.xml --json=l.json "${args[@]}"
is "$(links)" 3 "they can be had in a file"
is "$(grep -lF $'\x1b]8' l.xml l.json)" "" "not in reports for machines"
run --hyperlink=sometimes "${args[@]}"
is "$status" 2 "what else is a usage error"
on_terminal NO_COLOR=1 -- "${args[@]}"
is "$(links)" 3 "without colours they are there"
unlike "$out" $'\x1b\\[' "... but nothing is redrawn (OUT-8)"
is "$(lines_of "$out")" "$off" "... and the lines are the same"
