# SPDX-License-Identifier: MIT
# Fuzz targets.  A target is a file in FUZZ_C and a folder of inputs,
# tests/fuzz/corpus/TARGET.  With --enable-fuzz it is linked with libFuzzer;
# else with replay.c, and make check replays its corpus.

FUZZ_C = \
	tests/fuzz/catalog.c \
	tests/fuzz/cgroup.c \
	tests/fuzz/config.c \
	tests/fuzz/core.c \
	tests/fuzz/criterion.c \
	tests/fuzz/elf.c \
	tests/fuzz/environment.c \
	tests/fuzz/expr.c \
	tests/fuzz/history.c \
	tests/fuzz/hint.c \
	tests/fuzz/jobs.c \
	tests/fuzz/jobserver.c \
	tests/fuzz/json.c \
	tests/fuzz/json_tree.c \
	tests/fuzz/listing.c \
	tests/fuzz/message.c \
	tests/fuzz/notes.c \
	tests/fuzz/options.c \
	tests/fuzz/pattern.c \
	tests/fuzz/proc.c \
	tests/fuzz/programs.c \
	tests/fuzz/quantity.c \
	tests/fuzz/recording.c \
	tests/fuzz/report.c \
	tests/fuzz/select.c \
	tests/fuzz/served.c \
	tests/fuzz/tap.c \
	tests/fuzz/timings.c \
	tests/fuzz/visible.c \
	tests/fuzz/wreck.c

FUZZ_TARGETS = $(FUZZ_C:.c=.fuzz) tests/fuzz/arena.fuzz \
	tests/fuzz/native.fuzz
FUZZ_INCLUDES = \
	tests/fuzz/fuzz.h \
	tests/fuzz/json_valid.h

# What targets share, and main() where libFuzzer does not bring it.
check_LIBRARIES += tests/fuzz/libfuzz.a
tests_fuzz_libfuzz_a_SOURCES = $(FUZZ_INCLUDES) \
	tests/fuzz/fuzz.c \
	tests/fuzz/json_valid.c
if !FUZZ
tests_fuzz_libfuzz_a_SOURCES += tests/fuzz/replay.c
endif

# Each header that a target includes is one of these libraries' too.
FUZZ_ARCHIVES = tests/fuzz/libfuzz.a libshmrun.a
FUZZ_COMPILE = $(CC) $(DEFS) $(AM_CPPFLAGS) $(CPPFLAGS) $(AM_CFLAGS) \
	$(CFLAGS) $(AM_LDFLAGS) $(LDFLAGS) $(FUZZ_LDFLAGS)

.c.fuzz:
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && $(FUZZ_COMPILE) -o $@ $< \
		$(FUZZ_ARCHIVES) $(XXHASH_LIBS) $(URING_LIBS)

$(FUZZ_TARGETS): $(FUZZ_ARCHIVES) $(FUZZ_INCLUDES)

# Larger than a file: a whole run in a played world (world.h).
check_PROGRAMS += tests/fuzz/arena.fuzz
tests_fuzz_arena_fuzz_SOURCES = \
	tests/fuzz/arena.c \
	tests/fuzz/player.c \
	tests/fuzz/tamper.c tests/fuzz/tamper.h \
	tests/fuzz/world.c tests/fuzz/world.h
tests_fuzz_arena_fuzz_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS) \
	-Wl,--wrap=loop_watch,--wrap=loop_unwatch,--wrap=loop_name \
	-Wl,--wrap=loop_wait,--wrap=clock_gettime \
	-Wl,--wrap=sys_pidfd_signal \
	-Wl,--wrap=loader_stop,--wrap=loader_restart
tests_fuzz_arena_fuzz_LDADD = $(FUZZ_ARCHIVES) $(XXHASH_LIBS) $(URING_LIBS)

# dlopen(3) gives the program itself, which is the suite.
check_PROGRAMS += tests/fuzz/native.fuzz
tests_fuzz_native_fuzz_SOURCES = tests/fuzz/native.c
tests_fuzz_native_fuzz_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS) \
	-Wl,--wrap=dlopen,--export-dynamic
tests_fuzz_native_fuzz_LDADD = $(FUZZ_ARCHIVES) $(XXHASH_LIBS) $(URING_LIBS)

if !FUZZ
check_DATA += $(FUZZ_TARGETS)
TESTS += $(FUZZ_TARGETS)
endif
CLEANFILES += $(FUZZ_TARGETS)
EXTRA_DIST += $(FUZZ_C) tests/fuzz/replay.c tests/fuzz/check.sh \
	tests/fuzz/corpus

# A build with libFuzzer in a folder of its own; each target in turn, some at
# a time.  FUZZ_ONLY names those that are wanted, without folder and suffix;
# FUZZ_RESUME=yes goes on with a run that was interrupted.
FUZZ_CC = clang
FUZZ_SECONDS = 60
FUZZ_JOBS = 2
FUZZ_ONLY =
FUZZ_RESUME =

.PHONY: check-fuzz fuzz-targets clean-fuzz
check-fuzz:
	$(AM_V_at)FUZZ_CC='$(FUZZ_CC)' FUZZ_SECONDS='$(FUZZ_SECONDS)' \
		FUZZ_JOBS='$(FUZZ_JOBS)' FUZZ_ONLY='$(FUZZ_ONLY)' \
		FUZZ_RESUME='$(FUZZ_RESUME)' \
		MAKE='$(MAKE)' top_srcdir='$(abs_top_srcdir)' \
		bash $(top_srcdir)/tests/fuzz/check.sh $(FUZZ_TARGETS)
fuzz-targets: $(FUZZ_TARGETS)
clean-local: clean-fuzz
clean-fuzz:
	-rm -rf fuzz
