# SPDX-License-Identifier: MIT
# make bench measures, make bench-smoke (part of make check) only proves that
# the benches work.

BENCH_BINARIES = \
	bench/measure \
	bench/floor \
	bench/history \
	bench/planning \
	bench/report \
	bench/micro/ring \
	bench/micro/deque \
	bench/micro/state \
	bench/micro/results

bench_measure_SOURCES = bench/measure.c
bench_measure_LDADD =
bench_floor_SOURCES = bench/floor.c
bench_floor_LDADD = libshmrun.a
bench_history_SOURCES = bench/history.c
bench_history_LDADD = libshmrun.a
bench_planning_SOURCES = bench/planning.c
bench_planning_LDADD = libshmrun.a
bench_report_SOURCES = bench/report.c
bench_report_LDADD = libshmrun.a
bench_micro_ring_SOURCES = bench/micro/ring.c bench/micro/micro.h
bench_micro_deque_SOURCES = bench/micro/deque.c bench/micro/micro.h
bench_micro_state_SOURCES = bench/micro/state.c bench/micro/micro.h
bench_micro_results_SOURCES = bench/micro/results.c bench/micro/micro.h

# NAME.c becomes NAME.so beside it.
BENCH_C = \
	bench/stamp.c \
	bench/suites/crashes.c \
	bench/suites/dumps.c \
	bench/suites/flood.c \
	bench/suites/idle.c \
	bench/suites/makespan.c \
	bench/suites/range.c \
	bench/suites/registered.c \
	bench/suites/steps.c \
	bench/suites/steps_clock.c \
	bench/suites/work.c
BENCH_INCLUDES = \
	bench/suites/first.h

BENCH_SUITES = $(BENCH_C:.c=.so)
BENCH_FIXTURES = tests/fixtures/manyempty.so tests/fixtures/sleepy.so
BENCH_HELPERS = tests/support/pty

$(BENCH_SUITES): $(SO_INCLUDES) $(BENCH_INCLUDES)

check_PROGRAMS += $(BENCH_BINARIES)
check_DATA += $(BENCH_SUITES)
CLEANFILES += $(BENCH_SUITES) bench/peers/gtest bench/peers/cmocka \
	bench/peers/cmocka_few bench/peers/gtest_few \
	bench/peers/gtest_many bench/peers/criterion \
	bench/peers/criterion.so
TESTS += bench/smoke.tap

# Only what make bench itself needs, not all that make check builds.
.PHONY: bench bench-smoke
bench: all $(BENCH_BINARIES) $(BENCH_SUITES) $(BENCH_FIXTURES) \
		$(BENCH_HELPERS)
	@$(AM_TESTS_ENVIRONMENT) BENCH_CFLAGS='$(CFLAGS)' \
		bash $(top_srcdir)/bench/run $(BENCH_PARTS)

bench-smoke: all $(BENCH_BINARIES) $(BENCH_SUITES) $(BENCH_FIXTURES) \
		$(BENCH_HELPERS)
	@$(AM_TESTS_ENVIRONMENT) bash $(top_srcdir)/bench/smoke.tap

EXTRA_DIST += bench/hostile/bodies.h bench/hostile/check.c \
	bench/hostile/criterion.c bench/hostile/expected \
	bench/hostile/gtest.cc bench/hostile/program.c bench/hostile/run \
	bench/hostile/suite.c
EXTRA_DIST += $(BENCH_C) $(BENCH_INCLUDES) bench/README.md bench/lib.sh \
	bench/peers/cmocka.c bench/peers/criterion.c bench/peers/gtest.cc \
	bench/run bench/smoke.tap bench/parts/contain.sh \
	bench/parts/crash.sh bench/parts/dump.sh \
	bench/parts/criterion.sh bench/parts/crowd.sh bench/parts/exec.sh bench/parts/fork.sh \
	bench/parts/cmocka.sh bench/parts/criterion.sh bench/parts/crowd.sh \
	bench/parts/elf.sh bench/parts/filter.sh \
	bench/parts/fork.sh bench/parts/gtest.sh \
	bench/parts/history.sh bench/parts/instructions.sh \
	bench/parts/makespan.sh bench/parts/micro.sh bench/parts/output.sh \
	bench/parts/planning.sh bench/parts/report.sh \
	bench/parts/record.sh \
	bench/parts/scale.sh bench/parts/watched.sh bench/parts/worker.sh
