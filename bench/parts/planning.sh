# SPDX-License-Identifier: MIT
# planning.sh: what a plan of named tests costs when all their times are known.

. "${top_srcdir:?}/bench/lib.sh"

many=$(size 1000000 1000)
modes=(load longest worksteal loadscope)

# try MODE NAME N
try()
{
	local used
	used=$("$built/planning" "$1" "$3") || broken "a plan of $3 tests"
	sample "$1.$2" "$used"
	sample "$1.$2.each" "$(calc "$used / $3")"
}

round()
{
	local mode
	for mode in "${modes[@]}"; do
		try "$mode" tenth $((many / 10))
		try "$mode" full "$many"
	done
}

for_rounds round
for mode in "${modes[@]}"; do
	figure "$many tests, --dist $mode: CPU to plan" \
		"$(calc "$(median "$mode.full") / 1e6")" ms '<=' 500
	figure "... per test, to a tenth of them" \
		"$(ratio "$mode.full.each" "$mode.tenth.each")" x '<=' 2 \
		"linear: the tenth lies in the caches"
done
