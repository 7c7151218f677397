# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # lib.sh's
# terminal.sh - shmrun on a terminal of its own, for those tests/cli/*.sh that
# source it behind lib.sh: it is typed on, and what it shows is read.

has_text()
{
	grep -aEq -- "$2" "$1" 2>/dev/null
}

# program_on_terminal PROGRAM ARGUMENT...: starts it there; $pid is its own.
program_on_terminal()
{
	ran="terminal: $*"
	rm -f "$tmp/keys" "$tmp/told" "$tmp/screen"
	mkfifo "$tmp/keys"
	# Background jobs of a script ignore some signals.
	TERM=xterm env --default-signal "$top_builddir/tests/support/pty" "$tmp/screen" "$@" \
		<"$tmp/keys" >"$tmp/told" 2>"$tmp/pty.err" &
	pty=$!
	exec 9>"$tmp/keys"
	wait_until 30 has_lines "$tmp/told" 1
	pid=$(sed -n 's/^pid //p' "$tmp/told")
	out='' err='' status=''
}

# on_terminal ARGUMENT...: shmrun.
on_terminal()
{
	program_on_terminal "$SHMRUN" --backend="$SHMRUN_TEST_BACKEND" "$@"
}

# type TEXT: as printf(1) has it.
type_keys()
{
	# shellcheck disable=SC2059 # escapes are wanted
	printf "$1" >&9
}

# on_screen REGEX NAME
on_screen()
{
	ok "$2" wait_until 30 has_text "$tmp/screen" "$1"
}

# The last thing told, when it has ended.
ended()
{
	wait_until "$RUN_TIMEOUT" has_text "$tmp/told" '^ended' ||
		kill -KILL "$pid"
	wait "$pty"
	exec 9>&-
	out=$(cat "$tmp/screen")
	sed -n 's/^ended //p' "$tmp/told"
}
