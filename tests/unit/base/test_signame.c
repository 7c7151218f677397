/* SPDX-License-Identifier: MIT */
#include "base/signame.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

static void add_is(int signo, const char *wanted)
{
	struct str out = { 0 };

	signame_add(&out, signo);
	cr_expect_str_eq(out.text, wanted);
	str_fini(&out);
}

/* STATE-4: with glibc's own names as the other witness. */
Test(signame, every_signal_has_the_name_that_libc_gives_it)
{
	int signo;

	for (signo = 1; signo < SIGRTMIN; signo++) {
		const char *name = sigabbrev_np(signo);

		if (!name)
			continue;
		cr_expect(strncmp(signame_get(signo), "SIG", 3) == 0,
			  "%d: %s", signo, signame_get(signo));
		cr_expect_str_eq(signame_get(signo) + 3, name);
	}
}

Test(signame, a_signal_without_a_name_is_told_all_the_same)
{
	cr_expect_str_eq(signame_get(SIGRTMIN), "a signal without a name");
	cr_expect_str_eq(signame_get(0), "a signal without a name");
	cr_expect_str_eq(signame_get(-1), "a signal without a name");
	cr_expect_str_eq(signame_get(1000), "a signal without a name");
	add_is(SIGSEGV, "SIGSEGV");
	add_is(1000, "signal 1000");
}

/* With libc's constants as the other witness. */
Test(signame, codes_have_the_names_of_the_manual)
{
	cr_expect_str_eq(signame_code(SIGSEGV, SEGV_MAPERR), "SEGV_MAPERR");
	cr_expect_str_eq(signame_code(SIGSEGV, SEGV_ACCERR), "SEGV_ACCERR");
	cr_expect_str_eq(signame_code(SIGBUS, BUS_ADRERR), "BUS_ADRERR");
	cr_expect_str_eq(signame_code(SIGILL, ILL_ILLOPN), "ILL_ILLOPN");
	cr_expect_str_eq(signame_code(SIGFPE, FPE_INTDIV), "FPE_INTDIV");
	cr_expect_str_eq(signame_code(SIGTRAP, TRAP_TRACE), "TRAP_TRACE");
	cr_expect_str_eq(signame_code(SIGABRT, SI_TKILL), "SI_TKILL");
	cr_expect_str_eq(signame_code(SIGSEGV, SI_USER), "SI_USER");
	cr_expect_str_eq(signame_code(SIGSEGV, SI_KERNEL), "SI_KERNEL");
	cr_expect_null(signame_code(SIGSEGV, 1000));
	cr_expect_null(signame_code(SIGABRT, SEGV_MAPERR));
	cr_expect(signame_has_address(SIGSEGV, SEGV_ACCERR));
	cr_expect_not(signame_has_address(SIGSEGV, SI_USER));
	cr_expect_not(signame_has_address(SIGSEGV, SI_KERNEL));
	cr_expect_not(signame_has_address(SIGFPE, FPE_INTDIV));
}
