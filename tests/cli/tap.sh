#!/bin/bash
# SPDX-License-Identifier: MIT
# Programs that print TAP (TAP-1 to TAP-5, PROC-15): the verdict is no better
# than points, plan and exit status; points are in the reports and in the
# recording; stdout is read while it comes, and is the output.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 46

# program NAME: $tmp/NAME from the shell script on stdin.
program()
{
	{ echo '#!/bin/sh'; cat; } >"$tmp/$1"
	chmod +x "$tmp/$1"
}

# tap NAME LINE...: a program that prints these lines, and exits with $exit.
exit=0
tap()
{
	local name=$1
	shift
	printf '%s\n' "$@" >"$tmp/$name.tap"
	program "$name" <<-EOS
		cat "$tmp/$name.tap"
		exit $exit
	EOS
}

cd "$tmp" || exit 99

# ---- verdicts --------------------------------------------------------------

tap good 'TAP version 14' '1..2' 'ok 1 - a' 'ok 2 - b # SKIP no net'
tap late 'ok 1' '1..1'
tap todo '1..1' 'not ok 1 - x # TODO later'
tap bonus '1..1' 'ok 1 - x # TODO later'
tap sub '1..1' '    not ok 1 - inner' '    1..1' 'ok 1 - outer'
tap bad '1..2' 'ok 1' 'not ok 2 - wrong'
tap noplan 'ok 1' 'ok 2'
tap short '1..2' 'ok 1'
tap twice '1..2' 'ok 1' 'ok 1'
tap nothing
tap none '1..0 # SKIP not here'
tap bail '1..1' 'Bail out! no disk' 'ok 1'
exit=3 tap status '1..1' 'ok 1'
exit=77 tap skips '1..1' 'ok 1'
exit=77 tap failskips '1..1' 'not ok 1'
exit=99 tap errs '1..1' 'ok 1'
program dies <<-'EOS'
	echo ok 1
	kill -SEGV $$
EOS
# The early exit that only a plan can show (PROC-15).
program early <<-'EOS'
	echo 1..3
	echo ok 1
	exit 0
EOS
run -v -j 2 --adapter=tap ./good ./late ./todo ./bonus ./sub ./bad ./noplan \
	./short ./twice ./nothing ./none ./bail ./status ./skips ./failskips \
	./errs ./dies ./early
is "$status" 1 "failures are exit 1"
is "$(results PASS | sort | xargs)" \
	"tap::bonus tap::good tap::late tap::sub tap::todo" "what passes"
is "$(results FAIL | sort | xargs)" \
	"tap::bad tap::early tap::failskips tap::noplan tap::nothing \
tap::short tap::status tap::twice" "what fails (TAP-4)"
is "$(results SKIP | sort | xargs)" "tap::none tap::skips" "what skips"
is "$(results ERROR | sort | xargs)" "tap::bail tap::errs" "errors"
is "$(results SIGSEGV)" "tap::dies" "a signal is a crash"
like "$(told tap::bad)" '^ +not ok 2 wrong$' "which point failed"
like "$(told tap::bad)" '^ +1 of 2 points failed$' "how many failed"
like "$(told tap::noplan)" '^ +there is no plan$' "no plan"
like "$(told tap::short)" '^ +2 points planned, 1 told$' "a plan not met"
like "$(told tap::early)" '^ +3 points planned, 1 told$' "an early exit"
like "$(told tap::twice)" 'number 1 is there twice' "a number twice"
like "$(told tap::nothing)" 'no plan and no point' "no output"
like "$(told tap::none)" 'skipped: not here' "why it skips"
like "$(told tap::bail)" 'Bail out! no disk' "why it gave up"
like "$(told tap::status)" 'exit status 3' "the exit status"

# Never guessed (TAP-5).
run -v ./bad
is "$status" 0 "without the adapter it is an exit status"

# ---- beside prove ----------------------------------------------------------

# Each with a plan that is met: what prove fails is no pass, and what it skips
# although a reader sees a failed point is none either.
n=0
while IFS= read -r line; do
	n=$((n + 1))
	printf '1..1\nok 1\n%b\n' "$line" >"$(printf 's%02d.tap' $n)"
	program "s$(printf %02d $n)" <<<"cat s$(printf %02d $n).tap"
done <<-'EOS'
	not ok 1
	not ok-2
	not ok:2
	not ok 2 # TODOx
	not ok 2 # SKIP x
	not ok 2 \\# TODO x
	not ok 2# TODO x
	ok 2
	1..2
	NOT OK 2
	not  ok 2
	not OK
	not\tok 2
	notok 2
	    not ok 2
	not okay
	# not ok 2
	    not ok 2 # TODO x
	 Bail out! x
	  Bail out! x
EOS
run -v --adapter=tap ./s[0-9][0-9]
is "$(results PASS | sort | xargs)" "tap::s16 tap::s17 tap::s18" \
	"no line that looks like a failed point is skipped"
if command -v prove >/dev/null; then
	prove -e cat s0[1-9].tap s1[0-8].tap >proved 2>/dev/null || true
	is "$(sed -n 's/^\(s[0-9]*\)\.tap .*(Wstat.*/\1/p' proved | xargs)" \
		"s01 s02 s03 s04 s05 s06 s07 s08 s09" \
		"prove fails some of those"
else
	skip "no prove" "prove fails some of those"
fi

# ---- the output ------------------------------------------------------------

program mixed <<-'EOS'
	echo 1..1
	echo "a note" >&2
	echo "ok 1 - injected" >&2
	echo "not TAP"
	exit 0
EOS
run -v --adapter=tap ./mixed
is "$status" 1 "points on stderr do not count"
like "$(told tap::mixed)" '^ +a note$' "stderr is captured"
like "$(told tap::mixed)" '^ +not TAP$' "stdout is captured"

# A pipe that others hold open; more than it holds.
program holds <<-'EOS'
	echo 1..1
	echo ok 1
	sleep 1000 &
	echo $! >>held
EOS
run --adapter=tap -v ./holds
is "$status $(results 'PASS\+LEAK')" "0 tap::holds" \
	"a process that holds the pipe does not hold the run"
ok "and is gone" wait_until 10 all_gone held
program floods <<-'EOS'
	echo 1..20000
	seq -f "ok %.0f - a name that is not very long" 20000
EOS
run --adapter=tap -v --json=floods.json ./floods
is "$status" 0 "more than a pipe holds"
is "$(jq -c 'select(.points) | .points | length' floods.json)" 1000 \
	"so many points are listed"
is "$(jq -r 'select(.notes) | .notes[].text' floods.json)" \
	"19000 more points are not listed" "and the others are counted"
program hangs <<-'EOS'
	echo $$ >>hung
	echo 1..1
	echo ok 1
	exec sleep 1000
EOS
run --adapter=tap --timeout=0.5 ./hangs
like "$out" 'TIMEOUT .* tap::hangs' "one that hangs is ended"
like "$(told tap::hangs)" '^ +ok 1$' "and what it printed is there"
ok "it is gone" wait_until 10 all_gone hung
program stops <<-'EOS'
	echo 1..1
	exec >&-
	exit 0
EOS
run --adapter=tap ./stops
like "$out" 'FAIL .* tap::stops' "one that closes its stdout"
printf '#!/no/such\n' >broken
chmod +x broken
run --adapter=tap ./broken
like "$out" 'ERROR .* tap::broken' "one that cannot be started"

# ---- lists -----------------------------------------------------------------

cat >some.list <<-'EOS'
	@tap ./good
	@tap ./bad
	@tap @fails @name=wanted ./bad
	@tap @fails @name=broken ./noplan
	./bad
EOS
run -v --programs=some.list "$SUITES/pass.so"
is "$(results PASS | grep some:: | sort | xargs)" \
	"some::bad~2 some::good some::wanted" "a list: @tap, @fails"
is "$(results FAIL | sort | xargs)" "some::bad some::broken" \
	"a list: no plan is no failure that is expected"

# ---- points in reports -----------------------------------------------------

cat >places.tap <<-'EOS'
	TAP version 14
	1..4
	ok 1 - first
	not ok 2 - second <&>
	  ---
	  message: "it is bad"
	  at:
	    file: src/x.c
	    line: 12
	  ...
	ok 3 - third # SKIP no net
	not ok 4 - fourth # TODO not yet
EOS
program places <<<"cat $tmp/places.tap"
run --adapter=tap --junit=j.xml --json=j.json --report=tap14:j.tap ./places ./good
like "$(told tap::places)" '^ +src/x.c:12: not ok 2 second' "where it failed"
is "$(jq -c 'select(.test == "tap::places") | .points[] |
	[.number, .kind, .name, .file, .line]' j.json)" \
'[1,"ok","first",null,null]
[2,"not-ok","second <&>","src/x.c",12]
[3,"skip","third",null,null]
[4,"todo","fourth",null,null]' "json: each point"
is "$(jq -c 'select(.test == "tap::good") | .points | length' j.json)" 2 \
	"json: points of a program that passed"
is "$(sed -n 's/^<testcase .*name="tap::\([a-z]*\/[^"]*\)".*/\1/p' j.xml)" \
'places/1 first
places/2 second &lt;&amp;&gt;
places/3 third
places/4 fourth
good/1 a
good/2 b' "junit: each point is a test case"
like "$(head -n 2 j.xml | tail -n 1)" 'tests="8" failures="2" errors="0"' \
	"junit: and counted"
like "$(cat j.xml)" 'places/2 .*<failure .*message="src/x.c:12: not ok 2' \
	"junit: where it failed"
like "$(cat j.xml)" 'places/3 .*<skipped message="no net"/>' "junit: a skip"
valid_junit j.xml "junit: it is valid"
is "$(grep -c '^    ' j.tap)" 8 "tap14: points are a subtest"
like "$(cat j.tap)" '^    not ok 4 - fourth # TODO$' "tap14: a directive"

run report last --junit=k.xml --json=k.json
ok "a recording has them: junit" cmp j.xml k.xml
is "$(jq -c '.points // empty' k.json)" "$(jq -c '.points // empty' j.json)" \
	"a recording has them: json"
