/* SPDX-License-Identifier: MIT */
/*
 * serve.h - tests of programs: the worker's own server (suite/server.h), and
 * what it says of a test (suite/served.h).
 *
 * A worker has one server at a time: for a suite and an entry of it.  It is
 * started with the first test of them and ends when a test of others comes,
 * or the worker leaves; then the fixtures of all its tests go down in it.
 */
#ifndef WORK_SERVE_H
#define WORK_SERVE_H

struct worker;
struct errand;
struct finding;

/* Runs the test in a child of the server and waits for it. */
void serve_run(struct worker *w, const struct errand *e, struct finding *f);

/* Out of the server, if there is one. */
void serve_leave(struct worker *w);

#endif
