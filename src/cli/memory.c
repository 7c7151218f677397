/* SPDX-License-Identifier: MIT */
#include "cli/memory.h"

#include "base/sys.h"
#include "cli/cgroup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "MemAvailable:   123 kB" is one of the first lines. */
#define MEMORY_TEXT_CAP 4096
#define MEMORY_KIB_MAX (UINT64_MAX / 1024)

static bool memory_read_available(const char *root, uint64_t *bytes)
{
	static const char key[] = "\nMemAvailable:";
	char path[PATH_MAX], text[MEMORY_TEXT_CAP];
	unsigned long long kib;
	const char *line;
	char *end;

	if (snprintf(path, sizeof(path), "%s/proc/meminfo", root) >=
		    (int)sizeof(path) ||
	    sys_read_text(path, text, sizeof(text)) < 0)
		return false;
	line = strstr(text, key);
	if (!line)
		return false;
	line += sizeof(key) - 1;
	line += strspn(line, " ");
	if (*line < '0' || *line > '9')
		return false;
	kib = strtoull(line, &end, 10);
	if (strncmp(end, " kB\n", 4) != 0 || kib > MEMORY_KIB_MAX)
		return false;
	*bytes = kib * 1024;
	return true;
}

bool memory_find_room(const char *root, struct memory_room *room)
{
	struct cgroup_memory group;
	bool found = memory_read_available(root, &room->bytes);

	room->where[0] = '\0';
	if (!cgroup_find_memory(root, &group) ||
	    (found && room->bytes <= group.bytes))
		return found;
	room->bytes = group.bytes;
	memcpy(room->where, group.where, sizeof(room->where));
	return true;
}

/* ---- pressure (PSI) ---------------------------------------------------- */

/* "some avg10=0.00 avg60=0.00 avg300=0.00 total=12": the first line. */
bool memory_read_stalled(const struct memory_pressure *pressure, uint64_t *us)
{
	static const char key[] = " total=";
	char text[256], *at, *end;
	unsigned long long n;

	if (sys_read_text(pressure->file, text, sizeof(text)) < 0 ||
	    strncmp(text, "some ", 5) != 0)
		return false;
	at = strstr(text, key);
	if (!at || at[sizeof(key) - 1] < '0' || at[sizeof(key) - 1] > '9')
		return false;
	n = strtoull(at + sizeof(key) - 1, &end, 10);
	if (*end != '\n')
		return false;
	*us = n;
	return true;
}

bool memory_find_pressure(const char *root, struct memory_pressure *pressure)
{
	uint64_t us;

	if (cgroup_find_pressure(root, pressure->file) &&
	    memory_read_stalled(pressure, &us))
		return true;
	return snprintf(pressure->file, sizeof(pressure->file),
			"%s/proc/pressure/memory", root) <
		       (int)sizeof(pressure->file) &&
	       memory_read_stalled(pressure, &us);
}
