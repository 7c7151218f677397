# SPDX-License-Identifier: MIT

dist_man_MANS += \
	man/shmrun-sched.7 \
	man/shmrun.1 \
	man/shmrun.h.3

EXTRA_DIST += man/options-mdoc.c
