#!/bin/bash
# SPDX-License-Identifier: MIT
# A process that SIGKILL does not end, as in a frozen control group: it is named
# with its state, its test passes and is marked, its worker is replaced, the
# tests behind it run, and the run ends (TIME-9, DEF-9).  All tiers.

. "${top_srcdir:-.}/tests/cli/lib.sh"

folder=$(own_group freezer)
group=$folder/shmrun-stuck-$$
[ -n "$folder" ] && mkdir "$group" 2>/dev/null ||
	skip_all "no control group can be made here"
if [ ! -e "$group/freezer.state" ]; then
	rmdir "$group"
	skip_all "no freezer of cgroup v1, and that of v2 lets SIGKILL through"
fi

thaw()
{
	echo THAWED >"$group/freezer.state"
	wait_until 20 rmdir "$group" 2>/dev/null
	tap_end
}
trap thaw EXIT

plan 18

cat >"$tmp/freeze" <<'END'
#!/bin/sh
sleep 1000 &
until [ "$(cat /proc/$!/comm)" = sleep ]; do :; done
echo $! >"$GROUP/cgroup.procs"
echo $! >"$STUCK"
echo FROZEN >"$GROUP/freezer.state"
# It takes a moment.
until [ "$(cat "$GROUP/freezer.state")" = FROZEN ]; do sleep 0.01; done
END
printf '#!/bin/sh\nexit 0\n' >"$tmp/after"
chmod +x "$tmp/freeze" "$tmp/after"
build_suite freeze <<'END'
#include <stdlib.h>
#include <shmrun.h>
SHMRUN_TEST(program, freeze)
{
	shmrun_check_eq_int(system(getenv("FREEZE")), 0);
}
SHMRUN_TEST(program, after) {}
END
export GROUP=$group STUCK="$tmp/stuck" FREEZE="$tmp/freeze"
cd "$tmp" || exit 99

# stuck TIER ARGUMENT...
stuck()
{
	local tier=$1 started=$SECONDS
	shift
	run -v -j 1 --order=collection "$@"
	is "$status $(results 'PASS[+]LEAK')" "0 program::freeze" \
		"$tier: its test is marked"
	like "$(told program::freeze)" \
		"process $(cat "$STUCK") \(sleep\) cannot be killed \(state [A-Z]\)" \
		"$tier: it is named, with its state"
	is "$(results PASS)" program::after "$tier: what is behind it runs"
	ok "$tier: nobody waits for it ($((SECONDS - started))s)" \
		test $((SECONDS - started)) -lt 40
	not_ok "$tier: it is there" is_gone "$(cat "$STUCK")"
	echo THAWED >"$group/freezer.state"
	ok "$tier: and is gone as soon as it can be" \
		wait_until 20 is_gone "$(cat "$STUCK")"
}
stuck worker --isolate=worker ./freeze.so
stuck fork --isolate=fork ./freeze.so
stuck exec ./freeze ./after
