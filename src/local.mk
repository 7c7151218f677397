# SPDX-License-Identifier: MIT
# Program code: libshmrun.a, which tests and benches link too, and main.o.

bin_PROGRAMS += shmrun
noinst_LIBRARIES += libshmrun.a

shmrun_SOURCES = src/main.c src/front.c src/front.h
shmrun_LDADD = libshmrun.a $(URING_LIBS)

# What reads wrecks of tests, with libraries that trust their input.
libexec_PROGRAMS += shmrun-unwind
shmrun_unwind_SOURCES = \
	src/unwind/main.c
shmrun_unwind_CFLAGS = $(AM_CFLAGS) $(DW_CFLAGS)
shmrun_unwind_LDADD = libshmrun.a $(DW_LIBS)
if LIBDW
shmrun_unwind_SOURCES += src/unwind/walk_dwfl.c
endif

libshmrun_a_SOURCES = \
	src/base/affinity.h \
	src/base/clock.h \
	src/base/compiler.h \
	src/base/coverage.h \
	src/base/die.c src/base/die.h \
	src/base/digits.c src/base/digits.h \
	src/base/err.c src/base/err.h \
	src/base/fell.c src/base/fell.h \
	src/base/id.h \
	src/base/json.c src/base/json.h \
	src/base/json_tree.c src/base/json_tree.h \
	src/base/jump.h \
	src/base/mem.c src/base/mem.h \
	src/base/parting.c src/base/parting.h \
	src/base/point.c src/base/point.h \
	src/base/probe.h \
	src/base/proc.c src/base/proc.h \
	src/base/proc_call.c \
	src/base/raw.h \
	src/base/rng.h \
	src/base/role.c src/base/role.h \
	src/base/signame.c src/base/signame.h \
	src/base/str.c src/base/str.h \
	src/base/sys.c src/base/sys.h \
	src/base/tree.c src/base/tree.h \
	src/base/vec.h \
	src/base/yield.c src/base/yield.h \
	src/cli/announce.c src/cli/announce.h \
	src/cli/bisect.c src/cli/bisect.h \
	src/cli/cache_dir.c src/cli/cache_dir.h \
	src/cli/cgroup.c src/cli/cgroup.h \
	src/cli/cmd.c src/cli/cmd.h \
	src/cli/cmd_config.c \
	src/cli/cmd_doctor.c \
	src/cli/cmd_list.c \
	src/cli/cmd_merge.c \
	src/cli/cmd_report.c \
	src/cli/cmd_run.c \
	src/cli/cmd_timings.c \
	src/cli/cmd_top.c \
	src/cli/color.c src/cli/color.h \
	src/cli/complain.c src/cli/complain.h \
	src/cli/config.c src/cli/config.h \
	src/cli/configure.c src/cli/configure.h \
	src/cli/driver.c src/cli/driver.h \
	src/cli/debugger.c src/cli/debugger.h \
	src/cli/dry_run.c src/cli/dry_run.h \
	src/cli/dirs.c src/cli/dirs.h \
	src/cli/ending.c src/cli/ending.h \
	src/cli/environment.c src/cli/environment.h \
	src/cli/facts.c src/cli/facts.h \
	src/cli/help.c src/cli/help.h \
	src/cli/jobs.c src/cli/jobs.h \
	src/cli/jobserver.c src/cli/jobserver.h \
	src/cli/list_format.c src/cli/list_format.h \
	src/cli/list_terms.c src/cli/list_terms.h \
	src/cli/live_run.c src/cli/live_run.h \
	src/cli/memory.c src/cli/memory.h \
	src/cli/option.c src/cli/option.h \
	src/cli/option_plan.c src/cli/option_plan.h \
	src/cli/option_again.c src/cli/option_again.h \
	src/cli/option_limits.c src/cli/option_limits.h \
	src/cli/option_output.c src/cli/option_output.h \
	src/cli/option_suite.c src/cli/option_suite.h \
	src/cli/options.c src/cli/options.h \
	src/cli/options.tbl.h \
	src/cli/outlet.c src/cli/outlet.h \
	src/cli/overrides.c src/cli/overrides.h \
	src/cli/planning.c src/cli/planning.h \
	src/cli/processors.c src/cli/processors.h \
	src/cli/profile.c src/cli/profile.h \
	src/cli/quantity.c src/cli/quantity.h \
	src/cli/recordings.c src/cli/recordings.h \
	src/cli/replaying.c src/cli/replaying.h \
	src/cli/rerun.c src/cli/rerun.h \
	src/cli/resuming.c src/cli/resuming.h \
	src/cli/retell.c src/cli/retell.h \
	src/cli/round.c src/cli/round.h \
	src/cli/running.c src/cli/running.h \
	src/cli/scheduler.c src/cli/scheduler.h \
	src/cli/scripts.c src/cli/scripts.h \
	src/cli/selecting.c src/cli/selecting.h \
	src/cli/setting.c src/cli/setting.h \
	src/cli/shard_env.c src/cli/shard_env.h \
	src/cli/sharding.c src/cli/sharding.h \
	src/cli/shrink.c src/cli/shrink.h \
	src/cli/staff.c src/cli/staff.h \
	src/cli/stressing.c src/cli/stressing.h \
	src/cli/suggest.c src/cli/suggest.h \
	src/cli/suites.c src/cli/suites.h \
	src/cli/surroundings.c src/cli/surroundings.h \
	src/cli/test_folders.c src/cli/test_folders.h \
	src/cli/timings.c src/cli/timings.h \
	src/cli/timings_table.c src/cli/timings_table.h \
	src/cli/unrun.c src/cli/unrun.h \
	src/cli/watch.c src/cli/watch.h \
	src/cli/watched.c src/cli/watched.h \
	src/cli/wrapper.c src/cli/wrapper.h \
	src/host/host.c src/host/host.h \
	src/host/host_impl.h \
	src/host/services.c \
	src/host/tests.c src/host/tests.h \
	src/load/atfork.c src/load/atfork.h \
	src/load/heavy.c src/load/heavy.h \
	src/load/threads.c src/load/threads.h \
	src/load/list.c src/load/list.h \
	src/load/load.c src/load/load.h \
	src/load/process.c src/load/process.h \
	src/load/spawn.c src/load/spawn.h \
	src/lockfree/atom.h \
	src/lockfree/cursor.h \
	src/lockfree/deque.h \
	src/lockfree/gate.h \
	src/lockfree/gun.h \
	src/lockfree/range.h \
	src/lockfree/results.h \
	src/lockfree/ring.h \
	src/lockfree/slot.h \
	src/lockfree/state.h \
	src/loop/loop.c src/loop/loop.h \
	src/loop/loop_epoll.c \
	src/loop/loop_impl.h \
	src/model/costs.c src/model/costs.h \
	src/model/event.c src/model/event.h \
	src/model/listing.c src/model/listing.h \
	src/model/outcome.c src/model/outcome.h \
	src/model/partition.c src/model/partition.h \
	src/model/plan.c src/model/plan.h \
	src/model/plan_check.c \
	src/model/sums.c src/model/sums.h \
	src/model/tally.c src/model/tally.h \
	src/model/verdict.c src/model/verdict.h \
	src/record/book.c src/record/book.h \
	src/record/average.c src/record/average.h \
	src/record/history.c src/record/history.h \
	src/record/history_join.c src/record/history_join.h \
	src/record/history_text.c src/record/history_text.h \
	src/record/keymap.c src/record/keymap.h \
	src/record/library.c src/record/library.h \
	src/record/renew.c src/record/renew.h \
	src/record/same.c src/record/same.h \
	src/record/samples.c src/record/samples.h \
	src/record/sequence.c src/record/sequence.h \
	src/record/shards.c src/record/shards.h \
	src/record/shelf.c src/record/shelf.h \
	src/record/text_file.c src/record/text_file.h \
	src/report/alike.c src/report/alike.h \
	src/report/duration.c src/report/duration.h \
	src/report/failure.c src/report/failure.h \
	src/report/file.c src/report/file.h \
	src/report/footer.c src/report/footer.h \
	src/report/link.c src/report/link.h \
	src/report/live.c src/report/live.h \
	src/report/makespan.c src/report/makespan.h \
	src/record/frame.c src/record/frame.h \
	src/record/kind.h \
	src/record/merge.c src/record/merge.h src/record/merge_impl.h \
	src/record/merge_plan.c \
	src/record/merge_shards.c \
	src/record/merge_tell.c \
	src/record/pack.c src/record/pack.h \
	src/record/recording.c src/record/recording.h \
	src/record/recording_head.c src/record/recording_impl.h \
	src/record/replay.c src/record/replay.h \
	src/record/replay_frame.c \
	src/record/replay_head.c src/record/replay_impl.h \
	src/record/resume.c src/record/resume.h \
	src/report/junit_cases.c src/report/junit_cases.h \
	src/report/junit_points.c src/report/junit_points.h \
	src/report/out.c src/report/out.h \
	src/report/pace.c src/report/pace.h \
	src/report/relayed.c src/report/relayed.h \
	src/report/report.c src/report/report.h \
	src/report/html_bins.c src/report/html_bins.h \
	src/report/html_failure.c \
	src/report/html_impl.h \
	src/report/html_page.c \
	src/report/html_tables.c \
	src/report/html_text.c src/report/html_text.h \
	src/report/html_timeline.c \
	src/report/html_top.c src/report/html_top.h \
	src/report/report_github.c \
	src/report/report_html.c \
	src/report/report_json.c \
	src/report/report_junit.c \
	src/report/report_tap.c \
	src/report/report_term.c \
	src/report/report_trace.c \
	src/report/roster.c src/report/roster.h \
	src/report/slowest.c src/report/slowest.h \
	src/report/status.c src/report/status.h \
	src/report/style.c src/report/style.h \
	src/report/repeats.c src/report/repeats.h \
	src/report/stress.c src/report/stress.h \
	src/report/summary.c src/report/summary.h \
	src/report/utf8.c src/report/utf8.h \
	src/report/visible.c src/report/visible.h \
	src/report/words.c src/report/words.h \
	src/report/xml.c src/report/xml.h \
	src/run/bury.c src/run/bury.h \
	src/run/chain.c src/run/chain.h \
	src/run/collect.c src/run/collect.h \
	src/run/core.c src/run/core.h \
	src/run/crew.c src/run/crew.h \
	src/run/debug.c src/run/debug.h \
	src/run/estate.c src/run/estate.h \
	src/run/evidence.c src/run/evidence.h \
	src/run/feed.c src/run/feed.h \
	src/run/fill.c src/run/fill.h \
	src/run/groups.c src/run/groups.h \
	src/run/keeper.c src/run/keeper.h \
	src/run/image.c src/run/image.h \
	src/run/images.c src/run/images.h \
	src/run/interim.c src/run/interim.h \
	src/run/keys.c src/run/keys.h \
	src/run/loader.c src/run/loader.h \
	src/run/locks.c src/run/locks.h \
	src/run/oom.c src/run/oom.h \
	src/run/pause.c src/run/pause.h \
	src/run/pen.c src/run/pen.h \
	src/run/plugin.c src/run/plugin.h \
	src/run/plugin_event.c \
	src/run/plugin_hint.c \
	src/run/plugin_impl.h \
	src/run/plugin_inbox.c \
	src/run/plugin_run.c \
	src/run/queue.c src/run/queue.h \
	src/run/recheck.c src/run/recheck.h \
	src/run/relay.c src/run/relay.h \
	src/run/release.c src/run/release.h \
	src/run/retry.c src/run/retry.h \
	src/run/roster.c src/run/roster.h \
	src/run/pressure.c src/run/pressure.h \
	src/run/run.c src/run/run.h \
	src/run/run_impl.h \
	src/run/signals.c src/run/signals.h \
	src/run/stop.c src/run/stop.h \
	src/run/tell.c src/run/tell.h \
	src/run/tick.c src/run/tick.h \
	src/run/tokens.c src/run/tokens.h \
	src/run/unwind.c src/run/unwind.h \
	src/run/unwinder.c src/run/unwinder.h \
	src/run/warden.c src/run/warden.h \
	src/run/volley.c src/run/volley.h \
	src/run/watchdog.c src/run/watchdog.h \
	src/sched/auto.c src/sched/auto.h \
	src/sched/canary.c src/sched/canary.h \
	src/sched/draft.c src/sched/draft.h \
	src/sched/estimate.c src/sched/estimate.h \
	src/sched/gates.c src/sched/gates.h \
	src/sched/groups.c src/sched/groups.h \
	src/sched/keys.c src/sched/keys.h \
	src/sched/kinds.c src/sched/kinds.h \
	src/sched/lines.c src/sched/lines.h \
	src/sched/locks.c src/sched/locks.h \
	src/sched/memory.c src/sched/memory.h \
	src/sched/order.c src/sched/order.h \
	src/sched/predict.c src/sched/predict.h \
	src/sched/radix.c src/sched/radix.h \
	src/sched/sched.c src/sched/sched.h \
	src/sched/sched_each.c \
	src/sched/sched_load.c \
	src/sched/sched_longest.c \
	src/sched/sched_replay.c \
	src/sched/sched_worksteal.c \
	src/sched/shard.c src/sched/shard.h \
	src/sched/units.c src/sched/units.h \
	src/sched/volleys.c src/sched/volleys.h \
	src/shm/arena.c src/shm/arena.h \
	src/shm/brief.c src/shm/brief.h \
	src/shm/catalog.c src/shm/catalog.h \
	src/shm/folders.c src/shm/folders.h \
	src/shm/hint.c src/shm/hint.h \
	src/shm/layout.h \
	src/shm/notes.c src/shm/notes.h \
	src/shm/view.c src/shm/view.h \
	src/shm/usage.h \
	src/shm/wire.c src/shm/wire.h \
	src/shm/wreck.c src/shm/wreck.h \
	src/suite/adapter.c src/suite/adapter.h \
	src/suite/adapter_check.c \
	src/suite/adapter_cmocka.c \
	src/suite/adapter_criterion.c \
	src/suite/adapter_criterion_program.c \
	src/suite/adapter_criterion_static.c \
	src/suite/adapter_command.c \
	src/suite/adapter_ctest.c \
	src/suite/adapter_gtest.c \
	src/suite/adapter_meson.c \
	src/suite/adapter_native.c \
	src/suite/adapter_program.c \
	src/suite/adapter_programs.c \
	src/suite/adapter_unity.c \
	src/suite/attributes.c src/suite/attributes.h \
	src/suite/check.h \
	src/suite/criterion.h \
	src/suite/criterion_image.c src/suite/criterion_image.h \
	src/suite/criterion_judge.c \
	src/suite/criterion_list.c src/suite/criterion_list.h \
	src/suite/elf.c src/suite/elf.h \
	src/suite/expr.c src/suite/expr.h src/suite/expr_impl.h \
	src/suite/expr_parse.c \
	src/suite/gtest.h \
	src/suite/heritage.c src/suite/heritage.h \
	src/suite/heap.c src/suite/heap.h \
	src/suite/leaks.c src/suite/leaks.h \
	src/suite/libtool.c src/suite/libtool.h \
	src/suite/names.c src/suite/names.h \
	src/suite/origin.c src/suite/origin.h \
	src/suite/ctest.c src/suite/ctest.h \
	src/suite/ctest_sources.c \
	src/suite/meson.c src/suite/meson.h \
	src/suite/pattern.c src/suite/pattern.h \
	src/suite/program.c src/suite/program.h \
	src/suite/program_list.c src/suite/program_list.h \
	src/suite/uses.c src/suite/uses.h \
	src/suite/words.c src/suite/words.h \
	src/suite/programs.c src/suite/programs.h \
	src/suite/runtime.c src/suite/runtime.h \
	src/suite/select.c src/suite/select.h \
	src/suite/served.h \
	src/suite/served_image.c src/suite/served_image.h \
	src/suite/served_list.c src/suite/served_list.h \
	src/suite/served_notes.c src/suite/served_notes.h \
	src/suite/server.c src/suite/server.h \
	src/suite/tap.c src/suite/tap.h \
	src/suite/tap_line.c src/suite/tap_line.h \
	src/suite/tool.c src/suite/tool.h \
	src/unwind/demangle.c src/unwind/demangle.h \
	src/unwind/trim.c src/unwind/trim.h \
	src/unwind/walk.c src/unwind/walk.h \
	src/work/body.c src/work/body.h \
	src/work/capture.c src/work/capture.h \
	src/work/child.c src/work/child.h \
	src/work/claim.c src/work/claim.h \
	src/work/core.c src/work/core.h \
	src/work/counters.c src/work/counters.h \
	src/work/debug.c src/work/debug.h \
	src/work/door.c src/work/door.h \
	src/work/doorbell.c src/work/doorbell.h \
	src/work/exec.c src/work/exec.h \
	src/work/explain.c src/work/explain.h \
	src/work/fixture.c src/work/fixture.h \
	src/work/folder.c src/work/folder.h \
	src/work/guard.c src/work/guard.h src/work/guard_regs.h \
	src/work/holding.c src/work/holding.h \
	src/work/leftover.c src/work/leftover.h \
	src/work/listen.c src/work/listen.h \
	src/work/meter.c src/work/meter.h \
	src/work/one.c src/work/one.h \
	src/work/onset.c src/work/onset.h \
	src/work/processor.c src/work/processor.h \
	src/work/serve.c src/work/serve.h \
	src/work/stage.c src/work/stage.h \
	src/work/stopwatch.c src/work/stopwatch.h \
	src/work/variables.c src/work/variables.h \
	src/work/work.c src/work/work.h \
	src/work/worker.h

if COVERAGE
libshmrun_a_SOURCES += src/base/coverage.c
endif

if URING
libshmrun_a_SOURCES += src/loop/loop_uring.c
endif

# All of it for suites that are programs: one object that exports a name and no
# more, so that no function of a suite can meet one of ours.
mainlibdir = $(libdir)
mainlib_DATA = libshmrun_main.a
noinst_LIBRARIES += libembed.a
libembed_a_SOURCES = src/embed.c src/front.c
EXTRA_LIBRARIES += libembed_main.a
libembed_main_a_SOURCES = src/embed_main.c

libshmrun_main.a: libshmrun.a libembed.a libembed_main.a
	$(AM_V_AR)rm -f $@ && $(LD) -r -o embed.$(OBJEXT) --whole-archive \
		libembed.a libshmrun.a && \
		$(OBJCOPY) --localize-hidden embed.$(OBJEXT) && \
		$(AR) $(ARFLAGS) $@ embed.$(OBJEXT) \
			$(libembed_main_a_OBJECTS) && $(RANLIB) $@
# EXTRA_LIBRARIES are not cleaned by themselves.
CLEANFILES += libshmrun_main.a libembed_main.a embed.$(OBJEXT)

# What Criterion suites find instead of Criterion's library: a shared object
# of its own, which becomes a part of the program.  Few mappings: each is
# copied at every fork of a test child.
SHIM_FILES = \
	src/shim/assert.c \
	src/shim/control.c \
	src/shim/embed.c \
	src/shim/embed_suite.c \
	src/shim/redirect.c \
	src/shim/text.c \
	src/shim/theory.c \
	src/shim/theory_call.c \
	src/shim/values.c
SHIM_INCLUDES = \
	src/shim/shim.h \
	src/shim/theory.h
SHIM_LINK = -Wl,-soname,libcriterion.so.3 -Wl,-z,noseparate-code \
	-Wl,-z,now -Wl,-s

src/shim/criterion.so: $(SHIM_FILES) $(SHIM_INCLUDES) \
		$(top_srcdir)/src/suite/criterion.h \
		$(top_srcdir)/src/suite/adapter.h
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && $(SO_COMPILE) $(AM_CPPFLAGS) \
		-fvisibility=hidden -fexceptions $(SHIM_LINK) -o $@ \
		$(SHIM_FILES:%=$(top_srcdir)/%)
src/suite/criterion_image.$(OBJEXT): src/shim/criterion.so
CLEANFILES += src/shim/criterion.so
EXTRA_DIST += $(SHIM_FILES) $(SHIM_INCLUDES)

# What goes in front of programs of other frameworks: an object each.
SERVE_COMMON = src/shim/serve.c src/shim/patch.c
SERVE_OF = src/shim/serve_check.c src/shim/serve_cmocka.c \
	src/shim/serve_criterion.c src/shim/serve_gtest.c \
	src/shim/serve_unity.c
SERVE_CHECK = src/shim/check_suite.c
SERVE_CRITERION = src/shim/collect.c
SERVE_GTEST = src/shim/mocks.c
SERVE_FILES = $(SERVE_COMMON) $(SERVE_OF) $(SERVE_CHECK) $(SERVE_CRITERION) \
	$(SERVE_GTEST)
SERVE_INCLUDES = src/shim/check.h src/shim/collect.h src/shim/mocks.h \
	src/shim/patch.h src/shim/serve.h
SERVE_OBJECTS = $(SERVE_OF:.c=.so)

$(SERVE_OBJECTS): src/shim/serve_%.so: src/shim/serve_%.c $(SERVE_COMMON) \
		$(SERVE_INCLUDES) $(top_srcdir)/src/suite/served.h \
		$(top_srcdir)/src/suite/adapter.h
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && $(SO_COMPILE) $(AM_CPPFLAGS) \
		-fvisibility=hidden -fexceptions -Wl,-z,noseparate-code \
		-Wl,-z,now -Wl,-z,norelro -Wl,-s $(SERVE_NAME) -o $@ \
		$(SERVE_COMMON:%=$(top_srcdir)/%) $(SERVE_MORE:%=$(top_srcdir)/%) \
		$(top_srcdir)/src/shim/serve_$*.c
src/shim/serve_check.so: SERVE_MORE = $(SERVE_CHECK)
src/shim/serve_check.so: $(SERVE_CHECK) $(top_srcdir)/src/suite/check.h
# This one is the library, too.
src/shim/serve_criterion.so: SERVE_NAME = -Wl,-soname,libcriterion.so.3
src/shim/serve_criterion.so: SERVE_MORE = $(SERVE_CRITERION) \
	$(SHIM_FILES:%embed_suite.c=)
src/shim/serve_criterion.so: $(SERVE_CRITERION) $(SHIM_FILES) $(SHIM_INCLUDES) \
		$(top_srcdir)/src/suite/criterion.h
src/shim/serve_gtest.so: SERVE_MORE = $(SERVE_GTEST)
src/shim/serve_gtest.so: $(SERVE_GTEST) $(top_srcdir)/src/suite/gtest.h
src/suite/served_image.$(OBJEXT): $(SERVE_OBJECTS)
CLEANFILES += $(SERVE_OBJECTS)
EXTRA_DIST += $(SERVE_FILES) $(SERVE_INCLUDES)

EXTRA_DIST += src/FLOORS \
	src/base/README.md \
	src/cli/README.md \
	src/host/README.md \
	src/load/README.md \
	src/lockfree/README.md \
	src/loop/README.md \
	src/model/README.md \
	src/record/README.md \
	src/report/README.md \
	src/run/README.md \
	src/sched/README.md \
	src/shim/README.md \
	src/shm/README.md \
	src/suite/README.md \
	src/unwind/README.md \
	src/work/README.md

# The style and the script of the HTML report, as C strings: without comments
# and indents.  The hash is what the page's own policy lets run;
# tests/cli/html.sh knows the right one.
HTML_ASSETS = src/report/html/style.css src/report/html/script.js \
	src/report/html/script.hash
EXTRA_DIST += $(HTML_ASSETS)
nodist_libshmrun_a_SOURCES = src/report/html_assets.c
BUILT_SOURCES += src/report/html_assets.c
CLEANFILES += src/report/html_assets.c

src/report/html_assets.c: $(HTML_ASSETS) $(top_srcdir)/scripts/embed-text
	$(AM_V_GEN)$(MKDIR_P) $(@D) && { \
		echo '#include "report/html_impl.h"' && \
		$(top_srcdir)/scripts/embed-text html_style \
			$(top_srcdir)/src/report/html/style.css && \
		$(top_srcdir)/scripts/embed-text html_script \
			$(top_srcdir)/src/report/html/script.js && \
		$(top_srcdir)/scripts/embed-text html_script_hash \
			$(top_srcdir)/src/report/html/script.hash; \
	} >$@.new && mv $@.new $@
