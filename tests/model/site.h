/* SPDX-License-Identifier: MIT */
/*
 * site.h - places in the source that hold an atomic operation, their tags
 * (doc/ORDERING.md), and what a mutant does to one of them.
 */
#ifndef TESTS_MODEL_SITE_H
#define TESTS_MODEL_SITE_H

#include <stdbool.h>
#include <stddef.h>

struct tag {
	char name[8];
	char file[64]; /* src/... */
	int first, last; /* lines of the call, and of the comment */
	char call[32];
	bool reached;
};

struct site {
	const char *file;
	int line;
	bool known;	 /* tag was looked for */
	struct tag *tag; /* NULL: not in src */
};

/* What is done to the operation that is mutated. */
enum mutation {
	MUTATION_NONE,
	MUTATION_RELAXED,
	MUTATION_ACQUIRE,
	MUTATION_RELEASE,
	MUTATION_DROP,	/* it is left out */
	MUTATION_SPLIT, /* a load and a store instead of one step */
	MUTATION_LATE,	/* a store moves behind the thread's next operation */
	MUTATION_LATER, /* the same, behind the next five */
	N_MUTATIONS
};

/* Reads the table that tests/model/tags makes; false with a message. */
bool site_open(const char *path);
/* "C4 late"; false when there is no such tag or word. */
bool site_mutate(const char *mutant);
enum mutation site_mutation(struct site *site);
/* Notes that the operation took place. */
void site_reach(struct site *site);
const char *site_name(struct site *site); /* tag, or file:line */

/* Every mutant of every tag, one line each. */
void site_list_mutants(void);
/* Tags that were reached since the last call, on one line. */
void site_list_reached(void);

#endif
