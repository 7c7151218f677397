# SPDX-License-Identifier: MIT
# cmocka.sh: 2,000 empty tests of a cmocka program, start and listing included,
# a process each, against a bare fork + _exit + waitpid.

. "${top_srcdir:?}/bench/lib.sh"

n=$(size 2000 100)
what="$n empty tests"

mkdir -p "$built/peers"
# The number of tests is the program's own: shmrun gives it no arguments.
if ! ${CC:-cc} -O2 -DTESTS="$n" -o "$built/peers/cmocka_few" \
	"$top_srcdir/bench/peers/cmocka.c" -lcmocka 2>"$tmp/cmocka.log"; then
	skipped "$what of cmocka" "cmocka 1.1 is not installed"
	exit 0
fi

round()
{
	local before after jobs
	for jobs in 1 2; do
		before=$("$built/floor" fork "$n")
		shmrun_is "$n passed, 0 failed" -j "$jobs" \
			"$built/peers/cmocka_few"
		per_test "cmocka$jobs" "$n"
		after=$("$built/floor" fork "$n")
		sample "floor$jobs" "$(calc "($before + $after) / 2")"
	done
}

for_rounds round
figure "cmocka program, -j 1: CPU per test" \
	"$(calc "$(median cmocka1) / 1e3")" us
figure "... against a bare fork + _exit + waitpid" "$(ratio cmocka1 floor1)" \
	x '<=' 2 "$what"
figure "cmocka program, -j 2: CPU per test" \
	"$(calc "$(median cmocka2) / 1e3")" us
figure "... against a bare fork + _exit + waitpid" "$(ratio cmocka2 floor2)" \
	x '<=' 2 "$what"
