/* SPDX-License-Identifier: MIT */
#include "load/load.h"

#include "base/clock.h"
#include "base/digits.h"
#include "base/mem.h"
#include "base/raw.h"
#include "base/role.h"
#include "base/sys.h"
#include "base/vec.h"
#include "load/atfork.h"
#include "load/heavy.h"
#include "load/list.h"
#include "load/process.h"
#include "load/spawn.h"
#include "load/threads.h"
#include "shm/arena.h"
#include "shm/catalog.h"
#include "shm/usage.h"
#include "shm/wire.h"
#include "shm/wreck.h"
#include "suite/adapter.h"
#include "suite/leaks.h"
#include "suite/runtime.h"
#include "suite/uses.h"

#include <alloca.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* A worker whose start has not been told yet.  One that dies at once need
 * never be: its end says enough. */
struct untold {
	struct wire_head head;
	uint64_t since_ns;
};

/* Of so many slots the loader keeps the files, so that it can fork a crashed
 * worker's successor unasked.  No more: every fork pays for each. */
#define KEPT_SLOTS 16u

struct kept {
	bool held;
	uint8_t n_unasked; /* in a row */
	int fds[2]; /* spool, notes */
};

/* Then the runner is asked once more: it may have had enough. */
#define UNASKED_MAX 64

#define UNTOLD_MAX 16
#define UNTOLD_NS NS_PER_MS

/* What the loader writes between two forks costs a page fault and a copy for
 * each page that it lies on: all of it is on one. */
struct load {
	int sock;
	int sigchld;
	const struct heritage_door *door;
	char **wrapper; /* of argv */
	const char *folders; /* of argv; NULL = there are none */
	uint32_t keep_folders;
	struct adapter_suite **suites;
	uint32_t n_suites, cap_suites;
	struct heritage heritage; /* what every worker gets */
	struct catalog *catalog; /* workers read it */
	struct spawn spawn;
	struct untold untold[UNTOLD_MAX];
	uint32_t n_untold;
	struct heavy heavy;
	struct kept kept[KEPT_SLOTS];
	bool guarded; /* the door's handler for crashes is armed */
	bool keeps; /* descriptors are not scarce */
	int n_threads; /* before any suite: an emulator has some of its own */
	struct wire_msg msg; /* its text is the last part, and long */
};

static void load_send(struct load *load, const struct wire_head *head,
		      const char *text, const int *fds, int n_fds)
{
	/* The runner has gone: nothing is left to be done for anybody. */
	if (wire_send(load->sock, head, text, fds, n_fds) < 0)
		exit(1);
}

static void load_refuse(struct load *load, const struct err *err)
{
	struct wire_head head = { .kind = WIRE_REFUSED, .status = err->code };

	load_send(load, &head, err->text, NULL, 0);
}

static int load_write_listing(struct load *load,
			      const struct adapter_suite *suite, int fd,
			      struct err *err)
{
	struct wire_head head = { .kind = WIRE_COUNTED,
				  .size = suite->n_tests };
	struct str out = STR_INIT;
	int ret;

	/* The runner can make room meanwhile. */
	load_send(load, &head, NULL, NULL, 0);
	list_suite(suite, &out);
	ret = process_may_write(out.len) ? sys_write_all(fd, out.text, out.len)
					 : -EFBIG;
	if (ret < 0)
		err_sys(err, ret, "its listing cannot be written");
	else
		ret = err->code = 0;
	str_fini(&out);
	return ret;
}

/* One file opened twice is one image: its fixtures would run twice in it. */
static bool load_is_open(const struct load *load,
			 const struct adapter_suite *suite)
{
	uint32_t i;

	for (i = 0; i < load->n_suites; i++)
		if (suite->handle
			    ? load->suites[i]->handle == suite->handle
			    : strcmp(load->suites[i]->path, suite->path) == 0)
			return true;
	return false;
}

static void load_say_opened(struct load *load,
			    const struct adapter_suite *suite)
{
	struct wire_head head = {
		.kind = WIRE_OPENED,
		.status = (int32_t)suite->ops->isolate,
		.flags = suite->origin.flavour |
			 (suite->ops->serves ? WIRE_SERVES : 0),
		.size = suite->origin.build_id,
	};
	struct str text = STR_INIT;

	str_add(&text, suite->ops->name);
	if (suite->origin.soname)
		str_addf(&text, " %s", suite->origin.soname);
	load_send(load, &head, str_get(&text), NULL, 0);
	str_fini(&text);
}

static void load_tell_use(void *load, const char *path, bool starts)
{
	load_send(load,
		  &(struct wire_head){ .kind = WIRE_USES, .status = starts },
		  path, NULL, 0);
}

/* True when nothing was said: the suite can be opened here. */
static bool load_has_runtime(struct load *load, const char *path)
{
	char library[RUNTIME_PATH_CAP];
	struct err err = { 0 };
	int ret = runtime_ask(path, library, &err);

	if (ret < 0)
		load_refuse(load, &err);
	else if (ret > 0)
		load_send(load, &(struct wire_head){ .kind = WIRE_PRELOAD },
			  library, NULL, 0);
	return ret == 0;
}

static void load_open(struct load *load, const struct wire_msg *msg,
		      int listing_fd)
{
	const struct adapter_ops *ops =
		msg->head.size ? adapter_table[msg->head.size - 1] : NULL;
	struct err err = { 0 };
	struct adapter_suite *suite = adapter_open(msg->text, ops, &err);

	process_own_sigchld();
	spawn_accept(&load->spawn);
	if (suite && load_is_open(load, suite))
		err_set(&err, -EEXIST, "it is the same suite as another one");
	else if (suite && process_count_threads() > load->n_threads)
		threads_refuse(msg->text, &err);
	else if (suite)
		load_write_listing(load, suite, listing_fd, &err);
	/* Constructors print; workers must not print it again (PROC-14). */
	fflush(NULL);
	if (!suite || err.code) {
		load_refuse(load, &err);
		return;
	}
	if (*suite->warning.text)
		load_send(load, &(struct wire_head){ .kind = WIRE_WARNED },
			  suite->warning.text, NULL, 0);
	if (msg->head.flags)
		uses_each(suite, msg->head.flags & WIRE_TELL_USES,
			  load_tell_use, load);
	if (suite->ops->bind)
		load->door->bind(suite);
	vec_room(load->suites, load->n_suites, load->cap_suites);
	load->suites[load->n_suites++] = suite;
	load_say_opened(load, suite);
}

static void load_close_fds(const int *fds, int n)
{
	int i;

	for (i = 0; i < n; i++)
		close(fds[i]);
}

/* What all workers keep goes where they want to have it. */
static int load_lift(int fd)
{
	int high = fcntl(fd, F_DUPFD_CLOEXEC, heritage_lowest_fd());

	if (high >= 0)
		close(fd);
	return high < 0 ? fd : high;
}

static bool load_seeks_leaks(struct load *load)
{
	const char *why;
	bool seeks = leaks_probe(&why);

	if (why)
		load_send(load, &(struct wire_head){ .kind = WIRE_WARNED },
			  why, NULL, 0);
	return seeks;
}

static void load_attach(struct load *load, const int *fds, int n_fds)
{
	struct err err = { 0 };
	char *jobs = getenv("SHMRUN_JOBS");

	if (catalog_attach(load->catalog, fds[0], &err) < 0)
		die(WORKER_EXIT_START, "%s", err.text);
	close(fds[0]);
	if (jobs)
		digits_write(jobs, load->catalog->header->jobs);
	runtime_hide();
	load->heritage = (struct heritage){
		.suites = load->suites,
		.n_suites = load->n_suites,
		.has_runtime = leaks_has_runtime(),
		.late_thread = leaks_has_thread(),
		.seeks_leaks = load_seeks_leaks(load),
		.plain_exit = atfork_exit_is_plain(),
		.plain_fork = atfork_is_unused(),
		.catalog = load->catalog,
		.wrapper = load->wrapper,
		.lowest_fd = heritage_lowest_fd(),
		.arena_at = arena_place(&load->catalog->header->arena),
		.arena_fd = load_lift(fds[1]),
		.doorbell_fd = load_lift(fds[2]),
		.wrecks_fd = n_fds > 3 ? load_lift(fds[3]) : -1,
	};
	load->keeps = true;
	load->guarded = n_fds > 3;
	if (load->guarded)
		load->door->prepare();
	heritage_keep_environment(&load->heritage);
	if (load->folders)
		heritage_keep_folders(&load->heritage, load->folders,
				      load->keep_folders);
	spawn_open(&load->spawn, load->catalog->header->arena.n_slots);
	/* From now on the end of the socket is the sign that the runner has
	 * gone, and the loader kills what the workers left before it goes. */
	prctl(PR_SET_PDEATHSIG, 0);
}

static void load_say_started(struct load *load, const struct untold *u)
{
	/* Not reaped yet, so the pid is the worker's, dead or alive. */
	int pidfd = sys_pidfd_open(u->head.pid);

	load_send(load, &u->head, NULL, &pidfd, pidfd < 0 ? 0 : 1);
	if (pidfd >= 0)
		close(pidfd);
}

/* Tells of all workers that started: together, so that the runner is woken
 * once. */
static void load_tell_started(struct load *load)
{
	uint32_t i;

	for (i = 0; i < load->n_untold; i++)
		load_say_started(load, &load->untold[i]);
	load->n_untold = 0;
}

/* Has one lived long enough? */
static bool load_must_tell(const struct load *load)
{
	uint64_t now_ns;
	uint32_t i;

	if (load->n_untold == 0)
		return false;
	now_ns = clock_now_ns();
	for (i = 0; i < load->n_untold; i++)
		if (now_ns - load->untold[i].since_ns >= UNTOLD_NS)
			return true;
	return false;
}

static void load_note_started(struct load *load, const struct wire_head *asked,
			      pid_t pid)
{
	load->untold[load->n_untold++] = (struct untold){
		.head = { .kind = WIRE_STARTED,
			  .slot = asked->slot,
			  .generation = asked->generation,
			  .pid = pid },
		.since_ns = clock_now_ns(),
	};
	if (load->n_untold == UNTOLD_MAX)
		load_tell_started(load);
}

static void load_forget_started(struct load *load, pid_t pid)
{
	uint32_t i;

	for (i = 0; i < load->n_untold; i++)
		if (load->untold[i].head.pid == pid)
			load->untold[i--] = load->untold[--load->n_untold];
}

static void load_fork(struct load *load, const struct wire_head *asked,
		      const int *fds)
{
	struct heritage heritage = load->heritage;
	struct wire_head failed = { .kind = WIRE_NOFORK,
				    .slot = asked->slot,
				    .generation = asked->generation };
	char text[HEAVY_TEXT_CAP];
	uint64_t begin_ns;
	pid_t pid;

	heritage.slot = asked->slot;
	heritage.generation = asked->generation;
	heritage.flags = asked->flags & WIRE_TEARDOWN ? HERITAGE_TEARDOWN : 0;
	if (load->catalog->header->debugged)
		heritage.flags |= HERITAGE_DEBUGGED;
	heritage.spool_fd = fds[0];
	heritage.notes_fd = fds[1];
	begin_ns = heavy_begin(&load->heavy);
	pid = spawn_fork(&load->spawn, &heritage, load->door);
	failed.status = pid;
	if (pid < 0) {
		load_send(load, &failed, NULL, NULL, 0);
		return;
	}
	load_note_started(load, asked, pid);
	if (heavy_end(&load->heavy, begin_ns, text))
		load_send(load, &(struct wire_head){ .kind = WIRE_WARNED },
			  text, NULL, 0);
}

static void load_drop_kept(struct load *load, uint32_t slot)
{
	struct kept *kept = &load->kept[slot];

	if (kept->held)
		load_close_fds(kept->fds, 2);
	kept->held = false;
}

/* Takes the files of a slot over, if it wants them: few, where workers close
 * all that lies below their own, and where there is room. */
static bool load_keep(struct load *load, const struct wire_head *asked,
		      const int *fds)
{
	struct kept *kept;

	if (asked->slot >= KEPT_SLOTS)
		return false;
	load_drop_kept(load, asked->slot);
	kept = &load->kept[asked->slot];
	kept->n_unasked = 0;
	kept->fds[0] = fds[0];
	kept->fds[1] = fds[1];
	/* Nobody follows a worker that only tears down. */
	kept->held = load->keeps && !(asked->flags & WIRE_TEARDOWN) &&
		     max_of(fds[0], fds[1]) < load->heritage.lowest_fd;
	return kept->held;
}

/* Its files did not fit in here: give what is kept back, and let the runner
 * ask again. */
static void load_cannot_fork(struct load *load, const struct wire_head *asked)
{
	struct wire_head failed = { .kind = WIRE_NOFORK,
				    .slot = asked->slot,
				    .generation = asked->generation,
				    .status = -EMFILE };
	uint32_t i;

	for (i = 0; i < KEPT_SLOTS; i++)
		load_drop_kept(load, i);
	load->keeps = false;
	load_send(load, &failed, NULL, NULL, 0);
}

/* One message; false when the runner has closed the socket. */
static bool load_serve(struct load *load)
{
	struct wire_msg *msg = &load->msg;
	int fds[SYS_MAX_FDS], n_fds;

	if (wire_recv(load->sock, msg, fds, &n_fds) <= 0)
		return false;
	if (msg->head.kind == WIRE_OPEN && n_fds == 1) {
		if (load_has_runtime(load, msg->text))
			load_open(load, msg, fds[0]);
	} else if (msg->head.kind == WIRE_ATTACH && n_fds >= 3) {
		load_attach(load, fds, n_fds);
		return true;
	} else if (msg->head.kind == WIRE_FORK && n_fds == 2) {
		load_fork(load, &msg->head, fds);
		if (load_keep(load, &msg->head, fds))
			return true;
	} else if (msg->head.kind == WIRE_FORK) {
		load_cannot_fork(load, &msg->head);
	}
	load_close_fds(fds, n_fds);
	return true;
}

static bool load_has_successor(const struct load *load, uint32_t slot,
			       int status)
{
	return WIFSIGNALED(status) && slot < KEPT_SLOTS &&
	       load->kept[slot].held &&
	       load->kept[slot].n_unasked < UNASKED_MAX;
}

/* While the runner is still busy with the one before it. */
static void load_fork_successor(struct load *load, const struct spawned *dead)
{
	struct wire_head as_if_asked = {
		.kind = WIRE_FORK,
		.slot = dead->slot,
		.generation = (dead->generation + 1) & 0xffffu,
	};

	load->kept[dead->slot].n_unasked++;
	load_fork(load, &as_if_asked, load->kept[dead->slot].fds);
}

static bool load_counts(const struct load *load)
{
	uint32_t i;

	for (i = 0; i < load->n_suites; i++)
		if (load->suites[i]->counters_write)
			return true;
	return false;
}

/* Enough wrecks: the rest of the crashes is not to pay for a handler.  It is
 * wanted as long as it saves counters. */
static void load_relax(struct load *load)
{
	if (!load->guarded || lseek(load->heritage.wrecks_fd, 0, SEEK_END) <
				      (off_t)WRECKS_FULL)
		return;
	load->guarded = false;
	if (!load_counts(load))
		load->door->relax();
}

static void load_say_gone(struct load *load, const struct spawned *dead,
			  int status, const struct rusage *used)
{
	bool succeeded = load_has_successor(load, dead->slot, status);
	struct wire_head head = { .kind = WIRE_GONE,
				  .slot = dead->slot,
				  .generation = dead->generation,
				  .flags = succeeded ? WIRE_SUCCEEDED : 0,
				  .status = status,
				  .pid = dead->pid,
				  .used = usage_make(used) };

	load_forget_started(load, dead->pid);
	/* If this process dies now the runner knows it all the same; and who
	 * goes on with what the worker held does not find it there any more. */
	arena_note_end(&load->catalog->header->arena, load->heritage.arena_fd,
		       dead->slot, dead->generation, status);
	spawn_reap(&load->spawn, dead);
	load_send(load, &head, NULL, NULL, 0);
	load_relax(load);
	if (succeeded)
		load_fork_successor(load, dead);
}

static void load_reap(struct load *load)
{
	struct signalfd_siginfo drop;
	struct rusage used = { 0 };
	struct spawned who;
	int status = 0;

	/* One is all there can be of a signal that is not queued; and no
	 * errno, which lies on a page of its own. */
	raw_syscall(SYS_read, load->sigchld, (long)&drop, sizeof(drop), 0, 0);
	while (spawn_find_dead(&load->spawn, &who, &status, &used))
		if (who.pid)
			load_say_gone(load, &who, status, &used);
}

static __attribute__((noinline)) void load_loop(struct load *load)
{
	struct pollfd fds[] = { { .fd = load->sock, .events = POLLIN },
				{ .fd = load->sigchld, .events = POLLIN } };

	for (;;) {
		if (poll(fds, 2, load->n_untold ? 1 : -1) < 0 && errno != EINTR)
			break;
		if (fds[1].revents)
			load_reap(load);
		if (load_must_tell(load))
			load_tell_started(load);
		if (fds[0].revents && !load_serve(load))
			break;
	}
}

/* A fork writes where it stands on the stack, and so does the loader, each in
 * a copy: of one page if the frames of both begin at a page's end. */
static void load_loop_on_a_page(struct load *load)
{
	uintptr_t frame = (uintptr_t)__builtin_frame_address(0);
	/* cppcheck-suppress allocaCalled ; it is less than a page */
	volatile char *rest = alloca(frame % SHM_PAGE + 1);

	rest[0] = 0;
	load_loop(load);
}

/* The loader's own: a worker has none of it, and what it does not have needs
 * no copy when the loader writes there after the fork. */
static struct load *load_make(void)
{
	static struct catalog catalog;
	struct load *load = mmap(NULL, sizeof(*load), PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (load == MAP_FAILED)
		exit(1);
	madvise(load, sizeof(*load), MADV_DONTFORK);
	load->catalog = &catalog;
	return load;
}

static void load_take_extras(struct load *load, char **at)
{
	if (*at && strcmp(*at, "debugged") == 0) {
		process_ignore_keys();
		at++;
	}
	if (*at && strcmp(*at, "folders") == 0 && at[1] && at[2]) {
		load->keep_folders = (uint32_t)strtoul(at[1], NULL, 10);
		load->folders = at[2];
		at += 3;
	}
	if (*at && strcmp(*at, "wrapped") == 0)
		load->wrapper = at + 1;
}

void load_main(int argc, char **argv, const struct heritage_door *door)
{
	struct load *load;

	if (argc < 6)
		exit(2);
	load = load_make();
	load->door = door;
	load->sock = atoi(argv[2]);
	process_become_loader(load->sock, (pid_t)atoi(argv[4]));
	load_take_extras(load, argv + 6);
	process_limit(strtoul(argv[3], NULL, 10), strtoul(argv[5], NULL, 10));
	load->n_threads = process_count_threads();
	load->sigchld = process_watch_children();
	load_loop_on_a_page(load);
	exit(spawn_kill_all() ? 0 : 1);
}
