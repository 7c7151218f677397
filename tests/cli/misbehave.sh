#!/bin/bash
# SPDX-License-Identifier: MIT
# The hostile corpus as programs: what is left behind, what does not end, kills
# its group, ends early, crashes late, prints far too much or what breaks
# reports; a killed runner, a stopped one, little memory, few processes.  Each
# costs itself, is told exactly, and leaves nothing (PROC-1 to PROC-18, OUT-2,
# OUT-4, ACC-4, ACC-6, TIME-1, TIME-2, STATE-8, HOST-1 to HOST-6, HOST-12 to
# HOST-14).  What is shown of the other tiers in scripts of their own.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 59

cd "$tmp" || exit 99

# bodies NAME...: programs of these names; sets $programs.
bodies()
{
	local name
	programs=()
	for name; do
		[ -e "$name" ] || ln -s "$SUITES/misbehave" "$name"
		programs+=("./$name")
	done
}

# names STATE: of the results, without the scope.
names()
{
	results "$1" | sed -E 's/^(program|tap):://' | sort | xargs
}

# ---- what is left behind ---------------------------------------------------

bodies orphan orphan_noisy orphan_setsid orphan_daemon pass
for jobs in 1 4; do
	export HOSTILE_PIDS="$tmp/left.$jobs"
	started=$SECONDS
	run -v -j $jobs "${programs[@]}"
	took=$((SECONDS - started))
	is "$status $(names 'PASS[+]LEAK')" \
		"0 orphan orphan_daemon orphan_noisy orphan_setsid" \
		"-j $jobs: what leaves processes passes, and is marked"
	ok "-j $jobs: nobody waits for them (${took}s)" test $took -lt 30
	ok "-j $jobs: they are gone" all_gone "$HOSTILE_PIDS"
	ok "-j $jobs: nothing of the run is left" none_marked "$(run_id)"
	is "$(names PASS)" pass "-j $jobs: the neighbour passes"
done

# ---- what does not end -----------------------------------------------------

bodies hang hang_spinning hang_tree hang_setsid hang_blocked stopself
export HOSTILE_PIDS="$tmp/hung"
run -j 6 --timeout=0.5 --grace=0.3 "${programs[@]}" ./pass
is "$(names TIMEOUT)" \
	"hang hang_blocked hang_setsid hang_spinning hang_tree stopself" \
	"what does not end is a timeout"
is "$status $(last_line "$out")" "1 1 passed, 6 failed" "the counts"
like "$(told program::stopself)" 'was stopped' "one that is stopped: it is told"
is "$(wc -l <"$HOSTILE_PIDS")" 8 "eight processes were there"
ok "none of them is left" all_gone "$HOSTILE_PIDS"
ok "nor any other of the run" none_marked "$(run_id)"

# The runner is killed while they run.
bodies hang hang_setsid hang_blocked orphan_daemon orphan_noisy
rm -f "$HOSTILE_PIDS"
start -j 5 --timeout=50 "${programs[@]}"
wait_until 30 has_lines "$HOSTILE_PIDS" 7 || diag "tests never started"
id=$(run_id)
not_ok "the processes of the run are there" none_marked "$id"
# recorded: its recording names those that run.
recorded()
{
	[ "$(shmrun report "$id" 2>"$tmp/null" |
		grep -Ec 'program::hang(_setsid|_blocked)? ')" -ge 3 ]
}
wait_until 30 recorded || diag "not recorded"
kill -KILL "$pid"
wait "$pid" 2>/dev/null
ok "a killed runner: nothing of the run is left" wait_until 20 none_marked "$id"
ok "a killed runner: all processes are gone" \
	wait_until 20 all_gone "$HOSTILE_PIDS"
ok "a killed runner: its recording has what ran" recorded

# Stopped for longer than the limit of a test that needs a second.
bodies works
export HOSTILE_PIDS="$tmp/works.pid"
for signal in TSTP STOP; do
	rm -f "$HOSTILE_PIDS"
	start -v --timeout=4 --grace=0 ./works
	wait_until 30 has_lines "$HOSTILE_PIDS" 1 || diag "not started"
	kill -$signal "$pid"
	# The time that passes is the test.
	sleep 5
	kill -CONT "$pid"
	finish
	is "$status $(names PASS)" "0 works" \
		"SIG$signal for longer than its limit: it passes (HOST-12)"
done

# ---- signals, timers, ends -------------------------------------------------

bodies kill0_kill kill0_term segv timers pass
for jobs in 1 4; do
	run -v -j $jobs --timeout=20 "${programs[@]}"
	is "$status $(names SIGKILL):$(names SIGTERM):$(names SIGSEGV)" \
		"1 kill0_kill:kill0_term:segv" \
		"-j $jobs: kill(0, ...) hurts its program alone"
	is "$(names PASS)" "pass timers" "-j $jobs: the others live"
done
unlike "$(ls)" '^core' "no core file"

bodies early_exit early_quick early_thread early_execve late_abort pass
run -v -j 2 --adapter=tap "${programs[@]:0:5}"
is "$(names FAIL)" "early_execve early_exit early_quick early_thread" \
	"TAP: exit 0 without the whole plan is no pass"
is "$(names SIGABRT)" late_abort "TAP: nor is a crash behind it"
run -v -j 2 "${programs[@]}"
is "$status $(names SIGABRT)" "1 late_abort" \
	"a crash in a handler of atexit() is one"
is "$(names PASS)" "early_execve early_exit early_quick early_thread pass" \
	"without a plan there is only the exit status, as documented"
like "$(cat "$top_srcdir/doc/adapters/programs.md")" 'exit(\(0\)| status 0)' \
	"which is documented"

bodies closeout
CLOSEOUT="$tmp/closed" run -v ./closeout
is "$status $(names PASS) $(cat closed)" "0 closeout to the end" \
	"the end of its output is not its end"

# A hundred crash, and may dump core as far as the user is asked.
for ((i = 0; i < 100; i++)); do
	echo "@name=c$i ./segv"
done >crashes.list
(ulimit -S -c "$(ulimit -H -c)" &&
	shmrun -q -j 4 --programs=crashes.list >out)
is "$(tail -n 1 out)" "0 passed, 100 failed" "a hundred crashes: the counts"
is "$(find . -name 'core*' -type f)" "" "a hundred crashes: no core files"

# ---- output ----------------------------------------------------------------

bodies bigout ctrl buffered
run -j 2 --junit="$tmp/x.xml" --json="$tmp/x.json" --tap="$tmp/x.tap" \
	"${programs[@]}" "$SUITES/ctor_print.so"
is "$status $(names FAIL)" "1 bigout buffered ctor::fails ctrl" "those fail"
like "$(told program::bigout)" 'output \(314572800 bytes\)' \
	"300 MB: counted exactly (HOST-13)"
ok "300 MB: reports do not hold them" \
	test "$(cat x.xml x.json x.tap out | wc -c)" -lt 4000000
if command -v xmllint >"$tmp/null"; then
	ok "control characters: JUnit is well-formed (HOST-14)" \
		xmllint --noout x.xml
else
	skip "no xmllint" "control characters: JUnit is well-formed"
fi
ok "control characters: so is JSON" eval 'jq -e . x.json >null'
like "$(told program::ctrl)" '\\x00 \\x01 \\x1B\[31m \]\]> <&> \\xFF\\xFE' \
	"control characters: they are shown"
is "$(told program::buffered | grep -v output | xargs)" "exit status 1 once" \
	"what is buffered is printed once, and by nobody else (PROC-14)"

# 64 at once, a byte at a time (OUT-1).
letters=({A..Z})
for ((i = 0; i < 64; i++)); do
	echo "@name=w$i perl -e 'syswrite STDOUT, \"${letters[i % 26]}\" for 1..1000; exit 1'"
done >writes.list
run -j 8 --programs=writes.list
wrong=0
for ((i = 0; i < 64; i++)); do
	[ "$(told "writes::w$i" | sed '1,/^    output (/d' | tr -d ' \n' |
		sed "s/^${letters[i % 26]}\{1000\}\$/ok/")" = ok ] ||
		wrong=$((wrong + 1))
done
is "$wrong $(last_line "$out")" "0 0 passed, 64 failed" \
	"64 programs of 1,000 writes: no foreign byte (OUT-1)"

# ---- what it is given ------------------------------------------------------

bodies given scribble oom_score
NOFILE=$(ulimit -S -n)
export NOFILE
# normal NAME
normal()
{
	is "$status $(names PASS)" "0 given" "$1" || diag "$(told program::given)"
}
run -v ./given
normal "the state in which it starts"
run_program env --ignore-signal --block-signal "$SHMRUN" -v \
	--backend="$SHMRUN_TEST_BACKEND" ./given
normal "all signals ignored and blocked (PROC-11)"
run_program nohup "$SHMRUN" -v --backend="$SHMRUN_TEST_BACKEND" ./given
normal "under nohup (PROC-11)"
# shellcheck disable=SC2016 # expanded by that shell
run_program bash -c 'for i in {3..50}; do eval "exec $i</dev/zero"; done
	umask 077; exec "$@"' - "$SHMRUN" -v \
	--backend="$SHMRUN_TEST_BACKEND" ./given
normal "descriptors 3 to 50 are open, umask 077 (PROC-12)"
run -v ./scribble
is "$status $(names PASS)" "0 scribble" \
	"it has none of the run's memory (ACC-4)" ||
	diag "$(told program::scribble)"
run -v ./oom_score
if [ "$(names SKIP)" = oom_score ]; then
	skip "there is no oom_score_adj" "the kernel takes it before the runner"
else
	is "$(names PASS)" oom_score "the kernel takes it before the runner"
fi

# ---- the run ---------------------------------------------------------------

# 40 that fail: after the first no other starts.
mkdir fails
for ((i = 1; i <= 40; i++)); do
	ln -s "$SUITES/misbehave" "fails/fail$i"
done
for jobs in 1 4; do
	export HOSTILE_PIDS="$tmp/started.$jobs"
	run -x -j $jobs fails/fail*
	is "$status $(last_line "$out" | tr -cs 0-9 '\n' |
		awk '{ n += $1 } END { print n }')" "1 40" \
		"-x, -j $jobs: the counts"
	ok "-x, -j $jobs: none starts behind the decision (ACC-6)" \
		test "$(wc -l <"$HOSTILE_PIDS")" -le $jobs
done

bodies flaky
run --retries=2 ./flaky
is "$status $(grep -Ec 'FLAKY 2/3 .* program::flaky' <<<"$out")" "0 1" \
	"passes in the second attempt (STATE-8)"
run --retries=1 --flaky=fail ./flaky
is "$status" 1 "which may be made to fail the run"

# ---- few processes, little memory ------------------------------------------

# new_group CONTROLLER FILE VALUE: sets $group, a control group.
new_group()
{
	group=$(own_group "$1")/shmrun-misbehave-$$-$1
	mkdir "$group" 2>/dev/null || return 1
	echo "$3" 2>/dev/null >"$group/$2"
}

bodies bomb hog pass
if new_group pids pids.max 60; then
	in_group "$group" "$SHMRUN" -v -j 1 --backend="$SHMRUN_TEST_BACKEND" \
		./bomb ./pass
	is "$status $(last_line "$out")" "0 2 passed, 0 failed" \
		"a fork bomb: the counts"
	is "$(cat "$group/cgroup.procs")" "" "a fork bomb: all gone"
	wait_until 20 rmdir "$group" 2>/dev/null
else
	skip "no limit of processes can be set here" "a fork bomb" 2
fi
limit=memory.max
[ -e "$(own_group memory)/memory.limit_in_bytes" ] &&
	limit=memory.limit_in_bytes
if [ -z "${SANITIZERS-}" ] && new_group memory $limit 128M; then
	for file in memory.memsw.limit_in_bytes:128M memory.swap.max:0; do
		echo "${file#*:}" 2>/dev/null >"$group/${file%:*}"
	done
	in_group "$group" "$SHMRUN" -j 1 --backend="$SHMRUN_TEST_BACKEND" \
		./hog ./pass
	is "$status $(names SIGKILL)" "1 hog" "out of memory: the hog is killed"
	like "$(told program::hog)" 'out of memory: the kernel' \
		"out of memory: it is told"
	wait_until 20 rmdir "$group" 2>/dev/null
else
	skip "no limit of memory can be set here" "out of memory" 2
fi
