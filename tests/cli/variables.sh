#!/bin/bash
# SPDX-License-Identifier: MIT
# What a test is told of itself: in its environment where it has a process of
# its own, forked, of a server or another program; to one that runs in the
# worker by the C interface, and nothing is left behind in the worker (VAR-8 to
# VAR-11, VAR-19).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 61

# shows TEST NAME: the values that the attempts at the test printed.
shows()
{
	awk -v name="$1" -v begin="        $2=" '
	/^ *[A-Z0-9+ ]+ \[[ 0-9.]+s?\] / { on = index($0, "] " name " (w") }
	on && index($0, begin) == 1 && !seen[$0]++ {
		print substr($0, length(begin) + 1)
	}' "$tmp/out"
}

# Each test prints what it is told, and fails, so that it is shown.
build_suite told <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <shmrun.h>
static const char *const names[] = { "ISOLATE", "SUITE", "TEST", "TEST_ID",
	"ATTEMPT", "MAX_ATTEMPTS", "ITERATION", "GROUP", "WEIGHT", "TIMEOUT",
	"SLOT", "RUN_ID" };
static void show(void)
{
	int child = shmrun_role() == SHMRUN_ROLE_CHILD;
	const char *told, *env;
	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char name[64];
		snprintf(name, sizeof(name), "SHMRUN_%s", names[i]);
		told = shmrun_variable(name);
		env = getenv(name);
		printf("%s=%s\n", name, told ? told : "(none)");
		if (child || i > 9)
			shmrun_check_eq_str(env, told);
		else if (i > 0)
			shmrun_check_null(env);
	}
	/* This one stands in a worker's environment, too, where there is one. */
	told = shmrun_variable("SHMRUN_GROUP_SLOT");
	env = getenv("SHMRUN_GROUP_SLOT");
	printf("SHMRUN_GROUP_SLOT=%s\n", told ? told : "(none)");
	if (child || *told)
		shmrun_check_eq_str(env, told);
	else
		shmrun_check_null(env);
	shmrun_check_null(shmrun_variable("SHMRUN_NONSENSE"));
	shmrun_check_true(!"shown");
}
SHMRUN_TEST(told, plain) { show(); }
SHMRUN_TEST(told, all, .lock = "db:1,port:r", .weight = 2, .timeout = 7.5,
	    .retries = 1) { show(); }
SHMRUN_TEST(told, unit, .lock = "db,port:2") { show(); }
SHMRUN_RANGE(told, many, 3) { if (shmrun_index() == 2) show(); }
SHMRUN_TEST(told, forked, .isolate = SHMRUN_ISOLATE_FORK) { show(); }
SHMRUN_TEST(told, behind) { show(); }
END
cd "$tmp" || exit 99

# common TEST TIER: what is the same for all.
common()
{
	is "$(shows "$1" SHMRUN_ISOLATE)" "$2" "$2: the tier (VAR-7)"
	is "$(shows "$1" SHMRUN_SUITE) $(shows "$1" SHMRUN_TEST)" "$suite $1" \
		"$2: SHMRUN_SUITE, SHMRUN_TEST (VAR-8)"
	is "$(shows "$1" SHMRUN_TEST_ID)" "$suite $1" \
		"$2: SHMRUN_TEST_ID (VAR-8)"
	is "$(shows "$1" SHMRUN_ATTEMPT)" 1 "$2: SHMRUN_ATTEMPT (VAR-9)"
	is "$(shows "$1" SHMRUN_MAX_ATTEMPTS)" 1 \
		"$2: SHMRUN_MAX_ATTEMPTS (VAR-9)"
	is "$(shows "$1" SHMRUN_ITERATION)" 1 "$2: SHMRUN_ITERATION (VAR-9)"
	is "$(shows "$1" SHMRUN_GROUP)$(shows "$1" SHMRUN_WEIGHT)" 1 \
		"$2: no SHMRUN_GROUP, and SHMRUN_WEIGHT (VAR-10)"
	is "$(shows "$1" SHMRUN_GROUP_SLOT)" "" \
		"$2: no SHMRUN_GROUP_SLOT without a lock (VAR-10)"
	is "$(shows "$1" SHMRUN_TIMEOUT)" 20 "$2: SHMRUN_TIMEOUT (VAR-11)"
}

suite=./told.so
for isolate in worker fork; do
	# One slot: each test but the first finds a worker that has run others.
	run --isolate=$isolate -j 1 --timeout=20 --recycle=never ./told.so
	common told::plain $isolate
	is "$(shows told::all SHMRUN_GROUP) $(shows told::all SHMRUN_WEIGHT)" \
		"db,port 2" "$isolate: locks and weight (VAR-10)"
	is "$(shows told::unit SHMRUN_GROUP) $(
		shows told::unit SHMRUN_GROUP_SLOT)" "db,port 0" \
		"$isolate: one worker: the first unit (VAR-10)"
	is "$(shows told::all SHMRUN_TIMEOUT)" "7.5" \
		"$isolate: its own limit of time (VAR-11)"
	is "$(shows told::all SHMRUN_ATTEMPT | xargs) $(
		shows told::all SHMRUN_MAX_ATTEMPTS | tail -n 1)" "1 2 2" \
		"$isolate: each of its attempts (VAR-9)"
	is "$(shows 'told::many[2]' SHMRUN_TEST)" "told::many[2]" \
		"$isolate: an instance (VAR-8)"
	is "$(shows told::forked SHMRUN_ISOLATE)" fork \
		"$isolate: a test that is forked knows (VAR-7)"
	unlike "$out" 'env ==|env is' \
		"$isolate: the environment says the same or nothing (VAR-19)"
done

suite=./program
cat >program <<'END'
#!/bin/sh
env | grep ^SHMRUN_
exit 1
END
chmod +x program
run --timeout=20 ./program
common program::program exec

if ${CC:-gcc} -x c -o served - -lcmocka 2>/dev/null <<'END'
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
extern char **environ;
static void show(void **state)
{
	(void)state;
	for (char **at = environ; *at; at++)
		if (strncmp(*at, "SHMRUN_", 7) == 0)
			puts(*at);
	fail();
}
static void again(void **state) { show(state); }
int main(void)
{
	const struct CMUnitTest served[] = { cmocka_unit_test(show),
					     cmocka_unit_test(again) };
	return cmocka_run_group_tests(served, NULL, NULL);
}
END
then
	suite=./served
	run -j 1 --timeout=20 ./served
	common served::show fork
	is "$(shows served::again SHMRUN_TEST)" served::again \
		"fork: the next one of its server (VAR-8)"
	unlike "$out" 'SHMRUN_SERVED' "fork: and nothing of ours"
else
	skip "cmocka is not installed" "fork: a test of a server (VAR-8)" 11
fi

# Of a counted lock every holder is told another unit, whoever runs it and
# whatever ran there before; others are told of none.
build_suite units <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <shmrun.h>
SHMRUN_RANGE(units, forked, 20, .isolate = SHMRUN_ISOLATE_FORK)
{
	shmrun_check_eq_str(getenv("SHMRUN_GROUP_SLOT"), "");
}
SHMRUN_RANGE(units, held, 40, .lock = "db:r,port:1")
{
	const char *unit = getenv("SHMRUN_GROUP_SLOT");
	char path[64];

	shmrun_require_not_null(unit);
	shmrun_check_eq_str(shmrun_variable("SHMRUN_GROUP_SLOT"), unit);
	shmrun_check_eq_int(shmrun_lock_slot("port"), atoi(unit));
	snprintf(path, sizeof(path), "ports/%s", unit);
	shmrun_require_eq_int(mkdir(path, 0700), 0);
	usleep(2000);
	rmdir(path);
}
SHMRUN_RANGE(units, none, 20)
{
	const char *unit = getenv("SHMRUN_GROUP_SLOT");

	shmrun_check_true(!unit || !*unit);
}
END
cat >unit <<'END'
#!/bin/sh
[ $1 = none ] && test -z "$SHMRUN_GROUP_SLOT" && exit
mkdir "ports/${SHMRUN_GROUP_SLOT:?}" && sleep 0.01 && rmdir "ports/$SHMRUN_GROUP_SLOT"
END
chmod +x unit
for i in {1..20}; do
	echo "@name=held$i @lock=db:r,port:1 ./unit held"
	echo "@name=none$i ./unit none"
done >units.list
mkdir ports
# units TIER N ARGUMENT...: so many pass, and no unit is left held.
units()
{
	local tier=$1 n=$2 jobs
	shift 2
	for jobs in 1 4; do
		run -j $jobs --order=collection --lock-size=port=3 "$@"
		is "$status $(last_line "$out") $(ls ports)" \
			"0 $n passed, 0 failed " \
			"$tier: -j $jobs: each has a unit of its own (VAR-10)"
	done
}
units worker 80 --isolate=worker ./units.so
units fork 80 --isolate=fork ./units.so
units exec 40 --programs=units.list

if ${CC:-gcc} -x c -o served_units - -lcmocka 2>/dev/null <<'END'
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
static void held(void **state)
{
	char path[64];
	snprintf(path, sizeof(path), "ports/%s", getenv("SHMRUN_GROUP_SLOT"));
	assert_int_equal(mkdir(path, 0700), 0);
	usleep(5000);
	rmdir(path);
}
static void none(void **state)
{
	assert_string_equal(getenv("SHMRUN_GROUP_SLOT"), "");
}
#define HELD(n) { "held" n, held, NULL, NULL, NULL }
#define NONE(n) { "none" n, none, NULL, NULL, NULL }
int main(void)
{
	const struct CMUnitTest tests[] = {
		HELD("1"), NONE("1"), HELD("2"), NONE("2"), HELD("3"),
		NONE("3"), HELD("4"), NONE("4"), HELD("5"), HELD("6"),
		HELD("7"), HELD("8"), HELD("9"), NONE("5"), NONE("6"),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
END
then
	printf '[override]\nfilter = test(held)\nlock = port:1\n' >units.conf
	units "fork: a server" 15 --config=units.conf ./served_units
else
	skip "cmocka is not installed" "fork: a server: units (VAR-10)" 2
fi

# The page that they stand in is the child's to write: the worker believes
# nothing in it.
build_suite spoil <<'END'
#include <stdlib.h>
#include <string.h>
#include <shmrun.h>
SHMRUN_TEST(spoil, all)
{
	char *value = getenv("SHMRUN_ISOLATE");
	memset((char *)((unsigned long)value & -4096ul), 0xff, 9 * 4096);
}
SHMRUN_TEST(spoil, behind)
{
	shmrun_check_eq_str(getenv("SHMRUN_TEST"), "spoil::behind");
	shmrun_check_eq_str(getenv("SHMRUN_TIMEOUT"), "20");
}
END
run --isolate=fork -j 1 --timeout=20 --order=collection ./spoil.so
is "$status $(tail -n 1 "$tmp/out" | grep -o '[0-9]* passed')" "0 2 passed" \
	"a test that spoils them spoils them for itself (VAR-8)"
