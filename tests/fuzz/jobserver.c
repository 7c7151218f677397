/* SPDX-License-Identifier: MIT */
/*
 * MAKEFLAGS (cli/jobserver.c): any text leads to a jobserver, to none, or to
 * one sentence; tokens that were taken come back, and no descriptor leaks.
 *
 * Input: how many tokens to take, then MAKEFLAGS.  Descriptors 50 and 51 are
 * a pipe with tokens; others are looked at but not read: they may be ours.
 */
#include "cli/jobserver.h"

#include "base/mem.h"
#include "fuzz.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAKE_TAKE 50
#define MAKE_GIVE 51
#define N_TOKENS 5

static void make_pipe(void)
{
	int ends[2];

	if (fcntl(MAKE_TAKE, F_GETFD) >= 0)
		return;
	fuzz_must(pipe(ends) == 0 && dup2(ends[0], MAKE_TAKE) >= 0 &&
			  dup2(ends[1], MAKE_GIVE) >= 0,
		  "no pipe");
	close(ends[0]);
	close(ends[1]);
	fuzz_must(write(MAKE_GIVE, "+ABC+", N_TOKENS) == N_TOKENS,
		  "no tokens");
}

static int count_tokens(void)
{
	int n = -1;

	ioctl(MAKE_TAKE, FIONREAD, &n);
	return n;
}

static bool is_ours(int fd)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && fstat(MAKE_TAKE, &b) == 0 &&
	       a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

static void try_tokens(struct jobserver *js, uint32_t want)
{
	uint32_t got = jobserver_take(js, want);

	fuzz_must(got <= want && got <= N_TOKENS, "%u of %u", got, want);
	fuzz_must(got == js->n_held, "%u held", js->n_held);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { .at = data, .left = size };
	static struct jobserver js;
	struct err err = { 0 };
	uint32_t want = fuzz_byte(&in);
	char *flags = mem_strndup((const char *)in.at, in.left);
	uint64_t before;
	int ret;

	make_pipe();
	before = fuzz_descriptors();
	ret = jobserver_open(&js, flags, &err);
	fuzz_must(ret == 0 || (*err.text && !jobserver_is_open(&js)), "%d",
		  ret);
	if (jobserver_is_open(&js) && is_ours(js.fd_take))
		try_tokens(&js, want);
	jobserver_close(&js, &err);
	fuzz_must(count_tokens() == N_TOKENS, "%d tokens", count_tokens());
	fuzz_must(fuzz_descriptors() == before, "a descriptor is lost");
	free(flags);
	return 0;
}
