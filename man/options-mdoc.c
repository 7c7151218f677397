/* SPDX-License-Identifier: MIT */
/*
 * options-mdoc.c - prints the OPTIONS list of shmrun(1) as mdoc(7) source.
 *
 * Made from the table from which the program parses, so that the manual
 * cannot tell another story.  Not installed; scripts/check-man-options
 * builds and runs it.
 */
#include <stdio.h>
#include <string.h>

struct row {
	char letter;
	const char *name, *arg, *deflt, *help, *manual;
};

static const struct row rows[] = {
#define OPTION(id, letter, name, arg, deflt, help, manual)                    \
	{ letter, name, arg, deflt, help, manual },
#include "cli/options.tbl.h"
#undef OPTION
};

static void print_heading(const struct row *row)
{
	printf(".It ");
	if (row->letter)
		printf("Fl %c ", row->letter);
	if (row->letter && *row->arg)
		printf("Ar %s ", row->arg);
	if (row->letter)
		printf(", ");
	printf("Fl -%s", row->name);
	if (strncmp(row->arg, "[=", 2) == 0)
		printf(" Ns Oo = Ns Ar %.*s Oc",
		       (int)strlen(row->arg) - 3, row->arg + 2);
	else if (*row->arg)
		printf(" Ns = Ns Ar %s", row->arg);
	printf("\n");
}

int main(void)
{
	size_t i;

	printf(".Bl -tag -width Ds\n");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_heading(&rows[i]);
		printf("%s", rows[i].manual);
		if (*rows[i].deflt)
			printf("The default is\n.Cm %s .\n", rows[i].deflt);
	}
	printf(".El\n");
	return ferror(stdout) || fclose(stdout) == EOF;
}
