#!/bin/bash
# SPDX-License-Identifier: MIT
# What the shells offer for half a word is what the program takes: the generated
# parts of completions/ are true, and each real shell answers.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 15

here=$(realpath "$top_srcdir/completions")

run_program "$top_srcdir/scripts/make-completions" "$SHMRUN"
is "$status" 0 "completions/ says what $SHMRUN says" || diag "$out$err"

# ---- bash ------------------------------------------------------------------

mkdir "$tmp/files"
touch "$tmp/files/suite.so"

# bash_offers WORD...: as after a tab behind the last word.
bash_offers()
{
	bash -c '
		. /usr/share/bash-completion/bash_completion
		. "$0"
		cd "$1" || exit
		shift
		COMP_LINE="$*"
		COMP_LINE=${COMP_LINE// = /=}
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		COMP_POINT=${#COMP_LINE}
		_shmrun 2>/dev/null
		echo "${COMPREPLY[*]}"' "$here/shmrun.bash" "$tmp/files" "$@"
}

if [ -f /usr/share/bash-completion/bash_completion ]; then
	is "$(bash_offers shmrun --dis)" "--dist=" "bash: an option"
	is "$(bash_offers shmrun --dist = lo)" \
		"load longest loadscope loadfile loadgroup" "bash: its value"
	is "$(bash_offers shmrun --dist wo)" worksteal \
		"bash: its value as a word of its own"
	is "$(bash_offers shmrun -j au)" auto "bash: a letter's value"
	is "$(bash_offers shmrun --tap s)" suite.so \
		"bash: no value where it may be left out"
	is "$(bash_offers shmrun ti)" timings "bash: a command"
	is "$(bash_offers shmrun timings sh)" show "bash: a command's word"
	is "$(bash_offers shmrun run s)" suite.so "bash: a suite"
else
	skip "bash-completion is missing" "bash" 8
fi

# ---- fish ------------------------------------------------------------------

fish_offers()
{
	(cd "$tmp/files" && fish --no-config -c \
		"source '$here/shmrun.fish'; complete -C '$1'" | cut -f 1 | xargs)
}

if command -v fish >/dev/null; then
	is "$(fish_offers 'shmrun --dis')" "--dist" "fish: an option"
	is "$(fish_offers 'shmrun --backend=e')" "--backend=epoll" \
		"fish: its value"
	is "$(fish_offers 'shmrun ti')" timings "fish: a command"
else
	skip "fish is missing" "fish" 3
fi

# ---- zsh -------------------------------------------------------------------

# zsh_offers LINE ADDED: types LINE and a tab, and waits for ADDED.
zsh_offers()
{
	(cd "$tmp/files" && HERE=$here LINE=$1 ADDED=$2 timeout 60 zsh -f -c '
		zmodload zsh/zpty
		zpty -b shell zsh -f -i
		zpty -w shell "fpath=($HERE \$fpath); autoload -Uz compinit"
		zpty -w shell "compinit -u -D; echo is rea\"\"dy"
		zpty -r shell seen "*is ready*"
		zpty -n -w shell "$LINE"$'"'\\t'"'
		zpty -r -m shell seen "*$ADDED*"')
}

if command -v zsh >/dev/null; then
	ok "zsh: an option" zsh_offers 'shmrun --last-f' 'ailed'
	ok "zsh: its value" zsh_offers 'shmrun --backend=ep' 'oll'
	ok "zsh: a command" zsh_offers 'shmrun ti' 'mings'
else
	skip "zsh is missing" "zsh" 3
fi
