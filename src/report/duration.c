/* SPDX-License-Identifier: MIT */
#include "report/duration.h"

#include "base/clock.h"

#include <inttypes.h>

void duration_add_exact(struct str *out, uint64_t ns)
{
	uint64_t ms = ns / NS_PER_MS + (ns % NS_PER_MS >= NS_PER_MS / 2);

	str_addf(out, "%4" PRIu64 ".%03us", ms / 1000, (unsigned)(ms % 1000));
}

void duration_add_near(struct str *out, uint64_t ns)
{
	uint64_t ms = (ns + NS_PER_MS / 2) / NS_PER_MS;

	if (ms < 100 * 1000)
		str_addf(out, "%" PRIu64 ".%03us", ms / 1000,
			 (unsigned)(ms % 1000));
	else
		duration_add_short(out, ms * NS_PER_MS);
}

void duration_add_short(struct str *out, uint64_t ns)
{
	uint64_t s = ns / NS_PER_S;

	if (s < 60)
		str_addf(out, "%" PRIu64 "s", s);
	else if (s < 3600)
		str_addf(out, "%" PRIu64 "m%02us", s / 60, (unsigned)(s % 60));
	else
		str_addf(out, "%" PRIu64 "h%02um", s / 3600,
			 (unsigned)(s / 60 % 60));
}
