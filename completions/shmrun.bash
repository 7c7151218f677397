# SPDX-License-Identifier: MIT
# bash completion of shmrun(1); needs the bash-completion package.
# shellcheck shell=bash disable=SC2034,SC2154 # its functions set and read them

_shmrun_options()
{
	# options begin
	echo '
-j --jobs=
--jobs-max=
--memory-pressure=
--dist=
--order=
--no-loadscope-reorder
--loadscope-reorder
--canary=
--lock-size=
--shard=
--shard-by=
--last-failed
--dry-run
--explain=
--isolate=
--adapter=
--command=
--programs=
--from-ctest=
--from-meson=
--timeout=
--cpu-timeout=
--slow=
--grace=
--load-timeout=
--backend=
--plugin-timeout=
-f --filter=
-E --expr=
--recycle=
--keep-tmpdir=
--backtrace=
--core=
-x --fail-fast
--max-fail=
--retries=
--crash-retries=
--retry-delay=
--flaky=
--recheck
--repeat=
--stress=
--stress-duration=
--watch
--gdb=
--wrapper=
--max-crashes=
--max-worker-restart=
--deadline=
--batch=
--maxschedchunk=
--no-tests=
--skip-exit
--no-timings
--timings=
--timings-write
--cache-dir=
--suite-id=
--config=
--profile=
--env=
--setup=
--teardown=
--script-timeout=
--report=
--tap --tap=
--junit --junit=
--junit-passed=
--json --json=
--github --github=
--trace --trace=
--html --html=
-o --record=
--resume=
--replay=
--bisect=
--color=
--hyperlink=
--format=
--attributes
--no-capture --no-capture=
--durations=
-v --verbose
-q --quiet
--test-name=
--log-file=
--trs-file=
--color-tests=
--expect-failure=
--enable-hard-errors=
--collect-skipped-logs=
--version
-h --help
	'
	# options end
}

# The words that the option $1 takes; "path" for a file, nothing for free text.
_shmrun_values()
{
	case $1 in
	# values begin
	-j | --jobs) echo 'auto logical cores' ;;
	--dist) echo 'auto load longest worksteal loadscope loadfile loadgroup each no' ;;
	--order) echo 'default collection history random failed-first' ;;
	--shard-by) echo 'hash count duration auto' ;;
	--isolate) echo 'auto worker fork exec' ;;
	--adapter) echo 'auto native criterion cmocka gtest check unity program programs tap command ctest meson' ;;
	--programs) echo 'path' ;;
	--from-ctest) echo 'path' ;;
	--from-meson) echo 'path' ;;
	--timeout) echo 'none' ;;
	--cpu-timeout) echo 'none' ;;
	--slow) echo 'none' ;;
	--grace) echo 'none' ;;
	--load-timeout) echo 'none' ;;
	--backend) echo 'auto uring epoll' ;;
	--plugin-timeout) echo 'none' ;;
	--recycle) echo 'failure never' ;;
	--keep-tmpdir) echo 'failed always never' ;;
	--backtrace) echo 'never crash' ;;
	--core) echo 'none first all' ;;
	--retry-delay) echo 'none' ;;
	--flaky) echo 'pass fail' ;;
	--stress-duration) echo 'none' ;;
	--deadline) echo 'none' ;;
	--no-tests) echo 'fail warn pass' ;;
	--timings) echo 'path' ;;
	--cache-dir) echo 'path' ;;
	--config) echo 'path' ;;
	--script-timeout) echo 'none' ;;
	--report) echo 'tap tap14 junit json github trace html' ;;
	--tap) echo 'path' ;;
	--junit) echo 'path' ;;
	--junit-passed) echo 'auto all none' ;;
	--json) echo 'path' ;;
	--github) echo 'path' ;;
	--trace) echo 'path' ;;
	--html) echo 'path' ;;
	-o | --record) echo 'path' ;;
	--resume) echo 'path' ;;
	--replay) echo 'path' ;;
	--color) echo 'auto always never' ;;
	--hyperlink) echo 'auto always never' ;;
	--format) echo 'text jsonl' ;;
	--no-capture) echo 'raw' ;;
	--log-file) echo 'path' ;;
	--trs-file) echo 'path' ;;
	--color-tests) echo 'yes no' ;;
	--expect-failure) echo 'yes no' ;;
	--enable-hard-errors) echo 'yes no' ;;
	--collect-skipped-logs) echo 'yes no' ;;
	commands) echo 'run list timings report merge top config doctor' ;;
	timings) echo 'show export import merge prune' ;;
	config) echo 'show explain' ;;
	# values end
	esac
}

_shmrun_value()
{
	local values

	values=$(_shmrun_values "$1")
	case $values in
	'') ;;
	path) _filedir ;;
	*) mapfile -t COMPREPLY < <(compgen -W "$values" -- "$cur") ;;
	esac
}

_shmrun_command()
{
	local i

	for ((i = 1; i < cword; i++)); do
		[[ ${words[i]} == -* ]] || { echo "${words[i]}"; return; }
	done
}

# Is the word after $1 its value?
_shmrun_takes_value()
{
	local options

	options=" $(_shmrun_options | xargs) "
	case $1 in
	--*) [[ $options == *" $1= "* && $options != *" $1 "* ]] ;;
	-?) [[ $options =~ " $1 "--[a-z-]+= ]] ;;
	*) false ;;
	esac
}

_shmrun()
{
	local cur prev words cword split command

	_init_completion -s || return
	command=$(_shmrun_command)
	if [ "$split" = true ] || _shmrun_takes_value "$prev"; then
		_shmrun_value "$prev"
	elif [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_shmrun_options)" -- "$cur")
		[[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace
	else
		_filedir
		[ -n "$command" ] || mapfile -t -O ${#COMPREPLY[@]} COMPREPLY \
			< <(compgen -W "$(_shmrun_values commands)" -- "$cur")
		[ "$command" != timings ] || mapfile -t -O ${#COMPREPLY[@]} \
			COMPREPLY \
			< <(compgen -W "$(_shmrun_values timings)" -- "$cur")
	fi
}

complete -F _shmrun shmrun
