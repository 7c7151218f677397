/* SPDX-License-Identifier: MIT */
#include "world.h"

#include "base/clock.h"
#include "base/sys.h"
#include "fuzz.h"
#include "run/tell.h"
#include "shm/catalog.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define STATUS_NOMEM (-12)

struct world world;

/* The linker's wraps. */
int __wrap_loop_watch(struct loop *loop, int fd, uint64_t tag,
		      struct err *err);
void __wrap_loop_unwatch(struct loop *loop, int fd);
const char *__wrap_loop_name(const struct loop *loop);
int __wrap_loop_wait(struct loop *loop, uint64_t timeout_ns, uint64_t *tags,
		     int cap);
int __wrap_clock_gettime(clockid_t id, struct timespec *ts);
int __real_clock_gettime(clockid_t id, struct timespec *ts);
int __wrap_sys_pidfd_signal(int pidfd, int signo);
void __wrap_loader_stop(struct loader *l, uint64_t timeout_ns);
int __wrap_loader_restart(struct loader *l, const struct loader_args *args,
			  struct err *err);

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* A life: the end that is kept; closing it ends it. */
static int open_life(int *pidfd, ino_t *ino)
{
	struct stat st;
	int ends[2];

	fuzz_must(pipe2(ends, O_CLOEXEC) == 0 && fstat(ends[0], &st) == 0,
		  "no pipe");
	*pidfd = ends[0];
	*ino = st.st_ino;
	return ends[1];
}

static void connect_loader(struct loader *l)
{
	int ends[2];

	fuzz_must(socketpair(AF_UNIX,
			     SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
			     ends) == 0, "no socket");
	l->sock = ends[0];
	world.loader_end = ends[1];
	world.loader_life = open_life(&l->pidfd, &world.loader_ino);
}

static void detach(void)
{
	if (world.attached) {
		arena_detach(&world.arena);
		catalog_detach(&world.catalog);
	}
	world.attached = false;
	close_fd(&world.doorbell_fd);
}

void world_open(void)
{
	struct player *p;

	world.doorbell_fd = world.loader_end = world.loader_life = -1;
	loader_init(&world.loader);
	connect_loader(&world.loader);
	for (p = world.players; p < world.players + WORLD_SLOTS; p++) {
		p->slot = (uint32_t)(p - world.players);
		p->spool_fd = p->notes_fd = p->life_fd = p->pidfd = -1;
	}
}

static void forget_player(struct player *p)
{
	p->state = PLAYER_NONE;
	close_fd(&p->spool_fd);
	close_fd(&p->notes_fd);
	close_fd(&p->life_fd);
	close_fd(&p->pidfd);
}

void world_close(void)
{
	uint32_t i;

	for (i = 0; i < WORLD_SLOTS; i++)
		forget_player(&world.players[i]);
	detach();
	close_fd(&world.loader_end);
	close_fd(&world.loader_life);
}

/* ---- the loader ------------------------------------------------------ */

void world_send(const struct wire_head *head, const int *fds, int n_fds)
{
	if (world.loader_end < 0)
		return;
	wire_send(world.loader_end, head, NULL, fds, n_fds);
	world.spoke = true;
}

static void hear_attach(int *fds)
{
	struct err err = { 0 };

	detach();
	fuzz_must(catalog_attach(&world.catalog, fds[0], &err) == 0, "%s",
		  err.text);
	world.layout = world.catalog.header->arena;
	fuzz_must(arena_attach(&world.arena, &world.layout, NULL, fds[1], &err) == 0,
		  "%s", err.text);
	world.attached = true;
	world.doorbell_fd = fds[2];
	fds[2] = -1;
}

static void hear_fork(const struct wire_head *head, int *fds)
{
	struct player *p = &world.players[head->slot];

	fuzz_must(head->slot < world.n_slots &&
			  (p->state == PLAYER_NONE || world.lied),
		  "a second worker for w%u", head->slot);
	forget_player(p);
	*p = (struct player){ .state = PLAYER_ASKED,
			      .slot = head->slot,
			      .generation = head->generation,
			      .flags = head->flags,
			      .spool_fd = fds[0],
			      .notes_fd = fds[1],
			      .life_fd = -1,
			      .pidfd = -1 };
	fds[0] = fds[1] = -1;
}

void world_hear(void)
{
	int fds[SYS_MAX_FDS], n_fds, i;
	struct wire_msg msg;

	while (world.loader_end >= 0 &&
	       wire_recv(world.loader_end, &msg, fds, &n_fds) > 0) {
		if (msg.head.kind == WIRE_ATTACH && n_fds == 3)
			hear_attach(fds);
		else if (msg.head.kind == WIRE_FORK && n_fds == 2)
			hear_fork(&msg.head, fds);
		else
			fuzz_must(false, "kind %u, %d fds", msg.head.kind,
				  n_fds);
		for (i = 0; i < n_fds; i++)
			close_fd(&fds[i]);
	}
}

static void say_started(struct player *p)
{
	struct wire_head head = { .kind = WIRE_STARTED,
				  .slot = p->slot,
				  .generation = p->generation };

	world_send(&head, &p->pidfd, 1);
	close_fd(&p->pidfd);
}

void world_start(struct player *p)
{
	if (p->state == PLAYER_ASKED) {
		p->life_fd = open_life(&p->pidfd, &p->life);
		p->state = PLAYER_LIVE;
		p->at = AT_DOOR;
		p->forked_ns = world.now_ns;
	} else if (p->state == PLAYER_LIVE && p->pidfd >= 0 &&
		   world.now_ns > p->forked_ns + NS_PER_MS) {
		say_started(p);
	}
}

void world_refuse(struct player *p)
{
	struct wire_head head = { .kind = WIRE_NOFORK,
				  .slot = p->slot,
				  .generation = p->generation,
				  .status = STATUS_NOMEM };

	if (p->state != PLAYER_ASKED)
		return;
	world.n_deaths++;
	world_send(&head, NULL, 0);
	forget_player(p);
}

void world_bury(struct player *p, bool succeeded)
{
	struct wire_head head = { .kind = WIRE_GONE,
				  .slot = p->slot,
				  .generation = p->generation,
				  .status = p->status };

	if (p->state != PLAYER_DEAD)
		return;
	succeeded = succeeded && WIFSIGNALED(p->status) && !p->flags;
	head.flags = succeeded ? WIRE_SUCCEEDED : 0;
	world_send(&head, NULL, 0);
	if (!succeeded) {
		forget_player(p);
		return;
	}
	close_fd(&p->pidfd);
	*p = (struct player){ .state = PLAYER_ASKED,
			      .slot = p->slot,
			      .generation = (p->generation + 1) & 0xffffu,
			      .spool_fd = p->spool_fd,
			      .notes_fd = p->notes_fd,
			      .life_fd = -1,
			      .pidfd = -1 };
}

/* Of a signal that is neither the runner's nor came with the loader's end. */
static bool has_crashed(const struct player *p)
{
	return (p->at == AT_SET_UP || p->at == AT_FILL || p->at == AT_BODY) &&
	       WIFSIGNALED(p->status) && WTERMSIG(p->status) != SIGKILL &&
	       WTERMSIG(p->status) != SIGTERM;
}

/* As arena_note_end(): the loader had reaped it, and not told so. */
static void note_end(const struct player *p)
{
	if (p->state != PLAYER_DEAD || !world.attached)
		return;
	atom64_store_relaxed(&world.arena.slots[p->slot].end,
			     (p->generation + UINT64_C(1)) << 32 |
				     (uint32_t)p->status);
	if (has_crashed(p))
		world.fates[p->position].crashed = true;
}

void world_kill_loader(void)
{
	uint32_t i;

	world.n_deaths++;
	world.n_loader_deaths++;
	close_fd(&world.loader_end);
	close_fd(&world.loader_life);
	for (i = 0; i < WORLD_SLOTS; i++) {
		note_end(&world.players[i]);
		forget_player(&world.players[i]);
	}
}

void world_serve(void)
{
	uint32_t i;

	for (i = 0; i < world.n_slots; i++) {
		world_bury(&world.players[i], true);
		world_start(&world.players[i]);
	}
}

/* ---- the linker's wraps ---------------------------------------------- */

int __wrap_loop_watch(struct loop *loop, int fd, uint64_t tag,
		      struct err *err)
{
	(void)loop;
	(void)tag;
	(void)err;
	fuzz_must(fcntl(fd, F_GETFD) >= 0, "descriptor %d", fd);
	return 0;
}

void __wrap_loop_unwatch(struct loop *loop, int fd)
{
	(void)loop;
	fuzz_must(fcntl(fd, F_GETFD) >= 0, "descriptor %d", fd);
}

const char *__wrap_loop_name(const struct loop *loop)
{
	(void)loop;
	return "world";
}

int __wrap_loop_wait(struct loop *loop, uint64_t timeout_ns, uint64_t *tags,
		     int cap)
{
	int n = 0;

	(void)loop;
	fuzz_must(cap >= 4, "%d", cap);
	world_turn(timeout_ns);
	if (world.rang)
		tags[n++] = RUN_TAG_DOORBELL;
	if (world.signalled)
		tags[n++] = RUN_TAG_SIGNAL;
	if (world.loader_end < 0)
		tags[n++] = RUN_TAG_LOADER_END;
	else if (world.spoke)
		tags[n++] = RUN_TAG_LOADER;
	world.rang = world.signalled = world.spoke = false;
	return n;
}

int __wrap_clock_gettime(clockid_t id, struct timespec *ts)
{
	if (id != CLOCK_MONOTONIC || !world.now_ns)
		return __real_clock_gettime(id, ts);
	world.now_ns += NS_PER_US;
	*ts = clock_timespec(world.now_ns);
	return 0;
}

int __wrap_sys_pidfd_signal(int pidfd, int signo)
{
	struct stat st;
	uint32_t i;

	if (fstat(pidfd, &st) < 0)
		return -EBADF;
	if (world.loader_end >= 0 && st.st_ino == world.loader_ino &&
	    signo == SIGKILL)
		world_kill_loader();
	for (i = 0; i < WORLD_SLOTS; i++) {
		struct player *p = &world.players[i];

		if (p->state == PLAYER_LIVE && p->life == st.st_ino &&
		    (signo == SIGKILL || (signo != SIGCONT && !p->deaf)))
			player_die(p, signo);
	}
	return 0;
}

void __wrap_loader_stop(struct loader *l, uint64_t timeout_ns)
{
	(void)timeout_ns;
	close_fd(&l->sock);
	close_fd(&l->pidfd);
}

int __wrap_loader_restart(struct loader *l, const struct loader_args *args,
			  struct err *err)
{
	(void)args;
	if (world.restart_fails)
		return err_set(err, -ESTALE, "the suites have changed");
	close_fd(&world.loader_life);
	connect_loader(l);
	return 0;
}
