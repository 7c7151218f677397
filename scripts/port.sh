# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# port.sh - what check-aarch64 and check-musl share; sourced, at the top of the
# tree, with $port (the name), $build (absolute) and $not_run set: a line
# "SCRIPT<tab>REASON" for each tests/cli/SCRIPT.sh that cannot be run there;
# $only, if it is set, names those that are run.

set -euo pipefail
: "${port:?}" "${build:?}" "${not_run?}"
only=${only-}
jobs=${JOBS:-$(nproc)}

# port_skip REASON...: the whole of it.
port_skip()
{
	echo "$*"
	exit 77
}

# port_need PROGRAM...
port_need()
{
	local program

	for program; do
		command -v "$program" >/dev/null ||
			port_skip "$program is missing"
	done
	[ -f /usr/include/xxhash.h ] || port_skip "xxhash.h is missing"
}

# port_configure ARGUMENT...: once.  Libraries of this machine are not that
# one's: no pkg-config.  xxHash is its header alone; all of /usr/include would
# be too much.
port_configure()
{
	[ -x configure ] || ./bootstrap gen
	mkdir -p "$build/xxhash"
	cp -u /usr/include/xxhash.h "$build/xxhash/"
	[ ! -f "$build/Makefile" ] || return 0
	(
		source=$(realpath --relative-to="$build" .)
		cd "$build"
		PKG_CONFIG=false XXHASH_CFLAGS="-I$build/xxhash" \
			XXHASH_LIBS=" " "$source/configure" --quiet \
			--disable-uring --enable-werror "$@"
	)
}

port_make()
{
	make -C "$build" -s -j "$jobs" --no-print-directory "$@"
}

# port_listed VARIABLE: the files in a list of tests/local.mk.
port_listed()
{
	sed -n "/^$1 = /,/[^\\\\]\$/p" tests/local.mk |
		grep -o 'tests/[a-z0-9_/]*\.[a-z]*'
}

# Sets $tests, and tells what is not among them.
port_choose()
{
	local script reason

	tests=(tests/torture/threads.unit)
	[ -z "$only" ] || echo "$port: only $(xargs <<<"$only")"
	for script in $(port_listed CLI_TESTS); do
		script=${script%.sh}
		[ -z "$only" ] || [[ $only =~ [[:space:]]${script##*/}[[:space:]] ]] ||
			continue
		reason=$(awk -F '\t+' -v name="${script##*/}" \
			'$1 == name { print $2 }' <<<"$not_run")
		if [ -n "$reason" ]; then
			echo "$port: $script is not run: $reason"
		else
			tests+=("$script.epoll")
		fi
	done
}

# port_failed: those of $tests that did, or were not run.
port_failed()
{
	local test

	for test in "${tests[@]}"; do
		grep -qs '^:recheck: *no' "$build/${test%.unit}.trs" ||
			echo "$test"
	done
}

# port_try JOBS COMMAND...: $tests, behind COMMAND; tells failures.
port_try()
{
	local at_once=$1 status=0
	shift

	"$@" make -C "$build" -k -s -j "$at_once" --no-print-directory \
		check-TESTS TESTS="${tests[*]}" check_PROGRAMS= check_DATA= \
		check_LIBRARIES= >"$build/check.out" 2>&1 || status=$?
	[ "$status" = 0 ] || grep -aEv '^(PASS|SKIP): ' \
		"$build/test-suite.log" || cat "$build/check.out"
	return $status
}

# port_check COMMAND...: runs $tests and tells the counts.  What fails runs
# once more, alone: that an emulator or the machine stood still for a minute is
# no failure of the port, but it is told.
port_check()
{
	local status=0 counts

	find "$build" \( -name '*.trs' -o -name test-suite.log \) -delete
	port_try "$jobs" "$@" || {
		mapfile -t tests < <(port_failed)
		echo "$port: once more, alone: ${tests[*]}"
		port_try 1 "$@" || status=$?
	}
	counts=$(scripts/count-results "$build" "$status")
	echo "$port: $counts"
	[ "$status" = 0 ] && [ "${counts%% *}" -gt 0 ]
}
