/* SPDX-License-Identifier: MIT */
/* explore: runs scenes; see usage(). */
#include "tests/model/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static uint64_t limit = UINT64_MAX;

static const struct scene *const all[] = {
	scene_ring,	scene_deque, scene_cursor,  scene_state,
	scene_results,	scene_gate,  scene_current, scene_fixture,
	scene_keeper,	scene_run,
};

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static bool run(const struct scene *scene)
{
	double begin = seconds();
	struct explored e = explore_scene(scene, limit);

	printf("%s %-16s %s%8llu executions %8llu states %4u steps %7.2f s  %s\n",
	       e.failed ? "not ok" : "ok    ", scene->name,
	       e.whole ? " " : ">", (unsigned long long)e.executions, (unsigned long long)e.states,
	       e.longest, seconds() - begin, scene->what);
	fflush(stdout);
	return !e.failed;
}

static const struct scene *find(const char *name)
{
	const struct scene *scene;
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		for (scene = all[i]; scene->name; scene++)
			if (strcmp(scene->name, name) == 0)
				return scene;
	return NULL;
}

static bool run_and_list(const struct scene *scene, bool reached)
{
	if (!run(scene))
		return false;
	if (reached) {
		printf("reached %s", scene->name);
		site_list_reached();
	}
	return true;
}

/* Those that are named, in that order; false at the first that fails. */
static bool run_named(char **names, int n, bool reached)
{
	const struct scene *scene;
	int i;

	for (i = 0; i < n; i++) {
		scene = find(names[i]);
		if (!scene) {
			fprintf(stderr, "there is no scene %s\n", names[i]);
			return false;
		}
		if (!run_and_list(scene, reached))
			return false;
	}
	return true;
}

static bool run_all(bool reached)
{
	const struct scene *scene;
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		for (scene = all[i]; scene->name; scene++)
			if (!run_and_list(scene, reached))
				return false;
	return true;
}

static void usage(void)
{
	fprintf(stderr,
		"explore [-m 'TAG MUTATION'] [-n N] [-r] TAGS [SCENE...]\n"
		"explore -M TAGS    lists the mutants\n"
		"  TAGS is what tests/model/tags prints; -r says which of them\n"
		"  each scene reached; -m changes one operation; -n stops each\n"
		"  scene after N executions.\n");
	exit(2);
}

int main(int argc, char **argv)
{
	bool reached = false, list = false;
	const char *mutant = NULL;
	int c;

	while ((c = getopt(argc, argv, "m:n:rM")) != -1) {
		switch (c) {
		case 'm': mutant = optarg; break;
		case 'n': limit = strtoull(optarg, NULL, 10); break;
		case 'r': reached = true; break;
		case 'M': list = true; break;
		default: usage();
		}
	}
	if (optind == argc || !site_open(argv[optind]))
		usage();
	if (list) {
		site_list_mutants();
		return 0;
	}
	if (mutant && !site_mutate(mutant))
		usage();
	if (++optind == argc)
		return run_all(reached) ? 0 : 1;
	return run_named(argv + optind, argc - optind, reached) ? 0 : 1;
}
