/* SPDX-License-Identifier: MIT */
#include "cli/live_run.h"

#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_CAP 320 /* of what is named below /proc */
#define PIDS_CAP 4096

/* ---- what proc(5) says ----------------------------------------------- */

/* Where a descriptor of a process leads: false when it cannot be told. */
static bool process_link(pid_t pid, const char *fd, char *path, char *target)
{
	ssize_t len;

	snprintf(path, PATH_CAP, "/proc/%d/fd/%.20s", (int)pid, fd);
	len = readlink(path, target, PATH_CAP - 1);
	if (len > 0)
		target[len] = '\0';
	return len > 0;
}

/* Calls each for each open descriptor, until it returns false. */
static void process_files(pid_t pid,
			  bool (*each)(void *ctx, const char *path,
				       const char *target),
			  void *ctx)
{
	char path[PATH_CAP], target[PATH_CAP];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		if (process_link(pid, entry->d_name, path, target) &&
		    !each(ctx, path, target))
			break;
	if (dir)
		closedir(dir);
}

/* ---- the runner ------------------------------------------------------ */

/* Paths of what makes a process a runner. */
struct runner_files {
	char catalog[PATH_CAP], arena[PATH_CAP], recording[PATH_CAP];
};

static bool ends_in(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);

	return len >= n && strcmp(text + len - n, end) == 0;
}

static bool runner_file(void *ctx, const char *path, const char *target)
{
	struct runner_files *files = ctx;

	if (strncmp(target, "/memfd:shmrun-catalog ", 22) == 0)
		snprintf(files->catalog, PATH_CAP, "%s", path);
	else if (strncmp(target, "/memfd:shmrun-arena ", 20) == 0)
		snprintf(files->arena, PATH_CAP, "%s", path);
	else if (ends_in(target, ".shmres"))
		snprintf(files->recording, PATH_CAP, "%s", path);
	return true;
}

static int runner_view(struct view *view, const struct runner_files *files,
		       struct err *err)
{
	int catalog_fd = open(files->catalog, O_RDONLY | O_CLOEXEC);
	int arena_fd = open(files->arena, O_RDONLY | O_CLOEXEC);
	int ret = -ENOENT;

	if (catalog_fd >= 0 && arena_fd >= 0)
		ret = view_open(view, catalog_fd, arena_fd, err);
	if (catalog_fd >= 0)
		close(catalog_fd);
	if (arena_fd >= 0)
		close(arena_fd);
	return ret;
}

/* Is pid a runner, and what run is it?  Also -EPERM and the like: no. */
static bool runner_open(struct live_run *run, pid_t pid,
			struct runner_files *files)
{
	*files = (struct runner_files){ 0 };
	process_files(pid, runner_file, files);
	if (!*files->catalog || !*files->arena ||
	    runner_view(&run->view, files, NULL) < 0)
		return false;
	run->pid = pid;
	if (proc_stat(pid, &run->runner) &&
	    run->view.arena.header->runner_pid == (uint32_t)pid)
		return true;
	view_close(&run->view);
	return false;
}

static bool run_is_meant(const struct live_run *run, const char *name)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", (int)run->pid);
	return !name || strcmp(pid, name) == 0 ||
	       strncmp(run->view.catalog.header->run_id, name,
		       strlen(name)) == 0;
}

/* Of those that are meant the one that began last. */
static bool runner_find(struct live_run *run, const char *name,
			struct runner_files *files)
{
	struct runner_files its;
	struct dirent *entry;
	struct live_run one = { 0 };
	DIR *dir = opendir("/proc");
	bool found = false;

	while (dir && (entry = readdir(dir))) {
		pid_t pid = (pid_t)atoi(entry->d_name);

		if (pid <= 0 || !runner_open(&one, pid, &its))
			continue;
		if (!run_is_meant(&one, name) ||
		    (found && one.runner.start_ns < run->runner.start_ns)) {
			view_close(&one.view);
			continue;
		}
		if (found)
			view_close(&run->view);
		*run = one;
		*files = its;
		found = true;
	}
	if (dir)
		closedir(dir);
	return found;
}

/* ---- its slots ------------------------------------------------------- */

#define SPOOL_NAME "/memfd:shmrun-spool-"

/* The slot whose output this is; UINT32_MAX for other files. */
static uint32_t spool_slot(const char *target)
{
	unsigned slot;

	if (strncmp(target, SPOOL_NAME, strlen(SPOOL_NAME)) != 0 ||
	    sscanf(target + strlen(SPOOL_NAME), "%u ", &slot) != 1)
		return UINT32_MAX;
	return slot;
}

static bool slot_spool(void *ctx, const char *path, const char *target)
{
	struct live_run *run = ctx;
	uint32_t slot = spool_slot(target);

	if (slot < run->n_slots &&
	    run->slots[slot].spool_fd < 0)
		run->slots[slot].spool_fd = open(path, O_RDONLY | O_CLOEXEC);
	return true;
}

static bool worker_spool(void *ctx, const char *path, const char *target)
{
	uint32_t *slot = ctx;

	(void)path;
	*slot = spool_slot(target);
	return *slot == UINT32_MAX;
}

/* Workers are the loader's children, and hold no spool but their own. */
static void slot_worker(struct live_run *run, pid_t pid)
{
	uint32_t slot = UINT32_MAX;

	process_files(pid, worker_spool, &slot);
	if (slot < run->n_slots &&
	    proc_stat(pid, &run->slots[slot].worker))
		run->slots[slot].pid = pid;
}

static void slot_workers(struct live_run *run)
{
	pid_t *pids = mem_array(PIDS_CAP, 2 * sizeof(*pids));
	int loaders = proc_children(run->pid, pids, PIDS_CAP), i, j;

	for (i = 0; i < loaders; i++) {
		int n = proc_children(pids[i], pids + PIDS_CAP, PIDS_CAP);

		for (j = 0; j < n; j++)
			slot_worker(run, pids[PIDS_CAP + j]);
	}
	free(pids);
}

bool live_run_look(struct live_run *run)
{
	struct proc_stat now;
	uint32_t i;

	/* Another process of that number is not it. */
	if (!proc_stat(run->pid, &now) || now.state == 'Z' ||
	    now.start_ns != run->runner.start_ns)
		return false;
	run->runner = now;
	for (i = 0; i < run->n_slots; i++) {
		run->slots[i].pid = 0;
		run->slots[i].worker = (struct proc_stat){ 0 };
	}
	slot_workers(run);
	return true;
}

/* ---- all of it ------------------------------------------------------- */

/* A run that nobody records has numbers for names. */
static void run_recorded(struct live_run *run, const struct runner_files *files)
{
	const struct catalog_header *catalog = run->view.catalog.header;
	const char *name = *files->recording ? files->recording
					     : catalog->run_id;

	if (recordings_open(&run->recorded, name, NULL) < 0)
		return;
	if (strcmp(replay_run(run->recorded.replay)->run_id,
		   catalog->run_id) == 0 &&
	    replay_run(run->recorded.replay)->plan->n_positions ==
		    catalog->n_positions)
		return;
	recordings_close(&run->recorded);
	run->recorded.replay = NULL;
}

int live_run_open(struct live_run *run, const char *name, struct err *err)
{
	struct runner_files files;
	uint32_t i;

	*run = (struct live_run){ 0 };
	if (!runner_find(run, name, &files))
		return name ? err_set(err, -ENOENT, "no run '%s' goes on: "
				      "neither a pid nor a run's id", name)
			    : err_set(err, -ENOENT, "no run goes on");
	run->n_slots = run->view.catalog.header->arena.n_slots;
	run->slots = mem_array(run->n_slots, sizeof(*run->slots));
	for (i = 0; i < run->n_slots; i++)
		run->slots[i].spool_fd = -1;
	process_files(run->pid, slot_spool, run);
	run_recorded(run, &files);
	return 0;
}

void live_run_close(struct live_run *run)
{
	uint32_t i;

	for (i = 0; i < run->n_slots; i++)
		if (run->slots[i].spool_fd >= 0)
			close(run->slots[i].spool_fd);
	if (run->recorded.replay)
		recordings_close(&run->recorded);
	free(run->slots);
	view_close(&run->view);
}
