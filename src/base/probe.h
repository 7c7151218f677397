/* SPDX-License-Identifier: MIT */
/*
 * probe.h - places where a tracer may look on (USDT: perf, bpftrace, stap).
 *
 * A probe that nobody looks at is one nop: its arguments are what lies in
 * registers or in memory there anyway.  Where <sys/sdt.h> was missing when
 * shmrun was built, there are none.  shmrun(1) lists them for users, and
 * tests/cli/doctor.sh holds the program to that.
 */
#ifndef BASE_PROBE_H
#define BASE_PROBE_H

#if HAVE_SYS_SDT_H
#include <sys/sdt.h>
#define probe2(name, a, b) DTRACE_PROBE2(shmrun, name, a, b)
#define probe3(name, a, b, c) DTRACE_PROBE3(shmrun, name, a, b, c)
#else
#define probe2(name, a, b) ((void)(a), (void)(b))
#define probe3(name, a, b, c) ((void)(a), (void)(b), (void)(c))
#endif

#endif
