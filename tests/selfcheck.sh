#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# selfcheck.sh PROGRAM...: our own unit tests are programs of Criterion.  Under
# its own runner and under shmrun names, outcomes and places must be the same.
# Exit 0 or 1.
#
# make selfcheck sets SHMRUN, SUITES, top_srcdir and top_builddir.
set -u
: "${SHMRUN:?}" "${top_srcdir:?}"
. "$top_srcdir/tests/support/criterion.sh"

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
failed=0
total=0
for suite; do
	name=$(basename "$suite" .unit)
	"$suite" -j2 --xml="$tmp/xml" >/dev/null 2>&1
	criterion_native "$tmp/xml" >"$tmp/native"
	"$SHMRUN" -v -j2 "$suite" >"$tmp/out" 2>"$tmp/err"
	status=$?
	# What is left behind is not known to Criterion.
	criterion_shmrun "$tmp/out" | sed 's/+LEAK//' >"$tmp/ours"
	n=$(wc -l <"$tmp/ours")
	total=$((total + n))
	if [ "$n" -gt 0 ] && diff "$tmp/native" "$tmp/ours" >"$tmp/diff"; then
		echo "selfcheck: $name: $n tests, the same as under Criterion"
		continue
	fi
	failed=1
	echo "selfcheck: $name: shmrun (exit $status) says > what Criterion says <"
	cat "$tmp/diff" "$tmp/err"
done
echo "selfcheck: $total tests in $# suites"
exit $failed
