#!/bin/bash
# SPDX-License-Identifier: MIT
# Files that are no suites, broken suites and suites of another version: exit
# 5, one sentence that names the file, no crash, no hang; the other suites run.
# Older and newer minor versions work (EXIT-5, ADP-2, ADP-3, ADP-6, NAT-2,
# NAT-3, NAT-6, NAT-8, NAT-11, NAT-14, PIT-9, SHM-13).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 81

# bad PATH NAME [WORDS]
bad()
{
	run --load-timeout=3 "$1" "$SUITES/pass.so"
	is "$status $(last_line "$out")" "5 10 passed, 0 failed" \
		"$2: exit 5, the other suite runs"
	is "$(grep -c '^shmrun: ' "$tmp/err")" 1 "$2: one sentence" ||
		diag "$err"
	like "$err" "^shmrun: cannot run .*$(basename "$1").*${3-}" \
		"$2: it names the file${3:+ and says why}"
}

for name in bad_body bad_defaults bad_lock bad_magic bad_name bad_pointer \
	bad_record bad_scope; do
	bad "$SUITES/$name.so" "$name"
done
bad "$SUITES/bad_count.so" bad_count 'instances'
like "$err" 'bad_count\.c:[0-9]+' "bad_count: the place"
bad "$SUITES/bad_defaults.so" "defaults twice" 'bad_defaults\.c:5'
bad "$SUITES/bad_body.so" "no body" 'body'
bad "$SUITES/double_name.so" "two tests of one name" 'twin::same'
like "$err" 'double_name\.c:8.*another_file\.c:7' \
	"two tests of one name: both places (ADP-6)"
bad "$SUITES/abi2.so" "another major version" 'version 2'
bad "$SUITES/no_tests.so" "no tests" 'no tests'
bad "$SUITES/not_a_suite.so" "a library" 'shmrun\.h'
bad "$SUITES/undefined.so" "an undefined symbol" \
	'this_function_does_not_exist'

for name in abi_old abi_new; do
	run "$SUITES/$name.so"
	is "$status $(last_line "$out")" "0 1 passed, 0 failed" "$name works"
done

# Files of all kinds.
bad "$tmp/missing.so" "a missing file" 'No such file'
bad "$tmp" "a folder" 'directory'
: >"$tmp/empty.so"
bad "$tmp/empty.so" "an empty file"
echo "not a suite" >"$tmp/text.so"
bad "$tmp/text.so" "a text"
bad /dev/null "/dev/null"
ln -s loop.so "$tmp/loop.so"
bad "$tmp/loop.so" "a link to itself"
mkfifo "$tmp/pipe.so"
bad "$tmp/pipe.so" "a pipe without a writer"
printf '\177ELF' >"$tmp/four.so"
bad "$tmp/four.so" "four bytes of ELF"
run "$tmp/missing.so" "$tmp/empty.so" "$tmp"
is "$status $(grep -c '^shmrun: ' "$tmp/err")" "5 3" \
	"nothing but bad ones: exit 5, a sentence each"
is "$out" "" "nothing but bad ones: no run"

# Copies that end too soon, and copies with damage: each is refused, or works
# (what is cut off or damaged need not matter), but never takes the runner
# along.
suite="$SUITES/params.so"
size=$(stat -c %s "$suite")
wrong=
refused=0
for ((i = 1; i < 40; i++)); do
	length=$((size * i / 40))
	head -c $length "$suite" >"$tmp/cut.so"
	unwatched run --load-timeout=5 "$tmp/cut.so"
	[ "$status" = 5 ] && refused=$((refused + 1))
	[ "$status" = 5 ] || [ "$(last_line "$out")" = "33 passed, 3 failed" ] ||
		wrong="$wrong $length:$status"
done
is "$wrong" "" "cut off at 39 lengths: refused, or works"
ok "cut off at 39 lengths: the short ones are refused ($refused)" test $refused -gt 10

RANDOM=1
wrong=
for ((i = 0; i < 60; i++)); do
	cp "$suite" "$tmp/damaged.so"
	for ((k = 0; k < 8; k++)); do
		# Drawn here: in a pipe each would be another RANDOM.
		byte=$((RANDOM % 256))
		at=$(((RANDOM * 32768 + RANDOM) % size))
		printf '%b' "\\x$(printf %x $byte)" |
			dd of="$tmp/damaged.so" bs=1 conv=notrunc \
				seek=$at 2>"$tmp/null"
	done
	# Loops in damaged code are ended, too; and a damaged count makes
	# millions of tests, most of which fail.
	unwatched run --load-timeout=2 --timeout=1 --grace=0 -j 2 \
		--max-fail=100 "$tmp/damaged.so"
	case $status in
	0 | 1 | 3 | 5 | 6) ;; # damaged code may fail every canary
	*) wrong="$wrong $i:$status" ;;
	esac
done
is "$wrong" "" "60 damaged copies: exit 0, 1, 3, 5 or 6, never a crash or a hang"
