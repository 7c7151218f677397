# SPDX-License-Identifier: MIT
# watched.sh: what it costs a run that somebody looks: lines redrawn on a
# terminal, and shmrun top from another process.  CPU time of the process tree
# of the run, which has neither the terminal nor top in it.

. "${top_srcdir:?}/bench/lib.sh"

n=$(size 200000 2000)
export BENCH_COUNT=$n

pty=$top_builddir/tests/support/pty
[ -x "$pty" ] || {
	skipped "a run that is watched" "no helper for terminals"
	exit 0
}

# on_terminal ENVIRONMENT...: as env(1) has it; the run with its stderr on a terminal; sets cpu.
on_terminal()
{
	rm -f "$tmp/line"
	# shellcheck disable=SC2016,SC2086 # for the inner shell; a list
	env "$@" TERM=xterm "$pty" "$tmp/screen" sh -c 'exec "$@" >"$0"' \
		"$tmp/line" "$built/measure" "$SHMRUN" $BENCH_ARGS -j 2 \
		--record=none "$suites/work.so" </dev/null >"$tmp/pty"
	read -r cpu _ _ _ _ _ last <"$tmp/line"
	[ "$last" = "$n passed, 0 failed" ] ||
		broken "a run on a terminal: '$last'"
}

# beside COMMAND...: the run beside this; sets cpu.
beside()
{
	local other
	"$@" &
	other=$!
	shmrun_is "$n passed, 0 failed" -j 2 --record=none \
		--cache-dir="$tmp/cache" "$suites/work.so"
	kill "$other" 2>/dev/null
	wait "$other" 2>/dev/null
}

# top_it: looks each second, as it does on a terminal, at the run beside it,
# which is known by the folder that it was told of.
top_it()
{
	local looks=0 pid
	echo 0 >"$tmp/looks"
	while :; do
		for pid in $(pgrep -f -- "--cache-dir=$tmp/cache"); do
			! "$SHMRUN" top "$pid" >"$tmp/top" 2>/dev/null ||
				echo "$((looks += 1))" >"$tmp/looks"
		done
		sleep "$(size 1 0.01)"
	done
}

# A drift of the machine hits both.
round()
{
	local how plain=0 shown=0 alone=0 looked=0
	for how in plain shown shown plain; do
		case $how in
		plain) on_terminal CI=1; plain=$((plain + cpu)) ;;
		shown) on_terminal -u CI; shown=$((shown + cpu))
			frames=$(grep -aEo '[0-9]%' "$tmp/screen" | wc -l) ;;
		esac
	done
	for how in alone looked looked alone; do
		case $how in
		alone) beside true; alone=$((alone + cpu)) ;;
		looked) beside top_it; looked=$((looked + cpu)) ;;
		esac
	done
	sample plain "$plain"
	sample shown "$shown"
	sample alone "$alone"
	sample looked "$looked"
	sample frames "$frames"
	sample looks "$(cat "$tmp/looks")"
}

for_rounds round
figure "$n tests of 10 us on a terminal: CPU per test" \
	"$(calc "$(median shown) / 2 / $n / 1e3")" us
figure "... against one without lines that are redrawn" \
	"$(ratio shown plain)" x '<=' 1.01 "CI=1, the same terminal"
figure "... frames" "$(median frames)" ""
figure "... watched by shmrun top each second, against not" \
	"$(ratio looked alone)" x '<=' 1.01 "-j 2 alone"
figure "... looks that it took" "$(median looks)" ""
