# SPDX-License-Identifier: MIT
# Example suites: plain shared objects, as a user builds them.

# NAME.c becomes NAME.so beside it.
EXAMPLE_C = \
	examples/hello/hello.c \
	examples/scheduler/by_file.c \
	examples/scheduler/shortest.c

# A suite of several files: against the real xxHash.
XXHASH_SUITE = examples/xxhash/xxhash.so
XXHASH_FILES = \
	examples/xxhash/algo.c \
	examples/xxhash/canonical.c \
	examples/xxhash/change.c \
	examples/xxhash/input.c \
	examples/xxhash/oneshot.c \
	examples/xxhash/reference.c \
	examples/xxhash/secret.c \
	examples/xxhash/streaming.c \
	examples/xxhash/vectors.c
XXHASH_INCLUDES = \
	examples/xxhash/algo.h \
	examples/xxhash/input.h \
	examples/xxhash/reference.h \
	examples/xxhash/words.h

EXAMPLE_SUITES = $(EXAMPLE_C:.c=.so) $(XXHASH_SUITE)

# A suite that runs itself.
EXAMPLE_PROGRAM = examples/hello/hello

noinst_DATA += $(EXAMPLE_SUITES) $(EXAMPLE_PROGRAM)
CLEANFILES += $(EXAMPLE_SUITES) $(EXAMPLE_PROGRAM)
EXTRA_DIST += $(EXAMPLE_C) $(XXHASH_FILES) $(XXHASH_INCLUDES) \
	examples/README.md examples/scheduler/README.md examples/xxhash/README.md

# How a suite is built: no config.h, nothing of src/.  Libraries that one
# suite needs are its SO_LIBS.
SO_COMPILE = $(CC) $(CPPFLAGS) -I$(top_srcdir)/include $(SO_CFLAGS) \
	$(CFLAGS) -fPIC -shared $(SO_LDFLAGS) $(LDFLAGS)
SO_CXXCOMPILE = $(CXX) $(CPPFLAGS) -I$(top_srcdir)/include $(SO_CXXFLAGS) \
	$(CXXFLAGS) -fPIC -shared $(SO_LDFLAGS) $(LDFLAGS)
SO_INCLUDES = $(top_srcdir)/include/shmrun.h \
	$(top_srcdir)/include/shmrun-sched.h

.c.so:
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && $(SO_COMPILE) -o $@ $< $(SO_LIBS)

.cc.so:
	$(AM_V_CXXLD)$(MKDIR_P) $(@D) && $(SO_CXXCOMPILE) -o $@ $< $(SO_LIBS)

$(EXAMPLE_SUITES): $(SO_INCLUDES)

$(XXHASH_SUITE): $(XXHASH_FILES) $(XXHASH_INCLUDES)
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && $(SO_COMPILE) $(XXHASH_CFLAGS) -o $@ \
		$(XXHASH_FILES:%=$(top_srcdir)/%) $(XXHASH_LIBS)

# As with pkg-config --cflags --libs shmrun-main, of this build.
$(EXAMPLE_PROGRAM): examples/hello/hello.c libshmrun_main.a $(SO_INCLUDES)
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && $(CC) $(CPPFLAGS) \
		-I$(top_srcdir)/include $(CFLAGS) $(LDFLAGS) -o $@ $< -L. \
		-lshmrun_main $(URING_LIBS) -ldl -lpthread $(BUILD_LDFLAGS)
