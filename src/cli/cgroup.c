/* SPDX-License-Identifier: MIT */
#include "cli/cgroup.h"

#include "base/compiler.h"
#include "base/mem.h"
#include "base/sys.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* mountinfo has a line per mount; a machine with more text than this is read
 * as far as it goes. */
#define CGROUP_TEXT_CAP (1024 * 1024)
#define CGROUP_MOUNT_FIELDS 5
#define CGROUP_STAT_CAP (16 * 1024)

/* Where our group is: mount point, and our path below it ("" = itself). */
struct cgroup_place {
	char mount[PATH_MAX];
	char path[PATH_MAX];
	bool v2;
	bool outside; /* it is not shown: path says nothing */
};

/* A line of mountinfo, cut into fields. */
struct cgroup_mount {
	char *root;
	char *point;
	char *type;
	char *options; /* of the super block: the controllers of v1 */
};

static bool cgroup_read(const char *root, const char *file, char *text,
			size_t cap)
{
	char path[3 * PATH_MAX];

	if (snprintf(path, sizeof(path), "%s%s", root, file) >=
	    (int)sizeof(path))
		return false;
	return sys_read_text(path, text, cap) >= 0;
}

/* ---- what says where our groups are ---- */

/* NULL: cannot be read. */
struct cgroup_files {
	char *groups; /* /proc/self/cgroup */
	char *mounts; /* /proc/self/mountinfo */
};

static char *cgroup_read_all(const char *root, const char *file)
{
	char *text = mem_alloc(CGROUP_TEXT_CAP);
	bool got = cgroup_read(root, file, text, CGROUP_TEXT_CAP);
	char *all = got ? mem_strdup(text) : NULL;

	free(text);
	return all;
}

static struct cgroup_files cgroup_read_files(const char *root)
{
	return (struct cgroup_files){
		.groups = cgroup_read_all(root, "/proc/self/cgroup"),
		.mounts = cgroup_read_all(root, "/proc/self/mountinfo"),
	};
}

static struct cgroup_files cgroup_files(const char *root)
{
	static struct cgroup_files real;

	if (*root)
		return cgroup_read_files(root);
	if (!real.groups || !real.mounts) {
		free(real.groups);
		free(real.mounts);
		real = cgroup_read_files("");
	}
	return real;
}

static void cgroup_forget(const char *root, struct cgroup_files *files)
{
	if (!*root)
		return;
	free(files->groups);
	free(files->mounts);
}

/* ---- words ---- */

static bool cgroup_list_has(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (;;) {
		const char *end = strchrnul(list, ',');

		if ((size_t)(end - list) == len &&
		    memcmp(list, word, len) == 0)
			return true;
		if (*end == '\0')
			return false;
		list = end + 1;
	}
}

static bool cgroup_is_octal(const char *s)
{
	return s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' &&
	       s[2] <= '7' && s[3] >= '0' && s[3] <= '7';
}

/* Undoes the kernel's \040 and its like, in place. */
static void cgroup_unescape(char *text)
{
	char *out = text;

	while (*text) {
		if (cgroup_is_octal(text)) {
			*out++ = (char)((text[1] - '0') << 6 |
					(text[2] - '0') << 3 | (text[3] - '0'));
			text += 4;
		} else {
			*out++ = *text++;
		}
	}
	*out = '\0';
}

/* Digits up to a blank or the end. */
static bool cgroup_parse_number(const char *text, uint64_t *n, const char **end)
{
	char *stop;

	if (*text < '0' || *text > '9')
		return false;
	*n = strtoull(text, &stop, 10);
	if (end)
		*end = stop;
	return *stop == '\0' || *stop == ' ' || *stop == '\n';
}

/* ---- finding our group ---- */

/* Copies our path in the hierarchy of a v1 controller, or of v2 when there
 * is none, from the text of /proc/self/cgroup: lines "id:list:path". */
static bool cgroup_find_path(char *text, const char *controller, char *path)
{
	char *line, *list, *rest, *save;

	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		list = strchr(line, ':');
		rest = list ? strchr(list + 1, ':') : NULL;
		if (!rest || strlen(rest) >= PATH_MAX)
			continue;
		*rest++ = '\0';
		if (controller ? !cgroup_list_has(list + 1, controller)
			       : strncmp(line, "0:", 2) != 0 || list[1])
			continue;
		memcpy(path, rest, strlen(rest) + 1);
		return true;
	}
	return false;
}

/* id parent device root point options [tags] - type source super-options */
static bool cgroup_split_mount(char *line, struct cgroup_mount *m)
{
	char *fields[CGROUP_MOUNT_FIELDS], *save, *tail;
	int i;

	tail = strstr(line, " - ");
	if (!tail)
		return false;
	*tail = '\0';
	for (i = 0; i < CGROUP_MOUNT_FIELDS; i++) {
		fields[i] = strtok_r(i ? NULL : line, " ", &save);
		if (!fields[i])
			return false;
	}
	m->root = fields[3];
	m->point = fields[4];
	m->type = strtok_r(tail + 3, " ", &save);
	m->options = strtok_r(NULL, " ", &save) ? strtok_r(NULL, " ", &save)
						: NULL;
	if (!m->type || !m->options)
		return false;
	cgroup_unescape(m->root);
	cgroup_unescape(m->point);
	return true;
}

static bool cgroup_is_mount_of(const struct cgroup_mount *m,
			       const char *controller)
{
	if (!controller)
		return strcmp(m->type, "cgroup2") == 0;
	return strcmp(m->type, "cgroup") == 0 &&
	       cgroup_list_has(m->options, controller);
}

/* Our path below the mount's root; NULL when it lies outside. */
static const char *cgroup_below(const char *path, const char *root)
{
	size_t len = strcmp(root, "/") == 0 ? 0 : strlen(root);

	if (path[0] != '/' || strstr(path, "/..") ||
	    strncmp(path, root, len) != 0)
		return NULL;
	path += len;
	if (*path != '\0' && *path != '/')
		return NULL;
	return strcmp(path, "/") == 0 ? "" : path;
}

/* Of several mounts of the hierarchy the one that shows our group; where
 * none does, the first one's root stands for it. */
static bool cgroup_find_mount(char *text, const char *controller,
			      const char *path, struct cgroup_place *place)
{
	struct cgroup_mount m;
	char *line, *save;
	bool found = false;

	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		const char *below;

		if (!cgroup_split_mount(line, &m) ||
		    !cgroup_is_mount_of(&m, controller) ||
		    strlen(m.point) >= sizeof(place->mount))
			continue;
		below = cgroup_below(path, m.root);
		if (found && !below)
			continue;
		snprintf(place->mount, sizeof(place->mount), "%s", m.point);
		snprintf(place->path, sizeof(place->path), "%s",
			 below ? below : "");
		found = true;
		place->outside = !below;
		if (below)
			break;
	}
	return found;
}

static char *cgroup_copy(char *to, const char *text)
{
	return memcpy(to, text, strlen(text) + 1);
}

/* controller NULL: the unified hierarchy of v2.  The text is cut up. */
static bool cgroup_locate_in(const struct cgroup_files *files,
			     const char *controller, char *text,
			     struct cgroup_place *place)
{
	char path[PATH_MAX];

	place->v2 = !controller;
	return cgroup_find_path(cgroup_copy(text, files->groups), controller,
				path) &&
	       cgroup_find_mount(cgroup_copy(text, files->mounts), controller,
				 path, place);
}

/* The first of them that is found. */
static bool cgroup_locate_one(const char *root, const char *const controllers[],
			      int n, struct cgroup_place *place)
{
	struct cgroup_files files = cgroup_files(root);
	bool found = false;
	char *text;
	int i;

	if (files.groups && files.mounts) {
		text = mem_alloc(max_of(strlen(files.groups),
					strlen(files.mounts)) + 1);
		for (i = 0; !found && i < n; i++)
			found = cgroup_locate_in(&files, controllers[i], text,
						 place);
		free(text);
	}
	cgroup_forget(root, &files);
	return found;
}

static bool cgroup_locate_v2(const char *root, struct cgroup_place *place)
{
	return cgroup_locate_one(root, (const char *[]){ NULL }, 1, place);
}

/* A v1 line with the controller beats v2: hybrid systems mount both. */
static bool cgroup_locate(const char *root, const char *controller,
			  struct cgroup_place *place)
{
	return cgroup_locate_one(root, (const char *[]){ controller, NULL }, 2,
				 place);
}

/* v1 says "none" with a number that no machine has. */
#define CGROUP_NO_MEMORY_LIMIT (UINT64_C(1) << 60)

/* ---- limits ---- */

/* Reads dir/name below root as one word or two. */
static bool cgroup_read_in(const char *root, const char *dir, const char *name,
			   char *text, size_t cap)
{
	char file[2 * PATH_MAX + 64];

	snprintf(file, sizeof(file), "%s/%s", dir, name);
	return cgroup_read(root, file, text, cap);
}

static bool cgroup_read_number(const char *root, const char *dir,
			       const char *name, uint64_t *n)
{
	char text[64];

	return cgroup_read_in(root, dir, name, text, sizeof(text)) &&
	       cgroup_parse_number(text, n, NULL);
}

static bool cgroup_read_max(const char *root, const char *dir, uint64_t *quota,
			    uint64_t *period)
{
	const char *rest;
	char text[64];

	return cgroup_read_in(root, dir, "cpu.max", text, sizeof(text)) &&
	       cgroup_parse_number(text, quota, &rest) && *rest == ' ' &&
	       cgroup_parse_number(rest + 1, period, NULL);
}

static bool cgroup_read_quota(const char *root, const char *dir, bool v2,
			      uint64_t *quota, uint64_t *period)
{
	bool got = v2 ? cgroup_read_max(root, dir, quota, period)
		      : cgroup_read_number(root, dir, "cpu.cfs_quota_us",
					   quota) &&
				cgroup_read_number(root, dir,
						   "cpu.cfs_period_us", period);

	return got && *quota > 0 && *period > 0;
}

/* One level up; false when dir was the mount point. */
static bool cgroup_ascend(struct cgroup_place *place)
{
	char *slash = strrchr(place->path, '/');

	if (!slash)
		return false;
	*slash = '\0';
	return true;
}

static void cgroup_join(const struct cgroup_place *place, char *dir, size_t cap)
{
	snprintf(dir, cap, "%s%s", place->mount, place->path);
}

bool cgroup_find_quota(const char *root, struct cgroup_quota *least)
{
	char dir[2 * PATH_MAX];
	struct cgroup_place place;
	bool found = false;

	if (!cgroup_locate(root, "cpu", &place))
		return false;
	do {
		uint64_t quota, period;

		cgroup_join(&place, dir, sizeof(dir));
		if (!cgroup_read_quota(root, dir, place.v2, &quota, &period))
			continue;
		if (found && (double)quota / (double)period >=
				     (double)least->quota_us /
					     (double)least->period_us)
			continue;
		found = true;
		least->quota_us = quota;
		least->period_us = period;
		snprintf(least->where, sizeof(least->where), "%.*s",
			 PATH_MAX - 1, dir);
	} while (cgroup_ascend(&place));
	return found;
}

bool cgroup_find_throttle(const char *root, char file[PATH_MAX])
{
	struct cgroup_quota quota;

	return cgroup_find_quota(root, &quota) &&
	       snprintf(file, PATH_MAX, "%s%s/cpu.stat", root, quota.where) <
		       PATH_MAX;
}

/* ---- the least of one number over all levels ---- */

/* What one level says; false = nothing. */
typedef bool cgroup_read_level(const char *root, const char *dir, bool v2,
			       uint64_t *n);

static bool cgroup_find_least(const char *root, const char *controller,
			      cgroup_read_level *read_level, uint64_t *least,
			      char where[PATH_MAX])
{
	char dir[2 * PATH_MAX];
	struct cgroup_place place;
	bool found = false;
	uint64_t n;

	if (!cgroup_locate(root, controller, &place))
		return false;
	do {
		cgroup_join(&place, dir, sizeof(dir));
		if (!read_level(root, dir, place.v2, &n) ||
		    (found && n >= *least))
			continue;
		found = true;
		*least = n;
		snprintf(where, PATH_MAX, "%.*s", PATH_MAX - 1, dir);
	} while (cgroup_ascend(&place));
	return found;
}

static bool cgroup_read_room(const char *root, const char *dir, bool v2,
			     uint64_t *left)
{
	uint64_t max, now;

	(void)v2; /* the same names in both */
	if (!cgroup_read_number(root, dir, "pids.max", &max) ||
	    !cgroup_read_number(root, dir, "pids.current", &now))
		return false;
	*left = max > now ? max - now : 0;
	return true;
}

bool cgroup_find_room(const char *root, struct cgroup_room *least)
{
	return cgroup_find_least(root, "pids", cgroup_read_room,
				 &least->n_pids, least->where);
}

static bool cgroup_read_memory(const char *root, const char *dir, bool v2,
			       uint64_t *bytes)
{
	return cgroup_read_number(root, dir,
				  v2 ? "memory.max" : "memory.limit_in_bytes",
				  bytes) &&
	       *bytes < CGROUP_NO_MEMORY_LIMIT;
}

bool cgroup_find_memory(const char *root, struct cgroup_memory *least)
{
	return cgroup_find_least(root, "memory", cgroup_read_memory,
				 &least->bytes, least->where);
}

/* The number behind a name that begins a line; 0 where there is none. */
static uint64_t cgroup_stat(const char *text, const char *name)
{
	size_t len = strlen(name);
	const char *line = text;
	uint64_t n;

	while (line) {
		if (strncmp(line, name, len) == 0 && line[len] == ' ')
			return cgroup_parse_number(line + len + 1, &n, NULL)
				       ? n : 0;
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return 0;
}

/* What the kernel drops before it kills. */
static uint64_t cgroup_read_cached(const char *root, const char *dir, bool v2)
{
	char *text = mem_zalloc(CGROUP_STAT_CAP);
	uint64_t n = 0;

	if (cgroup_read_in(root, dir, "memory.stat", text, CGROUP_STAT_CAP))
		n = cgroup_stat(text, v2 ? "inactive_file"
					 : "total_inactive_file") +
		    cgroup_stat(text, v2 ? "active_file"
					 : "total_active_file");
	free(text);
	return n;
}

static bool cgroup_read_free(const char *root, const char *dir, bool v2,
			     uint64_t *bytes)
{
	uint64_t max, used, cached;

	if (!cgroup_read_memory(root, dir, v2, &max) ||
	    !cgroup_read_number(root, dir,
				v2 ? "memory.current" : "memory.usage_in_bytes",
				&used))
		return false;
	cached = cgroup_read_cached(root, dir, v2);
	used = used > cached ? used - cached : 0;
	*bytes = max > used ? max - used : 0;
	return true;
}

bool cgroup_find_free_memory(const char *root, struct cgroup_memory *least)
{
	return cgroup_find_least(root, "memory", cgroup_read_free,
				 &least->bytes, least->where);
}

/* ---- is it ours to divide? ---- */

/* How systemd marks what is (since 251 so that users can read it). */
static bool cgroup_is_marked(const char *dir)
{
	static const char *const marks[] = { "user.delegate",
					     "trusted.delegate" };
	char value[4];
	size_t i;

	for (i = 0; i < array_size(marks); i++)
		if (getxattr(dir, marks[i], value, sizeof(value)) == 1 &&
		    value[0] == '1')
			return true;
	return false;
}

/* The top of what is seen is a container's own, or a machine's that has no
 * service manager; root can write also to what is not its. */
static bool cgroup_is_own(const char *dir, const struct cgroup_place *place)
{
	struct stat st;

	if (place->path[0] == '\0' || cgroup_is_marked(dir))
		return true;
	return geteuid() != 0 && stat(dir, &st) == 0 &&
	       st.st_uid == geteuid();
}

static bool cgroup_is_writable(const char *dir)
{
	char procs[4 * PATH_MAX];

	snprintf(procs, sizeof(procs), "%s/cgroup.procs", dir);
	return access(dir, W_OK) == 0 && access(procs, W_OK) == 0;
}

static const char *cgroup_obstacle(const char *dir,
				   const struct cgroup_place *place)
{
	if (place->outside)
		return "its control group is not visible";
	/* A run in a test of another run: that one's pen holds it, too. */
	if (strstr(place->path, "/shmrun-"))
		return "it is a part of another run";
	if (!cgroup_is_writable(dir))
		return "its control group cannot be written";
	return cgroup_is_own(dir, place) ? NULL
					 : "its control group is not delegated";
}

bool cgroup_find_delegated(const char *root, char folder[PATH_MAX],
			   const char **why)
{
	char dir[3 * PATH_MAX];
	const char *obstacle = "no control groups of version 2";
	struct cgroup_place place;

	if (cgroup_locate_v2(root, &place)) {
		snprintf(dir, sizeof(dir), "%s%s%s", root, place.mount,
			 place.path);
		obstacle = cgroup_obstacle(dir, &place);
		snprintf(folder, PATH_MAX, "%.*s", PATH_MAX - 1,
			 dir + strlen(root));
	}
	if (why)
		*why = obstacle;
	return !obstacle;
}

/* ---- does it wait for memory? ---- */

bool cgroup_find_pressure(const char *root, char file[PATH_MAX])
{
	struct cgroup_place place;

	return cgroup_locate_v2(root, &place) &&
	       snprintf(file, PATH_MAX, "%s%s%s/memory.pressure", root,
			place.mount, place.path) < PATH_MAX;
}
