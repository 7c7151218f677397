/* SPDX-License-Identifier: MIT */
/*
 * body.h - one attempt: test fixtures, the body, and the verdict as far as
 * this process can see it.  The same in a worker and in a test child.
 */
#ifndef WORK_BODY_H
#define WORK_BODY_H

#include "model/outcome.h"

struct adapter_end;
struct errand;

/* Runs it between stage_begin() and the look at stage_failures(). */
enum outcome body_run(const struct errand *e);
/* The same under LeakSanitizer: a test that passes and leaks has failed. */
enum outcome body_run_watched(const struct errand *e);

/* The verdict of the test's adapter; notes why. */
enum outcome body_judge(const struct errand *e, struct adapter_end *end);

#endif
