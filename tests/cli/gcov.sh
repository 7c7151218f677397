#!/bin/bash
# SPDX-License-Identifier: MIT
# Coverage of a suite: what each line counts is the same at -j 1 and -j 64, in
# both tiers, and is what the tests did, those that fail and crash included
# (issue 5, item 7; ENV-5).

. "${top_srcdir:-.}/tests/cli/lib.sh"

[ -z "${SANITIZERS-}" ] || skip_all "a sanitizer has handlers of its own"
"$(dirname "$SHMRUN")/shmrun-unwind" --about >/dev/null ||
	skip_all "there is no shmrun-unwind"

plan 23

# 100 and 1 and 5 thirds; 200 and 2 others; 4 crashes and one that is expected.
wanted="106 thirds
202 others
5 crash"

include=$(realpath "$top_srcdir/include")

# build NAME COMPILER FLAG...: $tmp/NAME/c.so
build()
{
	local name=$1
	shift
	rm -rf "${tmp:?}/$name"
	mkdir "$tmp/$name"
	cp "$top_srcdir/tests/fixtures/counted.inc" "$tmp/$name/c.c"
	(cd "$tmp/$name" && "$@" -g -O0 -fPIC -shared \
		-I"$include" -o c.so c.c) 2>/dev/null
}

# counts NAME COMMAND...: of the lines with a comment, by that command.
counts()
{
	(cd "$tmp/$1" && shift && "$@") 2>/dev/null |
		sed -En 's,^ *([0-9]+)\*?: *[0-9]+:.*/\* (\w+) \*/.*,\1 \2,p
			s,^ *[0-9]+\| *([0-9]+)\|.*/\* (\w+) \*/.*,\1 \2,p'
}

# agree WITH NAME COMMAND...: both tiers, few and many workers.
agree()
{
	local with=$1 name=$2 isolate jobs
	shift 2
	for isolate in worker fork; do
		for jobs in 1 64; do
			rm -f "$tmp/$name"/*.gcda "$tmp/$name"/*.prof*
			(cd "$tmp/$name" && exec "$(realpath "$SHMRUN")" \
				--backend="$SHMRUN_TEST_BACKEND" -j "$jobs" \
				--isolate=$isolate c.so >out)
			is "$(last_line "$(cat "$tmp/$name/out")")" \
				"301 passed, 7 failed" \
				"$with, $isolate, -j $jobs: it runs"
			is "$(counts "$name" "$@" | grep -v loaded)" "$wanted" \
				"$with, $isolate, -j $jobs: it is counted"
		done
	done
}

# Its reset lets a test child of a worker that has counted begin anew.
if build g gcc --coverage -Wl,-u,__gcov_reset; then
	agree gcc g gcov -t c.so-c.gcda
	is "$(counts g gcov -t c.so-c.gcda | grep loaded)" "1 loaded" \
		"gcc: what was counted at load is counted once"
	build w gcc --coverage
	for jobs in 1 64; do
		(cd "$tmp/w" && rm -f ./*.gcda && exec "$(realpath "$SHMRUN")" \
			-j $jobs --isolate=worker -f 'passing::*' \
			-f 'failing::*' -f 'crashing::all' c.so >out)
		is "$(counts w gcov -t c.so-c.gcda | grep -v loaded)" \
			"$(sed 's/106/105/; s/^5/4/' <<<"$wanted")" \
			"gcc without a reset, -j $jobs: one tier is exact"
	done
else
	skip "gcc or gcov is not installed" gcc 11
fi
llvm_cov=$(compgen -c llvm-cov | sort | head -n 1)
if [ -n "$llvm_cov" ] && build c clang --coverage; then
	agree "clang, gcov" c "$llvm_cov" gcov -t c.gcda
else
	skip "clang or llvm-cov is not installed" "clang, gcov" 8
fi
profdata=$(compgen -c llvm-profdata | sort | head -n 1)
if [ -n "$llvm_cov" ] && [ -n "$profdata" ] &&
	build p clang -fprofile-instr-generate -fcoverage-mapping; then
	show()
	{
		"$profdata" merge -o c.profdata default_*.profraw &&
			"$llvm_cov" show c.so -instr-profile=c.profdata
	}
	rm -f "$tmp/p"/*.prof*
	(cd "$tmp/p" && exec "$(realpath "$SHMRUN")" -j 1 c.so >out)
	one=$(counts p show | grep -v loaded)
	rm -f "$tmp/p"/*.prof*
	(cd "$tmp/p" && exec "$(realpath "$SHMRUN")" -j 64 c.so >out)
	is "$(counts p show | grep -v loaded)" "$one" "clang, profile: equal"
	like "$one" '^106 thirds' "clang, profile: it is counted"
	is "$(find "$tmp/p" -name '*.profraw' | wc -l)" 1 \
		"clang, profile: in one file"
else
	skip "clang's tools are not installed" "clang, profile" 3
fi
run "$SUITES/pass.so"
is "$status" 0 "other suites have none of this"
