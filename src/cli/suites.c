/* SPDX-License-Identifier: MIT */
#include "cli/suites.h"

#include "base/die.h"
#include "base/mem.h"
#include "cli/cgroup.h"
#include "cli/complain.h"
#include "cli/environment.h"
#include "cli/overrides.h"
#include "cli/round.h"
#include "suite/runtime.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define LOG_CAP 65536
/* A larger core file is cut: it would fill a disk rather than tell more. */
#define CORE_BYTES (2ul << 30)
#define LEAST_FILE 4096u /* in which something may have room */

static void suites_refused(void *ctx, const char *path, const struct err *err)
{
	struct suites *s = ctx;

	s->n_bad++;
	dprintf(STDERR_FILENO, "%s: cannot run %s: %s\n", program_name, path,
		err->text);
}

static void suites_warned(void *ctx, const char *path, const char *text)
{
	(void)ctx;
	dprintf(STDERR_FILENO, "%s: %s: %s\n", program_name, path, text);
}

static void suites_used(void *ctx, const char *path)
{
	const struct suites *s = ctx;

	round_tell_file(s->round, path);
}

/* What constructors printed is worth seeing when something is wrong. */
static void suites_show_log(const struct suites *s, const struct options *o)
{
	static char text[LOG_CAP];
	size_t len;

	if (s->n_bad == 0 && o->verbosity < 1)
		return;
	len = loader_read_log(&s->loader, text, sizeof(text));
	if (len == 0)
		return;
	dprintf(STDERR_FILENO, "--- printed while loading ---\n%s%s", text,
		text[len - 1] == '\n' ? "" : "\n");
}

/* What each suite is opened as. */
static uint32_t *suites_adapters(const struct options *o)
{
	uint32_t *adapters = mem_array(o->suites.n, sizeof(*adapters)), i;

	for (i = 0; i < o->suites.n; i++)
		adapters[i] = o->kinds.items[i] ? o->kinds.items[i]
						: o->adapter;
	return adapters;
}

/* What the file says of tests goes before what they say. */
static void suites_override(struct suites *s, const struct options *o)
{
	struct profile_chain profile;
	struct overrides overrides;

	if (!o->config)
		return;
	bug_on(profile_find(o->config, o->profile, &profile, NULL) < 0);
	overrides_open(&overrides, o->config, &profile);
	overrides_apply(&overrides, &s->listing);
	overrides_close(&overrides);
}

/* Shared memory is a file, too.  Without this each suite would be said not to
 * load. */
static int suites_check_limit(struct err *err)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_FSIZE, &files) < 0 ||
	    files.rlim_cur >= LEAST_FILE)
		return 0;
	return err_sys(err, -EFBIG, "there can be no shared memory");
}

int suites_open(struct suites *s, const struct options *o,
		const struct suites_gift *gift, struct err *err)
{
	int ret;

	memset(s, 0, sizeof(*s));
	s->round = gift->round;
	loader_init(&s->loader);
	listing_init(&s->listing);
	if (suites_check_limit(err) < 0)
		return err->code;
	s->args = (struct loader_args){
		.paths = o->suites.items,
		.n_paths = o->suites.n,
		.adapters = suites_adapters(o),
		.timeout_ns = o->load_timeout_ns,
		.nofile = gift->nofile,
		.debugged = o->gdb != NULL,
		.wrapper = gift->wrapper,
		.folders = gift->folders,
		.keep_folders = o->keep_folders,
		.core_bytes = o->core == CORE_NONE ? 0 : CORE_BYTES,
		.env = environment_make(o, &(struct environment_args){
						.run_id = gift->run_id,
						.threads = gift->threads,
						.folders = gift->folders,
						.more = gift->env }),
		.runtime_env = runtime_options,
		.refused = suites_refused,
		.warned = suites_warned,
		.uses = s->round ? suites_used : NULL,
		.ctx = s,
	};
	if (cgroup_find_delegated("", s->pen_parent, NULL))
		s->args.pen_parent = s->pen_parent;
	ret = loader_list(&s->loader, &s->args, &s->listing, &s->fixtures,
			  err);
	if (ret < 0)
		return ret;
	suites_show_log(s, o);
	suites_override(s, o);
	return 0;
}

void suites_dismiss(struct suites *s)
{
	if (s->loader.pid)
		loader_stop(&s->loader, 0);
}

void suites_close(struct suites *s)
{
	loader_fini(&s->loader);
	listing_fini(&s->listing);
	environment_free(s->args.env);
	free((void *)(uintptr_t)s->args.adapters);
}

int list_load(const struct options *o, struct listing *listing,
	      uint64_t *bad_suites)
{
	static struct suites s;
	struct suites_gift gift = { .run_id = "" };
	struct err err = { 0 };
	int ret = suites_open(&s, o, &gift, &err);

	if (ret < 0)
		complain(EXIT_SUITE, &err);
	*bad_suites = s.n_bad;
	*listing = s.listing;
	listing_init(&s.listing);
	suites_close(&s);
	return ret;
}
