/* SPDX-License-Identifier: MIT */
#include "base/signame.h"

#include "base/compiler.h"

#include <signal.h>
#include <stddef.h>

static const char *const signame_names[] = {
	[SIGHUP] = "SIGHUP",   [SIGINT] = "SIGINT",   [SIGQUIT] = "SIGQUIT",
	[SIGILL] = "SIGILL",   [SIGTRAP] = "SIGTRAP", [SIGABRT] = "SIGABRT",
	[SIGBUS] = "SIGBUS",   [SIGFPE] = "SIGFPE",   [SIGKILL] = "SIGKILL",
	[SIGUSR1] = "SIGUSR1", [SIGSEGV] = "SIGSEGV", [SIGUSR2] = "SIGUSR2",
	[SIGPIPE] = "SIGPIPE", [SIGALRM] = "SIGALRM", [SIGTERM] = "SIGTERM",
	[SIGCHLD] = "SIGCHLD", [SIGCONT] = "SIGCONT", [SIGSTOP] = "SIGSTOP",
	[SIGTSTP] = "SIGTSTP", [SIGTTIN] = "SIGTTIN", [SIGTTOU] = "SIGTTOU",
	[SIGURG] = "SIGURG",   [SIGXCPU] = "SIGXCPU", [SIGXFSZ] = "SIGXFSZ",
	[SIGVTALRM] = "SIGVTALRM", [SIGPROF] = "SIGPROF",
	[SIGWINCH] = "SIGWINCH", [SIGPOLL] = "SIGPOLL", [SIGPWR] = "SIGPWR",
	[SIGSTKFLT] = "SIGSTKFLT", [SIGSYS] = "SIGSYS",
};

static const char *signame_find(int signo)
{
	if (signo <= 0 || (size_t)signo >= array_size(signame_names))
		return NULL;
	return signame_names[signo];
}

const char *signame_get(int signo)
{
	const char *name = signame_find(signo);

	return name ? name : "a signal without a name";
}

void signame_add(struct str *out, int signo)
{
	const char *name = signame_find(signo);

	if (name)
		str_add(out, name);
	else
		str_addf(out, "signal %d", signo);
}

/* ---- codes -------------------------------------------------------------- */

/* Numbers of the kernel's ABI, sigaction(2): older headers lack some. */
static const struct signame_code {
	int signo; /* 0 = of any */
	int code;
	const char *name;
} signame_codes[] = {
	{ SIGSEGV, 1, "SEGV_MAPERR" },	{ SIGSEGV, 2, "SEGV_ACCERR" },
	{ SIGSEGV, 3, "SEGV_BNDERR" },	{ SIGSEGV, 4, "SEGV_PKUERR" },
	{ SIGSEGV, 8, "SEGV_MTEAERR" }, { SIGSEGV, 9, "SEGV_MTESERR" },
	{ SIGSEGV, 10, "SEGV_CPERR" },	{ SIGBUS, 1, "BUS_ADRALN" },
	{ SIGBUS, 2, "BUS_ADRERR" },	{ SIGBUS, 3, "BUS_OBJERR" },
	{ SIGBUS, 4, "BUS_MCEERR_AR" }, { SIGBUS, 5, "BUS_MCEERR_AO" },
	{ SIGILL, 1, "ILL_ILLOPC" },	{ SIGILL, 2, "ILL_ILLOPN" },
	{ SIGILL, 3, "ILL_ILLADR" },	{ SIGILL, 4, "ILL_ILLTRP" },
	{ SIGILL, 5, "ILL_PRVOPC" },	{ SIGILL, 6, "ILL_PRVREG" },
	{ SIGILL, 7, "ILL_COPROC" },	{ SIGILL, 8, "ILL_BADSTK" },
	{ SIGFPE, 1, "FPE_INTDIV" },	{ SIGFPE, 2, "FPE_INTOVF" },
	{ SIGFPE, 3, "FPE_FLTDIV" },	{ SIGFPE, 4, "FPE_FLTOVF" },
	{ SIGFPE, 5, "FPE_FLTUND" },	{ SIGFPE, 6, "FPE_FLTRES" },
	{ SIGFPE, 7, "FPE_FLTINV" },	{ SIGFPE, 8, "FPE_FLTSUB" },
	{ SIGTRAP, 1, "TRAP_BRKPT" },	{ SIGTRAP, 2, "TRAP_TRACE" },
	{ SIGTRAP, 3, "TRAP_BRANCH" },	{ SIGTRAP, 4, "TRAP_HWBKPT" },
	{ SIGSYS, 1, "SYS_SECCOMP" },	{ 0, 0, "SI_USER" },
	{ 0, 0x80, "SI_KERNEL" },	{ 0, -1, "SI_QUEUE" },
	{ 0, -2, "SI_TIMER" },		{ 0, -6, "SI_TKILL" },
};

const char *signame_code(int signo, int code)
{
	const struct signame_code *at = signame_codes;
	size_t i;

	for (i = 0; i < array_size(signame_codes); i++)
		if (at[i].code == code &&
		    (at[i].signo == signo || at[i].signo == 0))
			return at[i].name;
	return NULL;
}

/* Of others it is the instruction, or there is none: SI_KERNEL is an address
 * that no pointer can have. */
bool signame_has_address(int signo, int code)
{
	return (signo == SIGSEGV || signo == SIGBUS) && code > 0 &&
	       code < 0x80;
}
