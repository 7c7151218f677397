# SPDX-License-Identifier: MIT
# worker.sh: the worker tier, whole process tree, against a bare call and
# against two frameworks that run their tests in one unprotected process.

. "${top_srcdir:?}/bench/lib.sh"

many=$(size 2000000 2000)
some=$(size 100000 1000)
export EMPTY_COUNT

# peer NAME COMPILER...: compiles a peer unless it cannot be had here.
peer()
{
	local name=$1
	shift
	mkdir -p "$built/peers"
	"$@" -o "$built/peers/$name" 2>"$tmp/$name.log" && return
	skipped "less CPU per test than $name" \
		"its library is not installed, or: $(head -n 1 "$tmp/$name.log")"
	return 1
}

have_gtest=0 have_cmocka=0
# shellcheck disable=SC2086 # a list of words on purpose
peer gtest ${CXX:-c++} -O2 "$top_srcdir/bench/peers/gtest.cc" -lgtest \
	-pthread && have_gtest=1
# shellcheck disable=SC2086
peer cmocka ${CC:-cc} -O2 "$top_srcdir/bench/peers/cmocka.c" -lcmocka &&
	have_cmocka=1

peers_round()
{
	if [ "$have_gtest" = 1 ]; then
		measured -n "$built/peers/gtest" --gtest_brief=1 "$some"
		[ "$status" = 0 ] || broken "gtest failed"
		per_test gtest "$some"
	fi
	if [ "$have_cmocka" = 1 ]; then
		measured -n "$built/peers/cmocka" "$some"
		[ "$status" = 0 ] || broken "cmocka failed"
		per_test cmocka "$some"
	fi
	EMPTY_COUNT=$some
	shmrun_is "$some passed, 0 failed" -j 2 "$fixtures/manyempty.so"
	per_test shmrun_some "$some"
}

round()
{
	sample call1 "$("$built/floor" call "$many" 1)"
	sample call2 "$("$built/floor" call "$many" 2)"
	EMPTY_COUNT=$many
	shmrun_is "$many passed, 0 failed" -j 2 "$fixtures/manyempty.so"
	per_test shmrun "$many"
	sample rate "$(calc "$many / $wall * 1e3")"
	peers_round
}

for_rounds round
figure "a bare call, one process" "$(median call1)" ns
figure "a bare call, two processes" "$(median call2)" ns
figure "$many empty tests, -j 2: CPU per test" "$(median shmrun)" ns
figure "... tests per second" "$(median rate)" M/s
figure "... against a bare call" "$(ratio shmrun call1)" x '<=' 6 \
	"aim 3; floor call $many 1"
figure "... against a bare call, two at once" "$(ratio shmrun call2)" x
figure "$some empty tests, -j 2: CPU per test" "$(median shmrun_some)" ns
for name in gtest cmocka; do
	[ -s "$tmp/$name.samples" ] || continue
	figure "... against $name" "$(ratio shmrun_some "$name")" x '<' 1 \
		"$name: $(printf %.0f "$(median "$name")") ns, one process"
done
