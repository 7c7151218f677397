/* SPDX-License-Identifier: MIT */
/*
 * folder.h - the temporary folder of the test that runs in this worker
 * (VAR-12, DEF-18), and that of its fixtures.
 *
 * All variables that name it are written in place: a test that leaves it alone
 * costs one look.  Worker only; shm/folders.h has the names.
 */
#ifndef WORK_FOLDER_H
#define WORK_FOLDER_H

#include <stdbool.h>

struct finding;
struct heritage;
struct worker;

/* Once per worker, when its slot is its own. */
void folder_open(struct worker *w, const struct heritage *h);
/* Before its first test, outside of that one's time: the slot's folder is made
 * when somebody needs it.  In the test: false, noted, when there is none. */
void folder_prepare(struct worker *w);
bool folder_is_there(void);
/* When it leaves in good order. */
void folder_close(const struct worker *w);

/* Whose folder code of the suite sees from now on.  Mostly a test's. */
enum folder_of { FOLDER_TEST, FOLDER_FIXTURES, FOLDER_RUN };
void folder_show(const struct worker *w, enum folder_of whose);

/* Behind a test, and all that it had: its folder is emptied or kept, which is
 * noted. */
void folder_end(struct worker *w, struct finding *f);

/* Where what a test that fails has left stays; NULL = nowhere. */
const char *folder_of_failure(void);

/* The root; NULL = there are no folders. */
const char *folder_root(void);

#endif
