/* SPDX-License-Identifier: MIT */
/* walk_dwfl.c - by elfutils: unwind tables, symbols, lines. */
#include "unwind/walk.h"

#include "base/compiler.h"
#include "unwind/demangle.h"

#include <elfutils/libdwfl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What was read of a set of files serves the next wreck that has the same. */
struct session {
	Dwfl *dwfl;
	char *maps;
	const struct walk *walk; /* the present one */
	struct frames *frames;
};

static char *dwfl_no_path;

/* A system's library: what it exports is enough to know it by, and the debug
 * information of libc alone takes longer to read than all else. */
static bool dwfl_is_system(const char *path)
{
	static const char *const places[] = { "/lib/", "/lib64/", "/usr/lib/",
					      "/usr/lib64/" };
	size_t i, len;

	for (i = 0; i < array_size(places); i++) {
		len = strlen(places[i]);
		if (strncmp(path, places[i], len) != 0)
			continue;
		/* There, or one folder deeper: /lib/x86_64-linux-gnu. */
		path = strchr(path + len, '/');
		return !path || !strchr(path + 1, '/');
	}
	return false;
}

static int dwfl_find_debuginfo(Dwfl_Module *module, void **data,
			       const char *name, Dwarf_Addr base,
			       const char *file, const char *link,
			       GElf_Word crc, char **found)
{
	if (dwfl_is_system(name))
		return -1;
	return dwfl_standard_find_debuginfo(module, data, name, base, file,
					    link, crc, found);
}

static const Dwfl_Callbacks dwfl_files = {
	.find_elf = dwfl_linux_proc_find_elf,
	.find_debuginfo = dwfl_find_debuginfo,
	.debuginfo_path = &dwfl_no_path,
};

/* ---- the dead thread ------------------------------------------------- */

static pid_t dwfl_next_thread(Dwfl *dwfl, void *arg, void **thread_arg)
{
	(void)dwfl;
	if (*thread_arg)
		return 0;
	*thread_arg = arg;
	return 1;
}

static bool dwfl_read_memory(Dwfl *dwfl, Dwarf_Addr address, Dwarf_Word *word,
			     void *arg)
{
	const struct session *s = arg;
	uint64_t value = 0;

	(void)dwfl;
	if (!walk_read(s->walk, address, &value))
		return false;
	*word = value;
	return true;
}

/* A call of no function: go on where it was made, as if it had returned. */
static void dwfl_step_back(const struct session *s, struct wreck_head *head)
{
	uint64_t back;

	if (dwfl_addrmodule(s->dwfl, head->pc) ||
	    !walk_read(s->walk, head->stack, &back) ||
	    !dwfl_addrmodule(s->dwfl, back))
		return;
	head->pc = back - 1;
#if defined(__x86_64__)
	head->regs[16] = back - 1;
	head->regs[7] += sizeof(back);
#endif
}

static bool dwfl_set_registers(Dwfl_Thread *thread, void *arg)
{
	const struct session *s = arg;
	struct wreck_head head = s->walk->head;
	Dwarf_Word regs[WRECK_REGS];
	uint32_t i;

	dwfl_step_back(s, &head);
	for (i = 0; i < head.n_regs; i++)
		regs[i] = head.regs[i];
	dwfl_thread_state_register_pc(thread, head.pc);
	return dwfl_thread_state_registers(thread, 0, head.n_regs, regs);
}

static const Dwfl_Thread_Callbacks dwfl_dead = {
	.next_thread = dwfl_next_thread,
	.memory_read = dwfl_read_memory,
	.set_initial_registers = dwfl_set_registers,
};

/* ---- frames ---------------------------------------------------------- */

static void dwfl_describe(Dwfl_Module *module, const char *own,
			  struct frame *f)
{
	const char *path = NULL, *file, *name;
	Dwarf_Addr start, bias = 0;
	Dwfl_Line *line;
	GElf_Off offset;
	GElf_Sym symbol;
	int number = 0;

	name = dwfl_module_info(module, NULL, &start, NULL, NULL, NULL, &path,
				NULL);
	snprintf(f->object, sizeof(f->object), "%s",
		 path ? path : name ? name : "");
	f->offset = f->pc - (dwfl_module_getelf(module, &bias) ? bias : start);
	if (strcmp(f->object, own) == 0)
		return;
	name = dwfl_module_addrinfo(module, f->pc, &offset, &symbol, NULL,
				    NULL, NULL);
	if (name)
		demangle(name, f->function, sizeof(f->function));
	line = dwfl_module_getsrc(module, f->pc);
	file = line ? dwfl_lineinfo(line, NULL, &number, NULL, NULL, NULL)
		    : NULL;
	if (file)
		snprintf(f->file, sizeof(f->file), "%s", file);
	f->line = (uint32_t)max_of(number, 0);
}

static int dwfl_add_frame(Dwfl_Frame *state, void *arg)
{
	struct session *s = arg;
	struct frames *frames = s->frames;
	bool exact = false;
	Dwfl_Module *module;
	Dwarf_Addr pc;
	struct frame *f;

	if (!dwfl_frame_pc(state, &pc, &exact) || pc == 0)
		return DWARF_CB_ABORT;
	if (frames->n == WALK_FRAMES_MAX) {
		frames->cut = true;
		return DWARF_CB_ABORT;
	}
	f = &frames->items[frames->n++];
	*f = (struct frame){ .pc = exact ? pc : pc - 1 };
	module = dwfl_addrmodule(s->dwfl, f->pc);
	if (module)
		dwfl_describe(module, s->walk->own, f);
	return DWARF_CB_OK;
}

/* ---- the whole ------------------------------------------------------- */

static bool dwfl_report_maps(Dwfl *dwfl, char *maps)
{
	FILE *file = fmemopen(maps, strlen(maps), "r");
	bool ok;

	if (!file)
		return false;
	dwfl_report_begin(dwfl);
	ok = dwfl_linux_proc_maps_report(dwfl, file) == 0;
	fclose(file);
	return dwfl_report_end(dwfl, NULL, NULL) == 0 && ok;
}

static void dwfl_forget(struct session *s)
{
	if (s->dwfl)
		dwfl_end(s->dwfl);
	free(s->maps);
	*s = (struct session){ 0 };
}

static bool dwfl_open(struct session *s, const struct walk *walk)
{
	if (s->dwfl && strcmp(s->maps, walk->maps) == 0)
		return true;
	dwfl_forget(s);
	s->dwfl = dwfl_begin(&dwfl_files);
	s->maps = strdup(walk->maps);
	if (s->dwfl && s->maps && dwfl_report_maps(s->dwfl, walk->maps) &&
	    dwfl_attach_state(s->dwfl, NULL, 1, &dwfl_dead, s))
		return true;
	dwfl_forget(s);
	return false;
}

void walk_dwfl(const struct walk *walk, struct frames *frames)
{
	static struct session session;

	session.walk = walk;
	if (!dwfl_open(&session, walk))
		return;
	session.walk = walk;
	session.frames = frames;
	/* More than a wreck has room for. */
	if (dwfl_getthread_frames(session.dwfl, 1, dwfl_add_frame,
				  &session) != 0 &&
	    walk->head.stack_len == WRECK_STACK_MAX)
		frames->cut = true;
}
