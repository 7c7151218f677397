# SPDX-License-Identifier: MIT
# history.sh: what the duration history costs a run, when it is known: reading
# and saving the times of named tests, and learning from each that ends.

. "${top_srcdir:?}/bench/lib.sh"

many=$(size 1000000 1000)

# try NAME N
try()
{
	local opened learnt saved
	rm -rf "$tmp/history"
	read -r opened learnt saved <<<"$("$built/history" "$tmp/history" "$2")"
	[ -n "${saved-}" ] || broken "the history of $2 tests"
	sample "$1.file" "$(calc "$opened + $saved")"
	sample "$1.each" "$(calc "($opened + $saved) / $2")"
	sample "$1.learn" "$(calc "$learnt / $2")"
}

round()
{
	try tenth $((many / 10))
	try full "$many"
}

for_rounds round
figure "$many tests: CPU to load and save" \
	"$(calc "$(median full.file) / 1e6")" ms '<=' 500
figure "... per test, to a tenth of them" "$(ratio full.each tenth.each)" \
	x '<=' 2 "linear: the tenth lies in the caches"
figure "learning from a test that ended" "$(median full.learn)" ns
