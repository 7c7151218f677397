/* SPDX-License-Identifier: MIT */
#include "tests/model/site.h"

#include <stdio.h>
#include <string.h>

#define TAGS_MAX 256

static struct tag tags[TAGS_MAX];
static size_t n_tags;
static struct tag *mutated;
static enum mutation mutation;

static const char *const mutation_names[N_MUTATIONS] = {
	[MUTATION_NONE] = "none",	[MUTATION_RELAXED] = "relaxed",
	[MUTATION_ACQUIRE] = "acquire", [MUTATION_RELEASE] = "release",
	[MUTATION_DROP] = "drop",	[MUTATION_SPLIT] = "split",
	[MUTATION_LATE] = "late",	[MUTATION_LATER] = "later",
};

bool site_open(const char *path)
{
	FILE *f = fopen(path, "r");
	struct tag t = { 0 };

	if (!f) {
		perror(path);
		return false;
	}
	while (n_tags < TAGS_MAX &&
	       fscanf(f, "%7s %63s %d %d %31s", t.name, t.file, &t.first,
		      &t.last, t.call) == 5)
		tags[n_tags++] = t;
	fclose(f);
	if (n_tags == 0 || n_tags == TAGS_MAX) {
		fprintf(stderr, "%s: no tags, or too many\n", path);
		return false;
	}
	return true;
}

static bool site_is_in(const struct site *site, const char *file)
{
	size_t len = strlen(site->file), end = strlen(file);

	return len >= end && strcmp(site->file + len - end, file) == 0;
}

/* __LINE__ of a call over several lines is the first or the last of them. */
static struct tag *site_find(const struct site *site)
{
	size_t i;

	for (i = 0; i < n_tags; i++)
		if (site->line >= tags[i].first && site->line <= tags[i].last &&
		    site_is_in(site, tags[i].file))
			return &tags[i];
	return NULL;
}

static struct tag *site_tag(struct site *site)
{
	if (!site->known) {
		site->tag = site_find(site);
		site->known = true;
	}
	return site->tag;
}

bool site_mutate(const char *mutant)
{
	char name[8], word[16];
	size_t i;

	if (sscanf(mutant, "%7s %15s", name, word) != 2)
		return false;
	for (i = 0; i < N_MUTATIONS; i++)
		if (strcmp(word, mutation_names[i]) == 0)
			mutation = (enum mutation)i;
	for (i = 0; i < n_tags; i++)
		if (strcmp(name, tags[i].name) == 0)
			mutated = &tags[i];
	return mutated && mutation != MUTATION_NONE;
}

enum mutation site_mutation(struct site *site)
{
	return mutated && site && site_tag(site) == mutated ? mutation
							    : MUTATION_NONE;
}

void site_reach(struct site *site)
{
	struct tag *tag = site ? site_tag(site) : NULL;

	if (tag)
		tag->reached = true;
}

const char *site_name(struct site *site)
{
	static char text[80];
	const char *file;

	if (!site)
		return "-";
	if (site_tag(site))
		return site->tag->name;
	file = strrchr(site->file, '/');
	snprintf(text, sizeof(text), "%.60s:%d", file ? file + 1 : site->file,
		 site->line);
	return text;
}

/* ---- lists ----------------------------------------------------------- */

static const char *site_mutations_of(const char *call)
{
	if (strstr(call, "fence"))
		return "drop";
	if (strstr(call, "_cas_") || strstr(call, "try_end"))
		return "relaxed acquire release split";
	if (strstr(call, "_add_") || strstr(call, "_exchange_"))
		return "relaxed acquire release split drop";
	if (strstr(call, "store_relaxed"))
		return "drop late";
	if (strstr(call, "_store"))
		return "relaxed drop late later";
	if (strstr(call, "load_relaxed"))
		return "";
	return "relaxed";
}

void site_list_mutants(void)
{
	char words[64], *word;
	size_t i;

	for (i = 0; i < n_tags; i++) {
		printf("%s unreached\n", tags[i].name);
		snprintf(words, sizeof(words), "%s",
			 site_mutations_of(tags[i].call));
		for (word = strtok(words, " "); word; word = strtok(NULL, " "))
			printf("%s %s\n", tags[i].name, word);
	}
}

void site_list_reached(void)
{
	size_t i;

	for (i = 0; i < n_tags; i++) {
		if (tags[i].reached)
			printf(" %s", tags[i].name);
		tags[i].reached = false;
	}
	printf("\n");
}
