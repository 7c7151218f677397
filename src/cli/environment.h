/* SPDX-License-Identifier: MIT */
/*
 * environment.h - the environment of the loader, and so of all tests
 * (behaviour rules VAR-2 to VAR-16).
 */
#ifndef CLI_ENVIRONMENT_H
#define CLI_ENVIRONMENT_H

#include "model/listing.h"

#define RUN_ID_CAP 37 /* a UUID as text */

/* A fresh random UUID (RFC 9562, version 4). */
void environment_run_id(char id[RUN_ID_CAP]);

/* This process's environment without inherited SHMRUN_* and without what
 * would make a framework shard by itself, with ours added. */
char **environment_make(const char *run_id, enum isolate isolate);
void environment_free(char **env);

#endif
