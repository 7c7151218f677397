# SPDX-License-Identifier: MIT
# micro.sh: ns per operation of the lock-free floor, uncontended.

. "${top_srcdir:?}/bench/lib.sh"

round()
{
	local stem name ns
	for stem in ring deque state results; do
		while read -r name ns; do
			sample "$name" "$ns"
			grep -qx "$name" "$tmp/names" || echo "$name" >>"$tmp/names"
		done < <("$built/micro/$stem")
	done
}

: >"$tmp/names"
for_rounds round
while read -r name; do
	figure "$name" "$(median "$name")" ns
done <"$tmp/names"
