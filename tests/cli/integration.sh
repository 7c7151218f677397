#!/bin/bash
# SPDX-License-Identifier: MIT
# An installed shmrun is found and used by the projects of examples/projects,
# each with its real build system: SHMRUN_CHECK of integration/shmrun.m4,
# find_package() and shmrun_add_suite() of CMake, pkg-config in Meson; and each
# says so where there is none, or too old a one.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 14

# As make install lays it out.
usr="$tmp/usr"
src=$(realpath "$top_srcdir") build=$(realpath "$top_builddir")
mkdir -p "$usr"/{bin,include,share/{aclocal,cmake/shmrun,pkgconfig}}
ln -s "$(realpath "$SHMRUN")" "$usr/bin/shmrun"
cp "$src/include/shmrun.h" "$usr/include"
cp "$src/integration/shmrun.m4" "$usr/share/aclocal"
cp "$src/integration/shmrunConfig.cmake" \
	"$build/integration/shmrunConfigVersion.cmake" "$usr/share/cmake/shmrun"
sed "s|^prefix=.*|prefix=$usr|; s|^bindir=.*|bindir=$usr/bin|
	s|^includedir=.*|includedir=$usr/include|" "$build/shmrun.pc" \
	>"$usr/share/pkgconfig/shmrun.pc"
cp -r "$src/examples/projects" "$tmp/projects"
chmod -R u+w "$tmp/projects"
export PKG_CONFIG_PATH="$usr/share/pkgconfig" CMAKE_PREFIX_PATH="$usr"
unset SHMRUN

# here FOLDER COMMAND...
here()
{
	local folder=$1
	shift
	run_program env -C "$folder" "$@"
}

# ---- Autoconf --------------------------------------------------------------

if command -v aclocal autoconf pkg-config >"$tmp/found"; then
	here "$tmp/projects/autoconf" sh -c \
		"aclocal -I '$usr/share/aclocal' && autoconf && ./configure -q"
	is "$status" 0 "autoconf: configured" || diag "$out$err"
	here "$tmp/projects/autoconf" make -s check
	is "$status:$(last_line "$out")" "0:102 passed, 0 failed" \
		"autoconf: make check runs the suite" || diag "$out$err"
	here "$tmp/projects/autoconf" env PKG_CONFIG_PATH=/ PATH=/usr/bin:/bin \
		PKG_CONFIG_LIBDIR=/ ./configure -q
	is "$status" 0 "autoconf: configured without shmrun" || diag "$out$err"
	like "$err" 'WARNING: no shmrun' "autoconf: which IF-NOT says"
	is "$(grep -c 'false ./suite.so' "$tmp/projects/autoconf/Makefile")" 1 \
		"autoconf: SHMRUN is false"
	sed -i 's/\[0\.1\]/[99]/' "$tmp/projects/autoconf/configure.ac"
	here "$tmp/projects/autoconf" sh -c "autoconf && ./configure -q"
	like "$err" 'WARNING: no shmrun' "autoconf: one that is too old is none"
else
	skip "autoconf, automake or pkg-config is missing" "autoconf" 6
fi

# ---- CMake -----------------------------------------------------------------

if command -v cmake ctest >"$tmp/found"; then
	here "$tmp/projects" cmake -S cmake -B c
	is "$status" 0 "cmake: configured" || diag "$out$err"
	here "$tmp/projects" cmake --build c
	is "$status" 0 "cmake: built" || diag "$out$err"
	here "$tmp/projects" ctest --test-dir c -V
	like "$out" '^1: 102 passed, 0 failed' "cmake: ctest runs the suite"
	like "$out" '100% tests passed, 0 tests failed out of 1' "cmake: and is told"
	sed -i 's/shmrun 0\.1/shmrun 99/' "$tmp/projects/cmake/CMakeLists.txt"
	here "$tmp/projects" cmake -S cmake -B d
	like "$err" 'version "99"' "cmake: one that is too old is refused"
else
	skip "cmake is missing" "cmake" 5
fi

# ---- Meson -----------------------------------------------------------------

if command -v meson ninja pkg-config >"$tmp/found"; then
	here "$tmp/projects" meson setup m meson
	is "$status" 0 "meson: configured" || diag "$out$err"
	here "$tmp/projects" meson test -C m
	is "$status" 0 "meson: built and run" || diag "$out$err"
	like "$out" 'suite +OK .* 102 subtests passed' "meson: each test is counted"
else
	skip "meson, ninja or pkg-config is missing" "meson" 3
fi
