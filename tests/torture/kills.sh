#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs of thousands of tests whose workers, test children and loaders die: at
# the points of src/base/point.h, and from outside at any moment, where they
# are also stopped and continued.  Behind each run: every test was told once,
# as what it is or as killed; every body that was told was entered once; the
# totals, the exit status and the count of lost workers are right; a loader is
# replaced once for each that died; nothing else is told; no process is left
# (LF-1, LF-2, LF-7, SHM-1, STATE-1, STATE-3, PROC-3).
#
#	KILLS=N		goes on until so many deaths were counted (10000)
#	SEED=N		of everything; told first
#	ROUND=N		only this round of that seed, as a failure says
#
# Deaths are counted where shmrun reports them: as a test that was killed, or
# as a worker that was lost.  Where both a test child and then its worker died,
# the test is a crash whose signal nobody could record.
#
# A failure keeps its folder.  Needs a program configured with --enable-points.
set -u
: "${SHMRUN:?the path of the shmrun program}" "${top_builddir:?}"
: "${top_srcdir:?}" "${KILLS:=10000}" "${RUN_TIMEOUT:=600}"
seed=${SEED:-$((($(date +%s) * 1000 + $$) % 1000000000))}
slayer=$top_builddir/tests/torture/slayer
export LC_ALL=C TERM=dumb
unset MAKEFLAGS MFLAGS CI NO_COLOR FORCE_COLOR SHMRUN_JOBS SHMRUN_RUN_ID

grep -q '^#define ENABLE_POINTS 1' "$top_builddir/config.h" || {
	echo "kills: skipped, configured without --enable-points"
	exit 77
}
backends=(epoll)
! "$top_builddir/tests/support/uring-works" >/dev/null || backends+=(uring)

# dice BELOW: the round's own numbers.
dice()
{
	state=$(((state * 1103515245 + 12345) & 0x7fffffff))
	roll=$(((state >> 8) % $1))
}

# What round N is like: $n tests, $arguments, $points, $mean_us, $loaders.
choose()
{
	local round=$1 tier=worker way kill delay

	state=$(((seed * 7919 + round * 104729 + 1) & 0x7fffffff))
	dice 1; dice 1
	[ $((round % 2)) = 0 ] || tier=fork
	[ $tier = worker ] && n=8000 || n=3000
	dice 8; jobs=$((roll + 1))
	arguments=(-v -j "$jobs" --isolate="$tier"
		--backend="${backends[round / 2 % ${#backends[@]}]}"
		-f "toll::test[0-$((n - 1))]")
	dice 2; [ "$roll" = 0 ] || arguments+=(--recycle=never)
	# At points, from outside, both.
	way=$((round / 4 % 3)) points="" mean_us=0 loaders=0
	if [ $way != 1 ]; then
		dice 400; kill=$((40 + roll))
		dice 3; delay=$((roll * 150))
		points=$((seed + round)):$kill:$delay
	fi
	if [ $way != 0 ]; then
		dice 1500; mean_us=$((100 + roll))
		dice 4; loaders=$((roll == 0 ? 3 : 0))
	fi
}

# Holds what was told against what is known; how many deaths, and how many
# loaders came to no answer in 10 s on a busy machine, which ends them, too; or
# what is wrong.
judge()
{
	awk -v n="$n" -v jobs="$jobs" -v status="$1" \
		-v wanted_last="$(tail -n 1 "$folder/out")" '
	function wrong(what)
	{
		if (++n_wrong <= 10)
			print what
	}
	function known(i)
	{
		return i % 16 == 5 ? "FAIL" : i % 16 == 11 ? "SKIP" : "PASS"
	}
	function judge_test(i, what)
	{
		what = outcome[i]
		if (told[i] != 1)
			wrong("test " i " was told " told[i] + 0 " times")
		else if (what == "SIGKILL" || (what == "CRASH" && unrecorded[i]))
			n_killed++
		else if (what == "ERROR" && twice[i])
			n_twice++
		else if (what != known(i))
			wrong("test " i " is " known(i) ", told as " what)
		if (loaders)
			return
		if (entered[i] > 1)
			wrong("test " i " was entered " entered[i] " times")
		if (what == known(i) && entered[i] != 1)
			wrong("test " i " was not entered")
	}
	# One line may be torn: its writer was killed.
	FILENAME ~ /entered$/ {
		entered[$1] += NF == 2 && $1 == $2
		next
	}
	FILENAME ~ /slayer$/ {
		loaders = $2
		if ($4)
			wrong($4 " processes were left behind")
		next
	}
	FILENAME ~ /err$/ {
		# How far a slow run is, each half minute.
		if (/^\.\.\. +[0-9]+\/[0-9]+ tests, /)
			next
		if (/^warning: the loader died; a new one is started$/)
			n_loaders++
		else if (/^warning: the loader does not answer; it is killed$/)
			n_late++
		else
			wrong($0)
		next
	}
	/^(failed|slowest):$/ { summary = 1 }
	summary {
		if (match($0, /[0-9]+ workers? lost/))
			n_lost_told = substr($0, RSTART) + 0
		next
	}
	/^ *LOST worker/ {
		n_lost++
		if (/killed by SIGKILL (outside of a|behind its last) test$/)
			n_lost_killed++
		else
			wrong($0)
		next
	}
	match($0, /^ *[A-Z0-9+]+ \[[ 0-9.]+s\] toll::test\[[0-9]+\]/) {
		split($0, part, /test\[/)
		last = part[2] + 0
		told[last]++
		outcome[last] = $1
		count[$1]++
		next
	}
	/the loader died twice while it ran/ { twice[last] = 1 }
	/its worker died before it could record it/ { unrecorded[last] = 1 }
	END {
		loaders += n_late
		for (i = 0; i < n; i++)
			judge_test(i)
		for (i in told)
			if (i + 0 >= n)
				wrong("test " i " was not selected")
		if (n_loaders > loaders)
			wrong(n_loaders " dead loaders told, killed: " loaders)
		# Each was hit twice, and a dead loader hits one per worker.
		if (2 * n_twice > loaders * jobs)
			wrong(n_twice " errors for " loaders " dead loaders")
		failed = count["FAIL"] + n_killed + n_twice
		totals = count["PASS"] + 0 " passed, " failed " failed, " \
			count["SKIP"] + 0 " skipped"
		if (totals != wanted_last)
			wrong("totals are " totals ", told: " wanted_last)
		if (n_lost + 0 != n_lost_told + 0)
			wrong(n_lost " lost workers, told: " n_lost_told)
		if (status != 1)
			wrong("exit status " status)
		if (n_wrong) {
			print n_wrong " things are wrong"
			exit 1
		}
		print n_killed + n_lost_killed + loaders, n_late + 0
	}' "$folder/entered" "$folder/slayer" "$folder/err" "$folder/out" 2>&1
}

fail()
{
	echo "round $1 FAILED, evidence in $folder"
	echo "again: make check-kills SEED=$seed ROUND=$1"
	exit 1
}

# One run; $killed is how many deaths it had.
one_round()
{
	local round=$1 status=0

	choose "$round"
	rm -rf "${folder:?}"/*
	: >"$folder/entered"
	[ -z "$points" ] || export SHMRUN_POINTS=$points
	TORTURE_LOG=$folder/entered timeout -k 5 "$RUN_TIMEOUT" "$slayer" \
		$((seed + round)) "$mean_us" "$loaders" "$folder/slayer" \
		"$SHMRUN" "${arguments[@]}" \
		"$top_builddir/tests/torture/toll.so" \
		>"$folder/out" 2>"$folder/err" </dev/null || status=$?
	unset SHMRUN_POINTS
	killed=$(judge $status) || {
		echo "points ${points:-none}, a blow each $mean_us us," \
			"$loaders loaders: ${arguments[*]}"
		echo "$killed"
		fail "$round"
	}
}

folder=$(mktemp -d "${TMPDIR:-/tmp}/shmrun-kills.XXXXXX") || exit 99
export SHMRUN_CACHE_DIR=$folder/cache
echo "kills: seed $seed"
total=0 late=0 round=${ROUND:-0} first=$round
while [ "$total" -lt "$KILLS" ]; do
	one_round "$round"
	total=$((total + ${killed% *})) late=$((late + ${killed#* }))
	round=$((round + 1))
	[ -z "${ROUND-}" ] || break
	[ $(((round - first) % ${TELL_EVERY:-50})) != 0 ] ||
		echo "kills: $total in $((round - first)) runs, $SECONDS s"
done
rm -rf "$folder"
[ $late = 0 ] || echo "kills: $late loaders gave no answer in 10 s"
echo "kills: $total in $((round - first)) runs, $SECONDS s, nothing lost," \
	"doubled or misreported (seed $seed)"
