# SPDX-License-Identifier: MIT
# filter.sh: -E over the names of all instances of a range, by each kind of
# matcher: the CPU of `shmrun list`, loading and listing included.

. "${top_srcdir:?}/bench/lib.sh"

n=$(size 1000000 1000)
export EMPTY_COUNT=$n
end=$((n - 1))

# filters NAME EXPR: lists one test.
filters()
{
	shmrun_is "many::empty[$end]" list -E "$2" "$fixtures/manyempty.so"
	sample "$1" "$cpu"
}

round()
{
	filters contains "test(~[$end])"
	filters glob "test(#*[[]$end])"
	filters regex "test(/[[]$end]\$/)"
	filters several "test(~[$end]) and not (test(~[0]) | test(=many::empty[7]))"
}

for_rounds round
for kind in contains glob regex several; do
	figure "$n names, $kind: CPU" "$(calc "$(median $kind) / 1e9")" s '<=' \
		0.5
done
