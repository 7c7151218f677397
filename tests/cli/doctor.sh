#!/bin/bash
# SPDX-License-Identifier: MIT
# shmrun doctor: a fact on a line, which begins with ok or no; it names the
# event loop and how -j auto comes about, and fails for nothing (DEF-13, ENV-1,
# ACC-9).  The probes that shmrun(1) lists are those that it has, where doctor says
# that it has some.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 16

run_program "$SHMRUN" doctor
cp "$tmp/out" "$tmp/first"
is "$status" 0 "exit 0"
is "$err" "" "nothing on stderr"
is "$(grep -vcE '^(ok|no)  [-a-z,_ ]+ ' "$tmp/out")" 0 \
	"each line begins with ok or no, and names its fact" || diag "$out"
like "$out" '^ok  kernel +Linux ' "the kernel"
like "$out" '^ok  processors +[0-9]+ by affinity of [0-9]+ online' "processors"
like "$out" '^ok  -j auto +[0-9]+ workers?: affinity [0-9]+' "how -j auto comes about"
like "$out" '^(ok|no)  io_uring ' "io_uring"
like "$out" '^ok  epoll ' "epoll"
like "$out" '^ok  event loop +(io_uring|epoll)' "which one is used"
like "$out" '^ok  open files +[0-9]+, at most ' "the limit of descriptors"

run_program taskset -c 0 "$SHMRUN" doctor
like "$out" '^ok  processors +1 by affinity' "one processor by affinity"
like "$out" '^ok  -j auto +1 worker: affinity 1' "and one worker"
run_program "$SHMRUN" doctor "$SUITES/pass.so"
ok "doctor takes no suite, or does not mind (got $status)" \
	test "$status" = 0 -o "$status" = 2

# ---- probes ----------------------------------------------------------------

# As lines "name arguments": 4 to a number, 8@... for three of them.
probes()
{
	readelf -nW "$SHMRUN" | sed -nE '
		s/.*Provider: (.*)/\1/; t hold; b
		:hold
		h; n; s/^ *Name: (.*)/\1/; H; x; s/\n/ /; p' | sort -u
}

if grep -q '^ok  probes ' "$tmp/first" && command -v readelf >"$tmp/found"; then
	is "$(probes | sed 's/^shmrun //')" "$(sed -nE \
		'/^\.Sh PROBES/,/^\.Sh SANI/s/^\.It Li ([a-z_]+) .*/\1/p' \
		"$top_srcdir/man/shmrun.1" | sort)" \
		"the program has the probes that the manual lists"
	is "$(probes | grep -vc '^shmrun ')" 0 "all of one provider"
	is "$(readelf -nW "$SHMRUN" | sed -nE 's/.*Semaphore: 0x0*//p' |
		grep -c '[1-9a-f]')" 0 "none has a semaphore to be read first"
else
	skip "built without probes, or no readelf" "probes" 3
fi
