/* SPDX-License-Identifier: MIT */
/*
 * threads.c: all storms as a plain TAP program, because Criterion cannot
 * start under ThreadSanitizer.
 */
#include "storm.h"

#include <stdio.h>
#include <stdlib.h>

/* ThreadSanitizer takes ten times as long, and needs no luck; with yields a
 * round takes another ten times as long, and meets more in it. */
#ifdef __SANITIZE_THREAD__
#define PART (ENABLE_YIELD ? 100 : 10)
#else
#define PART (ENABLE_YIELD ? 10 : 1)
#endif

/* STORM_PART: for an emulated machine, which is as slow. */
static uint32_t part(void)
{
	const char *text = getenv("STORM_PART");
	unsigned long wanted = text ? strtoul(text, NULL, 10) : 0;

	return wanted ? (uint32_t)wanted : PART;
}

int main(void)
{
	const struct storm *s;
	int n = 0, failed = 0;

	for (s = storms; s->name; s++)
		n++;
	printf("1..%d\n", n);
	for (s = storms; s->name; s++) {
		const char *why = s->run(s->rounds / part());

		printf("%s %d - %s\n", why ? "not ok" : "ok",
		       (int)(s - storms) + 1, s->name);
		if (why)
			printf("# %s\n", why);
		fflush(stdout);
		failed += why != NULL;
	}
	return failed > 0;
}
