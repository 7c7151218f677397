/* SPDX-License-Identifier: MIT */
/*
 * run_impl.h - the runner's private state during a run.  Included by src/run
 * only.
 *
 * Everything the exit status depends on is in here, in the runner's own
 * memory: the arena is looked at, checked, and copied (LF-6).
 */
#ifndef RUN_RUN_IMPL_H
#define RUN_RUN_IMPL_H

#include "base/str.h"
#include "run/run.h"
#include "shm/arena.h"

#include <termios.h>

/* What is known of a slot's worker.
 *
 *	EMPTY --start--> STARTING --WIRE_STARTED--> LIVE --WIRE_GONE--> EMPTY
 *	STARTING --WIRE_NOFORK or WIRE_GONE--> EMPTY
 *	STARTING or LIVE --WIRE_GONE, WIRE_SUCCEEDED--> STARTING, next generation
 *	any --the loader died--> EMPTY */
enum crew_state { CREW_EMPTY, CREW_STARTING, CREW_LIVE };

/* Why the runner signalled a worker; STATE-12: never a pass after that. */
enum crew_doom {
	DOOM_NONE,
	DOOM_TIMEOUT,	  /* its test ran out of time */
	DOOM_INTERRUPTED, /* the run ends now: run->stop.killed */
	DOOM_CONDEMNED,	  /* it wrote what cannot be true */
	DOOM_LEAVING,	  /* all is done and it does not go */
};

/* What a test had used when a part of its time was over (evidence.c). */
struct evidence_mark {
	pid_t leader; /* 0 = nothing is known */
	uint64_t at_ns, cpu_ns, wait_ns;
	uint64_t n_periods, n_throttled; /* of its control group's quota */
};

struct crew_slot {
	enum crew_state state;
	enum crew_doom doom;
	uint32_t generation;
	int pidfd; /* -1 = none */
	pid_t pid; /* the loader's word; only to look at */
	int spool_fd;
	int notes_fd;
	struct results_reader reader;
	uint64_t n_attempts;	/* that ended, of this generation */
	uint64_t spool_pos;	/* output up to here is told */
	uint64_t spool_punched; /* and up to here given back */
	uint64_t relay_pos;	/* and up to here relayed (relay.c) */
	bool relayed;		/* something of the test at hand was */
	uint64_t notes_pos;
	uint64_t notes_punched;
	bool has_usage;		/* told of a test whose record comes next */
	bool has_total;		/* it is dead, and total and end are known */
	uint32_t usage_position;
	struct usage usage;
	struct usage metered;	/* all that its tests are known to have used */
	uint64_t metered_at_ns;	/* up to then, at the latest */
	struct usage total;	/* used by all it ran */
	int end;		/* wait status, where the loader cannot say it */
	uint32_t segment; /* of the plan, of the last test told */
	/* What the last tick saw (tick.c). */
	uint32_t seen_seq;
	uint32_t seen_position;
	bool seen_running;
	uint64_t seen_since_ns; /* when that run of that test began */
	uint64_t progress_ns;	/* it said so at that time; 0 = it did not */
	uint64_t quiet_since_ns; /* no sign of life since, outside a test */
	uint64_t slow_at_ns;	/* next notice */
	uint64_t kill_at_ns;	/* SIGKILL; 0 = not doomed */
	uint64_t polite_at_ns;	/* SIGTERM; 0 = it has been sent */
	bool clocked;		/* what follows is of this test */
	pid_t clocked_pid;	/* its leader then, 0 = none */
	uint64_t clocked_ns;	/* and the CPU time before that is not its */
	bool marked;		/* mark is of this test */
	struct evidence_mark mark;
	struct str evidence;	/* why it is out of time, in lines */
};

/* How a run ends before its tests do. */
struct stop {
	bool asked;	     /* no test starts from now on */
	enum notrun reason;  /* of tests that have not started */
	int signo;	     /* first signal, 0 = none */
	uint32_t n_signals;
	int kill_signo;	     /* what running tests get; 0 = they may finish */
	enum notrun killed;  /* why they get it */
	uint32_t n_crashes;  /* CRASH-4 */
};

/* Reports before the last ones (interim.c). */
struct interim {
	uint64_t at_ns; /* when they are begun; 0 = never, or they are */
	pid_t pid;	/* who writes them; 0 = nobody */
};

/* Run fixtures on their way down (release.c). */
struct release {
	uint32_t *left; /* tests without a terminal state, per suite; NULL =
			 * there are no run fixtures */
	bool under_way; /* some suite's count has come to 0 */
};

/* Failed tests that run once more, alone (recheck.h). */
struct recheck {
	uint32_t *positions;
	uint32_t n, cap, next;
	bool under_way; /* that of next - 1 */
};

/* Chains that are run again (chain.h). */
struct chains {
	uint8_t *how;	   /* by position; NULL = none is */
	uint32_t n_parked; /* what waits for that, and has not ended */
};

/* Copies that begin together (volley.h). */
struct volley {
	uint32_t len;	   /* of each list; 0 = there are no copies */
	uint32_t fired;	   /* so far they have been let go */
	uint64_t start_ns; /* when the last did begin */
	uint64_t first_ns; /* of the run's time, when the first was fired */
};

/* Memory is short (pressure.c). */
struct pressure {
	uint64_t at_ns, stalled_us; /* the last look */
	uint32_t limit; /* slots from here on are held back; 0 = none are */
	bool told;
};

#define SPARED_MAX 64

/* A time in which all was stopped (pause.c). */
struct pause {
	uint64_t from_ns, to_ns;
};

/* Of debug.h; 0 = there is none. */
struct run_debug {
	pid_t test, gdb;
	bool on_terminal;
	struct termios before; /* its settings, then */
};

struct run {
	const struct run_args *args;
	struct run_debug debug;
	struct plugin *plugin; /* a dynamic one; NULL = none */
	struct unwind *unwind; /* NULL = there are no backtraces */
	struct arena arena;
	struct arena_layout layout;
	int arena_fd, catalog_fd, doorbell_fd, signal_fd;
	struct crew_slot *slots;
	uint32_t n_slots;
	uint32_t n_withheld;   /* the last ones, for which there is no token */
	uint32_t n_returned;   /* tokens of the others that went back */
	uint32_t n_forking;    /* fork requests without an answer */
	uint32_t n_fruitless;  /* generations in a row that did nothing */
	uint32_t n_refused;   /* forks in a row, while nobody worked */
	uint64_t fork_after_ns; /* a fork failed: not before */
	struct ring_producer ring;
	struct keeper *keeper; /* NULL = the plan has nothing for it */
	struct range *backlog; /* what the ring had no room for */
	uint32_t n_backlog, cap_backlog;
	uint64_t *sums;	       /* model/sums.h; NULL with fewer than two parts */
	uint8_t *ended;	       /* per position: has a terminal state */
	uint32_t n_ended;
	struct retry *retry;   /* NULL = nothing is run again: retry.h */
	struct recheck recheck;
	struct chains chains;
	struct pressure pressure;
	struct volley volley;
	uint32_t *retried;     /* positions requeued after a loader's death */
	uint32_t n_retried, cap_retried;
	struct tally tally;
	struct stop stop;
	struct interim interim;
	struct release release;
	uint64_t now_ns;
	uint64_t started_ns;
	uint64_t paused_ns; /* of the time since then */
	struct pause *pauses; /* those that we know of */
	uint32_t n_pauses, cap_pauses;
	uint64_t last_tick_ns;
	uint64_t last_progress_ns;
	uint64_t last_result_ns; /* when records were collected */
	uint64_t min_timeout_ns; /* the shortest of any test; 0 = none */
	pid_t spared[SPARED_MAX]; /* children from before this run */
	int n_spared;
	uint64_t watched_ns; /* the watchdog's last look */
	uint64_t unheard_since_ns; /* the loader owes an answer; 0 = none */
	uint64_t sweep_after_ns;
	uint32_t n_vain_sweeps; /* in a row that found nothing to hand out */
	uint32_t signs;	       /* at the gate, as far as the runner raised them */
	bool closed;	       /* GATE_STOP is one of them */
	uint64_t closed_ns;    /* since when workers should leave */
	uint64_t oom_kills; /* of the machine, at the last look (oom.c) */
	uint64_t flood_until_ns; /* some spool grew fast: look often */
	bool has_crashed;      /* some test has: core.h */
	bool fatal;	       /* nothing more can be run */
	bool keys;	       /* stdin is watched: keys.h */
};

#endif
