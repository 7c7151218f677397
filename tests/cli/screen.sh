#!/bin/bash
# SPDX-License-Identifier: MIT
# What is to be seen on the screen of a terminal (tmux): the bar, at most eight
# running tests and how many more, which slots are busy (RPT-1); key t and Enter
# above them (RPT-2, SIG-8); after a new width, wider or narrower, no more than
# that, and nothing twice (SIG-9); when it has ended, by itself or by Ctrl-C,
# nothing of it is left, and the terminal is the shell's as before (SIG-2,
# SIG-13).
#
# SHMRUN_SHOTS=FOLDER keeps the screens.

. "${top_srcdir:-.}/tests/cli/lib.sh"

command -v tmux >/dev/null ||
	skip_all "no tmux: ./bootstrap ci-deps installs it"
plan 25

build_suite gated <<'END'
#include <shmrun.h>
#include <stdlib.h>
#include <unistd.h>

static void wait_for_gate(void)
{
	while (access(getenv("GATE"), F_OK) < 0)
		usleep(20000);
}

SHMRUN_TEST(quick, one) {}
SHMRUN_TEST(quick, two) { shmrun_check_true(0); }
SHMRUN_RANGE(gated, with_a_name_that_is_rather_long_for_a_narrow_screen, 10)
{
	wait_for_gate();
}
END

# ---- a terminal ------------------------------------------------------------

export TMUX_TMPDIR="$tmp" GATE="$tmp/gate"
unset TMUX
terminal()
{
	tmux -L screens -f /dev/null "$@"
}
close_terminal()
{
	local status=$?
	terminal kill-server 2>/dev/null
	(exit "$status")
	tap_end
}
trap close_terminal EXIT
TERM=xterm-256color terminal new-session -d -x 100 -y 50 \
	"env -u LC_ALL HISTFILE= PS1='$ ' bash --noprofile --norc -i"

screen()
{
	terminal capture-pane -p
}

type_line()
{
	terminal send-keys -l "$1"
	terminal send-keys Enter
}

# shows REGEX...: each matches a line of one and the same screen.
shows()
{
	local regex
	seen=$(screen)
	[ -z "${SHMRUN_SHOTS-}" ] || echo "$seen" >"$SHMRUN_SHOTS/$tap_n.txt"
	for regex; do
		grep -Eq -- "$regex" <<<"$seen" || return 1
	done
}

# on_screen NAME REGEX...
on_screen()
{
	local name=$1
	shift
	wait_until 30 shows "$@"
	tap_result $? "$name" && return
	diag "not on the screen: $*" "$seen"
}

# count REGEX: of the lines of what was seen last.
count()
{
	grep -Ec -- "$1" <<<"$seen"
}

# settings NAME: of the terminal, as the shell sees them, in $tmp/NAME.
settings()
{
	type_line "stty -g >$1.part; mv $1.part $1"
	wait_until 30 test -f "$tmp/$1"
}

# steady REGEX N: so many lines match, and a second later, too.
steady()
{
	shows "$1" && [ "$(count "$1")" = "$2" ] || return 1
	sleep 1
	shows "$1" && [ "$(count "$1")" = "$2" ]
}

type_line "cd $tmp; clear"
on_screen "there is a shell" '^\$'
settings before

# ---- a run -----------------------------------------------------------------

command="$SHMRUN --backend=$SHMRUN_TEST_BACKEND -j 10 --grace=1 \
--record=none ./gated.so"
echo "$command" >"$tmp/go"
bar='^ +[0-9]+/12 +[0-9]+% \[=+> +\] 1 failed, '
# What runs; a loaded machine may take minutes.
who='^ +([0-9]+m)?[0-9]+s w[0-9] gated::'
type_line "clear; . ./go"
on_screen "the bar" "${bar/\[0-9\]+\/12/2/12}"
on_screen "... and above it what has failed" 'FAIL \[ .*\] quick::two \(w'
on_screen "running tests, with their age" "${who}with_a"
is "$(count "$who")" 8 "... eight of them"
on_screen "... and how many more" '^ +\.\.\. and 2 more$'
on_screen "which slots are busy" '^ +\[##########\]$'
is "$(tail -n +2 <<<"$seen" | grep -c '12 .*%')" 1 "there is one bar"

terminal send-keys t
on_screen "t lists all of them" '^10 running, 2/12 done, 1 failed' \
	'gated::.*\(w9, process [0-9]+, state' "$bar"
terminal send-keys Enter
answers()
{
	shows "$bar" && [ "$(count '^10 running, 2/12 done')" = 2 ]
}
ok "Enter says it in a line" wait_until 30 answers
ok "... and the bar is still below" steady "$bar" 1

# ---- a new size ------------------------------------------------------------

terminal resize-window -x 60 -y 50
on_screen "narrow: the bar fits" '^ +2/12 .* 1 failed'
ok "narrow: there is one, and so it stays" wait_until 30 steady \
	'^ +2/12 .* 1 failed' 1
is "$(count "$who")" 8 "narrow: and each test once"
terminal resize-window -x 110 -y 20
ok "wide: there is one" wait_until 30 steady "$bar" 1
is "$(count "$who")" 8 "wide: and each test once"

# ---- Ctrl-C ----------------------------------------------------------------

terminal send-keys C-c
on_screen "Ctrl-C ends it" '^1 passed, 1 failed, 10 skipped$' '^\$ *$'
type_line "echo ended \$?"
on_screen "... by that signal" '^ended 130$'
unlike "$seen" "$bar" "... and nothing of the bar is left"
is "$(count "$who")" 0 "... nor of what ran"
settings after
ok "... the terminal's settings are as before" cmp "$tmp/before" "$tmp/after"

# ---- to its end ------------------------------------------------------------

touch "$tmp/gate"
type_line "clear; . ./go; echo ended \$?"
on_screen "a run that ends by itself" '^11 passed, 1 failed$' '^ended 1$'
unlike "$seen" '^ +[0-9]+/12 ' "... nothing of the bar is left"
is "$(tail -n 1 <<<"$seen")" '$' "... and the shell goes on below"
rm "$tmp/after"
settings after
ok "... with its settings" cmp "$tmp/before" "$tmp/after"
