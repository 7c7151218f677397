#!/bin/bash
# SPDX-License-Identifier: MIT
# Programs as tests (EXE-1, EXE-3, VAR-1 to VAR-9, ADP-11): what each exit
# status means, that they are contained as test children are (PROC-4, PROC-12,
# PROC-15, STATE-1 to STATE-12, TIME-4 to TIME-8, SIG-2 to SIG-7, OUT-1, OUT-2),
# lists of them with arguments, folders and environment, and what is refused
# with a sentence.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 96

# program NAME: $tmp/NAME from the shell script on stdin.
program()
{
	{ echo '#!/bin/sh'; cat; } >"$tmp/$1"
	chmod +x "$tmp/$1"
}

for exit in 0 1 2 77 99 127; do
	echo "exit $exit" | program "e$exit"
done
echo 'kill -SEGV $$' | program crashes
echo 'echo "to stdout"; echo "to stderr" >&2; exit 1' | program prints

# ---- verdicts --------------------------------------------------------------

cd "$tmp" || exit 99
run -v -j 2 ./e0 ./e1 ./e2 ./e77 ./e99 ./e127 ./crashes ./prints
is "$status" 1 "failures are exit 1"
is "$(results PASS)" "program::e0" "0 passes"
is "$(results FAIL | sort | xargs)" \
	"program::e1 program::e127 program::e2 program::prints" \
	"other statuses fail"
is "$(results SKIP)" "program::e77" "77 skips (STATE-6)"
is "$(results ERROR)" "program::e99" "99 is an error (STATE-7)"
is "$(results SIGSEGV)" "program::crashes" "a signal is a crash (STATE-4)"
like "$(told program::e2)" '^ +exit status 2$' "the status is told"
like "$(told program::crashes)" 'killed by SIGSEGV' "the signal is told"
like "$(told program::prints)" '^ +to stdout$' "stdout is captured"
like "$(told program::prints)" '^ +to stderr$' "stderr is captured"
is "$err" "" "nothing to complain about"

run ./e0 ./e77
is "$status $(last_line "$out")" "0 1 passed, 0 failed, 1 skipped" \
	"a pass and a skip: exit 0"
printf '#!/bin/sh\nexit 1\n' >e1.sh
chmod +x e1.sh
run --github="$tmp/md" ./e1.sh
like "$out" '^::error file=./e1.sh,title=program' \
	"an annotation of a program has no line"

# ---- containment -----------------------------------------------------------

program hangs <<-'EOS'
	echo $$ >>pids
	sh -c 'trap "" TERM; echo $$ >>pids; exec sleep 1000' &
	trap "" TERM
	sleep 1000
	sleep 1000
EOS
run --timeout=0.5 --grace=0.2 -j 2 ./hangs "$SUITES/pass.so" ./e0
is "$status $(last_line "$out")" "1 11 passed, 1 failed" \
	"one that hangs is ended; a shared object beside it runs"
like "$out" '^ *TIMEOUT .* program::hangs' "as a timeout (STATE-5)"
ok "nothing of it is left" wait_until 10 all_gone pids

echo 'echo $$ >>left; (sleep 1000) & echo $! >>left; exit 0' | program leaves
run -v ./leaves
is "$status $(results 'PASS\+LEAK')" "0 program::leaves" \
	"a process that is left behind is told (STATE-11)"
ok "and is gone" wait_until 10 all_gone left
like "$(told program::leaves)" "left process $(tail -n 1 left) \\(.+\\) behind, which held its output; killed" \
	"a left process is named (PROC-1)"

rm -f pids
start -j 2 ./hangs ./e0
wait_until 20 has_lines pids 2
kill -INT "$pid"
finish
is "$status" 130 "an interrupted run ends by the signal"
like "$out" 'program::hangs' "what ran is told"
ok "and ended" wait_until 10 all_gone pids

# The worker dies under it: it goes along, and is blamed.
program kills <<-'EOS'
	echo $$ >>killed
	kill -KILL $PPID
	sleep 1000
EOS
run -v -j 1 ./kills ./e0
is "$status $(results PASS)" "1 program::e0" "a worker that is killed: the others run"
like "$out" 'SIGKILL .* program::kills' "and its test is blamed"
ok "the program died with it" wait_until 10 all_gone killed

# ---- the rules of a run, in this tier --------------------------------------

# Of a signal it dies late, or never; output that is not its own would be told.
echo 'trap "echo asked; exit 0" TERM; while :; do sleep 0.05; done' |
	program obeys
echo 'trap "" TERM INT; echo $$ >>deaf.pid; sleep 1000; sleep 1000' | program deaf
echo 'printf %s\\n own own; head -c 3000000 /dev/zero | tr "\0" x; exit 1' |
	program large
rm -f deaf.pid
run -v -j 4 --timeout=0.6 --slow=0.2 --grace=0.3 ./obeys ./deaf ./large ./e1 ./e0
is "$(last_line "$out" | tr -cs 0-9 '\n' | awk '{ n += $1 } END { print n }')" 5 \
	"all counts add up (STATE-1)"
is "$(results TIMEOUT | sort | xargs)" "program::deaf program::obeys" \
	"who ends well when it is told to has not passed (STATE-12)"
like "$(told program::obeys)" '^ +asked$' "it is asked before (TIME-6)"
ok "who does not listen is killed (TIME-7)" wait_until 10 all_gone deaf.pid
like "$out$err" 'SLOW.* program::deaf' "it was told before that (TIME-5)"
like "$(told program::large)" 'output \(3000008 bytes\)' \
	"its output is counted exactly (OUT-2)"
like "$(told program::large)" '[0-9]+ bytes dropped' "and bounded"
unlike "$(told program::e1)" 'own|xxx|asked' "none is in another's (OUT-1)"

# A timer of its own, as for any program; none of ours is in it.
program timer <<-'EOS'
	exec perl -MTime::HiRes=ualarm -e '$SIG{ALRM} = sub { exit 0 }; ualarm(1e5); sleep 9; exit 1'
EOS
program times <<-'EOS'
	exec perl -e 'exit(alarm(0) == 0 ? 0 : 1)'
EOS
run -v --timeout=20 ./timer ./times
is "$status $(results PASS | wc -l)" "0 2" "its timers are its own (TIME-4)"

# Twice: at once.  Once: both are not run, and that is why.
rm -f deaf.pid
start -v -j 1 --grace=50s --junit="$tmp/x.xml" ./deaf ./e0
wait_until 20 has_lines deaf.pid 1
kill -TSTP "$pid"
stopped()
{
	read -r _ _ state _ <"/proc/$1/stat" && [ "$state" = T ]
}
ok "TSTP stops the program (SIG-6)" wait_until 20 stopped "$(cat deaf.pid)"
wait_until 20 stopped "$pid"
kill -CONT "$pid"
not_stopped()
{
	! stopped "$1"
}
ok "CONT continues it (SIG-7)" wait_until 20 not_stopped "$(cat deaf.pid)"
kill -INT "$pid"
wait_until 30 test -s "$tmp/x.xml"
not_ok "it has its grace (SIG-2)" is_gone "$pid"
like "$(cat "$tmp/x.xml")" '<error type="interrupted"' \
	"and is in the reports meanwhile"
kill -INT "$pid"
finish
is "$status $(results NOTRUN | sort | xargs)" "130 program::deaf program::e0" \
	"a second signal kills at once (SIG-3); neither was run (STATE-9)"
ok "nothing of it is left behind the second" wait_until 10 all_gone deaf.pid

# ---- what it is given ------------------------------------------------------

program given <<-'EOS'
	echo "folder $(pwd)"
	echo "stdin $(readlink /proc/self/fd/0)"
	echo "others $(readlink /proc/$$/fd/[0-9]* |
		grep -vc -e pipe: -e given -e null -e spool)"
	echo "group $(($(cut -d' ' -f5 /proc/$$/stat) == $$))"
	echo "mask $(umask)"
	echo "blocked $(sed -n 's/^SigBlk:\t//p' /proc/$$/status)"
	env | grep -E '^(SHMRUN|GTEST_|TZ|LC_|MALLOC)' | sort
	exit 1
EOS
(umask 0; exec 7<"$tmp/e0"
	export SHMRUN_RUN_ID=outer SHMRUN_NONSENSE=1 GTEST_TOTAL_SHARDS=1 GTEST_SHARD_INDEX=0 TZ=Asia/Tokyo
	shmrun -j 3 --order=random:17 ./given >"$tmp/out" </dev/zero)
out=$(cat "$tmp/out")
told=$(told program::given)
like "$told" "^ +folder $tmp$" "the folder that shmrun was started in"
like "$told" '^ +stdin /dev/null$' "stdin is /dev/null (DEF-17)"
like "$told" '^ +others 0$' "no other descriptors (VAR-1)"
like "$told" '^ +group 1$' "a group of its own"
like "$told" '^ +mask 0022$' "the usual mask"
like "$told" '^ +blocked 0000000000000000$' "no signal is blocked"
like "$told" '^ +SHMRUN_ISOLATE=exec$' "the tier (VAR-7)"
like "$told" '^ +SHMRUN_TEST=program::given$' "its name (VAR-8)"
like "$told" '^ +SHMRUN_SUITE=./given$' "its suite (VAR-8)"
like "$told" '^ +SHMRUN_ATTEMPT=1$' "the attempt (VAR-9)"
like "$told" '^ +SHMRUN_SLOT=w0$' "the slot (VAR-6)"

id=$(sed -n '1s/.*, run //p' <<<"$out")
like "$told" "^ +SHMRUN_RUN_ID=$id\$" "the run's mark (VAR-2, VAR-4)"
like "$told" '^ +SHMRUN=1$' "SHMRUN (VAR-4)"
like "$told" '^ +SHMRUN_PARENT_RUN_ID=outer$' "the run outside (VAR-3)"
unlike "$told" 'NONSENSE' "names that are reserved are dropped (VAR-3)"
like "$told" '^ +SHMRUN_JOBS=' "SHMRUN_JOBS (VAR-5)"
like "$told" '^ +SHMRUN_VERSION=' "SHMRUN_VERSION (VAR-5)"
like "$told" '^ +SHMRUN_SEED=17$' "SHMRUN_SEED (VAR-5)"
like "$told" '^ +SHMRUN_SHARD=1/1$' "SHMRUN_SHARD (VAR-5)"
unlike "$told" 'GTEST_TOTAL_SHARDS' "no shards of others (VAR-14)"
like "$told" '^ +TZ=UTC$' "the zone (VAR-16)"
like "$told" '^ +LC_ALL=C$' "the locale passes through (VAR-16)"
like "$told" '^ +MALLOC_PERTURB_=[1-9]' "what memory is filled with (VAR-15)"

# What a sanitizer finds is a crash, unless the user says what it is.
program options <<-'EOS'
	env | grep -E '^(ASAN|MSAN|TSAN|LSAN)_OPTIONS=' | sort
	exit 1
EOS
echo 'LSAN_OPTIONS=theirs TSAN_OPTIONS=theirs ./options' >options.list
(unset ASAN_OPTIONS; export MSAN_OPTIONS=mine TSAN_OPTIONS=mine
	shmrun --programs=options.list >"$tmp/out")
told=$(told options::options)
like "$told" '^ +ASAN_OPTIONS=.*abort_on_error=1' \
	"options of sanitizers, where there are none (VAR-15)"
is "$(grep -E '(MSAN|LSAN|TSAN)_OPT' <<<"$told" | xargs)" \
	"LSAN_OPTIONS=theirs MSAN_OPTIONS=mine TSAN_OPTIONS=theirs" \
	"what is set stays, once (VAR-15)"
finds()
{
	${CC:-gcc} -fsanitize=address -x c -o found - 2>null <<-'END' || return
		#include <stdlib.h>
		int main(void) { char *volatile p = malloc(7); p[7] = 1; }
	END
	(unset ASAN_OPTIONS; ./found 2>&1 | grep -q heap-buffer-overflow)
}
if finds; then
	(unset ASAN_OPTIONS; shmrun ./found >"$tmp/out")
	out=$(cat "$tmp/out")
	is "$(results SIGABRT)" program::found "what is found is a crash (VAR-15)"
	like "$(told program::found)" 'heap-buffer-overflow' "and told"
else
	skip "no sanitizer for this libc" "what is found (VAR-15)" 2
fi

# A program of GoogleTest that is not served says that it has come to its end
# by removing a file, as under Bazel; and so may others.
echo ': >"$TEST_PREMATURE_EXIT_FILE"; exit 0' | program begun
echo ': >"$TEST_PREMATURE_EXIT_FILE"; kill -SEGV $$' | program crashed
echo ': >"$TEST_PREMATURE_EXIT_FILE"; rm "$TEST_PREMATURE_EXIT_FILE"' |
	program ended
TEST_PREMATURE_EXIT_FILE=$tmp/theirs run -v -j 1 ./begun ./ended ./crashed ./e0
is "$status $(results FAIL) $(results SIGSEGV)" \
	"1 program::begun program::crashed" \
	"exit 0 before the end is a failure (VAR-13, PROC-15)"
is "$(results PASS | sort | xargs)" "program::e0 program::ended" \
	"who has come to the end, or does not say, passes (VAR-13)"
like "$(told program::begun)" 'exited early' "and why (VAR-13)"
is "$(find "$TMPDIR" "$tmp/theirs" -name 'shmrun-*' -o -name theirs \
	2>/dev/null)" "" \
	"no file is left, nor an outer one made (VAR-13)"
TMPDIR=$tmp/none run -v ./begun ./e0
like "$(told program::begun)" 'exited early' \
	"another folder has it where TMPDIR cannot (VAR-13)"
if [ -x "$SUITES/gtest_all" ]; then
	for test in ExitsHard Exits; do
		echo "$SUITES/gtest_all --gtest_filter=Deadly.$test"
	done >gtest.list
	echo "$SUITES/gtest_all --gtest_filter=FastDeathTest.Dies" >>gtest.list
	run -v --programs=gtest.list
	is "$(results FAIL | wc -l) $(results PASS | wc -l)" "2 1" \
		"GoogleTest does (VAR-13)"
else
	skip "GoogleTest is not installed" "GoogleTest does (VAR-13)"
fi

run --isolate=worker ./given
like "$(told program::given)" 'SHMRUN_ISOLATE=exec' \
	"a program is run in its tier whatever --isolate says"

# ---- refused ---------------------------------------------------------------

refused()
{
	run "$1" ./e0
	is "$status $(last_line "$out")" "5 1 passed, 0 failed" "$2: exit 5"
	like "$err" "^shmrun: cannot run .*$3" "$2: it is told"
}

cp "$(type -P true)" "$tmp/plain" && chmod -x "$tmp/plain"
refused ./plain "a program that may not be executed" 'cannot be executed'
run ./e0 ./e0
is "$status" 5 "a program that is named twice"
printf '#!/no/such/shell\n' >"$tmp/broken"
chmod +x "$tmp/broken"
run -v ./broken
is "$status $(results ERROR)" "1 program::broken" \
	"one that cannot be started is an error"
like "$(told program::broken)" 'cannot be executed: No such file' "and why"

# ---- lists -----------------------------------------------------------------

program shows <<-'EOS'
	printf '<%s>' "$@"; echo
	echo "A=$A B=${B-unset} in $(pwd)"
	exit 1
EOS
mkdir -p "$tmp/lists" "$tmp/lists/sub"
cat >"$tmp/lists/some.list" <<-EOS
	# a comment, and an empty line

	A=1 B="two  words" @name=first ../shows 'a b' "c\"d" e\\ f '' # g
	@cwd=sub ../shows
	@name=again ../e0
	@name=again ../e77
	@fails ../e1
	@fails ../e0
	@skip=2 ../e2
	@timeout=0.2 @tags=slow sh -c 'sleep 1000'
	@fail-match=to.std(err|none) @name=f sh -c 'echo to stderr >&2'
	@pass-match=^fine\$ @name=p sh -c 'printf fine; exit 3'
	@pass-match=fine @name=q sh -c 'printf bad'
	@skip-match=no.net @name=s sh -c 'echo no net; exit 1'
	@disabled @name=d ../e0
EOS
cd / || exit 99
run -v --programs="$tmp/lists/some.list" "$SUITES/pass.so"
is "$status $(last_line "$out")" "1 13 passed, 6 failed, 4 skipped" \
	"a list: each line is a test"
told=$(told some::first)
like "$told" '<a b><c"d><e f><><#><g>' "a list: words"
like "$told" "A=1 B=two  words in $tmp/lists$" "a list: variables, the folder"
like "$(told some::shows)" "B=unset in $tmp/lists/sub$" "a list: another folder"
is "$(results 'PASS|SKIP' | grep some:: | sort | xargs)" \
	"some::again some::again~2 some::d some::e1 some::e2 some::p some::s" \
	"a list: what passes and skips"
is "$(results TIMEOUT)" "some::sh" "a list: a limit of its own"
like "$(told some::e0)" 'expected to fail' "a list: an unexpected pass fails"
run list --programs="$tmp/lists/some.list" -E 'tag(slow)'
is "$out" "some::sh" "a list: tags"
run list --format=jsonl --programs="$tmp/lists/some.list" -f some::first
is "$(jq -r '.adapter, .line' <<<"$out" | xargs)" "programs 3" \
	"a list: the place is the line"

# bad_list TEXT WORDS
bad_list()
{
	printf "$1" >"$tmp/lists/bad.list"
	run --programs="$tmp/lists/bad.list"
	is "$status $(grep -Ec -- "$2" <<<"$err")" "5 1" "a list: $2"
}
bad_list "true\n'open\n" ':2: a quote is not closed'
printf '@affinity=a,b,a true\n@after=a true\n' >"$tmp/lists/twice.list"
run -v --programs="$tmp/lists/twice.list"
is "$status $(last_line "$out")" "0 2 passed, 0 failed" \
	"a group that is named twice is waited for once"

bad_list '@name=x\n' 'it names no program'
bad_list '@nome=x true\n' 'no setting @nome'
bad_list '@timeout=soon true\n' '@timeout has a value'
bad_list './missing\n' 'missing: cannot find it'
bad_list '@pass-match=( true\n' 'no regular expression'
bad_list '# none\n' 'holds no tests'
