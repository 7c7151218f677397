/* SPDX-License-Identifier: MIT */
#include "run/estate.h"

#include "shm/folders.h"

/* In place of any other text. */
static const char *estate_path(struct str *path, const char *root,
			       uint32_t slot, uint32_t number)
{
	char name[FOLDER_NAME_CAP];

	folder_name(name, slot, number);
	str_clear(path);
	str_addf(path, "%s/%s", root, name);
	return str_get(path);
}

/* So that the one in use is the last (shm/folders.h).  False: there can be no
 * other one.  The worker may have made it, and died. */
static bool estate_go_on(const struct folders *folders, uint32_t slot,
			 uint32_t number)
{
	struct str path = STR_INIT;
	bool made;

	estate_path(&path, folders->root, slot, number);
	made = folder_make(str_get(&path)) == 0 ||
	       !folder_is_touched(str_get(&path));
	str_fini(&path);
	return made;
}

void estate_settle(struct run *run, uint32_t slot, bool wanted,
		   struct str *kept)
{
	const struct loader_args *args = run->args->loader_args;
	struct atom32 *word = &run->arena.slots[slot].folder;
	uint32_t seen, number;
	const char *path;

	if (!args || !args->folders)
		return;
	seen = atom32_load_relaxed(word); /* E4 */
	if (!(seen & FOLDER_MADE))
		return;
	number = seen >> FOLDER_SHIFT;
	path = estate_path(kept, folders_shown(args->folders), slot, number);
	if (!folder_is_touched(path)) {
		str_clear(kept);
		return;
	}
	wanted = wanted && args->keep_folders != KEEP_FOLDERS_NEVER &&
		 folder_is_full(path) &&
		 estate_go_on(args->folders, slot, number + 1);
	if (!wanted)
		str_clear(kept);
	seen = wanted ? (number + 1) << FOLDER_SHIFT
		      : number << FOLDER_SHIFT | FOLDER_UNCLEAN;
	atom32_store_relaxed(word, seen | FOLDER_MADE); /* E5 */
}
