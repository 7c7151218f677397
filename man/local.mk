# SPDX-License-Identifier: MIT

dist_man_MANS += \
	man/shmrun-events.5 \
	man/shmrun-recording.5 \
	man/shmrun-sched.7 \
	man/shmrun.1 \
	man/shmrun.conf.5 \
	man/shmrun.h.3

EXTRA_DIST += man/options-mdoc.c
