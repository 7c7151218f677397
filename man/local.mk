# SPDX-License-Identifier: MIT

dist_man_MANS += \
	man/shmrun-events.5 \
	man/shmrun-recording.5 \
	man/shmrun-sched.7 \
	man/shmrun.1 \
	man/shmrun-suite.7 \
	man/shmrun.conf.5

EXTRA_DIST += man/options-mdoc.c

# man shmrun.h is the page of the suites that include it.
install-data-hook: install-man-alias
uninstall-hook: uninstall-man-alias
.PHONY: install-man-alias uninstall-man-alias
install-man-alias:
	$(AM_V_at)$(MKDIR_P) '$(DESTDIR)$(mandir)/man3' && cd '$(DESTDIR)$(mandir)/man3' && \
		rm -f shmrun.h.3 && \
		ln -s ../man7/shmrun-suite.7 shmrun.h.3
uninstall-man-alias:
	$(AM_V_at)rm -f '$(DESTDIR)$(mandir)/man3/shmrun.h.3'
