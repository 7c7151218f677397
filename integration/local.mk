# SPDX-License-Identifier: MIT
# What other build systems find shmrun by.

aclocaldir = $(datadir)/aclocal
dist_aclocal_DATA = integration/shmrun.m4

cmakedir = $(datadir)/cmake/shmrun
dist_cmake_DATA = integration/shmrunConfig.cmake
cmake_DATA = integration/shmrunConfigVersion.cmake

PROJECT_FILES = \
	examples/projects/README.md \
	examples/projects/suite.c \
	examples/projects/autoconf/Makefile.in \
	examples/projects/autoconf/configure.ac \
	examples/projects/cmake/CMakeLists.txt \
	examples/projects/meson/meson.build

EXTRA_DIST += integration/README.md $(PROJECT_FILES)
