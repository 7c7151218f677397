#!/bin/bash
# SPDX-License-Identifier: MIT
# Each test has a temporary folder of its own, empty, with a name that a socket
# fits into: removed when it passed, kept and told otherwise, whatever the test
# has done to it; nothing else is left, even of runs that were killed (VAR-12,
# ENV-11, DEF-18).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 54

# left: what is in TMPDIR but the roots themselves, without their names.
left()
{
	find "$TMPDIR" -mindepth 2 | sed "s,^$TMPDIR/shmrun-[^/]*/,," | sort |
		xargs
}

clear_up()
{
	chmod -R u+rwX "$TMPDIR"
	rm -rf "$TMPDIR" && mkdir "$TMPDIR"
}

build_suite folders <<'END_OF_SUITE'
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <shmrun.h>
static const char *dir(void) { return getenv("TMPDIR"); }
static char *in(const char *name)
{
	static char path[4096];
	snprintf(path, sizeof(path), "%s/%s", dir(), name);
	return path;
}
static void put(const char *name)
{
	int fd = open(in(name), O_CREAT | O_EXCL | O_WRONLY, 0600);
	shmrun_require_ge_int(fd, 0);
	close(fd);
}
static void is_mine(void)
{
	struct stat st;
	DIR *d = opendir(dir());
	int n = 0;
	shmrun_require_eq_int(lstat(dir(), &st), 0);
	shmrun_check_eq_int(st.st_mode, S_IFDIR | 0700);
	shmrun_require_not_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	shmrun_check_eq_int(n, 2);
	shmrun_check_eq_str(dir(), getenv("TEST_TMPDIR"));
	shmrun_check_eq_str(dir(), getenv("SHMRUN_TMPDIR"));
	shmrun_check_eq_str(dir(), shmrun_variable("SHMRUN_TMPDIR"));
}
SHMRUN_TEST(ok, leaves) { is_mine(); put("a"); mkdir(in("b"), 0700); put("b/c"); }
/* As quick as anything can be that leaves something; the next one needs its
 * name. */
SHMRUN_RANGE(ok, quick, 500)
{
	static char path[4096];
	if (!*path)
		strcpy(path, in("quick"));
	shmrun_check_eq_int(symlink("x", path), 0);
}
SHMRUN_TEST(ok, finds_nothing) { is_mine(); }
SHMRUN_TEST(ok, socket)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), n;
	is_mine();
	n = snprintf(to.sun_path, sizeof(to.sun_path), "%s/", dir());
	/* At least 40 bytes for its name; all 108 of them are filled. */
	shmrun_require_le_int(n, 108 - 40);
	memset(to.sun_path + n, 's', sizeof(to.sun_path) - 1 - (size_t)n);
	shmrun_check_eq_int(sizeof(to.sun_path), 108);
	shmrun_check_eq_int(bind(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	close(fd);
}
SHMRUN_TEST(bad, fails) { is_mine(); printf("in %s\n", dir()); put("failed"); shmrun_check_true(0); }
SHMRUN_TEST(bad, behind) { is_mine(); }
SHMRUN_TEST(bad, fails_empty) { put("gone"); unlink(in("gone")); shmrun_check_true(0); }
SHMRUN_TEST(bad, crashes) { is_mine(); put("crashed"); raise(SIGSEGV); }
SHMRUN_TEST(bad, exits) { is_mine(); put("exited"); _exit(0); }
SHMRUN_TEST(bad, hangs, .timeout = 0.2) { is_mine(); put("hung"); for (;;) pause(); }
SHMRUN_TEST(bad, skips) { is_mine(); put("skipped"); shmrun_skip("why not"); }
SHMRUN_TEST(bad, last) { is_mine(); }
SHMRUN_TEST(own, prints)
{
	printf("%s %s\n", dir(), getenv("SHMRUN_TMPDIR"));
	shmrun_check_true(0);
}
SHMRUN_TEST(wild, links)
{
	is_mine();
	symlink(getenv("OUTSIDE"), in("out"));
	mkdir(in("a"), 0700);
	symlink(getenv("OUTSIDE"), in("a/out"));
	link(in("out"), in("a/hard"));
}
SHMRUN_TEST(wild, locks) { is_mine(); mkdir(in("a"), 0700); put("a/b"); chmod(in("a"), 0); chmod(dir(), 0); }
SHMRUN_TEST(wild, digs)
{
	int i;
	is_mine();
	shmrun_require_eq_int(chdir(dir()), 0);
	for (i = 0; i < 300; i++)
		if (mkdir("deep-as-a-well", 0700) < 0 || chdir("deep-as-a-well") < 0)
			shmrun_check_true(!"deep");
	shmrun_require_eq_int(chdir("/"), 0);
}
SHMRUN_TEST(wild, fills)
{
	char name[32];
	int i;
	is_mine();
	for (i = 0; i < 400; i++) {
		snprintf(name, sizeof(name), "%d", i);
		put(name);
	}
}
SHMRUN_TEST(wild, removes) { is_mine(); rmdir(dir()); }
SHMRUN_TEST(wild, replaces) { is_mine(); rmdir(dir()); symlink(getenv("OUTSIDE"), dir()); }
SHMRUN_TEST(wild, puts_file) { is_mine(); rmdir(dir()); close(creat(dir(), 0600)); }
SHMRUN_TEST(wild, moves) { is_mine(); put("moved"); rename(dir(), getenv("MOVED")); }
SHMRUN_TEST(wild, last) { is_mine(); }
static void *writes(void *path)
{
	char name[4200];
	unsigned i;
	for (i = 0;; i++) {
		snprintf(name, sizeof(name), "%s-%u", (char *)path, i);
		mkdir(name, 0700);
		strcat(name, "/a");
		close(creat(name, 0600));
	}
	return NULL;
}
SHMRUN_TEST(thread, stays)
{
	pthread_t thread;
	char name[] = "t0";
	int i;
	is_mine();
	for (i = 0; i < 6; i++) {
		name[1]++;
		pthread_create(&thread, NULL, writes, strdup(in(name)));
	}
	usleep(20000);
}
SHMRUN_TEST(thread, last) { is_mine(); }
static void cover(const char *name)
{
	shmrun_require_eq_int(mount(getenv("OUTSIDE"), in(name), NULL, MS_BIND, NULL), 0);
}
SHMRUN_TEST(mount, whole) { is_mine(); cover("."); }
SHMRUN_TEST(mount, root) { is_mine(); cover(".."); }
SHMRUN_TEST(mount, within) { is_mine(); put("a"); mkdir(in("b"), 0700); mkdir(in("b/c"), 0700); cover("b/c"); }
END_OF_SUITE
cd "$tmp" || exit 99
mkdir outside && echo precious >outside/file
export OUTSIDE="$tmp/outside" MOVED="$tmp/moved"

for tier in worker fork; do
	run -v --isolate=$tier -j 1 --order=collection --recycle=never -f 'ok::*' ./folders.so
	is "$status" 0 "$tier: own and empty, a socket of 108 bytes (VAR-12, ENV-11)"
	is "$(ls -A "$TMPDIR")" "" "$tier: nothing is left of passes (DEF-18)"
	run -v --isolate=$tier -j 1 --order=collection --backtrace=never -f 'bad::*' ./folders.so
	is "$status $(grep -c ' is kept: ' "$tmp/out")" "1 5" \
		"$tier: each that leaves something and does not pass is told (DEF-18)"
	like "$out" ' PASS .*bad::behind' "$tier: behind a failure it is new (VAR-12)"
	like "$out" ' PASS .*bad::last' "$tier: behind all others, too (VAR-12)"
	is "$(left | tr ' ' '\n' | sed -n 's,.*/,,p' | sort | xargs)" \
		"crashed exited failed hung skipped" \
		"$tier: they are kept, and no more (DEF-18)"
	path=$(sed -n 's/^ *in \(.*\)/\1/p' "$tmp/out" | head -n 1)
	ok "$tier: by the name that the test has seen (DEF-18)" \
		test -f "$path/failed"
	like "$(sed -n '/ FAIL .*bad::fails/,/^ *output/p' "$tmp/out")" \
		"temporary folder is kept: $path\$" "$tier: which is told (DEF-18)"
	clear_up
	rm -rf moved
	run -v --isolate=$tier -j 1 --order=collection -f 'wild::*' ./folders.so
	is "$status" 0 "$tier: whatever a test does to it, the next one's is new (VAR-12)"
	is "$(ls -A "$TMPDIR") $(cat outside/*) $(ls moved)" " precious moved" \
		"$tier: and nothing outside is touched (DEF-18)"
	rm -rf moved
	run --isolate=$tier -j 2 --backtrace=never --keep-tmpdir=never \
		-f 'bad::*' ./folders.so
	is "$(ls -A "$TMPDIR")" "" "$tier: --keep-tmpdir=never (DEF-18)"
	unlike "$out" 'temporary folder' "$tier: of which there is no word (DEF-18)"
	run -v --isolate=$tier -j 1 --order=collection --keep-tmpdir=always -f 'ok::leaves' \
		./folders.so
	is "$status $(left)" "0 w0 w0/a w0/b w0/b/c" "$tier: --keep-tmpdir=always (DEF-18)"
	clear_up
done

run -v --isolate=worker -j 1 --order=collection --timeout=10 -f 'thread::*' ./folders.so
is "$status $(grep -c 'PASS+LEAK\|PASS .*last' "$tmp/out") $(ls -A "$TMPDIR")" "0 2 " \
	"threads that still write keep nobody from going on (DEF-18)"
clear_up

# What a test has mounted there, for all of the run to see.
printf '%s\n' '#!/bin/sh' "exec unshare -Urm '$SHMRUN' \"\$@\"" >mounting
chmod +x mounting
for name in whole root within; do
	if ! unshare -Urm mount --bind outside outside 2>/dev/null; then
		skip "nothing can be mounted" "mounted: $name (DEF-18)"
		continue
	fi
	SHMRUN=./mounting run -j 1 -f "mount::$name" ./folders.so
	is "$status $(cat outside/file)" "0 precious" \
		"mounted: $name: what is behind it stays (DEF-18)"
	clear_up
done

# In reports and recordings.
run -j 1 --backtrace=never --junit=junit.xml -f bad::fails -f bad::crashes \
	--record=r.shmres ./folders.so
is "$(grep -c 'temporary folder is kept' junit.xml)" 2 "in reports (DEF-18)"
run report r.shmres
is "$(grep -c 'temporary folder is kept' "$tmp/out")" 2 "in recordings (DEF-18)"
clear_up

# A long TMPDIR has a short name.
long=$tmp/$(printf '%0100d' 0)
mkdir "$long"
TMPDIR=$long run -v -j 1 -f 'ok::*' ./folders.so
is "$status $(ls -A "$long")" "0 " "a long TMPDIR: short enough all the same (ENV-11)"
TMPDIR=$long run -v -j 1 --backtrace=never -f 'bad::fails' ./folders.so
short=$(sed -n 's/.*temporary folder is kept: \(.*\)/\1/p' "$tmp/out")
is "${#short} $(find "$long" -name failed | wc -l)" "21 1" \
	"its contents are where it was asked for (ENV-11, DEF-18)"
ok "and the short name leads there (DEF-18)" test -f "$short/failed"
[ -z "$short" ] || rm -f "${short%/*}"
rm -rf "$long"

# Programs.
echo 'echo in $TMPDIR; test -d "$TMPDIR" -a -z "$(ls -A "$TMPDIR")" || exit 1
test "$TMPDIR$TMPDIR" = "$TEST_TMPDIR$SHMRUN_TMPDIR" || exit 1
echo >"$TMPDIR/x"; [ "${0##*/}" = good ]' >good
chmod +x good; cp good bad; cp good good2
sed -i '1s/^/#!\/bin\/sh\n/' good bad good2; mv good2 good.2; sed -i 's/= good \]/= good.2 ]/' good.2
run -v -j 1 ./good ./bad ./good.2
is "$status $(sed -n '$p' "$tmp/out")" "1 2 passed, 1 failed" \
	"exec: own and empty (VAR-12, ENV-11)"
is "$(left)" "w0 w0/x" "exec: kept where it failed (DEF-18)"
like "$out" 'temporary folder is kept' "exec: and told (DEF-18)"
clear_up
run -v -j 1 --env=TMPDIR=/other -f own::prints ./folders.so
like "$out" "^ */other $TMPDIR/shmrun-[^/]*/w0\$" "the user's own TMPDIR is the test's"
clear_up

# Servers: tests of cmocka are children of a program.
if ${CC:-gcc} -x c -o served - -lcmocka 2>/dev/null <<'END_OF_PROGRAM'
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
static char group[4096];
static void look(void **state)
{
	char text[4096];
	(void)state;
	snprintf(text, sizeof(text), "test -z \"$(ls -A $TMPDIR)\" && "
		"test $TMPDIR = $TEST_TMPDIR && echo >$TMPDIR/x");
	assert_int_equal(system(text), 0);
	assert_string_not_equal(getenv("TMPDIR"), group);
	assert_int_equal(access(group, F_OK), 0);
}
static void fail_there(void **state) { look(state); assert_true(0); }
static int up(void **state)
{
	char text[4096];
	(void)state;
	snprintf(group, sizeof(group), "%s/mine", getenv("TMPDIR"));
	snprintf(text, sizeof(text), "echo >%s", group);
	return system(text);
}
static int down(void **state)
{
	char now[4096];
	(void)state;
	snprintf(now, sizeof(now), "%s/mine", getenv("TMPDIR"));
	return strcmp(now, group) || access(group, F_OK);
}
int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(look), cmocka_unit_test(fail_there),
		{ "again", look, NULL, NULL, NULL },
	};
	return cmocka_run_group_tests(tests, up, down);
}
END_OF_PROGRAM
then
	run -v -j 1 ./served
	is "$status $(sed -n '$p' "$tmp/out")" "1 2 passed, 1 failed" \
		"served: each test its own, the group its own (VAR-12)"
	unlike "$out$err" 'teardown' "served: also when it is torn down (VAR-12)"
	is "$(left)" "w0 w0/x" "served: kept where it failed (DEF-18)"
	clear_up
else
	skip "no cmocka" "served (VAR-12)" 3
fi

# Fixtures of more than one test have their own.
build_suite fixed <<'END_OF_SUITE'
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <shmrun.h>
struct shared { char path[512]; };
static char worker[512], scope[512];
static void make(char *path, const char *name)
{
	snprintf(path, 512, "%s/%s", getenv("TMPDIR"), name);
	close(open(path, O_CREAT | O_EXCL | O_WRONLY, 0600));
}
static void drop(const char *path)
{
	char *mine = strdup(path);
	*strrchr(mine, '/') = '\0';
	shmrun_check_eq_str(getenv("TMPDIR"), mine);
	shmrun_check_eq_int(unlink(path), 0);
	free(mine);
}
static void run_up(struct shared *s) { make(s->path, "run"); }
static void run_down(const struct shared *s) { drop(s->path); }
static void worker_up(void) { make(worker, "worker"); }
static void worker_down(void) { drop(worker); }
static void scope_up(void) { make(scope, "scope"); }
static void scope_down(void) { drop(scope); }
SHMRUN_RUN_FIXTURE(data, struct shared, run_up, run_down)
SHMRUN_WORKER_FIXTURE(w, worker_up, worker_down)
SHMRUN_SCOPE_FIXTURE(t, scope_up, scope_down)
SHMRUN_RANGE(t, has_all, 40)
{
	char own[512];
	make(own, "own");
	shmrun_check_eq_int(access(data()->path, F_OK), 0);
	shmrun_check_eq_int(access(worker, F_OK), 0);
	shmrun_check_eq_int(access(scope, F_OK), 0);
	shmrun_check_eq_int(access(own, F_OK), 0);
}
END_OF_SUITE
for tier in worker fork; do
	run --isolate=$tier -j 3 ./fixed.so
	is "$status $(ls -A "$TMPDIR")" "0 " "$tier: fixtures keep theirs (VAR-12)"
	is "$err" "" "$tier: until they are torn down (VAR-12)"
done

# None can be had.
TMPDIR=$tmp/none run "$SUITES/pass.so"
is "$status $(grep -c . <<<"$err")" "0 1" "no TMPDIR: a run without, and one line (ENV-11)"
like "$err" "no temporary folders of their own: $tmp/none: No such" \
	"that says why (ENV-11)"

# What killed runners leave: the warden's, or the next runner's to remove.
build_suite stays <<'END_OF_SUITE'
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <shmrun.h>
SHMRUN_TEST(t, stays)
{
	char path[4096];
	snprintf(path, sizeof(path), "%s/begun", getenv("TMPDIR"));
	close(creat(path, 0600));
	for (;;)
		pause();
}
END_OF_SUITE
begun() { [ -n "$(find "$TMPDIR" -name begun)" ]; }
empty() { [ -z "$(ls -A "$TMPDIR")" ]; }
for tier in worker fork; do
	start --isolate=$tier -j 2 ./stays.so
	wait_until 20 begun
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null
	ok "$tier: nothing is left of a killed runner (DEF-18)" \
		wait_until 20 empty
done
status=137 ran=
mkdir -p "$TMPDIR/shmrun-aaaaaa/w0" "$TMPDIR/shmrun-aaaaaa/w0.1/x" \
	"$TMPDIR/shmrun-bbbbbb/w0" "$TMPDIR/shmrun-cccccc/w0" \
	"$TMPDIR/shmrun-dddddd/w0" outside/w0
echo kept >"$TMPDIR/shmrun-aaaaaa/w0/kept"
for name in aaaaaa bbbbbb dddddd; do
	touch "$TMPDIR/shmrun-$name/lock"
done
ln -s "$tmp/outside" "$TMPDIR/shmrun-eeeeee"
touch outside/lock
exec 9<"$TMPDIR/shmrun-dddddd/lock"
flock 9
run "$SUITES/pass.so"
is "$(cd "$TMPDIR" && find . -mindepth 1 -name 'shmrun-[ab]*' -o -path '*aaa/*' | sort | xargs)" \
	"./shmrun-aaaaaa ./shmrun-aaaaaa/w0 ./shmrun-aaaaaa/w0/kept" \
	"what all of them left goes with the next run, but what is kept (DEF-18)"
ok "not what a living one has (DEF-18)" test -d "$TMPDIR/shmrun-dddddd/w0"
ok "nor what nobody's is (DEF-18)" test -d "$TMPDIR/shmrun-cccccc/w0"
ok "nor what a link leads to (DEF-18)" test -d outside/w0
exec 9<&-
