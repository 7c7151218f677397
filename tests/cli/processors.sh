#!/bin/bash
# SPDX-License-Identifier: MIT
# A worker keeps its test children where it is (decision 0047), and no test, no
# thread of one, no fixture and no program sees anything of it (VAR-1).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 6
suite=$SUITES/processors.so

export PROCESSORS
PROCESSORS=$(sed -n 's/^Cpus_allowed_list:\t//p' /proc/self/status)
cat >"$tmp/program" <<'END'
#!/bin/sh
grep -q "^Cpus_allowed_list:	$PROCESSORS\$" /proc/self/status
END
chmod +x "$tmp/program"
cp "$tmp/program" "$tmp/again"
for jobs in 1 8; do
	for order in collection random:7; do
		run -j $jobs --order=$order "$suite" "$tmp/program" "$tmp/again"
		is "$status $(last_line "$out")" "0 602 passed, 0 failed" \
			"-j $jobs, $order: all see what the run may use"
	done
done
run -j 2 -f 'pinned::*' "$suite"
is "$status $(last_line "$out")" "0 100 passed, 0 failed" \
	"a fixture's choice is its tests' own"

PROCESSORS=${PROCESSORS%%[,-]*}
program=$SHMRUN
SHMRUN=$tmp/one
printf '#!/bin/sh\nexec taskset -c %s %s "$@"\n' "$PROCESSORS" "$program" \
	>"$SHMRUN"
chmod +x "$SHMRUN"
run -j 2 "$suite"
is "$status $(last_line "$out")" "0 600 passed, 0 failed" \
	"with one processor, too"
