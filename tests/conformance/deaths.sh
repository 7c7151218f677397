#!/bin/bash
# SPDX-License-Identifier: MIT
# SIGKILL for a random worker every 5 ms, over 100,000 tests, in each tier: each
# test is told once, as passed or as killed; no body is entered twice, and none
# is told as passed that was not entered; nothing is left (ACC-1, STATE-1).  In
# tests/cli/die.sh it is a hundred kills.
#
# A loader that comes to no answer in 10 s on a busy machine is killed, and told:
# what its two workers were at is run again, rightly (PROC-4).

RUN_TIMEOUT=900
. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 27
n=100000

# Appends what it is called by, in one write.
build_suite enter <<END
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <shmrun.h>
SHMRUN_RANGE(enter, log, $n)
{
	static int fd = -1;
	char line[32];
	int len = snprintf(line, sizeof(line), "%ld\n", (long)shmrun_index());

	if (fd < 0)
		fd = open(getenv("ENTERED"), O_WRONLY | O_APPEND | O_CLOEXEC);
	shmrun_require_eq_int(write(fd, line, (size_t)len), len);
	usleep(20);
}
END
${CC:-gcc} -O2 -x c -o "$tmp/enter" - <<'END'
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv)
{
	int fd = open(getenv("ENTERED"), O_WRONLY | O_APPEND);

	return argc < 2 || dprintf(fd, "%s\n", argv[1]) < 0;
}
END
for ((i = 0; i < n; i++)); do
	echo "@name=t$i ./enter $i"
done >"$tmp/enter.list"

# Workers are the loader's children.  Where eight blows in a row let no test
# begin it waits for one, or shmrun would rightly give up.
cat >"$tmp/slay" <<'END'
my ($runner, $log) = @ARGV;
my ($n, $vain, $size) = (0, 0, 0);
sub words { open(my $f, '<', $_[0]) or return; return split(' ', <$f> // '') }
sub children { return words("/proc/$_[0]/task/$_[0]/children") }
while (((words("/proc/$runner/stat"))[2] // 'Z') ne 'Z') {
	select(undef, undef, undef, 0.005);
	my $now = -s $log;
	$vain = 0 if $now != $size;
	$size = $now;
	next if $vain >= 8;
	my ($loader) = children($runner) or next;
	my @workers = children($loader) or next;
	$vain++;
	$n += kill('KILL', $workers[rand(@workers)]);
}
print "$n\n";
END

export ENTERED="$tmp/entered"
cd "$tmp" || exit 99

# storm TIER ARGUMENT...
storm()
{
	local tier=$1 kills again loaders
	shift
	: >"$ENTERED"
	start -j 2 --record=none --no-timings --backtrace=never "$@"
	perl "$tmp/slay" "$pid" "$ENTERED" >"$tmp/kills"
	finish
	kills=$(cat "$tmp/kills")
	results SIGKILL | tr -cd '0-9\n' | sort >"$tmp/killed"
	is "$status $(last_line "$out")" \
		"1 $((n - $(wc -l <"$tmp/killed"))) passed, $(wc -l <"$tmp/killed") failed" \
		"$tier: 100,000 tests: all are counted"
	is "$(results | wc -l)" "$(wc -l <"$tmp/killed")" \
		"$tier: 100,000 tests: none has failed but by SIGKILL"
	is "$(uniq -d "$tmp/killed" | head -n 3)" "" \
		"$tier: 100,000 tests: none is told twice"
	again=$(sort "$ENTERED" | uniq -d | wc -l)
	loaders=$(grep -c 'the loader does not answer' <<<"$err")
	ok "$tier: 100,000 tests: no body is entered twice ($again, $loaders loaders)" \
		test "$again" -le $((2 * loaders))
	is "$(sort "$ENTERED" | uniq -c | awk '$1 > 2' | head -n 3)" "" \
		"$tier: 100,000 tests: and none three times"
	is "$(sort -u "$ENTERED" "$tmp/killed" | wc -l)" "$n" \
		"$tier: 100,000 tests: each that passed was entered"
	ok "$tier: 100,000 tests: workers were killed ($kills)" \
		test "$kills" -gt 50
	ok "$tier: 100,000 tests: no more tests than workers" \
		test "$(wc -l <"$tmp/killed")" -le "$kills"
	ok "$tier: 100,000 tests: nothing is left" none_marked "$(run_id)"
}
storm worker --isolate=worker ./enter.so
storm fork --isolate=fork ./enter.so
storm exec --programs=enter.list
