# SPDX-License-Identifier: MIT
# gtest.sh: 1,000 empty tests of a GoogleTest program, start and listing
# included, a process each, against the same program run anew for each test
# and, where it is installed, gtest-parallel; and four times as many.

. "${top_srcdir:?}/bench/lib.sh"

n=$(size 1000 40)
some=$(size 200 10)
what="$n empty tests"

mkdir -p "$built/peers"
# build NAME TESTS: shmrun gives a program no arguments.
build()
{
	${CXX:-c++} -O2 -DTESTS="$2" -o "$built/peers/$1" \
		"$top_srcdir/bench/peers/gtest.cc" -lgtest -pthread \
		2>"$tmp/$1.log"
}
if ! build gtest_few "$n" || ! build gtest_many $((4 * n)); then
	skipped "$what of GoogleTest" "GoogleTest is not installed"
	exit 0
fi

parallel=$(command -v gtest-parallel || true)
mkdir "$tmp/logs"
seq "$some" >"$tmp/numbers"

round()
{
	local before after
	# shellcheck disable=SC2016 # for that shell
	measured -n sh -c 'xargs -I{} "$0" --gtest_filter=Empty.t{} <"$1"' \
		"$built/peers/gtest_few" "$tmp/numbers"
	[ "$status" = 0 ] || broken "GoogleTest failed"
	per_test anew "$some"
	if [ -n "$parallel" ]; then
		measured -n "$parallel" -w2 -d "$tmp/logs" \
			"$built/peers/gtest_few"
		[ "$status" = 0 ] || broken "gtest-parallel failed"
		per_test parallel "$n"
	fi
	before=$("$built/floor" fork "$n")
	shmrun_is "$n passed, 0 failed" -j 2 "$built/peers/gtest_few"
	per_test few "$n"
	after=$("$built/floor" fork "$n")
	sample floor "$(calc "($before + $after) / 2")"
	shmrun_is "$((4 * n)) passed, 0 failed" -j 2 "$built/peers/gtest_many"
	per_test many $((4 * n))
}

for_rounds round
figure "GoogleTest program, -j 2: CPU per test" \
	"$(calc "$(median few) / 1e3")" us
figure "... against a bare fork + _exit + waitpid" "$(ratio few floor)" x
figure "... four times as many tests, against that" "$(ratio many few)" x \
	'<=' 1.25 "linear"
figure "the program anew for each test: CPU" \
	"$(calc "$(median anew) / 1e3")" us
figure "... against shmrun" "$(ratio anew few)" x
if [ -z "$parallel" ]; then
	skipped "gtest-parallel against shmrun" "it is not installed"
	exit 0
fi
figure "gtest-parallel, -w2: CPU per test" \
	"$(calc "$(median parallel) / 1e3")" us
figure "... against shmrun" "$(ratio parallel few)" x '>=' 20 "$what"
