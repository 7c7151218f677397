# SPDX-License-Identifier: MIT
# judge.awk - what results say about rules.
#
#	awk -f judge.awk backends="epoll uring" rules proofs RESULTS...
#
# RESULTS are files of TAP, FOLDER.NAME.BACKEND or unit.NAME, the last line of
# each "status N".  A line for each rule, then the totals.  Exit 0, 1 when a
# rule is not kept, 2 when the table is wrong.

function broken(text)
{
	print "conformance: " text >"/dev/stderr"
	wrong = 1
}

function add(list, text)
{
	if (text == "")
		return list
	return list (list == "" ? "" : "; ") text
}

/^(#|$)/ && kind != "tap" { next }

FILENAME != file {
	file = FILENAME
	kind = file
	sub(/.*\//, "", kind)
	if (kind != "rules" && kind != "proofs") {
		tap = kind
		kind = "tap"
		seen[tap] = 1
	}
}

kind == "rules" {
	if ($1 in tiers)
		broken($1 " is twice in rules")
	order[++n_rules] = $1
	tiers[$1] = $2
	text[$1] = $0
	sub(/^[^ \t]+[ \t]+[^ \t]+[ \t]+/, "", text[$1])
	next
}

# RULE TIERS SCRIPT REGEX, or RULE TIERS unbuilt REASON, or ... known REASON
kind == "proofs" {
	rest = $0
	sub(/^[^ \t]+[ \t]+[^ \t]+[ \t]+[^ \t]+[ \t]*/, "", rest)
	if (rest == "")
		broken("a line of proofs has too few words: " $0)
	n = ++n_proofs
	rule[n] = $1
	script[n] = $3
	names[n] = rest
	n_of = split($2, of, ",")
	tier[n] = $2
	for (i = 1; i <= n_of; i++) {
		if (of[i] !~ /^(-|worker|fork|exec)$/)
			broken($1 ": there is no tier " of[i])
		covered[$1, of[i] == "-" ? "-" : substr(of[i], 1, 1)] = 1
		name_of[substr(of[i], 1, 1)] = of[i]
	}
	next
}

/^1\.\.[0-9]+/ {
	planned[tap] = substr($1, 4) + 0
	if (/# SKIP/) {
		reason = $0
		sub(/.*# SKIP */, "", reason)
		whole_skip[tap] = reason
	}
	next
}
/^status [0-9]+$/ { status[tap] = $2; next }
/^(not )?ok / {
	name = $0
	good = sub(/^ok +[0-9]* *-? */, "", name)
	if (!good)
		sub(/^not ok +[0-9]* *-? */, "", name)
	mark = ""
	reason = ""
	if (match(name, / *# (SKIP|TODO) */)) {
		mark = substr(name, RSTART, RLENGTH)
		gsub(/[ #]/, "", mark)
		reason = substr(name, RSTART + RLENGTH)
		name = substr(name, 1, RSTART - 1)
	}
	k = ++n_results[tap]
	result[tap, k] = name
	is_good[tap, k] = good
	marked[tap, k] = mark
	because[tap, k] = reason
	if (mark == "SKIP")
		some_skip[tap] = reason
}

# How a rule fares; judge() adds one proof in one back end.
function fail(said) { failed = add(failed, said) }

function judge(n, tap,    k, found, where)
{
	where = script[n] (tap ~ /\.(epoll|uring)$/ ? \
		" (" substr(tap, length(tap) - 4) ")" : "")
	if (!(tap in seen))
		return fail(where " was not run")
	if (tap in whole_skip) {
		skipped = add(skipped, whole_skip[tap])
		return
	}
	if (n_results[tap] != planned[tap] || !(tap in planned) || status[tap])
		return fail(where " ended after " (n_results[tap] + 0) " of " \
			(planned[tap] + 0) " results, status " status[tap])
	found = 0
	for (k = 1; k <= n_results[tap]; k++) {
		if (result[tap, k] !~ names[n])
			continue
		found++
		if (marked[tap, k] == "SKIP")
			skipped = add(skipped, result[tap, k] ": " because[tap, k])
		else if (marked[tap, k] == "TODO" && !is_good[tap, k])
			known = add(known, because[tap, k])
		else if (marked[tap, k] == "TODO")
			fail(where ": is kept now, but marked as known: " \
				result[tap, k])
		else if (is_good[tap, k])
			kept++
		else
			fail(where ": " result[tap, k])
	}
	if (found)
		return
	if (tap in some_skip)
		skipped = add(skipped, some_skip[tap])
	else
		broken(rule[n] ": no result of " where " matches " names[n])
}

# All back ends; adds what it came to for this tier.
function judge_proof(n,    base, i)
{
	if (script[n] == "unbuilt") {
		unbuilt = add(unbuilt, names[n])
		return
	}
	if (script[n] == "known") {
		known = add(known, names[n])
		return
	}
	base = script[n]
	sub(/\//, ".", base)
	kept = 0
	if (base ~ /^unit\./)
		judge(n, base)
	else
		for (i = 1; i <= n_backends; i++)
			judge(n, base "." backend[i])
	if (!(tier[n] in count))
		tiers_here[++n_tiers_here] = tier[n]
	count[tier[n]] += kept
}

function tally_of(    i, said)
{
	said = ""
	for (i = 1; i <= n_tiers_here; i++)
		if (count[tiers_here[i]])
			said = said (said == "" ? "" : ", ") \
				(tiers_here[i] == "-" ? "" : tiers_here[i] " ") \
				count[tiers_here[i]]
	return said == "" ? "" : said " good"
}

function judge_rule(id,    n, i, letter, verdict, why)
{
	failed = known = skipped = unbuilt = ""
	split("", count)
	n_tiers_here = 0
	for (n = 1; n <= n_proofs; n++)
		if (rule[n] == id)
			judge_proof(n)
	why = tally_of()
	verdict = "pass"
	if (failed != "") {
		verdict = "FAIL"
		why = add(failed, why)
	} else if (known != "") {
		verdict = "FAIL"
		why = add("known: " known, why)
	} else if (unbuilt != "" || skipped != "") {
		verdict = "skip"
		why = add(unbuilt == "" ? skipped : "not built: " unbuilt, why)
	}
	if (verdict == "FAIL" && failed == "")
		verdict = "FAIL-known"
	# Nothing passes without a result.
	if (verdict == "pass" && tally_of() == "")
		verdict = "skip"
	for (i = 1; i <= length(tiers[id]); i++) {
		letter = substr(tiers[id], i, 1)
		if (!((id, letter) in covered) && (("*", letter) in covered))
			why = add(why, name_of[letter] " not shown")
	}
	totals[verdict]++
	printf "%-10s %-9s %s [%s]\n", verdict, id, text[id], why
}

# Each rule has a line for each of its tiers.
function check_table(    n, i, id, letter)
{
	for (n = 1; n <= n_proofs; n++)
		if (rule[n] != "*" && !(rule[n] in tiers))
			broken(rule[n] " is in proofs and not in rules")
	for (n = 1; n <= n_rules; n++) {
		id = order[n]
		for (i = 1; i <= length(tiers[id]); i++) {
			letter = substr(tiers[id], i, 1)
			if (!((id, letter) in covered) &&
			    !(("*", letter) in covered))
				broken(id " has no line in proofs for tier " letter)
		}
	}
}

END {
	n_backends = split(backends, backend, " ")
	check_table()
	if (wrong)
		exit 2
	if (only != "")
		split(only, only_list, " ")
	for (i in only_list)
		wanted[only_list[i]] = 1
	for (n = 1; n <= n_rules; n++)
		if (only == "" || (order[n] in wanted))
			judge_rule(order[n])
	for (n = 1; n <= n_proofs; n++)
		if (rule[n] == "*" && only == "")
			print tier[n] " not shown: " names[n]
	printf "%d rules: %d pass, %d fail, %d fail as known, %d skipped\n",
		totals["pass"] + totals["FAIL"] + totals["FAIL-known"] + \
		totals["skip"], totals["pass"], totals["FAIL"],
		totals["FAIL-known"], totals["skip"]
	exit wrong ? 2 : totals["FAIL"] > 0
}
