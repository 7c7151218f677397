# SPDX-License-Identifier: MIT
# record.sh: what recording a run costs, in CPU time of the whole process tree:
# the same run without and with, one after the other.

. "${top_srcdir:?}/bench/lib.sh"

many=$(size 2000000 2000)
some=$(size 100000 1000)
export EMPTY_COUNT=$many BENCH_COUNT=$some

# both NAME N ARGUMENT...: without, with, with, without, so that a drift of the
# machine hits both.
both()
{
	local name=$1 n=$2 how plain=0 recorded=0
	shift 2
	for how in none file file none; do
		rm -f "$tmp/r.shmres"
		[ $how = none ] || how=$tmp/r.shmres
		shmrun_is "$n passed, 0 failed" -j 2 --record="$how" "$@"
		if [ "$how" = none ]; then
			plain=$((plain + cpu))
		else
			recorded=$((recorded + cpu))
			sample "$name.bytes" "$(calc "$(stat -c %s "$how") / $n")"
		fi
	done
	sample "$name.plain" "$(calc "$plain / 2 / $n")"
	sample "$name.recorded" "$(calc "$recorded / 2 / $n")"
}

round()
{
	both empty "$many" "$fixtures/manyempty.so"
	both work "$some" "$suites/work.so"
}

for_rounds round
figure "$many empty tests, not recorded: CPU per test" \
	"$(median empty.plain)" ns
figure "... recorded, against that" "$(ratio empty.recorded empty.plain)" x \
	'<=' 1.15 "--record=none"
figure "... bytes per test" "$(median empty.bytes)" B
figure "$some tests of 10 us, not recorded: CPU per test" \
	"$(calc "$(median work.plain) / 1e3")" us
figure "... recorded, against that" "$(ratio work.recorded work.plain)" x \
	'<=' 1.01 "--record=none"
