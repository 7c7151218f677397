# SPDX-License-Identifier: MIT
# gtest.sh: 1,000 empty tests of a GoogleTest program, start and listing
# included, a process each, against the same program run anew for each test,
# four times as many, and what nobody can go below who forks the program as it
# is: a loop of fork, TestInfo::Run(), _exit, waitpid in it, which knows of no
# timeout, output or end, and lists and starts nothing.  Against gtest-parallel,
# where it is installed or GTEST_PARALLEL names it (the gtest_parallel.py of its
# repository), so many TEST()s, which take some seconds to compile: both give
# each test a process, and run two at a time.

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

parallel=()
if [ -n "${GTEST_PARALLEL-}" ]; then
	[ -r "$GTEST_PARALLEL" ] || broken "cannot read $GTEST_PARALLEL"
	parallel=(python3 "$GTEST_PARALLEL")
elif command -v gtest-parallel >/dev/null; then
	parallel=(gtest-parallel)
fi
mkdir "$tmp/logs"
if [ ${#parallel[@]} != 0 ]; then
	{
		echo '#include <gtest/gtest.h>'
		seq -f 'TEST(Empty, t%.0f) {}' "$n"
	} >"$tmp/tests.cc"
	${CXX:-c++} -DTESTS=0 -DLIST="\"$tmp/tests.cc\"" -o "$tmp/tests" \
		"$top_srcdir/bench/peers/gtest.cc" -lgtest -pthread ||
		broken "cannot build $n TEST()s"
fi
seq "$some" >"$tmp/numbers"

# looped NAME PROGRAM: all symbols are bound at its start, as under shmrun.
looped()
{
	local ns
	ns=$(LD_BIND_NOW=1 "$2" loop) || broken "$2 loop failed"
	sample "$1" "$ns"
}

round()
{
	local before after
	# shellcheck disable=SC2016 # for that shell
	measured -n sh -c 'xargs -I{} "$0" --gtest_filter=Empty.t{} <"$1"' \
		"$built/peers/gtest_few" "$tmp/numbers"
	[ "$status" = 0 ] || broken "GoogleTest failed"
	per_test anew "$some"
	if [ ${#parallel[@]} != 0 ]; then
		measured -n "${parallel[@]}" -w2 -d "$tmp/logs" "$tmp/tests"
		[ "$status" = 0 ] || broken "gtest-parallel failed"
		per_test parallel "$n"
		shmrun_is "$n passed, 0 failed" -j 2 "$tmp/tests"
		per_test tests "$n"
		looped tests_loop "$tmp/tests"
	fi
	before=$("$built/floor" fork "$n")
	shmrun_is "$n passed, 0 failed" -j 2 "$built/peers/gtest_few"
	per_test few "$n"
	looped few_loop "$built/peers/gtest_few"
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
figure "$n against a loop of forks in the program itself" \
	"$(ratio few few_loop)" x
figure "the program anew for each test: CPU" \
	"$(calc "$(median anew) / 1e3")" us
figure "... against shmrun" "$(ratio anew few)" x
if [ ${#parallel[@]} = 0 ]; then
	skipped "gtest-parallel against shmrun" \
		"it is not installed, and GTEST_PARALLEL names none"
	exit 0
fi
figure "$n TEST()s, -j 2: CPU per test" \
	"$(calc "$(median tests) / 1e3")" us
figure "gtest-parallel, -w2, of them: CPU per test" \
	"$(calc "$(median parallel) / 1e3")" us
figure "... against such a loop: the most there is" \
	"$(ratio parallel tests_loop)" x
figure "... against shmrun" "$(ratio parallel tests)" x '>=' 20 "$what"
