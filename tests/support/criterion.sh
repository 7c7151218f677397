# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# criterion.sh - a suite of Criterion under its own runner and under shmrun,
# as lines that can be compared: a name without index, what became of it, and
# the places (file:line) of its failed assertions, sorted.

# What awk needs to keep and to print a test.
criterion_awk='
function place(text,    parts, n) {
	n = split(text, parts, "/")
	places[++n_places] = parts[n]
}
function flush(    i, j, swap, line) {
	for (i = 1; i <= n_places; i++)
		for (j = i + 1; j <= n_places; j++)
			if (places[j] < places[i]) {
				swap = places[i]
				places[i] = places[j]
				places[j] = swap
			}
	line = name " " outcome
	for (i = 1; i <= n_places; i++)
		line = line " " places[i]
	if (name != "")
		print line
	name = ""
	n_places = 0
}
'

# criterion_native FILE: of the XML report of Criterion.
criterion_native()
{
	awk -F'"' "$criterion_awk"'
	/<testsuite / { scope = $2 }
	/<testcase / {
		flush()
		name = scope "::" $2
		outcome = substr($6, 1, 4)
		sub(/ERRO/, "CRASH", outcome)
	}
	/<error type="timeout"/ { outcome = "TIMEOUT" }
	{
		text = $0
		while (match(text, /<!\[CDATA\[[^]:]*:[0-9]+: /)) {
			place(substr(text, RSTART + 9, RLENGTH - 11))
			text = substr(text, RSTART + RLENGTH)
		}
	}
	END { flush() }' "$1" | sort
}

# criterion_shmrun FILE: of what shmrun -v has printed.
criterion_shmrun()
{
	awk "$criterion_awk"'
	/^ *[A-Z0-9+]+ \[[ 0-9.]+s?\] / {
		flush()
		outcome = $1
		sub(/^SIG.*/, "CRASH", outcome)
		name = $0
		sub(/^ *[A-Z0-9+]+ \[[ 0-9.]+s?\] /, "", name)
		sub(/ .*/, "", name)
		sub(/\[[0-9]+\]$/, "", name)
		next
	}
	/^[^ ]/ { flush() }
	/: the theory fails for / { next }
	name != "" && match($0, /^    [^ :]+:[0-9]+: /) {
		place(substr($0, 5, RLENGTH - 6))
	}
	END { flush() }' "$1" | sort
}
