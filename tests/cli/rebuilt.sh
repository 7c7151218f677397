#!/bin/bash
# SPDX-License-Identifier: MIT
# A suite that is rebuilt while it runs.  Another file in its place, as linkers
# and mv make it: the run is of the old one, passes, and says so.  Other bytes in
# the same file, as cp writes them: exit 3, whatever the tests said, and no
# report is all green (ENV-9, EXIT-3, STATE-13).  The same of programs that a list
# names, of which nobody knows which one a test was.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 29

# Runs until the file GO is there.
build_suite waits <<'END'
#include <stdlib.h>
#include <unistd.h>
#include <shmrun.h>
#include "hostile.h"
SHMRUN_TEST(waits, here)
{
	hostile_pid("waits");
	while (access(getenv("GO"), F_OK) != 0)
		usleep(10000);
}
SHMRUN_RANGE(waits, behind, 50) {}
END

# during CHANGE ARGUMENT...: runs a copy of it, and the change while it runs.
during()
{
	local change=$1
	shift
	export GO="$tmp/go" HOSTILE_PIDS="$tmp/pids"
	rm -f "$GO" "$HOSTILE_PIDS" "$tmp/copy.so"
	cp "$tmp/waits.so" "$tmp/copy.so"
	start -j 2 "$@" --junit="$tmp/xml" --tap="$tmp/tap" "$tmp/copy.so"
	wait_until 30 has_lines "$HOSTILE_PIDS" 1 || diag "never started"
	eval "$change"
	: >"$GO"
	finish
}

for isolate in worker fork; do
	during true --isolate=$isolate
	is "$status:$err" "0:" "$isolate: nothing is changed, nothing is said"
	during 'cp "$tmp/waits.so" "$tmp/new" && mv "$tmp/new" "$tmp/copy.so"' \
		--isolate=$isolate
	is "$status $(last_line "$out")" "0 51 passed, 0 failed" \
		"$isolate: mv over it: the old one passes"
	is "$(grep -c 'copy.so was replaced during the run' "$tmp/err")" 1 \
		"$isolate: mv over it: told"
	during 'rm "$tmp/copy.so"' --isolate=$isolate
	is "$status $(last_line "$out")" "0 51 passed, 0 failed" \
		"$isolate: it is removed: the old one passes"
	during 'cat "$tmp/waits.so" >"$tmp/copy.so"' --isolate=$isolate
	is "$status" 3 "$isolate: cp over it: exit 3"
	is "$(grep -c 'copy.so was overwritten during the' "$tmp/err")" 1 \
		"$isolate: cp over it: told"
	like "$out" '^exit 3: ' "$isolate: cp over it: in words"
	like "$(cat "$tmp/xml")" '<error|<failure' \
		"$isolate: cp over it: JUnit is not all green"
	like "$(cat "$tmp/tap")" '^(Bail out!|not ok)' \
		"$isolate: cp over it: TAP is not all green"
	during 'truncate -s 100 "$tmp/copy.so"' --isolate=$isolate
	is "$status" 3 "$isolate: it is cut: exit 3"
	ok "$isolate: it is cut: nothing is left" none_marked "$(run_id)"
done

# ---- programs of lists ---------------------------------------------------

cat >"$tmp/waits.sh" <<'END'
#!/bin/sh
echo $$ >>"$HOSTILE_PIDS"
until [ -e "$GO" ]; do sleep 0.01; done
END
printf '#!/bin/sh\nexit 0\n' >"$tmp/quick.sh"
chmod +x "$tmp/waits.sh" "$tmp/quick.sh"
printf '%s\n' ./waits.sh ./behind ./other '@name=again ./behind 2' \
	>"$tmp/named.list"

# listed CHANGE: a change while the first of them runs.
listed()
{
	rm -f "$GO" "$HOSTILE_PIDS" "$tmp/behind" "$tmp/other"
	cp "$tmp/quick.sh" "$tmp/behind"
	cp "$tmp/quick.sh" "$tmp/other"
	start -j 1 --programs="$tmp/named.list"
	wait_until 30 has_lines "$HOSTILE_PIDS" 1 || diag "never started"
	eval "$1"
	: >"$GO"
	finish
}

listed true
is "$status:$err" "0:" "programs: nothing is changed, nothing is said"
listed 'cp "$tmp/quick.sh" "$tmp/new" && mv "$tmp/new" "$tmp/behind"'
is "$status $(last_line "$out")" "0 4 passed, 0 failed" \
	"programs: mv over one: they pass"
like "$err" '/behind: replaced during the run' "programs: mv over one: told"
is "$(wc -l <<<"$err")" 1 "programs: mv over one: once"
listed 'cat "$tmp/quick.sh" >"$tmp/behind"; cat "$tmp/quick.sh" >"$tmp/other"'
is "$status" 3 "programs: cp over two: exit 3"
like "$err" '/behind and 1 more: overwritten during the run' \
	"programs: cp over two: told"
listed 'cat "$tmp/quick.sh" >"$tmp/new"'
is "$status:$err" "0:" "programs: another file: nothing is said"
