# SPDX-License-Identifier: MIT
# elf.sh: what a program of 100 MB, 400,000 symbols in it, is: `shmrun list`,
# its own start included, and no code of the program is run.

. "${top_srcdir:?}/bench/lib.sh"

n=$(size 400000 4000)
bytes=$((n * 150))
what="$n symbols, $bytes bytes of data"

# A constructor that leaves a trace; no symbol that is looked for.
cat >"$tmp/marks.c" <<'C'
#include <stdio.h>
#include <stdlib.h>

__attribute__((constructor)) static void mark(void)
{
	FILE *f = fopen(getenv("MARK"), "w");

	if (!f || fclose(f) != 0)
		abort();
}

int main(void)
{
	return 0;
}
C
awk -v n="$n" -v bytes="$bytes" 'BEGIN {
	print ".section .note.GNU-stack,\"\",%progbits\n.data"
	for (i = 0; i < n; i++)
		printf "_ZN4some9namespace10a_templateILi%dEE28a_member_" \
			"of_usual_length_hereEv: .byte 1\n", i
	printf ".fill %d, 1, 7\n", bytes
}' >"$tmp/much.s"
if ! ${CC:-cc} -o "$tmp/big" "$tmp/marks.c" "$tmp/much.s" 2>"$tmp/big.log"; then
	skipped "a big ELF file" "it cannot be built here"
	exit 0
fi
rm "$tmp/much.s"
export MARK="$tmp/mark"

round()
{
	shmrun_is program::big list "$tmp/big"
	sample cpu "$cpu"
	sample wall "$wall"
	[ ! -e "$MARK" ] || broken "code of the program was run"
	shmrun_is program::true list "$(type -P true)"
	sample small "$cpu"
}

for_rounds round
figure "an ELF file that is listed" \
	"$(calc "$(stat -c %s "$tmp/big") / 1e6")" MB
figure "... CPU, shmrun's own start in it" "$(calc "$(median cpu) / 1e6")" ms \
	'<=' 50 "$what"
figure "... wall" "$(calc "$(median wall) / 1e6")" ms '<=' 50 "$what"
figure "... CPU more than for true" "$(calc "$(minus cpu small) / 1e6")" ms
