# SPDX-License-Identifier: MIT
# Everything that make check runs; every result counts (TAP).

# ---- unit tests: tests/unit/FOLDER/test_*.c, one binary per folder ---------

# tests/unit/FOLDER.unit
UNIT_BINARIES = \
	tests/unit/base.unit \
	tests/unit/model.unit \
	tests/unit/loop.unit \
	tests/unit/lockfree.unit \
	tests/unit/shm.unit \
	tests/unit/suite.unit \
	tests/unit/record.unit \
	tests/unit/report.unit \
	tests/unit/sched.unit \
	tests/unit/load.unit \
	tests/unit/work.unit \
	tests/unit/run.unit \
	tests/unit/unwind.unit \
	tests/unit/cli.unit

tests_unit_base_unit_SOURCES = \
	tests/unit/base/test_compiler.c \
	tests/unit/base/test_digits.c \
	tests/unit/base/test_err.c \
	tests/unit/base/test_fell.c \
	tests/unit/base/test_id.c \
	tests/unit/base/test_json_tree.c \
	tests/unit/base/test_parting.c \
	tests/unit/base/test_json.c \
	tests/unit/base/test_proc.c \
	tests/unit/base/test_rng.c \
	tests/unit/base/test_signame.c \
	tests/unit/base/test_str.c \
	tests/unit/base/test_sys.c \
	tests/unit/base/test_tree.c
tests_unit_model_unit_SOURCES = \
	tests/unit/model/test_costs.c \
	tests/unit/model/test_listing.c \
	tests/unit/model/test_outcome.c \
	tests/unit/model/test_plan.c \
	tests/unit/model/test_plan_check.c \
	tests/unit/model/test_sums.c \
	tests/unit/model/test_tally.c \
	tests/unit/model/test_verdict.c
tests_unit_loop_unit_SOURCES = \
	tests/unit/loop/test_loop.c
tests_unit_lockfree_unit_SOURCES = \
	tests/unit/lockfree/test_deque.c \
	tests/unit/lockfree/test_gate.c \
	tests/unit/lockfree/test_range.c \
	tests/unit/lockfree/test_results.c \
	tests/unit/lockfree/test_ring.c \
	tests/unit/lockfree/test_slot.c \
	tests/unit/lockfree/test_state.c \
	tests/unit/lockfree/test_threads.c
tests_unit_shm_unit_SOURCES = \
	tests/unit/shm/test_arena.c \
	tests/unit/shm/test_brief.c \
	tests/unit/shm/test_catalog.c \
	tests/unit/shm/test_folders.c \
	tests/unit/shm/test_hint.c \
	tests/unit/shm/test_layout.c \
	tests/unit/shm/test_notes.c \
	tests/unit/shm/test_view.c \
	tests/unit/shm/test_usage.c \
	tests/unit/shm/test_wire.c \
	tests/unit/shm/test_wreck.c
tests_unit_unwind_unit_SOURCES = \
	tests/unit/unwind/test_demangle.c \
	tests/unit/unwind/test_trim.c \
	tests/unit/unwind/test_walk.c
tests_unit_suite_unit_SOURCES = \
	tests/unit/suite/test_expr.c \
	tests/unit/suite/test_names.c \
	tests/unit/suite/test_pattern.c \
	tests/unit/suite/test_adapter.c \
	tests/unit/suite/test_adapter_native.c \
	tests/unit/suite/test_criterion_abi.c \
	tests/unit/suite/test_criterion_judge.c \
	tests/unit/suite/test_elf.c \
	tests/unit/suite/test_heap.c \
	tests/unit/suite/test_program.c \
	tests/unit/suite/test_tap.c \
	tests/unit/suite/test_served.c \
	tests/unit/suite/test_select.c
tests_unit_record_unit_SOURCES = \
	tests/unit/record/past.c \
	tests/unit/record/past.h \
	tests/unit/record/test_average.c \
	tests/unit/record/test_book.c \
	tests/unit/record/test_history.c \
	tests/unit/record/test_history_text.c \
	tests/unit/record/test_renew.c \
	tests/unit/record/tape.c \
	tests/unit/record/tape.h \
	tests/unit/record/test_recording.c
tests_unit_report_unit_SOURCES = \
	tests/unit/report/scene.c \
	tests/unit/report/scene.h \
	tests/unit/report/test_alike.c \
	tests/unit/report/test_duration.c \
	tests/unit/report/test_failure.c \
	tests/unit/report/test_footer.c \
	tests/unit/report/test_html.c \
	tests/unit/report/test_link.c \
	tests/unit/report/test_live.c \
	tests/unit/report/test_makespan.c \
	tests/unit/report/test_pace.c \
	tests/unit/report/test_relayed.c \
	tests/unit/report/test_report.c \
	tests/unit/report/test_report_term.c \
	tests/unit/report/test_slowest.c \
	tests/unit/report/test_status.c \
	tests/unit/report/test_stress.c \
	tests/unit/report/test_summary.c \
	tests/unit/report/test_utf8.c \
	tests/unit/report/test_visible.c
tests_unit_sched_unit_SOURCES = \
	tests/unit/sched/drive.c \
	tests/unit/sched/drive.h \
	tests/unit/sched/scene.c \
	tests/unit/sched/scene.h \
	tests/unit/sched/test_auto.c \
	tests/unit/sched/test_estimate.c \
	tests/unit/sched/test_evidence.c \
	tests/unit/sched/test_gates.c \
	tests/unit/sched/test_memory.c \
	tests/unit/sched/test_modes.c \
	tests/unit/sched/test_order.c \
	tests/unit/sched/test_properties.c \
	tests/unit/sched/test_shard.c \
	tests/unit/sched/test_units.c \
	tests/unit/sched/test_vectors.c \
	tests/unit/sched/test_volleys.c \
	tests/unit/work/stepper.c \
	tests/unit/work/stepper.h
tests_unit_sched_unit_LDADD = $(LDADD) -lm
tests_unit_load_unit_SOURCES = \
	tests/unit/load/test_list.c
tests_unit_work_unit_SOURCES = \
	tests/unit/work/stepper.c \
	tests/unit/work/stepper.h \
	tests/unit/work/test_claim.c \
	tests/unit/work/test_core.c \
	tests/unit/work/test_explain.c \
	tests/unit/work/test_processor.c \
	tests/unit/work/test_stage.c
tests_unit_run_unit_SOURCES = \
	tests/unit/run/fake_run.c \
	tests/unit/run/fake_run.h \
	tests/unit/run/test_bury.c \
	tests/unit/run/test_bury_holdings.c \
	tests/unit/run/test_collect.c \
	tests/unit/run/test_crew.c \
	tests/unit/run/test_evidence.c \
	tests/unit/run/test_feed.c \
	tests/unit/run/test_fill.c \
	tests/unit/run/test_interim.c \
	tests/unit/run/test_recheck.c \
	tests/unit/run/test_relay.c \
	tests/unit/run/test_release.c \
	tests/unit/run/test_retry.c \
	tests/unit/run/test_plugin.c \
	tests/unit/run/test_keeper.c \
	tests/unit/run/test_locks.c \
	tests/unit/run/test_pressure.c \
	tests/unit/run/test_queue.c \
	tests/unit/run/test_stop.c \
	tests/unit/run/test_tell.c \
	tests/unit/run/test_tick.c \
	tests/unit/run/test_tokens.c \
	tests/unit/run/test_volley.c \
	tests/unit/run/test_watchdog.c
tests_unit_cli_unit_SOURCES = \
	tests/unit/cli/place.c \
	tests/unit/cli/place.h \
	tests/unit/cli/test_cache_dir.c \
	tests/unit/cli/test_cgroup.c \
	tests/unit/cli/test_color.c \
	tests/unit/cli/test_config.c \
	tests/unit/cli/test_help.c \
	tests/unit/cli/test_jobs.c \
	tests/unit/cli/test_jobserver.c \
	tests/unit/cli/test_list_format.c \
	tests/unit/cli/test_options.c \
	tests/unit/cli/test_processors.c \
	tests/unit/cli/test_quantity.c \
	tests/unit/cli/test_shard_env.c \
	tests/unit/cli/test_shrink.c \
	tests/unit/cli/test_suggest.c

if UNIT
check_PROGRAMS += $(UNIT_BINARIES)
TESTS += $(UNIT_BINARIES)
else
TESTS += tests/support/no-unit.tap
endif

# Read by all check programs that do not set their own.
LDADD = libshmrun.a $(CRITERION_LIBS) $(URING_LIBS)

# ---- our own unit tests under shmrun: make selfcheck -----------------------

.PHONY: selfcheck
selfcheck: all $(UNIT_BINARIES) $(FIXTURE_SUITES)
	@$(AM_TESTS_ENVIRONMENT) bash $(top_srcdir)/tests/selfcheck.sh \
		$(UNIT_BINARIES)

EXTRA_DIST += tests/selfcheck.sh

# ---- fixture suites --------------------------------------------------------

# NAME.c or NAME.cc becomes NAME.so beside it.
FIXTURE_C = \
	tests/fixtures/abi2.c \
	tests/fixtures/abi_new.c \
	tests/fixtures/abi_old.c \
	tests/fixtures/all_skipped.c \
	tests/fixtures/atexit.c \
	tests/fixtures/attrs.c \
	tests/fixtures/bad_body.c \
	tests/fixtures/bad_count.c \
	tests/fixtures/bad_defaults.c \
	tests/fixtures/bad_lock.c \
	tests/fixtures/bad_magic.c \
	tests/fixtures/bad_name.c \
	tests/fixtures/bad_pointer.c \
	tests/fixtures/bad_record.c \
	tests/fixtures/bad_scope.c \
	tests/fixtures/bigout.c \
	tests/fixtures/bomb.c \
	tests/fixtures/checks.c \
	tests/fixtures/closeout.c \
	tests/fixtures/context.c \
	tests/fixtures/constraints.c \
	tests/fixtures/backtrace.c \
	tests/fixtures/crash.c \
	tests/fixtures/ctor_crash.c \
	tests/fixtures/ctor_exit.c \
	tests/fixtures/ctor_fork.c \
	tests/fixtures/ctor_hang.c \
	tests/fixtures/ctor_print.c \
	tests/fixtures/ctor_thread.c \
	tests/fixtures/ctrl.c \
	tests/fixtures/disabled.c \
	tests/fixtures/double_name.c \
	tests/fixtures/environ.c \
	tests/fixtures/exit0.c \
	tests/fixtures/expected.c \
	tests/fixtures/fixture_crash.c \
	tests/fixtures/fixture_crash_run.c \
	tests/fixtures/fixture_fail.c \
	tests/fixtures/fixture_fail_run.c \
	tests/fixtures/fixture_fail_worker.c \
	tests/fixtures/fixtures.c \
	tests/fixtures/flaky.c \
	tests/fixtures/fork_check.c \
	tests/fixtures/fork_return.c \
	tests/fixtures/hang.c \
	tests/fixtures/kill0.c \
	tests/fixtures/locks.c \
	tests/fixtures/manycrash.c \
	tests/fixtures/manyempty.c \
	tests/fixtures/mixed.c \
	tests/fixtures/nap.c \
	tests/fixtures/modes.c \
	tests/fixtures/no_tests.c \
	tests/fixtures/not_a_suite.c \
	tests/fixtures/order.c \
	tests/fixtures/orphan.c \
	tests/fixtures/output.c \
	tests/fixtures/params.c \
	tests/fixtures/pass.c \
	tests/fixtures/poison.c \
	tests/fixtures/processors.c \
	tests/fixtures/release.c \
	tests/fixtures/repeat.c \
	tests/fixtures/stress.c \
	tests/fixtures/release_late.c \
	tests/fixtures/release_own.c \
	tests/fixtures/scribble.c \
	tests/fixtures/plugins/abi.c \
	tests/fixtures/plugins/ctor.c \
	tests/fixtures/plugins/hostile.c \
	tests/fixtures/plugins/hostile_static.c \
	tests/fixtures/plugins/no_symbol.c \
	tests/fixtures/plugins/short.c \
	tests/fixtures/plugins/watch.c \
	tests/fixtures/sleepy.c \
	tests/fixtures/thread_check.c \
	tests/fixtures/timers.c \
	tests/fixtures/undefined.c \
	tests/fixtures/waits.c
FIXTURE_CC = \
	tests/fixtures/cxx.cc \
	tests/fixtures/plugins/reverse.cc
FIXTURE_INCLUDES = \
	tests/fixtures/held.h \
	tests/fixtures/hostile.h \
	tests/fixtures/sanitized.inc \
	tests/fixtures/counted.inc \
	tests/fixtures/release.h

FIXTURE_SUITES = $(FIXTURE_C:.c=.so) $(FIXTURE_CC:.cc=.so)
check_DATA += $(FIXTURE_SUITES)
CLEANFILES += $(FIXTURE_SUITES)
EXTRA_DIST += $(FIXTURE_C) $(FIXTURE_CC) $(FIXTURE_INCLUDES)
$(FIXTURE_SUITES): $(SO_INCLUDES) $(FIXTURE_INCLUDES)
tests/fixtures/plugins/hostile_static.so: tests/fixtures/plugins/hostile.c

# Suites of Criterion: as a shared object for shmrun, and as a program with
# Criterion's own runner.
CRITERION_C = \
	tests/fixtures/criterion_differ.c \
	tests/fixtures/criterion_hooks.c \
	tests/fixtures/criterion_lib.c \
	tests/fixtures/criterion_new.c \
	tests/fixtures/criterion_old.c
CRITERION_CC = \
	tests/fixtures/criterion_cxx.cc
CRITERION_ALONE = tests/fixtures/criterion_alone.so
CRITERION_SUITES = $(CRITERION_C:.c=.so) $(CRITERION_CC:.cc=.so) \
	$(CRITERION_ALONE)
CRITERION_NATIVE = \
	tests/fixtures/criterion_cxx \
	tests/fixtures/criterion_differ \
	tests/fixtures/criterion_main \
	tests/fixtures/criterion_new \
	tests/fixtures/criterion_nopie \
	tests/fixtures/criterion_old

$(CRITERION_SUITES): SO_LIBS = $(CRITERION_CFLAGS) $(CRITERION_LIBS)
# Not linked with the library at all.
$(CRITERION_ALONE): tests/fixtures/criterion_old.c
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && $(SO_COMPILE) $(CRITERION_CFLAGS) \
		-o $@ $(top_srcdir)/tests/fixtures/criterion_old.c
# A suite's flags, but for what makes it shared.
$(CRITERION_NATIVE):
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && $(CRITERION_COMPILE) -o $@ \
		$(top_srcdir)/$(CRITERION_SOURCE) $(CRITERION_CFLAGS) \
		$(CRITERION_LIBS)
CRITERION_COMPILE = $(CC) $(SO_CFLAGS) $(CFLAGS) $(LDFLAGS)
CRITERION_SOURCE = $@.c
tests/fixtures/criterion_cxx: CRITERION_COMPILE = $(CXX) $(SO_CXXFLAGS) \
	$(CXXFLAGS) $(LDFLAGS)
tests/fixtures/criterion_cxx: CRITERION_SOURCE = $@.cc
tests/fixtures/criterion_cxx: tests/fixtures/criterion_cxx.cc
tests/fixtures/criterion_differ: tests/fixtures/criterion_differ.c
# With a library that has a test, too.
tests/fixtures/criterion_main: CRITERION_COMPILE = $(CC) $(SO_CFLAGS) \
	$(CFLAGS) $(LDFLAGS) -Wl,--no-as-needed \
	$(abs_top_builddir)/tests/fixtures/criterion_lib.so -pthread
tests/fixtures/criterion_main: tests/fixtures/criterion_main.c \
	tests/fixtures/criterion_lib.so
tests/fixtures/criterion_nopie: CRITERION_SOURCE = tests/fixtures/criterion_old.c
tests/fixtures/criterion_nopie: CRITERION_COMPILE = $(CC) $(SO_CFLAGS) \
	$(CFLAGS) -fno-pie $(LDFLAGS) -no-pie
tests/fixtures/criterion_nopie: tests/fixtures/criterion_old.c
tests/fixtures/criterion_new: tests/fixtures/criterion_new.c
tests/fixtures/criterion_old: tests/fixtures/criterion_old.c

if CRITERION
check_DATA += $(CRITERION_SUITES) $(CRITERION_NATIVE)
endif
CLEANFILES += $(CRITERION_SUITES) $(CRITERION_NATIVE)
EXTRA_DIST += $(CRITERION_C) $(CRITERION_CC) tests/fixtures/criterion_main.c \
	tests/support/criterion.sh

# The hostile corpus as a program.
tests/fixtures/misbehave: tests/fixtures/misbehave.c tests/fixtures/hostile.h
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && $(CC) -Wall -Wextra $(CFLAGS) \
		$(LDFLAGS) -pthread -o $@ $(top_srcdir)/tests/fixtures/misbehave.c
check_DATA += tests/fixtures/misbehave
CLEANFILES += tests/fixtures/misbehave
EXTRA_DIST += tests/fixtures/misbehave.c

# Programs of other frameworks.
CMOCKA_C = \
	tests/fixtures/cmocka_group.c \
	tests/fixtures/cmocka_main.c
CMOCKA_FIXTURES = $(CMOCKA_C:.c=)
$(CMOCKA_FIXTURES): tests/fixtures/%: tests/fixtures/%.c
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && $(CRITERION_COMPILE) $(CMOCKA_CFLAGS) \
		-o $@ $< $(CMOCKA_LIBS)
tests/fixtures/cmocka_main.so: tests/fixtures/cmocka_main.c
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && $(CRITERION_COMPILE) -shared -fPIC \
		$(CMOCKA_CFLAGS) -o $@ $< $(CMOCKA_LIBS)
if CMOCKA
check_DATA += $(CMOCKA_FIXTURES) tests/fixtures/cmocka_main.so
endif
CLEANFILES += $(CMOCKA_FIXTURES) tests/fixtures/cmocka_main.so
EXTRA_DIST += $(CMOCKA_C)

# Programs of Check, and the same as shared objects: with libcheck in it, and
# without.
LIBCHECK_C = \
	tests/fixtures/check_all.c \
	tests/fixtures/check_main.c
LIBCHECK_FIXTURES = $(LIBCHECK_C:.c=)
LIBCHECK_SUITES = $(LIBCHECK_C:.c=.so)
tests/fixtures/check_all.so: LIBCHECK_IN_IT = $(LIBCHECK_LIBS)
$(LIBCHECK_FIXTURES): tests/fixtures/%: tests/fixtures/%.c
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && $(CRITERION_COMPILE) \
		$(LIBCHECK_CFLAGS) -o $@ $< $(LIBCHECK_LIBS)
$(LIBCHECK_SUITES): tests/fixtures/%.so: tests/fixtures/%.c
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && $(CRITERION_COMPILE) -shared -fPIC \
		$(LIBCHECK_CFLAGS) -o $@ $< $(LIBCHECK_IN_IT)
if LIBCHECK
check_DATA += $(LIBCHECK_FIXTURES) $(LIBCHECK_SUITES)
endif
CLEANFILES += $(LIBCHECK_FIXTURES) $(LIBCHECK_SUITES)
EXTRA_DIST += $(LIBCHECK_C)

# Unity is in no package: tests/cli/unity.sh builds it where there is one.
EXTRA_DIST += tests/fixtures/unity_all.c tests/fixtures/unity_main.c

GTEST_CC = \
	tests/fixtures/gtest_all.cc \
	tests/fixtures/gtest_main.cc
GTEST_FIXTURES = $(GTEST_CC:.cc=)
$(GTEST_FIXTURES): tests/fixtures/%: tests/fixtures/%.cc
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && $(CXX) $(SO_CXXFLAGS) $(CXXFLAGS) \
		$(LDFLAGS) $(GTEST_CFLAGS) -o $@ $< $(GTEST_LIBS)
# The same as a shared object that has no main().
tests/fixtures/gtest_all.so: tests/fixtures/gtest_all.cc
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && $(CXX) $(SO_CXXFLAGS) $(CXXFLAGS) \
		-shared -fPIC -Dmain=not_main $(LDFLAGS) $(GTEST_CFLAGS) \
		-o $@ $< $(GTEST_LIBS)
if GTEST
check_DATA += $(GTEST_FIXTURES) tests/fixtures/gtest_all.so
endif
CLEANFILES += $(GTEST_FIXTURES) tests/fixtures/gtest_all.so
EXTRA_DIST += $(GTEST_CC)

tests/fixtures/gmock_left: tests/fixtures/gmock_left.cc
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && $(CXX) $(SO_CXXFLAGS) $(CXXFLAGS) \
		$(LDFLAGS) $(GMOCK_CFLAGS) -o $@ $< $(GMOCK_LIBS)
if GMOCK
check_DATA += tests/fixtures/gmock_left
endif
CLEANFILES += tests/fixtures/gmock_left
EXTRA_DIST += tests/fixtures/gmock_left.cc

# ---- the program from outside: each test once per back end -----------------

CLI_TESTS = \
	tests/cli/after.sh \
	tests/cli/after_end.sh \
	tests/cli/attrs.sh \
	tests/cli/backtrace.sh \
	tests/cli/bad_suites.sh \
	tests/cli/automake.sh \
	tests/cli/basic.sh \
	tests/cli/bisect.sh \
	tests/cli/canary.sh \
	tests/cli/chain.sh \
	tests/cli/check.sh \
	tests/cli/checks.sh \
	tests/cli/clock.sh \
	tests/cli/cmocka.sh \
	tests/cli/completion.sh \
	tests/cli/config.sh \
	tests/cli/constructors.sh \
	tests/cli/containers.sh \
	tests/cli/crash.sh \
	tests/cli/criterion.sh \
	tests/cli/criterion_program.sh \
	tests/cli/criterion_static.sh \
	tests/cli/die.sh \
	tests/cli/embed.sh \
	tests/cli/disabled.sh \
	tests/cli/doctor.sh \
	tests/cli/ctest.sh \
	tests/cli/dryrun.sh \
	tests/cli/early_exit.sh \
	tests/cli/env.sh \
	tests/cli/evidence.sh \
	tests/cli/exclusive.sh \
	tests/cli/exits.sh \
	tests/cli/expected.sh \
	tests/cli/fatal.sh \
	tests/cli/filter.sh \
	tests/cli/fixtures.sh \
	tests/cli/fork_inside.sh \
	tests/cli/gcov.sh \
	tests/cli/gdb.sh \
	tests/cli/groups.sh \
	tests/cli/gtest.sh \
	tests/cli/header_compile.sh \
	tests/cli/heavy.sh \
	tests/cli/hostile.sh \
	tests/cli/html.sh \
	tests/cli/isolate.sh \
	tests/cli/jobs.sh \
	tests/cli/leaks.sh \
	tests/cli/leftovers.sh \
	tests/cli/limits.sh \
	tests/cli/lines.sh \
	tests/cli/list.sh \
	tests/cli/meson.sh \
	tests/cli/locks.sh \
	tests/cli/longest.sh \
	tests/cli/maxcrash.sh \
	tests/cli/maxfail.sh \
	tests/cli/merge.sh \
	tests/cli/misbehave.sh \
	tests/cli/modes.sh \
	tests/cli/names.sh \
	tests/cli/no_capture.sh \
	tests/cli/oom.sh \
	tests/cli/options.sh \
	tests/cli/order.sh \
	tests/cli/output.sh \
	tests/cli/params.sh \
	tests/cli/pause.sh \
	tests/cli/pen.sh \
	tests/cli/peers.sh \
	tests/cli/pids.sh \
	tests/cli/pressure.sh \
	tests/cli/plugin.sh \
	tests/cli/progress.sh \
	tests/cli/publish.sh \
	tests/cli/reader.sh \
	tests/cli/rebuilt.sh \
	tests/cli/record.sh \
	tests/cli/release.sh \
	tests/cli/replay.sh \
	tests/cli/repeat.sh \
	tests/cli/report.sh \
	tests/cli/resume.sh \
	tests/cli/retry.sh \
	tests/cli/sanitizer.sh \
	tests/cli/probe.sh \
	tests/cli/processors.sh \
	tests/cli/programs.sh \
	tests/cli/screen.sh \
	tests/cli/seccomp.sh \
	tests/cli/serial.sh \
	tests/cli/shard.sh \
	tests/cli/shard_merge.sh \
	tests/cli/signals.sh \
	tests/cli/stop.sh \
	tests/cli/stress.sh \
	tests/cli/storm.sh \
	tests/cli/stuck.sh \
	tests/cli/successor.sh \
	tests/cli/summary.sh \
	tests/cli/tap.sh \
	tests/cli/timeout.sh \
	tests/cli/timings.sh \
	tests/cli/top.sh \
	tests/cli/unity.sh \
	tests/cli/usage.sh \
	tests/cli/tmpdir.sh \
	tests/cli/variables.sh \
	tests/cli/wakes.sh \
	tests/cli/warden.sh \
	tests/cli/watch.sh \
	tests/cli/watch_programs.sh \
	tests/cli/wrapper.sh \
	tests/cli/weights.sh

TESTS += $(CLI_TESTS:.sh=.epoll) $(CLI_TESTS:.sh=.uring)
CLEANFILES += $(CLI_TESTS:.sh=.epoll) $(CLI_TESTS:.sh=.uring)
# A browser sees the same page behind both, a build system the same program.
TESTS += tests/cli/browser.epoll tests/cli/integration.epoll \
	tests/cli/viewer.epoll
CLEANFILES += tests/cli/browser.epoll tests/cli/integration.epoll \
	tests/cli/viewer.epoll
EXTRA_DIST += tests/cli/viewer.sh tests/cli/webdriver.sh
EXTRA_DIST += $(CLI_TESTS) tests/cli/browser.sh tests/cli/integration.sh tests/cli/golden tests/cli/junit.xsd tests/cli/lib.sh

# Of the library only _exit, in a coverage build.
check_PROGRAMS += tests/support/no-uring tests/support/peak \
	tests/support/pty tests/support/refuse tests/support/uring-works
tests_support_no_uring_SOURCES = tests/support/no-uring.c
tests_support_no_uring_LDADD = libshmrun.a
tests_support_peak_SOURCES = tests/support/peak.c
tests_support_peak_LDADD = libshmrun.a
tests_support_refuse_SOURCES = tests/support/refuse.c
tests_support_refuse_LDADD = libshmrun.a
tests_support_pty_SOURCES = tests/support/pty.c
tests_support_pty_LDADD = libshmrun.a -lutil
EXTRA_DIST += tests/support/terminal.sh
tests_support_uring_works_SOURCES = tests/support/uring-works.c
tests_support_uring_works_LDADD = libshmrun.a

# A test per back end is its script with the back end set.
.sh.epoll:
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
		echo "SHMRUN_TEST_BACKEND=epoll exec bash '$<'" >$@
.sh.uring:
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
		echo "SHMRUN_TEST_BACKEND=uring exec bash '$<'" >$@

# ---- rules of behaviour: a line for each --------------------------------------

.PHONY: check-conformance
check-conformance: all
	$(AM_V_at)$(MAKE) $(AM_MAKEFLAGS) -s $(check_LIBRARIES) \
		$(check_PROGRAMS) $(check_DATA)
	@$(AM_TESTS_ENVIRONMENT) bash \
		$(top_srcdir)/tests/conformance/check $(RULES)

TESTS += tests/conformance/self.tap
EXTRA_DIST += tests/conformance/check tests/conformance/deaths.sh \
	tests/conformance/judge.awk tests/conformance/pids.sh \
	tests/conformance/proofs tests/conformance/rules \
	tests/conformance/self.tap tests/conformance/sizes.sh \
	tests/conformance/stopped.sh

# ---- torture: the protocol under threads, and under kills -------------------

# Plain, without Criterion: runs under ThreadSanitizer too.
check_PROGRAMS += tests/torture/threads.unit
TESTS += tests/torture/threads.unit
tests_torture_threads_unit_SOURCES = \
	tests/torture/crowd.c \
	tests/torture/crowd.h \
	tests/torture/storm.c \
	tests/torture/storm.h \
	tests/torture/storm_gate.c \
	tests/torture/storm_gate.h \
	tests/torture/threads.c
tests_torture_threads_unit_LDADD = libshmrun.a
# The same storms as unit tests.
tests_unit_lockfree_unit_SOURCES += \
	tests/torture/crowd.c \
	tests/torture/crowd.h \
	tests/torture/storm.c \
	tests/torture/storm.h \
	tests/torture/storm_gate.c \
	tests/torture/storm_gate.h

# Skips itself in a build without --enable-points.
TESTS += tests/torture/points.sh
check_DATA += tests/torture/short.so
CLEANFILES += tests/torture/short.so
EXTRA_DIST += tests/torture/points.sh tests/torture/short.c
tests/torture/short.so: $(SO_INCLUDES)

# What tests/torture/kills.sh needs; too much for make check.
EXTRA_PROGRAMS += tests/torture/slayer
tests_torture_slayer_SOURCES = tests/torture/slayer.c
tests_torture_slayer_LDADD =
CLEANFILES += tests/torture/slayer tests/torture/toll.so
EXTRA_DIST += tests/torture/kills.sh tests/torture/toll.c
tests/torture/toll.so: $(SO_INCLUDES)

# A build with points in a folder of its own, and many seeds.
TORTURE_SEEDS = 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20
TORTURE_MAKE = $(MAKE) -C torture -s --no-print-directory
KILLS = 10000

.PHONY: torture-build check-kills check-torture clean-torture
torture-build:
	$(AM_V_at)$(MKDIR_P) torture
	$(AM_V_at)test -f torture/Makefile || { cd torture && \
		$(abs_top_srcdir)/configure --quiet --enable-points \
		CC='$(CC)' CXX='$(CXX)' CFLAGS='$(CFLAGS)'; }
	$(AM_V_at)$(TORTURE_MAKE) shmrun tests/support/uring-works \
		tests/torture/short.so tests/torture/slayer \
		tests/torture/threads.unit tests/torture/toll.so
check-kills: torture-build
	$(AM_V_at)cd torture && KILLS='$(KILLS)' SEED='$(SEED)' \
		ROUND='$(ROUND)' SHMRUN='$(abs_builddir)/torture/shmrun' \
		top_builddir='$(abs_builddir)/torture' \
		top_srcdir='$(abs_top_srcdir)' \
		bash $(abs_srcdir)/tests/torture/kills.sh
check-torture: torture-build
	$(AM_V_at)SEEDS='$(TORTURE_SEEDS)' $(TORTURE_MAKE) check-TESTS \
		TESTS='tests/torture/points.sh tests/torture/threads.unit' \
		check_PROGRAMS= check_LIBRARIES=
	$(AM_V_at)$(MAKE) $(AM_MAKEFLAGS) check-kills

# The storms under ThreadSanitizer, with yields in the windows.
TSAN_SEEDS = 1 2 3 4
TSAN_MAKE = $(MAKE) -C tsan -s --no-print-directory

.PHONY: check-tsan
check-tsan:
	$(AM_V_at)$(MKDIR_P) tsan
	$(AM_V_at)test -f tsan/Makefile || { cd tsan && \
		$(abs_top_srcdir)/configure --quiet --enable-tsan \
		--enable-yield CC='$(CC)' CXX='$(CXX)' CFLAGS='$(CFLAGS)'; }
	$(AM_V_at)$(TSAN_MAKE) tests/torture/threads.unit
	$(AM_V_at)for seed in $(TSAN_SEEDS); do \
		echo "check-tsan: SHMRUN_YIELD=$$seed"; \
		SHMRUN_YIELD=$$seed TSAN_OPTIONS=halt_on_error=1 \
			tsan/tests/torture/threads.unit || exit 1; \
	done

clean-local: clean-torture
clean-torture:
	-rm -rf torture tsan

# ---- the protocol's model, exhausted by spin(1) ------------------------------

EXTRA_DIST += tests/spin/check tests/spin/machine.pml \
	tests/spin/reserve.pml tests/spin/run.pml tests/spin/runner.pml \
	tests/spin/worker.pml

# Without spin it says so and that is all; SPIN_ARGS=-l for the long ones.
.PHONY: check-spin
check-spin:
	$(AM_V_at)CC='$(CC)' $(srcdir)/tests/spin/check $(SPIN_ARGS) || \
		test $$? = 77

# ---- model: every interleaving of a few steps -------------------------------

# The code under test is compiled a second time, against another atom.h and with
# names of libc that lead into the model.  make check takes a few steps of each
# scene, and so says at once when a new call in src/run leads nowhere here.
if MODEL
check_PROGRAMS += tests/model/explore
check_LIBRARIES += tests/model/libsubject.a
check_DATA += tests/model/sites
TESTS += tests/model/steps.tap
else
EXTRA_PROGRAMS += tests/model/explore
EXTRA_LIBRARIES += tests/model/libsubject.a
endif

tests_model_libsubject_a_SOURCES = \
	src/base/err.c \
	src/base/signame.c \
	src/base/str.c \
	src/model/outcome.c \
	src/model/plan.c \
	src/model/tally.c \
	src/run/bury.c \
	src/run/chain.c \
	src/run/collect.c \
	src/run/crew.c \
	src/run/feed.c \
	src/run/fill.c \
	src/run/groups.c \
	src/run/keeper.c \
	src/run/locks.c \
	src/run/pressure.c \
	src/run/queue.c \
	src/run/recheck.c \
	src/run/release.c \
	src/run/retry.c \
	src/run/stop.c \
	src/run/relay.c \
	src/run/tell.c \
	src/run/tick.c \
	src/run/tokens.c \
	src/run/volley.c \
	src/run/watchdog.c \
	src/shm/arena.c \
	src/work/claim.c \
	src/work/doorbell.c \
	src/work/fixture.c \
	src/work/holding.c \
	src/work/one.c \
	src/work/stopwatch.c \
	tests/model/runner.c \
	tests/model/worker.c \
	tests/model/world.c
MODEL_CPPFLAGS = -I$(top_srcdir)/tests/model/seam -I$(top_srcdir) \
	$(AM_CPPFLAGS)
MODEL_CFLAGS = $(AM_CFLAGS) -ffunction-sections
tests_model_libsubject_a_CPPFLAGS = $(MODEL_CPPFLAGS) \
	-include $(top_srcdir)/tests/model/seam/rename.h
tests_model_libsubject_a_CFLAGS = $(MODEL_CFLAGS)

tests_model_explore_SOURCES = \
	tests/model/explore.c tests/model/explore.h \
	tests/model/kernel.c \
	tests/model/loader.c \
	tests/model/main.c \
	tests/model/memory.c tests/model/memory.h \
	tests/model/memory_impl.h tests/model/memory_ops.c \
	tests/model/scene.h \
	tests/model/scene_current.c \
	tests/model/scene_cursor.c \
	tests/model/scene_deque.c \
	tests/model/scene_fixture.c \
	tests/model/scene_gate.c \
	tests/model/scene_keeper.c \
	tests/model/scene_results.c \
	tests/model/scene_ring.c \
	tests/model/scene_run.c \
	tests/model/scene_state.c \
	tests/model/seam/base/raw.h \
	tests/model/seam/lockfree/atom.h \
	tests/model/seam/lockfree/results.h \
	tests/model/seam/lockfree/slot.h \
	tests/model/seam/rename.h \
	tests/model/seen.c tests/model/seen.h \
	tests/model/site.c tests/model/site.h \
	tests/model/world.h
tests_model_explore_CPPFLAGS = $(MODEL_CPPFLAGS)
tests_model_explore_CFLAGS = $(MODEL_CFLAGS)
# What only run_tests() and its like need is not there, and not missed.
tests_model_explore_LDFLAGS = $(AM_LDFLAGS) -Wl,--gc-sections
tests_model_explore_LDADD = tests/model/libsubject.a

EXTRA_DIST += tests/model/mutants tests/model/steps.tap tests/model/tags
CLEANFILES += tests/model/explore tests/model/libsubject.a tests/model/sites

tests/model/sites: $(libshmrun_a_SOURCES) $(top_srcdir)/tests/model/tags
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(top_srcdir)/tests/model/tags >$@

.PHONY: check-model check-mutants
check-model: tests/model/explore tests/model/sites
	$(AM_V_at)tests/model/explore tests/model/sites

# LIMIT and JOBS of tests/model/mutants may be set.
check-mutants: tests/model/explore tests/model/sites
	$(AM_V_at)$(top_srcdir)/tests/model/mutants tests/model/explore \
		tests/model/sites $(top_srcdir)/doc/ORDERING.md

# ---- the source tree itself ------------------------------------------------

TESTS += tests/tree.tap
EXTRA_DIST += tests/tree.tap tests/support/no-unit.tap \
	tests/support/lsan.supp tests/README.md

# ---- how they run ----------------------------------------------------------

# .epoll and .uring are no extensions to automake, which would drop them from
# the name and let the two passes write one log.
TEST_EXTENSIONS = .unit .tap .fuzz

TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) \
	$(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TAP_DRIVER)
UNIT_LOG_DRIVER = $(TAP_DRIVER)
TAP_LOG_DRIVER = $(TAP_DRIVER)
FUZZ_LOG_DRIVER = $(TAP_DRIVER)

# Criterion reports through TAP alone: its exit status would count a failure
# twice.
UNIT_LOG_COMPILER = env CRITERION_OUTPUTS=tap:/dev/stdout \
	CRITERION_ALWAYS_SUCCEED=1 \
	LSAN_OPTIONS=suppressions=$(abs_top_srcdir)/tests/support/lsan.supp:print_suppressions=0
LOG_COMPILER = bash
TAP_LOG_COMPILER = bash

AM_TESTS_ENVIRONMENT = \
	SHMRUN='$(abs_top_builddir)/shmrun'; export SHMRUN; \
	SUITES='$(abs_top_builddir)/tests/fixtures'; export SUITES; \
	EXAMPLES='$(abs_top_builddir)/examples'; export EXAMPLES; \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir; \
	NO_UNIT='$(NO_UNIT)'; export NO_UNIT; \
	SANITIZERS='$(BUILD_SAN_FLAGS)'; export SANITIZERS; \
	CC='$(CC)'; export CC; CXX='$(CXX)'; export CXX;
