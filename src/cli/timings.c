/* SPDX-License-Identifier: MIT */
#include "cli/timings.h"

#include "base/die.h"
#include "cli/jobs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define DAY_S 86400

static void timings_tell(void *ctx, bool quiet, const char *text)
{
	const struct options *o = ctx;

	if (!quiet || o->verbosity > 0)
		dprintf(STDERR_FILENO, "%s: %s\n", program_name, text);
}

struct shelf_teller timings_teller(const struct options *o)
{
	return (struct shelf_teller){ .tell = timings_tell, .ctx = (void *)o };
}

uint16_t timings_today(void)
{
	time_t day = time(NULL) / DAY_S;

	return day > 0 && day <= UINT16_MAX ? (uint16_t)day : 0;
}

/* It puts its library in front of all others. */
static bool timings_under_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload && strstr(preload, "vgpreload");
}

struct history *timings_open(const struct options *o,
			     const struct cache_dir *dir,
			     const struct listing *listing, bool wrapped)
{
	struct shelf_teller teller = timings_teller(o);

	if (!o->no_timings && !o->timings && !dir->path)
		shelf_tell(&teller, true, "no timings: neither HOME nor "
			   "XDG_CACHE_HOME is set");
	/* What a job has to keep for the next one (DIR-3). */
	if (!o->no_timings && !o->timings && dir->path && getenv("CI"))
		shelf_tell(&teller, false, "timings are kept in %s", dir->path);
	return history_open(&(struct history_setup){
		.listing = listing,
		.cache_dir = o->no_timings ? NULL : dir->path,
		.cache_wanted = dir->wanted,
		.text_file = o->timings,
		.text_write = o->timings_write,
		.suite_id = o->suite_id,
		.flavour = wrapped || timings_under_valgrind()
				   ? FLAVOUR_VALGRIND : 0,
		.partial = o->shard.total > 1,
		.today = timings_today(),
		.teller = teller,
	});
}

void timings_close(struct history *h, struct cache_dir *dir, bool teaches,
		   bool crowded)
{
	if (teaches)
		history_save(h, crowded);
	history_close(h);
	cache_dir_free(dir);
}

bool timings_is_crowded(uint32_t jobs)
{
	struct jobs_host host;
	double load;

	jobs_init_host(&host);
	return jobs > host.n_cpus ||
	       (getloadavg(&load, 1) == 1 && load > host.n_cpus);
}
