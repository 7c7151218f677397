/* SPDX-License-Identifier: MIT */
#include "cli/jobs.h"

#include "cli/cgroup.h"
#include "cli/processors.h"
#include "cli/quantity.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Kept back from the room for processes: loader, helpers, the user's shell; of
 * a number that somebody named, loader, warden and one helper.  A slot is two
 * processes: the worker and its test child. */
#define JOBS_PROCS_SPARE 16
#define JOBS_PROCS_NAMED 3
#define JOBS_PROCS_PER_WORKER 2

/* Less memory than that for each worker is worth a word. */
#define MIB (UINT64_C(1) << 20)
#define JOBS_MEMORY_EACH (64 * MIB)

/* ---- what the kernel says ---- */

static uint64_t jobs_get_limit(int resource)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY)
		return UINT64_MAX;
	return limit.rlim_cur;
}

/* Another tree than the machine's own is for tests only (VAR-20). */
static const char *jobs_root(void)
{
	const char *root = getenv("SHMRUN_CGROUP_ROOT");

	return root ? root : "";
}

void jobs_init_host(struct jobs_host *host)
{
	*host = (struct jobs_host){
		.root = jobs_root(),
		.get_env = getenv,
		.count_cores = processors_count_own_cores,
		.n_cpus = processors_count(),
		.n_online = processors_count_online(),
		.max_procs = geteuid() ? jobs_get_limit(RLIMIT_NPROC)
				       : UINT64_MAX,
		.max_fds = jobs_get_limit(RLIMIT_NOFILE),
	};
}

uint64_t jobs_raise_nofile(void)
{
	uint64_t old = jobs_get_limit(RLIMIT_NOFILE);
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	return old;
}

/* ---- what the user says ---- */

static bool jobs_parse_word(const char *text, enum jobs_kind *kind)
{
	static const struct {
		const char *word;
		enum jobs_kind kind;
	} words[] = {
		{ "auto", JOBS_AUTO },
		{ "logical", JOBS_LOGICAL },
		{ "cores", JOBS_CORES },
	};
	size_t i;

	for (i = 0; i < array_size(words); i++) {
		if (strcmp(text, words[i].word) == 0) {
			*kind = words[i].kind;
			return true;
		}
	}
	return false;
}

int jobs_parse_spec(const char *text, struct jobs_spec *spec)
{
	struct jobs_spec got = { .kind = JOBS_FIXED, .max = spec->max };
	size_t len = strlen(text);
	char digits[16];
	int ret;

	if (jobs_parse_word(text, &got.kind)) {
		*spec = got;
		return 0;
	}
	if (len >= sizeof(digits))
		return -EINVAL;
	memcpy(digits, text, len + 1);
	if (text[0] == '-') {
		got.kind = JOBS_ALL_BUT;
		memmove(digits, text + 1, len);
	} else if (len > 1 && text[len - 1] == '%') {
		got.kind = JOBS_PERCENT;
		digits[len - 1] = '\0';
	}
	ret = quantity_parse_count(digits, 1, JOBS_MAX, &got.n);
	if (ret == 0)
		*spec = got;
	return ret;
}

/* SHMRUN_JOBS replaces auto; a typo must not change the number (JOBS-3). */
static int jobs_read_env(const struct jobs_host *host, struct jobs_spec *spec,
			 struct err *err)
{
	const char *text = host->get_env("SHMRUN_JOBS");
	int ret;

	if (!text || !*text)
		return 0;
	ret = jobs_parse_spec(text, spec);
	if (ret == -ERANGE)
		return err_set(err, -EINVAL,
			       "SHMRUN_JOBS: %s is not within 1 to %d", text,
			       JOBS_MAX);
	if (ret < 0)
		return err_set(err, -EINVAL,
			       "SHMRUN_JOBS: '%s' is not a number of workers, "
			       "such as 4, 50%%, -1 or auto",
			       text);
	return 0;
}

/* ---- the reasons, in the order in which they were looked at ---- */

printf_like(2, 3)
static void jobs_note(struct str *chain, const char *fmt, ...)
{
	va_list ap;

	if (chain->len)
		str_add(chain, ", ");
	va_start(ap, fmt);
	str_vaddf(chain, fmt, ap);
	va_end(ap);
}

static void jobs_note_spec(struct str *chain, const char *source,
			   const struct jobs_spec *spec)
{
	switch (spec->kind) {
	case JOBS_AUTO:
		break;
	case JOBS_FIXED:
		jobs_note(chain, "%s%" PRIu32, source, spec->n);
		break;
	case JOBS_PERCENT:
		jobs_note(chain, "%s%" PRIu32 "%%", source, spec->n);
		break;
	case JOBS_ALL_BUT:
		jobs_note(chain, "%s-%" PRIu32, source, spec->n);
		break;
	case JOBS_LOGICAL:
		jobs_note(chain, "%slogical", source);
		break;
	case JOBS_CORES:
		jobs_note(chain, "%scores", source);
		break;
	}
}

static void jobs_write_why(struct jobs *jobs, const struct str *chain)
{
	snprintf(jobs->why, sizeof(jobs->why), "%" PRIu32 " worker%s: %s",
		 jobs->n, jobs->n == 1 ? "" : "s", str_get(chain));
}

/* ---- launchers ---- */

static bool jobs_env_count(const struct jobs_host *host, const char *name,
			   uint32_t *n)
{
	const char *text = host->get_env(name);

	return text && quantity_parse_count(text, 1, INT32_MAX, n) == 0;
}

/* Entry `node` of Slurm's list "4(x2),3": tasks per node, repeated. */
static uint32_t jobs_slurm_entry(const char *list, uint32_t node)
{
	while (*list >= '0' && *list <= '9') {
		char *end;
		unsigned long tasks = strtoul(list, &end, 10), repeat = 1;

		if (strncmp(end, "(x", 2) == 0)
			repeat = strtoul(end + 2, &end, 10);
		if (node < repeat)
			return tasks > INT32_MAX ? INT32_MAX : (uint32_t)tasks;
		node -= (uint32_t)repeat;
		end += strspn(end, "),");
		list = end;
	}
	return 0;
}

static uint32_t jobs_slurm_tasks(const struct jobs_host *host)
{
	const char *list = host->get_env("SLURM_STEP_TASKS_PER_NODE");
	uint32_t node = 0, tasks = 0;

	if (!list)
		list = host->get_env("SLURM_TASKS_PER_NODE");
	jobs_env_count(host, "SLURM_NODEID", &node);
	if (list)
		tasks = jobs_slurm_entry(list, node);
	if (tasks == 0)
		jobs_env_count(host, "SLURM_NTASKS_PER_NODE", &tasks);
	return max_of(tasks, 1);
}

/* Our part of the node under Slurm; UINT32_MAX without. */
static uint32_t jobs_slurm_share(const struct jobs_host *host,
				 struct str *chain)
{
	uint32_t n, tasks;

	if (jobs_env_count(host, "SLURM_CPUS_PER_TASK", &n)) {
		jobs_note(chain, "Slurm %" PRIu32 " per task", n);
		return n;
	}
	if (!jobs_env_count(host, "SLURM_CPUS_ON_NODE", &n))
		return UINT32_MAX;
	tasks = jobs_slurm_tasks(host);
	jobs_note(chain, "Slurm %" PRIu32 " for %" PRIu32 " task%s", n, tasks,
		  tasks == 1 ? "" : "s");
	return n / tasks;
}

/* Ranks of Open MPI that are not bound share the machine; bound ones see it
 * in their affinity. */
static uint32_t jobs_ompi_share(const struct jobs_host *host, struct str *chain)
{
	uint32_t ranks;

	if (!jobs_env_count(host, "OMPI_COMM_WORLD_LOCAL_SIZE", &ranks) ||
	    ranks == 1 || host->n_cpus < host->n_online)
		return UINT32_MAX;
	jobs_note(chain, "%" PRIu32 " local ranks", ranks);
	return host->n_cpus / ranks;
}

/* ---- the rule ---- */

static uint32_t jobs_quota(const struct jobs_host *host, struct str *chain)
{
	struct cgroup_quota quota;
	uint64_t n;

	if (!cgroup_find_quota(host->root, &quota))
		return UINT32_MAX;
	jobs_note(chain, "cgroup quota %.2f at %s",
		  (double)quota.quota_us / (double)quota.period_us,
		  quota.where);
	n = quota.quota_us / quota.period_us +
	    (quota.quota_us % quota.period_us != 0);
	return (uint32_t)min_of(n, UINT32_MAX);
}

/* What of so many CPUs is ours to use. */
static uint32_t jobs_share(uint32_t n, const struct jobs_host *host,
			   struct str *chain)
{
	uint32_t quota, slurm, ompi;

	quota = jobs_quota(host, chain);
	slurm = jobs_slurm_share(host, chain);
	ompi = jobs_ompi_share(host, chain);
	n = min_of(n, quota);
	n = min_of(n, slurm);
	n = min_of(n, ompi);
	return max_of(n, 1);
}

static uint32_t jobs_processors(const struct jobs_host *host, struct str *chain)
{
	jobs_note(chain, "affinity %" PRIu32, host->n_cpus);
	return jobs_share(host->n_cpus, host, chain);
}

/* SMT siblings are one. */
static uint32_t jobs_cores(const struct jobs_host *host, struct str *chain)
{
	uint32_t n = host->count_cores(host->root);

	jobs_note(chain, "%" PRIu32 " core%s of %" PRIu32 " CPUs", n,
		  n == 1 ? "" : "s", host->n_cpus);
	return jobs_share(n, host, chain);
}

static uint32_t jobs_wanted(const struct jobs_spec *spec,
			    const struct jobs_host *host, uint32_t *n_cpus,
			    struct str *chain)
{
	struct str ours = STR_INIT;
	uint32_t n;

	*n_cpus = n = jobs_processors(host, &ours);
	switch (spec->kind) {
	case JOBS_FIXED:
		n = spec->n;
		break;
	case JOBS_CORES:
		n = jobs_cores(host, chain);
		break;
	case JOBS_LOGICAL:
		jobs_note(chain, "affinity %" PRIu32, host->n_cpus);
		n = host->n_cpus;
		break;
	case JOBS_PERCENT:
		jobs_note(chain, "%s", str_get(&ours));
		n = (uint32_t)((uint64_t)n * spec->n / 100);
		break;
	case JOBS_ALL_BUT:
		jobs_note(chain, "%s", str_get(&ours));
		n = n > spec->n ? n - spec->n : 1;
		break;
	case JOBS_AUTO:
		jobs_note(chain, "%s", str_get(&ours));
		break;
	}
	str_fini(&ours);
	return max_of(n, 1);
}

/* max - spare, divided among workers; at least one of them. */
static uint32_t jobs_room(uint64_t max, uint64_t spare, uint64_t per_worker)
{
	uint64_t room = max > spare ? (max - spare) / per_worker : 0;

	return (uint32_t)min_of(max_of(room, 1), UINT32_MAX);
}

static uint32_t jobs_clamp_procs(uint32_t n, uint64_t spare,
				 const struct jobs_host *host,
				 struct str *chain)
{
	struct cgroup_room room;
	uint32_t most;

	if (cgroup_find_room(host->root, &room)) {
		most = jobs_room(room.n_pids, spare, JOBS_PROCS_PER_WORKER);
		if (most < n)
			jobs_note(chain, "room for %" PRIu64 " processes at %s",
				  room.n_pids, room.where);
		n = min_of(n, most);
	}
	most = jobs_room(host->max_procs, spare, JOBS_PROCS_PER_WORKER);
	if (most < n)
		jobs_note(chain, "RLIMIT_NPROC %" PRIu64, host->max_procs);
	return min_of(n, most);
}

static uint32_t jobs_clamp(uint32_t n, uint32_t max,
			   const struct jobs_host *host, struct str *chain)
{
	uint32_t most = jobs_room(host->max_fds, JOBS_FDS_RUNNER,
				  JOBS_FDS_PER_WORKER);

	if (most < n)
		jobs_note(chain, "RLIMIT_NOFILE %" PRIu64, host->max_fds);
	n = min_of(n, most);
	if (n > max)
		jobs_note(chain, max < JOBS_MAX ? "--jobs-max %" PRIu32
						: "at most %" PRIu32, max);
	return min_of(n, max);
}

int jobs_choose(struct jobs *jobs, const struct jobs_spec *spec,
		const struct jobs_host *host, struct err *err)
{
	bool from_env = spec->kind == JOBS_AUTO;
	struct jobs_spec asked = *spec;
	struct str chain = STR_INIT;
	uint32_t n;
	int ret;

	ret = from_env ? jobs_read_env(host, &asked, err) : 0;
	if (ret < 0)
		return ret;
	jobs_note_spec(&chain, from_env ? "SHMRUN_JOBS=" : "-j ", &asked);
	n = jobs_wanted(&asked, host, &jobs->n_cpus, &chain);
	n = jobs_clamp_procs(n, asked.kind == JOBS_AUTO ? JOBS_PROCS_SPARE
							: JOBS_PROCS_NAMED,
			     host, &chain);
	jobs->n = jobs_clamp(n, spec->max ? spec->max : JOBS_MAX, host, &chain);
	jobs->computed = asked.kind == JOBS_AUTO;
	jobs_write_why(jobs, &chain);
	str_fini(&chain);
	return 0;
}

/* One more reason, and a number that is not larger. */
static void jobs_lower(struct jobs *jobs, uint64_t n, const char *reason)
{
	struct str chain = STR_INIT;

	jobs->n = (uint32_t)min_of(jobs->n, n);
	str_add(&chain, strstr(jobs->why, ": ") + 2);
	jobs_note(&chain, "%s", reason);
	jobs_write_why(jobs, &chain);
	str_fini(&chain);
}

void jobs_use_tests(struct jobs *jobs, uint64_t n_tests)
{
	char reason[64];

	if (n_tests >= jobs->n)
		return;
	snprintf(reason, sizeof(reason), "%" PRIu64 " test%s", n_tests,
		 n_tests == 1 ? "" : "s");
	jobs_lower(jobs, max_of(n_tests, 1), reason);
}

void jobs_use_one(struct jobs *jobs, const char *reason)
{
	if (jobs->n > 1)
		jobs_lower(jobs, 1, reason);
	jobs->computed = false;
}

void jobs_use_all(struct jobs *jobs, const char *reason)
{
	jobs_lower(jobs, jobs->n, reason);
	jobs->computed = false;
}

void jobs_use_memory(struct jobs *jobs, const struct memory_room *room,
		     const struct memory_fit *fit, struct str *sentence)
{
	const char *at = *room->where ? " at " : "";
	struct str reason = STR_INIT;

	if (fit->n >= jobs->n)
		return;
	if (jobs->computed) {
		str_addf(&reason, "%" PRIu64 " MiB of memory%s%s for the %"
			 PRIu32 " largest test%s, %" PRIu64 " MiB before",
			 room->bytes / MIB, at, room->where, fit->n,
			 fit->n == 1 ? "" : "s", fit->sum_bytes / MIB);
		jobs_lower(jobs, fit->n, str_get(&reason));
	} else {
		str_addf(sentence, "little memory: %" PRIu64 " MiB%s%s, and "
			 "%" PRIu32 " of %" PRIu32 " workers could run the "
			 "largest tests at once, with %" PRIu64 " MiB as before",
			 room->bytes / MIB, at, room->where, fit->n, jobs->n,
			 fit->sum_bytes / MIB);
	}
	str_fini(&reason);
}

void jobs_use_tokens(struct jobs *jobs, uint32_t n_tokens, bool more_may_come)
{
	char reason[64];

	snprintf(reason, sizeof(reason),
		 "%" PRIu32 " token%s of make's jobserver%s", n_tokens,
		 n_tokens == 1 ? "" : "s",
		 more_may_come && n_tokens + 1 < jobs->n ? " so far" : "");
	jobs_lower(jobs, more_may_come ? jobs->n : (uint64_t)n_tokens + 1,
		   reason);
}

bool jobs_is_tight(const struct jobs *jobs, const char *root,
		   struct str *sentence)
{
	struct cgroup_memory memory;

	if (!cgroup_find_memory(root, &memory) ||
	    memory.bytes / jobs->n >= JOBS_MEMORY_EACH)
		return false;
	str_addf(sentence,
		 "little memory: %" PRIu64 " MiB at %s, %" PRIu64
		 " MiB for a worker",
		 memory.bytes / MIB, memory.where,
		 memory.bytes / MIB / jobs->n);
	return true;
}

uint32_t jobs_threads(const struct jobs *jobs)
{
	return max_of(jobs->n_cpus / jobs->n, 1);
}
