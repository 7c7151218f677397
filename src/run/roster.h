/* SPDX-License-Identifier: MIT */
/*
 * roster.h - who runs what at this moment, for people who ask (SIG-5, SIG-8).
 *
 * Runner only.
 */
#ifndef RUN_ROSTER_H
#define RUN_ROSTER_H

enum roster_detail {
	ROSTER_BRIEF,	/* one line */
	ROSTER_TESTS,	/* each running test */
	ROSTER_OUTPUTS, /* and the end of what it wrote */
};

struct run;

void roster_tell(struct run *run, enum roster_detail detail);

#endif
