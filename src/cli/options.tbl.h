/* SPDX-License-Identifier: MIT */
/*
 * options.tbl.h - one row per option, in the order in which they are shown.
 *
 * OPTION(id, letter, name, argument, default, help, manual)
 *   id        option_set_<id>() in option.c takes the value
 *   letter    short form, or 0
 *   argument  what the value is called, "" = takes none
 *   default   as text for --help and the manual, "" = none
 *   help      one line
 *   manual    mdoc(7) source, one sentence per line
 * The default is parsed like a value.  Included with OPTION defined: by
 * option.c, and by the generator of the manual page's OPTIONS section
 * (man/options-mdoc.c).
 */
OPTION(jobs, 'j', "jobs", "N", "auto",
       "workers: N, N%, -N, auto, cores",
       "Run tests in\n"
       ".Ar N\n"
       "workers at once.\n"
       ".Ar N Ns %\n"
       "is a share of the processors,\n"
       ".Fl Ns Ar N\n"
       "all of them but\n"
       ".Ar N ,\n"
       "and\n"
       ".Cm auto\n"
       "takes\n"
       ".Ev SHMRUN_JOBS ,\n"
       "else what affinity, cgroup quota and limits allow, no more than that\n"
       "as many of the largest tests, as they were in earlier runs, fit into\n"
       "the memory of the control group or what the machine has left, and\n"
       "under\n"
       ".Xr make 1\n"
       "no more than its jobserver has tokens for: workers come as it gives\n"
       "tokens, and a token goes back as soon as nothing is left for its\n"
       "worker.\n"
       ".Cm cores\n"
       "is one worker for each core instead of each hardware thread, and\n"
       ".Cm logical\n"
       "all hardware threads of the affinity mask, whatever a quota says.\n"
       "There are never more workers than there are tests.\n"
       "The first line of a run says which number was used and why.\n")
OPTION(jobs_max, 0, "jobs-max", "K", "1024",
       "never more workers than that",
       "Never use more than\n"
       ".Ar K\n"
       "workers, whatever\n"
       ".Fl j\n"
       "or\n"
       ".Ev SHMRUN_JOBS\n"
       "comes to.\n")
OPTION(memory_pressure, 0, "memory-pressure", "N%", "20%",
       "hold workers back when memory is short; off",
       "When some process had to wait for memory for\n"
       ".Ar N\n"
       "percent of the last second, all workers but one claim no test until it\n"
       "is less than half of that.\n"
       "What runs goes on, and so does a unit that a worker has begun.\n"
       "The kernel says so of our control group or else of the machine\n"
       ".Pq Pa /proc/pressure/memory ;\n"
       "where it does not, or with\n"
       ".Cm off ,\n"
       "nobody waits.\n")
OPTION(dist, 0, "dist", "MODE", "auto",
       "how tests are handed to workers",
       "How tests are handed to workers:\n"
       ".Cm auto , load , longest , worksteal , loadscope , loadfile ,\n"
       ".Cm loadgroup , each\n"
       "or\n"
       ".Cm no .\n"
       "See\n"
       ".Sx SCHEDULING .\n"
       "A value with a slash, or that ends in\n"
       ".Pa .so ,\n"
       "is the path of a scheduler plug-in, behind which a colon and its\n"
       "arguments may stand:\n"
       ".Fl -dist Ns = Ns Ar ./order.so:ARGS ;\n"
       "see\n"
       ".Xr shmrun-sched 7 .\n"
       "One that cannot be loaded is exit status 2;\n"
       "one that fails later is ended with a warning, and the run goes on\n"
       "without it.\n")
OPTION(order, 0, "order", "ORDER", "default",
       "collection, history, random, failed-first",
       "The order in which tests start.\n"
       ".Cm collection\n"
       "is the order of the listing,\n"
       ".Cm history\n"
       "the longest first by the durations of earlier runs,\n"
       ".Cm random\n"
       "an order that the seed decides, which is printed and may be given,\n"
       "and\n"
       ".Cm failed-first\n"
       "puts tests that failed or did not run last time in front.\n"
       ".Cm default\n"
       "is the mode's own.\n"
       "What runs on one worker together is not changed by it.\n")
OPTION(no_loadscope_reorder, 0, "no-loadscope-reorder", "", "",
       "scopes, files and groups start as listed",
       "With\n"
       ".Cm loadscope , loadfile\n"
       "and\n"
       ".Cm loadgroup\n"
       "start the units in the order of the listing, not the largest first.\n")
OPTION(loadscope_reorder, 0, "loadscope-reorder", "", "",
       "the largest of them first (the default)",
       "The opposite, which is the default.\n")
OPTION(canary, 0, "canary", "N", "4",
       "quick tests that go first; 0 or off = none",
       "Start with up to\n"
       ".Ar N\n"
       "quick tests that passed last time, one on each worker.\n"
       "There are none in a selection of fewer than 20 tests, and never just\n"
       "one.\n"
       ".Cm off\n"
       "or\n"
       ".Cm 0\n"
       "is none.\n")
OPTION(lock_size, 0, "lock-size", "NAME=N", "",
       "how many there are of a counted lock; repeatable",
       "There are\n"
       ".Ar N\n"
       "of the lock that tests take in parts, as in\n"
       ".Li .lock = \"ports:2\" .\n"
       "Without it there are as many as the most demanding test takes.\n")
OPTION(shard, 0, "shard", "K/N", "",
       "run only part K of N of the tests; auto",
       "Run only the tests of shard\n"
       ".Ar K\n"
       "of\n"
       ".Ar N ,\n"
       "counted from 1.\n"
       "With\n"
       ".Cm auto ,\n"
       "and for some variables without it, whoever starts shmrun says which.\n"
       "See\n"
       ".Sx SHARDS .\n")
OPTION(shard_by, 0, "shard-by", "HOW", "auto",
       "cut shards by hash, count, duration",
       "How the tests are cut into shards: by a\n"
       ".Cm hash\n"
       "of each test's name, into shards of one\n"
       ".Cm count\n"
       "of tests, or of one\n"
       ".Cm duration ,\n"
       "which needs\n"
       ".Fl -timings .\n"
       ".Cm auto\n"
       "is\n"
       ".Cm duration\n"
       "with\n"
       ".Fl -timings\n"
       "and\n"
       ".Cm hash\n"
       "without.\n")
OPTION(last_failed, 0, "last-failed", "", "",
       "only tests that failed or did not run last time",
       "Run only tests that failed or did not run last time; all of them when\n"
       "none is known to.\n"
       "Of a\n"
       ".Li .serial\n"
       "chain all tests run that are selected, because each leans on those\n"
       "before it.\n")
OPTION(dry_run, 0, "dry-run", "", "",
       "print the plan with its reasons and run nothing",
       "Print the plan, why each test stands where it does, the predicted\n"
       "end and how much memory processes would share, and run nothing.\n")
OPTION(explain, 0, "explain", "TEST", "",
       "print why a test stands where it does, run nothing",
       "Print of one test, named as\n"
       ".Cm list\n"
       "does, its estimate and where that comes from, its unit, its\n"
       "constraints and its place in the plan, and run nothing.\n")
OPTION(isolate, 0, "isolate", "HOW", "auto",
       "what a test shares: auto, worker, fork, exec",
       "What a test shares with others:\n"
       ".Cm worker\n"
       "runs many tests in one process,\n"
       ".Cm fork\n"
       "each in a forked child, and\n"
       ".Cm exec\n"
       "each in a new program, which is not available for suites that are\n"
       "shared objects yet.\n"
       ".Cm auto\n"
       "does what the suite's framework promises and what a test asks for.\n"
       "See\n"
       ".Sx ISOLATION .\n")
OPTION(adapter, 0, "adapter", "NAME", "auto",
       "kind of the suites: auto, native, gtest, ...",
       "Take every suite for one of kind\n"
       ".Ar NAME ,\n"
       "instead of reading what kind each file is of.\n"
       "The kinds are listed under\n"
       ".Sx SUITES .\n")
OPTION(command, 0, "command", "LINE", "",
       "run a program with arguments; repeatable",
       "A suite of its own: one program with its arguments, as a line of a\n"
       "list; see\n"
       ".Sx PROGRAMS .\n")
OPTION(programs, 0, "programs", "FILE", "",
       "run the programs that a file lists; repeatable",
       "A suite of its own: the programs that\n"
       ".Ar FILE\n"
       "names, one on a line, with their arguments; see\n"
       ".Sx PROGRAMS .\n")
OPTION(from_ctest, 0, "from-ctest", "DIR", "",
       "run the tests of a CMake build; repeatable",
       "A suite of its own: the tests that\n"
       ".Xr ctest 1\n"
       "lists in the build folder\n"
       ".Ar DIR ,\n"
       "run in its place, with their properties.\n")
OPTION(from_meson, 0, "from-meson", "DIR", "",
       "run the tests of a Meson build; repeatable",
       "A suite of its own: the tests of the build folder\n"
       ".Ar DIR\n"
       "of Meson, run in place of\n"
       ".Ql meson test .\n")
OPTION(timeout, 0, "timeout", "TIME", "300s",
       "end a test that runs longer; 0 or none = never",
       "End a test that runs longer than\n"
       ".Ar TIME ,\n"
       "setup and teardown included.\n"
       "A plain number is seconds; the suffixes\n"
       ".Cm ns us ms s m h\n"
       "are understood;\n"
       ".Cm 0\n"
       "or\n"
       ".Cm none\n"
       "is no limit.\n"
       "A test's own\n"
       ".Va timeout\n"
       "attribute goes before this.\n")
OPTION(cpu_timeout, 0, "cpu-timeout", "TIME", "none",
       "end a test that uses more processor time",
       "End a test that has used more processor time than\n"
       ".Ar TIME ,\n"
       "with the children that it has waited for, as if by\n"
       ".Fl -timeout ,\n"
       "which also still ends it.\n"
       "On a machine that is busy with others it says more of a test than the\n"
       "time by the clock.\n"
       "In the worker tier what the worker has used is counted from the second\n"
       "look at its test on, 50 to 500 ms after it began.\n"
       "A set-up in its time counts as long as it lasts; a test that is a process of\n"
       "its own begins at 0 behind it.\n")
OPTION(slow, 0, "slow", "TIME", "60s",
       "say which tests run longer, every TIME",
       "Print a line for a running test each time another\n"
       ".Ar TIME\n"
       "has passed, with how long it runs and its time on a processor since.\n")
OPTION(grace, 0, "grace", "TIME", "5s",
       "between SIGTERM and SIGKILL",
       "How long a test that is being ended may take between\n"
       ".Dv SIGTERM\n"
       "and\n"
       ".Dv SIGKILL .\n"
       "With\n"
       ".Cm 0\n"
       "it is killed at once.\n")
OPTION(load_timeout, 0, "load-timeout", "TIME", "60s",
       "for loading and listing a suite",
       "Give up on a suite that takes longer to load and to list its tests;\n"
       "exit status 5.\n")
OPTION(backend, 0, "backend", "NAME", "auto",
       "how the runner waits: auto, uring, epoll",
       "How the runner waits for workers:\n"
       ".Cm uring\n"
       "is\n"
       ".Xr io_uring 7 ,\n"
       ".Cm epoll\n"
       "is\n"
       ".Xr epoll 7 .\n"
       ".Cm auto\n"
       "takes\n"
       ".Cm uring\n"
       "where the kernel allows it.\n"
       "Results do not depend on it;\n"
       ".Cm shmrun doctor\n"
       "says which is used and why.\n")
OPTION(plugin_timeout, 0, "plugin-timeout", "TIME", "10s",
       "for each step of a scheduler plug-in",
       "End a scheduler plug-in that takes longer to load, to open, to\n"
       "schedule, or that reads no event for so long.\n")
OPTION(filter, 'f', "filter", "GLOB", "",
       "only tests whose name matches; may be repeated",
       "Select only tests whose name matches the shell pattern\n"
       ".Ar GLOB .\n"
       "Repeated, it selects what any of the patterns matches.\n")
OPTION(expr, 'E', "expr", "EXPR", "",
       "only tests that match EXPR; may be repeated",
       "Select only tests that the filter expression\n"
       ".Ar EXPR\n"
       "matches, see\n"
       ".Sx FILTER EXPRESSIONS .\n"
       "Repeated, it selects what any of them matches; together with\n"
       ".Fl f ,\n"
       "what both select.\n")
OPTION(recycle, 0, "recycle", "WHEN", "failure",
       "replace a worker after: failure, never, N",
       "Replace a worker by a fresh one after a test in it has failed\n"
       ".Pq Cm failure ,\n"
       "or go on in the same process\n"
       ".Pq Cm never ;\n"
       "with a number also when it has run so many tests, but not in the middle\n"
       "of a\n"
       ".Li .serial\n"
       "chain.\n"
       "Both may stand there, with a comma between, as in\n"
       ".Cm never,1000 .\n"
       "After a crash or a timeout it is always replaced.\n")
OPTION(keep_tmpdir, 0, "keep-tmpdir", "WHEN", "failed",
       "keep folders of tests: failed, always, never",
       "Keep the temporary folder of a test when it has not passed\n"
       ".Pq Cm failed ,\n"
       ".Cm always ,\n"
       "or\n"
       ".Cm never ,\n"
       "if there is anything in it; the test's line then says where it is.\n"
       "See\n"
       ".Sx TEMPORARY FOLDERS .\n")
OPTION(backtrace, 0, "backtrace", "WHEN", "crash",
       "show where tests crashed or hung, or never",
       "Show the function calls that a test was in when it crashed, or ran out\n"
       "of time\n"
       ".Pq Cm crash .\n"
       "See\n"
       ".Sx BACKTRACES .\n"
       ".Cm never\n"
       "leaves everything as the kernel does it.\n")
OPTION(core, 0, "core", "WHICH", "none",
       "core files of crashes: none, first, all",
       "Whether tests that crash leave core files:\n"
       ".Cm none ,\n"
       "that of the\n"
       ".Cm first\n"
       "one, or\n"
       ".Cm all .\n"
       "Where they go is up to the kernel, see\n"
       ".Xr core 5 :\n"
       "if\n"
       ".Pa /proc/sys/kernel/core_pattern\n"
       "names no folder, into the temporary folder of the test, which is kept\n"
       "then.\n"
       "A hard limit of the user's stays, and what is behind 2 GiB is cut.\n"
       "One is written after the other.\n"
       "Where no backtraces can be made, or with\n"
       ".Fl -backtrace Ns = Ns Cm never ,\n"
       "neither is so.\n"
       "That of a test that is a program is moved there from the folder that it was\n"
       "started in, if it has not gone elsewhere; two that crash there at once may\n"
       "overwrite one another's, unless the pattern has\n"
       ".Ql %p .\n"
       "Processes that a program forks leave theirs where they stand, those of death\n"
       "tests of GoogleTest among them, as expected as they are; an end by the signal\n"
       "that a test names leaves none.\n"
       "Tests that are already crashing when the first one is heard of leave\n"
       "theirs as well.\n")
OPTION(fail_fast, 'x', "fail-fast", "", "",
       "stop after the first failure, as --max-fail=1",
       "Start no further test after the first failure; the same as\n"
       ".Fl -max-fail Ns = Ns 1 .\n")
OPTION(max_fail, 0, "max-fail", "N[:HOW]", "0",
       "stop after N failures; HOW: wait, immediate",
       "Start no further test after\n"
       ".Ar N\n"
       "failures.\n"
       "Tests that are running may finish\n"
       ".Pq Cm wait , No the default ,\n"
       "or are ended as by a signal\n"
       ".Pq Cm immediate\n"
       "and count as not run.\n"
       "Tests that were not run are counted as skipped, and the exit status\n"
       "is 1.\n")
OPTION(retries, 0, "retries", "N", "0",
       "run a test that fails up to N times more; off",
       "Run a test that does not pass again, up to\n"
       ".Ar N\n"
       "times, at most 100.\n"
       "One that passes then is\n"
       ".Em flaky ,\n"
       "which is told apart from\n"
       ".Em pass\n"
       "everywhere; one that never does has failed once.\n"
       "A test that sets\n"
       ".Li .retries\n"
       "has as many, whatever\n"
       ".Ar N\n"
       "is, and with\n"
       ".Li .retries = -1\n"
       "none;\n"
       ".Cm off\n"
       "is none for all.\n"
       "Crashes and time-outs are run again as well.\n"
       "With a member of a\n"
       ".Li .serial\n"
       "chain those before it run again, in a worker that has run nothing else,\n"
       "and keep the outcome that they had.\n"
       "What holds a lock, or is bound to others, is run again when the rest of\n"
       "its unit has ended.\n"
       "Failures count for\n"
       ".Fl -max-fail\n"
       "at the last attempt.\n")
OPTION(crash_retries, 0, "crash-retries", "N", "0",
       "the same for tests that crash only",
       "Run a test that crashes again, up to\n"
       ".Ar N\n"
       "times, where\n"
       ".Fl -retries\n"
       "or\n"
       ".Li .retries\n"
       "is less; one that fails otherwise is not run again for it.\n"
       "With\n"
       ".Fl -retries Ns = Ns Cm off\n"
       "or\n"
       ".Li .retries = -1\n"
       "there is none.\n")
OPTION(retry_delay, 0, "retry-delay", "TIME[:HOW]", "none",
       "wait before; HOW: fixed, exponential",
       "Wait so long before a test is run again.\n"
       "With\n"
       ".Cm exponential\n"
       "it is twice as long each time, up to a minute, and between half and\n"
       "all of that by chance.\n"
       "Other tests run meanwhile.\n")
OPTION(flaky, 0, "flaky", "HOW", "pass",
       "does a flaky test fail the run: pass, fail",
       "Whether a run in which a test passed only when it was run again has the\n"
       "exit status 0\n"
       ".Pq Cm pass\n"
       "or 1\n"
       ".Pq Cm fail .\n")
OPTION(recheck, 0, "recheck", "", "",
       "run failed tests once more at the end, each alone",
       "When all tests have ended run those that failed once more, one after the\n"
       "other, each in a worker that has run nothing else.\n"
       "One that passes then fails only together with others, or behind them; one\n"
       "that fails does so always.\n"
       "That is told, and changes neither the test's outcome nor the exit status.\n"
       "At most 100 are looked at, and no members of a\n"
       ".Li .serial\n"
       "chain.\n"
       "Nothing is run again in a run that was stopped.\n")
OPTION(repeat, 0, "repeat", "N", "1",
       "run each selected test N times",
       "Run each selected test\n"
       ".Ar N\n"
       "times, at most 1000000.\n"
       "Several times of one test can run at once in different workers, unless\n"
       "a lock of its own or the like forbids it.\n"
       "Each time is counted and told as a test, called\n"
       ".Ql scope::name (iteration 2) ,\n"
       "and retried as such;\n"
       "which tests passed at some times and failed at others,\n"
       ".Em unstable\n"
       "ones, is told at the end, and below what probability of failure one\n"
       "lies that passed each time without a retry, at 95 percent confidence.\n"
       "One failure is enough for exit status 1;\n"
       ".Fl x\n"
       "stops there.\n"
       "Cannot be combined with\n"
       ".Fl -dist Ns = Ns Cm each .\n")
OPTION(stress, 0, "stress", "N", "none",
       "N copies begin together, until one fails",
       "Run\n"
       ".Ar N\n"
       "copies of each selected test that begin at the same instant, in as many\n"
       "workers; when all of them have ended, the next ones.\n"
       "See\n"
       ".Sx STRESS .\n")
OPTION(stress_duration, 0, "stress-duration", "TIME", "none",
       "with --stress: begin no copy after TIME",
       "With\n"
       ".Fl -stress ,\n"
       "begin no further copy when so much time has passed since the first began.\n"
       "What was not run then does not fail the run.\n")
OPTION(watch, 0, "watch", "", "",
       "run again whenever a suite or its library changes",
       "After the run wait until a suite changes, or a library that it loads;\n"
       "then run again what failed, and when that passes, all.\n"
       "See\n"
       ".Sx WATCHING .\n")
OPTION(gdb, 0, "gdb", "TEST", "",
       "run that one test under gdb",
       "Run the one test that the shell pattern\n"
       ".Ar TEST\n"
       "matches, stopped at its beginning in\n"
       ".Xr gdb 1 .\n"
       "See\n"
       ".Sx DEBUGGING .\n")
OPTION(wrapper, 0, "wrapper", "CMD", "none",
       "start programs by CMD, such as valgrind",
       "Start each test that is a program by\n"
       ".Ar CMD ,\n"
       "a program and its arguments, split at blanks as\n"
       ".Xr sh 1\n"
       "would, but without expansion:\n"
       ".Ql valgrind --quiet --error-exitcode=99 .\n"
       "See\n"
       ".Sx WRAPPERS .\n")
OPTION(max_crashes, 0, "max-crashes", "N", "none",
       "stop after more crashes: N, none",
       "Start no further test when more than\n"
       ".Ar N\n"
       "tests have crashed; with\n"
       ".Cm 0\n"
       "the first crash stops the run.\n"
       ".Cm none\n"
       "is no limit: a crash costs the test that crashed and no other.\n")
OPTION(max_worker_restart, 0, "max-worker-restart", "N", "",
       "the same as --max-crashes",
       "The same as\n"
       ".Fl -max-crashes ,\n"
       "as pytest-xdist calls it.\n")
OPTION(deadline, 0, "deadline", "TIME", "none",
       "end the whole run after TIME",
       "End the run when its tests have taken\n"
       ".Ar TIME\n"
       "altogether: running tests are ended as by a signal, the summary is\n"
       "printed, and the exit status is 1 if a test was not run.\n")
OPTION(batch, 0, "batch", "K", "0",
       "claim at most K short tests at once; 1 = one",
       "Let a worker claim at most\n"
       ".Ar K\n"
       "tests at once; 1 is one by one, 0 no limit but the usual:\n"
       "only of tests that take a few microseconds it claims several,\n"
       "and idle workers take their share of those.\n")
OPTION(maxschedchunk, 0, "maxschedchunk", "K", "",
       "the same as --batch=K",
       "The same as\n"
       ".Fl -batch Ns = Ns Ar K ,\n"
       "under the name that users of pytest-xdist know.\n")
OPTION(no_tests, 0, "no-tests", "WHAT", "fail",
       "when no test is selected: fail, warn, pass",
       "What it means that no test is selected:\n"
       ".Cm fail\n"
       "is exit status 4,\n"
       ".Cm warn\n"
       "a warning and\n"
       ".Cm pass\n"
       "nothing at all, both with exit status 0.\n")
OPTION(skip_exit, 0, "skip-exit", "", "",
       "exit with 77 when every test was skipped",
       "Exit with status 77 instead of 0 when every test was skipped.\n")
OPTION(no_timings, 0, "no-timings", "", "",
       "neither read nor keep how long tests take",
       "Neither read nor keep how long tests take; see\n"
       ".Sx TIMINGS .\n")
OPTION(timings, 0, "timings", "FILE", "",
       "read timings from FILE instead of the cache",
       "Read what is known of the tests' times from\n"
       ".Ar FILE ,\n"
       "as\n"
       ".Cm shmrun timings export\n"
       "wrote it, and leave the cache alone.\n"
       "A file that cannot be read is a warning.\n")
OPTION(timings_write, 0, "timings-write", "", "",
       "write the file of --timings again after the run",
       "After the run, write the file of\n"
       ".Fl -timings\n"
       "again with what was learnt.\n"
       "It need not exist before.\n")
OPTION(cache_dir, 0, "cache-dir", "DIR", "",
       "where timings are kept, not ~/.cache/shmrun",
       "Keep timings in\n"
       ".Ar DIR ,\n"
       "which is made if it does not exist.\n"
       "Without this,\n"
       ".Ev SHMRUN_CACHE_DIR\n"
       "names it, else it is\n"
       ".Pa shmrun\n"
       "in\n"
       ".Ev XDG_CACHE_HOME ,\n"
       "else\n"
       ".Pa ~/.cache/shmrun .\n")
OPTION(suite_id, 0, "suite-id", "ID", "",
       "what the suites are called in the timings",
       "What the suites are called in the timings, instead of the name of\n"
       "their shared object (its\n"
       ".Dv DT_SONAME )\n"
       "or of their file.\n"
       "For suites of one name in several folders.\n")
OPTION(config, 0, "config", "FILE", "",
       "settings, not ./shmrun.conf; none = no file",
       "Read profiles and overrides from\n"
       ".Ar FILE ,\n"
       "see\n"
       ".Xr shmrun.conf 5 .\n"
       "Without this,\n"
       ".Ev SHMRUN_CONFIG\n"
       "names it, else it is\n"
       ".Pa shmrun.conf\n"
       "in the current directory, if there is one;\n"
       ".Cm none\n"
       "is no file.\n")
OPTION(profile, 0, "profile", "NAME", "",
       "the profile of shmrun.conf, not default",
       "Take the settings of this profile of\n"
       ".Xr shmrun.conf 5 .\n"
       "Without this,\n"
       ".Ev SHMRUN_PROFILE\n"
       "names it, else it is\n"
       ".Cm default .\n")
OPTION(env, 0, "env", "NAME=VALUE", "",
       "a variable for all tests; repeatable",
       "Give all tests this variable of the environment.\n"
       "Names that begin with\n"
       ".Ev SHMRUN\n"
       "are reserved.\n")
OPTION(setup, 0, "setup", "COMMAND", "",
       "a shell command before the run; repeatable",
       "Run this shell command before the suites are loaded; see\n"
       ".Sx SETUP AND TEARDOWN .\n")
OPTION(teardown, 0, "teardown", "COMMAND", "",
       "a shell command after the run; repeatable",
       "Run this shell command after the last test, whatever happened; see\n"
       ".Sx SETUP AND TEARDOWN .\n")
OPTION(script_timeout, 0, "script-timeout", "TIME", "300s",
       "for each setup and teardown command",
       "End a setup or teardown command that takes longer.\n")
OPTION(report, 0, "report", "NAME[:PATH]", "",
       "also report as tap, junit, json, github ...",
       "Beside what people read, write a report for machines, as under\n"
       ".Sx REPORTS ;\n"
       "may be repeated.\n"
       "Without\n"
       ".Ar PATH ,\n"
       "or with\n"
       ".Ql - ,\n"
       "it goes to standard output, and what people read to standard error.\n"
       "A file is written beside its place and renamed into it when the run\n"
       "has ended.\n")
OPTION(tap, 0, "tap", "[=PATH]", "",
       "the same as --report=tap",
       "Report as\n"
       ".Cm tap .\n")
OPTION(junit, 0, "junit", "[=PATH]", "",
       "the same as --report=junit",
       "Report as\n"
       ".Cm junit .\n")
OPTION(junit_passed, 0, "junit-passed", "WHICH", "auto",
       "cases of tests that passed: auto, all, none",
       "Give a JUnit report a test case for\n"
       ".Cm all\n"
       "tests that passed, or for\n"
       ".Cm none ;\n"
       "then they are only counted, per suite.\n"
       ".Cm auto\n"
       "is all of up to 100,000 tests, and of larger runs none.\n"
       "Flaky ones always have their case.\n")
OPTION(json, 0, "json", "[=PATH]", "",
       "the same as --report=json",
       "Report as\n"
       ".Cm json .\n")
OPTION(github, 0, "github", "[=PATH]", "",
       "the same as --report=github",
       "Report as\n"
       ".Cm github .\n")
OPTION(trace, 0, "trace", "[=PATH]", "",
       "the same as --report=trace",
       "Report as\n"
       ".Cm trace .\n")
OPTION(html, 0, "html", "[=PATH]", "",
       "the same as --report=html",
       "Report as\n"
       ".Cm html .\n")
OPTION(record, 'o', "record", "PATH", "auto",
       "record the run into this file; none = nowhere",
       "Record the run, or what\n"
       ".Cm merge\n"
       "makes of several, into a file, from which\n"
       ".Cm report\n"
       "tells of it again.\n"
       ".Cm none\n"
       "is no recording,\n"
       ".Cm auto\n"
       "one under\n"
       ".Pa $XDG_STATE_HOME/shmrun\n"
       "or\n"
       ".Pa ~/.local/state/shmrun ,\n"
       "where those of the last 20 runs are kept.\n"
       "If there can be none there, the run goes on without, and\n"
       ".Fl v\n"
       "says so.\n"
       "While a run records into a\n"
       ".Ar PATH\n"
       "another one into the same is refused, with exit status 3.\n"
       "See\n"
       ".Xr shmrun-recording 5 .\n")
OPTION(resume, 0, "resume", "RECORDING", "",
       "run only what has not ended in it",
       "Run only those of the selected tests that have not ended in a\n"
       "recording, which is named as for\n"
       ".Cm report :\n"
       "what was running when that run was killed, what never began, what\n"
       "cannot be read.\n"
       "Of a\n"
       ".Ic .serial\n"
       "chain of which something is left all runs, and with\n"
       ".Fl -dist Ns = Ns Cm each\n"
       "what has not ended as often as there are workers.\n"
       "If another test had failed there, the exit status is 1 even when all others\n"
       "pass.\n"
       "When nothing is left, reports tell of the selected tests as that run did.\n")
OPTION(replay, 0, "replay", "RECORDING[:wK]", "",
       "run what ran on each worker, in its order",
       "Run the tests of a recorded run again in the same order on the same\n"
       "workers; or only what the worker\n"
       ".Ar K\n"
       "ran, in the same order and in one process; see\n"
       ".Sx REPLAYS .\n")
OPTION(bisect, 0, "bisect", "TEST", "",
       "with --replay: which tests make that one fail",
       "With\n"
       ".Fl -replay :\n"
       "find out which of the tests that ran before\n"
       ".Ar TEST\n"
       "in its process it needs to fail; see\n"
       ".Sx REPLAYS .\n")
OPTION(color, 0, "color", "WHEN", "auto",
       "colours: auto, always, never",
       "Use colours\n"
       ".Cm always ,\n"
       ".Cm never ,\n"
       "or, with\n"
       ".Cm auto ,\n"
       "as the variables under\n"
       ".Sx ENVIRONMENT\n"
       "say, else on a terminal.\n")
OPTION(hyperlink, 0, "hyperlink", "WHEN", "auto",
       "links to source files: auto, always, never",
       "Make the places in source files, that failures and frames of backtraces name,\n"
       "links to these files, if they are on this machine\n"
       ".Pq OSC 8 :\n"
       ".Cm always ,\n"
       ".Cm never ,\n"
       "or, with\n"
       ".Cm auto ,\n"
       "on a terminal whose\n"
       ".Ev TERM\n"
       "is neither\n"
       ".Cm dumb , linux\n"
       "nor begins with\n"
       ".Cm screen .\n")
OPTION(format, 0, "format", "NAME", "text",
       "of list and top: text, jsonl",
       "How\n"
       ".Cm list\n"
       "and\n"
       ".Cm top\n"
       "print:\n"
       ".Cm text\n"
       "is for people,\n"
       ".Cm jsonl\n"
       "a JSON object on a line for each test, or for all of the run.\n")
OPTION(attributes, 0, "attributes", "", "",
       "of list: what applies to each test and from where",
       "With\n"
       ".Cm list ,\n"
       "show what applies to each test and where that is from:\n"
       ".Li (test)\n"
       "is its own attribute,\n"
       ".Li (suite)\n"
       "what\n"
       ".Dv SHMRUN_DEFAULTS\n"
       "gives all tests of its suite,\n"
       "an option such as\n"
       ".Li (--timeout)\n"
       "what this command line or the default of that option comes to,\n"
       "and the name of a kind of suites what holds for all of that kind.\n"
       "As\n"
       ".Cm jsonl\n"
       "it is the object\n"
       ".Li applies ,\n"
       "which has a\n"
       ".Li value\n"
       "and a\n"
       ".Li from\n"
       "for each.\n")
OPTION(no_capture, 0, "no-capture", "[=raw]", "",
       "show the output of tests while they run",
       "Show what tests print while they run, of those that pass too: whole\n"
       "lines, each behind the test's name and the slot of its worker.\n"
       "With\n"
       ".Cm raw\n"
       "one test runs at a time, and its bytes are shown as they are.\n"
       "See\n"
       ".Sx OUTPUT .\n")
OPTION(durations, 0, "durations", "N", "5",
       "name the N slowest tests; 0 = none",
       "Name the\n"
       ".Ar N\n"
       "slowest tests in the summary, at most 1000.\n"
       "With\n"
       ".Cm 0\n"
       "none.\n")
OPTION(verbose, 'v', "verbose", "", "",
       "also show tests that passed and were skipped",
       "Also show tests that passed, were skipped or were not run.\n"
       "With\n"
       ".Cm list ,\n"
       "also show where each test is and its attributes.\n")
OPTION(quiet, 'q', "quiet", "", "",
       "only the closing lines",
       "Print only the closing lines.\n")
OPTION(test_name, 0, "test-name", "NAME", "",
       "for Automake: what the test is called",
       "As a test driver of Automake: what the test is called; see\n"
       ".Sx AUTOMAKE .\n")
OPTION(log_file, 0, "log-file", "FILE", "",
       "for Automake: where its log goes",
       "As a test driver of Automake: where the log goes.\n")
OPTION(trs_file, 0, "trs-file", "FILE", "",
       "for Automake: where its result goes",
       "As a test driver of Automake: where the results go.\n"
       "All words behind\n"
       ".Fl -\n"
       "are one suite, or one program with its arguments.\n")
OPTION(color_tests, 0, "color-tests", "yes|no", "no",
       "for Automake: colour the result's line",
       "As a test driver of Automake: colour the line that is printed.\n")
OPTION(expect_failure, 0, "expect-failure", "yes|no", "no",
       "for Automake: failures are expected",
       "As a test driver of Automake: failures are expected, and what passes\n"
       "fails.\n")
OPTION(enable_hard_errors, 0, "enable-hard-errors", "yes|no", "yes",
       "for Automake: errors are not failures",
       "As a test driver of Automake: with\n"
       ".Cm no\n"
       "an error is a failure.\n")
OPTION(collect_skipped_logs, 0, "collect-skipped-logs", "yes|no", "yes",
       "for Automake: accepted",
       "As a test driver of Automake: accepted, and nothing comes of it.\n")
OPTION(version, 0, "version", "", "",
       "print the version and exit",
       "Print the version and exit.\n")
OPTION(help, 'h', "help", "", "",
       "print this help and exit",
       "Print a short help and exit.\n")
