#!/bin/bash
# SPDX-License-Identifier: MIT
# include/shmrun.h compiles without a warning in each language it promises
# (C99 to C17, C++11 to C++20), with gcc and clang; its records survive hidden
# symbols and garbage collection with each linker (NAT-1, NAT-2, NAT-6); a file
# that includes it without a test links and loads; records are plain data.

. "${top_srcdir:-.}/tests/cli/lib.sh"

include=${top_srcdir:-.}/include
warnings="-Wall -Wextra -Wpedantic -Wshadow -Wundef -Wformat=2 -Werror"
small="-fvisibility=hidden -ffunction-sections -fdata-sections
	-Wl,--gc-sections"

plan 48

cat >"$tmp/all.c" <<'END'
#include <errno.h>

#include <shmrun.h>

SHMRUN_DEFAULTS(.timeout = 3, .tags = "all")

struct shared {
	int number;
};

static void up(void) {}
static void down(void) {}
static void fill(struct shared *data) { data->number = 1; }

SHMRUN_TEST_FIXTURE(all, up, down)
SHMRUN_SCOPE_FIXTURE(all, up, NULL)
SHMRUN_WORKER_FIXTURE(world, NULL, down)
SHMRUN_RUN_FIXTURE(data, struct shared, fill, NULL)

static const char *const words[] = { "a", "b" };
static uint64_t count(void) { return 5; }

SHMRUN_TEST(all, checks)
{
	int four = 4;

	shmrun_check_true(four);
	shmrun_check_false(!four, "four");
	shmrun_check_null(NULL, "%d", four);
	shmrun_require_not_null(&four);
	shmrun_check_eq_int(errno, ENOENT);
	shmrun_check_le_int(errno, four, "%d %s", four, "x");
	shmrun_check_gt_uint(sizeof(four), 2);
	shmrun_check_ne_ptr(&four, NULL);
	shmrun_require_eq_str("a", "b", "message");
	shmrun_check_eq_double(0.5, four / 2.0, 1e-3);
	shmrun_check_eq_double(0.5, 0.5, 0, "%d%d%d%d%d%d%d%d%d%d%d", 1, 2, 3,
			       4, 5, 6, 7, 8, 9, 10, 11);
	shmrun_require_eq_mem(&four, &four, sizeof(four));
	shmrun_log("%d in %u", data()->number, shmrun_slot());
	if (shmrun_attempt() > 2 || shmrun_role() == SHMRUN_ROLE_CHILD)
		shmrun_skip("%s %s", shmrun_run_id(), shmrun_test_name());
}

SHMRUN_TEST(all, attributes, .lock = "db", .weight = 2, .timeout = 3,
	    .isolate = SHMRUN_ISOLATE_FORK, .description = "x")
{
}

SHMRUN_RANGE(all, range, 10, .priority = 3)
{
	shmrun_check_lt_uint(shmrun_index(), 10);
}

SHMRUN_RANGE_FN(all, function, count) {}
SHMRUN_PARAMS(all, rows, const char *, words)
{
	shmrun_check_not_null(*param);
}
END
cp "$tmp/all.c" "$tmp/all.cc"
printf '#include <shmrun.h>\n' >"$tmp/none.c"
cp "$tmp/none.c" "$tmp/none.cc"

# Prints the number of records in a suite, through its one exported object.
cat >"$tmp/count.c" <<'END'
#include <dlfcn.h>
#include <stdio.h>

#include <shmrun.h>

int main(int argc, char **argv)
{
	void *handle = argc == 2 ? dlopen(argv[1], RTLD_NOW) : NULL;
	struct shmrun_suite_ *suite =
		handle ? (struct shmrun_suite_ *)dlsym(handle,
						       "shmrun_suite_v1")
		       : NULL;

	if (!suite || suite->magic != SHMRUN_MAGIC_)
		return 1;
	printf("%d\n", (int)(suite->stop - suite->start));
	return 0;
}
END
gcc=${CC:-gcc}
have_count=true
# shellcheck disable=SC2086 # CC may hold options
$gcc -I"$include" -o "$tmp/count" "$tmp/count.c" -ldl || have_count=false

# build NAME COMMAND...: makes $tmp/suite.so; the tool may be absent.
build()
{
	local name=$1
	shift
	rm -f "$tmp/suite.so"
	if ! command -v "$1" >/dev/null; then
		skip "no $1" "$name"
		return 1
	fi
	# The lists of options are meant to be split.
	# shellcheck disable=SC2086
	ok "$name" "$@" $warnings -fPIC -shared -I"$include" \
		-o "$tmp/suite.so"
}

# records WANTED NAME: of the suite just built.
records()
{
	if [ ! -e "$tmp/suite.so" ] || ! $have_count; then
		skip "not built" "$2"
		return
	fi
	is "$("$tmp/count" "$tmp/suite.so")" "$1" "$2"
}

# The compiler's own entry of 8 bytes is always there.
constructors()
{
	local size

	if [ ! -e "$tmp/suite.so" ] || ! command -v readelf >/dev/null; then
		skip "not built" "$cxx: no constructor fills records (NAT-8)"
		return
	fi
	size=$(readelf -SW "$tmp/suite.so" |
		sed -n 's/.* INIT_ARRAY *[0-9a-f]* [0-9a-f]* 0*\([^ ]*\).*/\1/p')
	is "$size" 8 "$cxx: no constructor fills records (NAT-8)"
}

for cc in gcc clang; do
	for std in c99 gnu99 c11 c17; do
		build "$cc -std=$std" "$cc" -std=$std -O2 "$tmp/all.c"
	done
	records 10 "$cc: all records are there"
done

for cxx in g++ clang++; do
	for std in c++11 gnu++11 c++14 c++17 c++20; do
		build "$cxx -std=$std" "$cxx" -std=$std -O2 "$tmp/all.cc"
	done
	records 10 "$cxx: all records are there"
	constructors
done

# Everything that is not reachable goes, tests must not (NAT-6).
for cc in gcc clang; do
	for linker in bfd lld; do
		if ! command -v ld.$linker >/dev/null; then
			skip "no $linker" "$cc, $linker, --gc-sections" 2
			skip "no $linker" "$cc, $linker: no tests" 2
			continue
		fi
		# shellcheck disable=SC2086
		build "$cc, $linker, --gc-sections" $cc -O2 -fuse-ld=$linker \
			$small "$tmp/all.c"
		records 10 "$cc, $linker: hidden and collected, nothing lost"
		# shellcheck disable=SC2086
		build "$cc, $linker: no tests" $cc -fuse-ld=$linker $small \
			"$tmp/none.c"
		records 0 "$cc, $linker: a suite without tests loads (NAT-1)"
	done
done

# Many files of a suite share one descriptor and one pointer to the ops.
sed 's/SHMRUN_DEFAULTS.*//; s/(all, /(more, /; s/(world, /(world2, /' \
	"$tmp/all.c" >"$tmp/more.c"
build "two files, one suite" gcc -O2 "$tmp/all.c" "$tmp/more.c" "$tmp/none.c"
records 19 "two files: the records of both"
is "$(nm "$tmp/suite.so" | grep -Ec ' shmrun_(ops_|suite_v1)$')" 2 \
	"two files: one descriptor, one pointer to the ops"
build "C and C++ in one suite" g++ -O2 -x c++ "$tmp/none.cc" -x none \
	"$tmp/all.cc"
records 10 "C++: an empty file takes nothing away"

# The header calls nothing and includes three headers.
is "$(sed -n 's/^#include <\(.*\)>/\1/p' "$include/shmrun.h" | sort | xargs)" \
	"stdbool.h stddef.h stdint.h" "only three headers are included"
not_ok "a wrong printf argument is found" \
	gcc -Wall -Werror -fsyntax-only -I"$include" -x c - <<'END' 2>/dev/null
#include <shmrun.h>
SHMRUN_TEST(a, b) { shmrun_check_true(shmrun_slot(), "%s", 1); }
END
not_ok "the wrong type of element is found" \
	gcc -Wall -Werror -fsyntax-only -I"$include" -x c - <<'END' 2>/dev/null
#include <shmrun.h>
static const int rows[] = { 1 };
SHMRUN_PARAMS(a, b, char, rows) { shmrun_check_not_null(param); }
END
