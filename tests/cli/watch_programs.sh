#!/bin/bash
# SPDX-License-Identifier: MIT
# --watch (DBG-5) where tests are programs: what CTest and Meson, a list and a
# command line name is looked at, with the libraries that it is linked with, and
# a list of tests that has changed is read again, also in a folder below.

. "${top_srcdir:-.}/tests/cli/lib.sh"

. "${top_srcdir:-.}/tests/support/terminal.sh"

plan 20

# say NUMBER: what the library answers from now on.
say()
{
	echo "int answer(void) { return $1; }" >answer.c
	# shellcheck disable=SC2086 # CC may hold options
	${CC:-gcc} -shared -fPIC -o "$lib.new" answer.c && mv "$lib.new" "$lib"
}

# program FILE [ADD]: it fails when library and ADD do not make 42.
program()
{
	echo "int answer(void); int main(void) { return answer() + ${2-0} != 42; }" \
		>program.c
	# shellcheck disable=SC2086
	${CC:-gcc} -o "$1.new" program.c -L"${lib%/*}" -lanswer \
		"-Wl,-rpath,${rpath-${lib%/*}}" && mv "$1.new" "$1"
}

waits()
{
	[ "$(grep -ac 'waiting for a change' "$tmp/err")" -ge "$1" ]
}

# The closing lines of runs from the one that began after the Nth wait.
counts()
{
	grep -aE '^[0-9]+ passed, ' "$tmp/out" | tail -n "+$1" | tr '\n' ';'
}

watch()
{
	: >"$tmp/err"
	start --watch -j 2 "$@"
	wait_until 60 waits 1
}

leave()
{
	kill -INT "$pid"
	finish
}

cd "$tmp" || exit 99
mkdir bin lib list
lib="$tmp/lib/libanswer.so"
say 42

# ---- a list, a program, a command ------------------------------------------

program bin/one
rpath="\$ORIGIN/../lib" program bin/two
echo "$tmp/bin/one" >list/all
echo 'exit 1' >bin/script
watch --programs=list/all bin/two --command="/bin/sh $tmp/bin/script"
is "$(counts 1)" "2 passed, 1 failed;" "programs: they run"
echo 'exit 0' >bin/script
wait_until 60 waits 2
is "$(counts 2)" "1 passed, 0 failed;3 passed, 0 failed;" "a command's script"
program bin/one 1
wait_until 60 waits 3
is "$(counts 4)" "2 passed, 1 failed;" "a program that a list names"
say 41
wait_until 60 waits 4
is "$(counts 5)" "1 passed, 0 failed;2 passed, 1 failed;" \
	"a library, by two run paths"
program bin/one 1
head -c 4000 bin/one >bin/half
cp bin/half bin/one
ok "half a program is waited for" \
	wait_until 60 has_text "$tmp/err" 'bin/one is not complete; waiting'
program bin/one 1
wait_until 60 waits 5
is "$(counts 7)" "0 passed, 1 failed;" "... and then what had failed runs"
leave
is "$status" 130 "SIGINT ends it"

# ---- CMake -----------------------------------------------------------------

if ! command -v cmake >/dev/null || ! command -v ctest >/dev/null; then
	skip "no CMake" "--from-ctest" 7
else
	mkdir -p src/sub
	cat >src/CMakeLists.txt <<-END
	cmake_minimum_required(VERSION 3.16)
	project(fixture NONE)
	enable_testing()
	add_test(NAME one COMMAND $tmp/bin/one)
	add_subdirectory(sub)
	END
	echo "add_test(NAME two COMMAND $tmp/bin/unbuilt)" \
		>src/sub/CMakeLists.txt
	cmake -S src -B build >cmake.log 2>&1 || cat cmake.log
	say 42
	program bin/one
	watch --from-ctest=build
	is "$(counts 1)" "1 passed, 1 failed;" "CTest: not all is built"
	program bin/unbuilt
	wait_until 60 waits 2
	is "$(counts 2)" "1 passed, 0 failed;2 passed, 0 failed;" \
		"CTest: what was not is, in a folder below"
	program bin/one 1
	wait_until 60 waits 3
	is "$(counts 4)" "1 passed, 1 failed;" "CTest: a program"
	ok "CTest: it is named" has_text "$tmp/err" 'bin/one has changed'
	say 41
	wait_until 60 waits 4
	is "$(counts 5)" "1 passed, 0 failed;1 passed, 1 failed;" \
		"CTest: a library"
	echo "add_test(NAME three COMMAND $tmp/bin/one)" \
		>>src/sub/CMakeLists.txt
	cmake build >cmake.log 2>&1 || cat cmake.log
	wait_until 60 waits 5
	say 42
	wait_until 60 waits 6
	like "$(counts 7)" '1 passed, 2 failed;$' \
		"CTest: the list of a folder below is read again"
	leave
	is "$status" 130 "CTest: SIGINT ends it"
fi

# ---- Meson -----------------------------------------------------------------

if ! command -v meson >/dev/null || ! command -v ninja >/dev/null; then
	skip "no Meson" "--from-meson" 6
	exit 0
fi
mkdir msrc
cat >msrc/meson.build <<END
project('fixture')
test('one', files('$tmp/bin/one'))
test('script', find_program('sh'), args: files('$tmp/bin/script'))
END
say 42
program bin/one
meson setup msrc mbuild >meson.log 2>&1 || cat meson.log
watch --from-meson=mbuild
is "$(counts 1)" "2 passed, 0 failed;" "Meson: it runs"
program bin/one 1
wait_until 60 waits 2
is "$(counts 2)" "1 passed, 1 failed;" "Meson: a program"
say 41
wait_until 60 waits 3
is "$(counts 3)" "1 passed, 0 failed;2 passed, 0 failed;" "Meson: a library"
echo 'exit 1' >bin/script
wait_until 60 waits 4
is "$(counts 5)" "1 passed, 1 failed;" "Meson: an interpreter's script"
echo "test('three', find_program('true'))" >>msrc/meson.build
ninja -C mbuild build.ninja >meson.log 2>&1 || cat meson.log
wait_until 60 waits 5
echo 'exit 0' >bin/script
wait_until 60 waits 6
like "$(counts 6)" '3 passed, 0 failed;$' "Meson: the list is read again"
leave
is "$status" 130 "Meson: SIGINT ends it"
