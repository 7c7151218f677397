# SPDX-License-Identifier: MIT
# criterion.sh: 2,000 empty tests of a Criterion suite, start and listing
# included, against Criterion's own runner in the same run.

. "${top_srcdir:?}/bench/lib.sh"

n=$(size 2000 1000)
what="$n empty tests"

# build NAME FLAG...: the same source as a program and as a suite.
build()
{
	local name=$1
	shift
	# shellcheck disable=SC2086 # lists of words on purpose
	${CC:-cc} -O2 $(size "" -DFEW) "$@" -o "$built/peers/$name" \
		"$top_srcdir/bench/peers/criterion.c" -lcriterion \
		2>"$tmp/$name.log"
}

mkdir -p "$built/peers"
if ! build criterion || ! build criterion.so -fPIC -shared; then
	skipped "$what of Criterion" "Criterion 2.4 is not installed"
	exit 0
fi

# Criterion itself is slow enough for few rounds.
round()
{
	local before after
	measured -n "$built/peers/criterion" -j2 --quiet
	[ "$status" = 0 ] || broken "Criterion failed"
	per_test criterion "$n"
	before=$("$built/floor" fork "$n")
	shmrun_is "$n passed, 0 failed" -j 2 "$built/peers/criterion.so"
	per_test fork "$n"
	after=$("$built/floor" fork "$n")
	sample floor "$(calc "($before + $after) / 2")"
	shmrun_is "$n passed, 0 failed" -j 2 --isolate=worker \
		"$built/peers/criterion.so"
	per_test worker "$n"
}

for_rounds round
figure "Criterion's own runner, -j2: CPU per test" \
	"$(calc "$(median criterion) / 1e3")" us
figure "shmrun, fork tier, -j 2: CPU per test" \
	"$(calc "$(median fork) / 1e3")" us
figure "... Criterion against it" "$(ratio criterion fork)" x '>=' 50 "$what"
figure "... against a bare fork + _exit + waitpid" "$(ratio fork floor)" x
figure "shmrun, worker tier, -j 2: CPU per test" \
	"$(calc "$(median worker) / 1e3")" us
figure "... Criterion against it" "$(ratio criterion worker)" x '>=' 1000 \
	"$what"
