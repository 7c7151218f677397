#!/bin/bash
# SPDX-License-Identifier: MIT
# Deaths by signal: each test is blamed for its own signal and no other, its
# neighbours pass, what it said before is told; a crash of the process group
# (kill(0, ...)) takes nobody along (ISO-2, STATE-4, ACC-1, PROC-7, SIG-1).
# Both tiers, few and many workers.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 75

crashes="SIGABRT crash::abrt
SIGFPE crash::fpe
SIGILL crash::ill
SIGKILL crash::kill_itself
SIGSEGV crash::after_a_failure
SIGSEGV crash::raised_segv
SIGSEGV crash::segv
SIGSEGV crash::stack_overflow"

# The signals of the last run with their tests.
blamed()
{
	sed -En 's/^ *(SIG[A-Z]+) \[.*\] ([^ ]+) \(w[0-9]+\)$/\1 \2/p' \
		"$tmp/out" | sort
}

# What each test may leave: a says so, c waits for the change.
build_suite core <<'END'
#include <shmrun.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
static int may(void)
{
	struct rlimit core;
	return getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur > 1;
}
SHMRUN_TEST(core, a) { shmrun_skip("a %s", may() ? "may" : "may not"); }
SHMRUN_TEST(core, b) { abort(); }
SHMRUN_RANGE(core, c, 3000)
{
	if (access("changed", F_OK) == 0)
		return;
	if (may())
		usleep(5000);
	else
		fclose(fopen("changed", "w"));
}
END
mkdir "$tmp/cores"

# A lock in the file for wrecks is what a core waits for.
build_suite one_core <<'END'
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <shmrun.h>

static int wrecks(void)
{
	char path[32], to[128];
	int fd;

	for (fd = 3; fd < 1024; fd++) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		memset(to, 0, sizeof(to));
		if (readlink(path, to, sizeof(to) - 1) > 0 &&
		    strstr(to, "shmrun-wrecks"))
			return fd;
	}
	return -1;
}

static int is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

/* Not yet, or no more: a zombie counts as that. */
static int lives(void)
{
	int pid = 0;
	char path[32], text[256] = "";
	FILE *f = fopen("crashes", "r");

	if (f && fscanf(f, "%d", &pid) == 1 && pid > 1) {
		fclose(f);
		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		f = fopen(path, "r");
	}
	if (!f)
		return 0;
	if (!fgets(text, sizeof(text), f))
		text[0] = '\0';
	fclose(f);
	return strstr(text, ") ") && !strstr(text, ") Z");
}

SHMRUN_TEST(one_core, holds)
{
	struct flock whole = { .l_type = F_WRLCK };
	int fd = wrecks(), i;

	shmrun_require_ge_int(fd, 0);
	shmrun_require_eq_int(fcntl(fd, F_SETLKW, &whole), 0);
	fclose(fopen("held", "w"));
	while (!is_there("crashes"))
		usleep(1000);
	for (i = 0; i < 300 && lives(); i++)
		usleep(1000);
	if (i == 300)
		fclose(fopen("waited", "w"));
	whole.l_type = F_UNLCK;
	fcntl(fd, F_SETLK, &whole);
}

SHMRUN_TEST(one_core, then_crashes)
{
	FILE *f;

	while (!is_there("held"))
		usleep(1000);
	f = fopen("pid", "w");
	fprintf(f, "%d\n", (int)getpid());
	fclose(f);
	rename("pid", "crashes");
	abort();
}
END

# one_core WHICH: does a core wait until the one before it is written?
one_core()
{
	cd "$tmp/cores" || exit 99
	rm -f held crashes waited
	run -j 2 --core="$1" "$tmp/one_core.so"
	cd "$OLDPWD" || exit 99
	if [ -e "$tmp/cores/waited" ]; then echo waits; else echo goes; fi
	rm -f "$tmp/cores"/*
	last_line "$out"
}
has_backtraces()
{
	"$SHMRUN" -j 1 -f crash::segv --record=none "$SUITES/crash.so" |
		grep -q backtrace:
}
if ! has_backtraces; then
	skip "no backtraces" "cores wait for one another" 2
elif [ "$(ulimit -Hc)" = 0 ]; then
	skip "ulimit -c 0" "cores wait for one another" 2
else
	is "$(one_core all | xargs)" "waits 1 passed, 1 failed" \
		"--core=all: one core after the other"
	is "$(one_core none | xargs)" "goes 1 passed, 1 failed" \
		"--core=none: there is nothing to wait for"
fi

# cores ISOLATE WHICH TESTS: what a says, and whether that changed later.
cores()
{
	cd "$tmp/cores" || exit 99
	rm -f changed
	run --isolate="$1" -v -j 1 --order=collection --recycle=never \
		--core="$2" -f core::a -f core::b -f "core::$3" \
		"$tmp/core.so"
	cd "$OLDPWD" || exit 99
	grep -o 'a may.*' <<<"$out" | head -n 1
	[ ! -e "$tmp/cores/changed" ] || echo changed
}

for isolate in worker fork; do
	is "$(cores $isolate none b)" "a may not" "$isolate: --core=none"
	if [ "$(ulimit -Hc)" = 0 ]; then
		skip "ulimit -c 0" "$isolate: --core" 5
		continue
	fi
	is "$(cores $isolate all b)" "a may" "$isolate: --core=all"
	is "$(cores $isolate first "c*" | xargs)" "a may changed" \
		"$isolate: --core=first: until one has crashed"
	case $(cat /proc/sys/kernel/core_pattern) in
	core | core.%p)
		is "$(cores $isolate all b)" "a may" "$isolate: --core=all, again"
		folder=$(told core::b |
			sed -n 's/.*its temporary folder is kept: //p')
		folder=${folder:-/nowhere}
		left=$(ls "$tmp/cores")
		# Without what makes backtraces it is where the test stood.
		has_backtraces || { folder=$tmp/cores left=""; }
		ok "$isolate: --core: it is in the test's folder (PROC-17)" \
			test -n "$(find "$folder" -maxdepth 1 -name 'core*')"
		is "$left" "" "$isolate: --core: and nowhere else" ;;
	*)
		skip "of this machine's own pattern" "$isolate: --core: where" 3 ;;
	esac
done

# Tests that are programs: no handler of ours is in them.
program()
{
	${CC:-gcc} -x c -include stdlib.h -include unistd.h -o "$tmp/$1" - ||
		diag "$1 cannot be built"
}
echo 'int main(void) { abort(); }' | program aborts
mkdir "$tmp/sub"
echo 'int main(void) { if (chdir("../sub") == 0) abort(); }' | program wanders
build_suite expects <<'END'
#include <shmrun.h>
#include <signal.h>
#include <stdlib.h>
SHMRUN_TEST(expects, to_die, .signal = SIGABRT) { abort(); }
SHMRUN_TEST(expects, another, .signal = SIGABRT) { raise(SIGSEGV); }
END

# in_cores ARGUMENT...: a run in that folder; what is left there is in $left.
in_cores()
{
	cd "$tmp/cores" || exit 99
	run -j 1 --core=all "$@"
	left=$(find . ../sub -name 'core*' -print0 | xargs -0)
	rm -f core* ../sub/core*
	cd "$OLDPWD" || exit 99
}

# kept TEST: is a core in the folder that was kept of it?
kept()
{
	local folder
	folder=$(told "$1" | sed -n 's/.*its temporary folder is kept: //p')
	find "${folder:-/nowhere}" -maxdepth 1 -name 'core*' 2>/dev/null |
		grep -q . && echo kept
}

# In a port that is emulated they are the emulator's.
case ${QEMU_LD_PREFIX+0:}$(ulimit -Hc):$(cat /proc/sys/kernel/core_pattern) in
0:* | *:*/* | *:\|*) skip "no cores of our own" "programs: cores" 7 ;;
*)
	in_cores "$tmp/aborts"
	is "$(kept program::aborts) $left" "kept " \
		"exec: --core: it is in the test's folder (PROC-17)"
	# Where nobody can follow it.
	in_cores --adapter=program "$tmp/wanders"
	like "$left" '^\.\./sub/core' "exec: --core: or where the program went"
	if [ -n "${SANITIZERS-}" ]; then
		skip "a sanitizer's runtime wants no cores" "served: --core"
	elif [ -x "$SUITES/cmocka_group" ]; then
		in_cores "$SUITES/cmocka_group" -f ends::crashes
		is "$(kept ends::crashes) $left" "kept " \
			"served: --core: it is in the test's folder (PROC-17)"
	else
		skip "no cmocka" "served: --core"
	fi
	for isolate in worker fork; do
		# Without what makes backtraces nobody sees it coming.
		if ! has_backtraces; then
			skip "no backtraces" "$isolate: --core: expected ends" 2
			continue
		fi
		in_cores --isolate=$isolate -f expects::to_die "$tmp/expects.so"
		is "$status $left" "0 " "$isolate: --core: none of an expected end"
		in_cores --isolate=$isolate -f expects::another \
			"$tmp/expects.so"
		is "$(kept expects::another) $left" "kept " \
			"$isolate: --core: one of an end that is not"
	done ;;
esac

for isolate in worker fork; do
	for jobs in 1 2 8; do
		with="$isolate, -j $jobs"
		run --isolate=$isolate -j $jobs \
			"$SUITES/crash.so"
		is "$status $(last_line "$out")" "1 60 passed, 8 failed" \
			"$with: the neighbours pass"
		is "$(blamed)" "$crashes" "$with: each has its own signal"
		is "$(results | wc -l)" 8 "$with: nothing else is told"
		like "$out" '^60 pass, 8 crash$' "$with: they are crashes"
		is "$err" "" "$with: nothing on stderr"
		like "$(told crash::after_a_failure)" \
			'crash\.c:[0-9]+: 1 == 2$' \
			"$with: the check before the crash is told"
	done
	like "$(told crash::abrt)" 'killed by SIGABRT' \
		"$isolate: the signal is told"

	# With recycling off a crash still costs a worker and nothing more.
	run --isolate=$isolate --recycle=never -j 1 \
		"$SUITES/crash.so"
	is "$(last_line "$out")" "60 passed, 8 failed" \
		"$isolate: the same with --recycle=never"

	# One test each: there is no neighbour to blame instead.
	run --isolate=$isolate -f crash::segv "$SUITES/crash.so"
	is "$status $(blamed)" "1 SIGSEGV crash::segv" "$isolate: alone"

	# No core files, wherever the kernel would put them (PROC-17).
	ok "$isolate: no core file" test -z "$(find . -maxdepth 1 -name 'core*' \
		-newer "$tmp/home")"

	for jobs in 1 4; do
		run --isolate=$isolate -j $jobs "$SUITES/kill0.so"
		is "$status $(last_line "$out")" "1 50 passed, 3 failed" \
			"$isolate, -j $jobs: kill(0, ...): the others live"
		is "$(blamed | xargs)" \
			"SIGINT kill0::sigint SIGKILL kill0::sigkill SIGTERM kill0::sigterm" \
			"$isolate, -j $jobs: kill(0, ...): exact blame"
	done
done

# Crashes of several suites do not mix.
run -j 4 "$SUITES/crash.so" "$SUITES/pass.so" "$SUITES/kill0.so"
is "$status $(last_line "$out")" "1 120 passed, 11 failed" \
	"three suites at once"
is "$(blamed | wc -l)" 11 "three suites at once: all are told"
