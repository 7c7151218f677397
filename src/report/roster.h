/* SPDX-License-Identifier: MIT */
/*
 * roster.h - what runs now, in lines for people who asked.
 *
 * Pure.
 */
#ifndef REPORT_ROSTER_H
#define REPORT_ROSTER_H

#include "base/str.h"
#include "model/event.h"

void roster_add(struct str *out, const struct event_run *run,
		const struct event_roster *roster);

#endif
