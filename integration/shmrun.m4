# shmrun.m4 - find shmrun, to run tests with.
# SPDX-License-Identifier: FSFAP
#
# Copying and distribution of this file, with or without modification, are
# permitted in any medium without royalty provided this notice is preserved.
# It is offered as is, without any warranty.

# SHMRUN_CHECK([MINIMUM-VERSION], [IF-FOUND], [IF-NOT])
# -----------------------------------------------------
# Sets SHMRUN to the program, false when there is none, and SHMRUN_CFLAGS to
# what <shmrun.h> needs.  The user may set both.
AC_DEFUN([SHMRUN_CHECK],
[AC_REQUIRE([PKG_PROG_PKG_CONFIG])dnl
AC_ARG_VAR([SHMRUN], [the program that runs tests])dnl
PKG_CHECK_MODULES([SHMRUN], [shmrun]m4_ifnblank([$1], [ >= $1]),
	[shmrun_found=yes], [shmrun_found=no])
AS_IF([test "$shmrun_found" = yes && test -z "$SHMRUN"],
	[SHMRUN=`$PKG_CONFIG --variable=shmrun shmrun`])
AC_PATH_PROG([SHMRUN], [shmrun], [false])
AS_IF([test "$shmrun_found" = yes && test "$SHMRUN" != false],
	[m4_default([$2], [:])], [SHMRUN=false
	m4_default([$3], [:])])
])
