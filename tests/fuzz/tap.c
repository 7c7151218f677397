/* SPDX-License-Identifier: MIT */
/*
 * TAP (suite/tap.h), as programs write it: a pass has a met plan and no line
 * that says "not ok", whatever else there is; the same bytes in other pieces
 * are the same points; all texts end.
 *
 * Input: how many bytes a piece has (one byte), then the lines.
 */
#include "suite/tap.h"

#include "base/id.h"
#include "fuzz.h"

#include <string.h>
#include <strings.h>

static struct tap tap;

struct seen {
	uint64_t digest;
	uint32_t n, n_failed;
};

static void take_point(void *ctx, const struct tap_point *p)
{
	struct seen *seen = ctx;
	const char *const texts[] = { p->name, p->reason, p->detail, p->file };
	size_t i;

	seen->n++;
	seen->n_failed += p->state == TAP_FAILED;
	seen->digest = seen->digest * 31 + p->number * 7 + p->state + p->line;
	for (i = 0; i < 4; i++) {
		size_t len = strlen(texts[i]);

		fuzz_must(len <= TAP_LINE_MAX && len <= TAP_DETAIL_MAX,
			  "text %zu: %zu", i, len);
		seen->digest = seen->digest * 31 + id_bytes(texts[i], len);
	}
}

static enum outcome read_pieces(const uint8_t *bytes, size_t len, size_t piece,
				struct seen *seen)
{
	char why[TAP_WHY_CAP];
	enum outcome outcome;
	size_t n;

	*seen = (struct seen){ 0 };
	tap_open(&tap, take_point, seen);
	for (; len > 0; bytes += n, len -= n) {
		n = len < piece ? len : piece;
		tap_feed(&tap, (const char *)bytes, n);
	}
	outcome = tap_end(&tap, why);
	fuzz_must(strlen(why) < TAP_WHY_CAP, "why");
	fuzz_must((outcome == OUTCOME_PASS) == (*why == '\0'), "'%s'", why);
	fuzz_must(outcome != OUTCOME_PASS || !tap_is_broken(&tap), "broken");
	tap_close(&tap);
	return outcome;
}

/* By another way than the reader's: is there a line that forbids a pass? */
static bool says_not_ok(const uint8_t *bytes, size_t len)
{
	const char *at = (const char *)bytes, *end = at + len, *stop;

	for (; at < end; at = stop + 1) {
		size_t n;

		stop = memchr(at, '\n', (size_t)(end - at));
		if (!stop)
			stop = end;
		n = (size_t)(stop - at);
		if (n >= 6 && memcmp(at, "not ok", 6) == 0 &&
		    (n == 6 || at[6] == ' ') && !memchr(at, '#', n))
			return true;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen whole, pieces;
	size_t piece = size ? data[0] + 1u : 1;
	enum outcome outcome;

	if (size) {
		data++;
		size--;
	}
	outcome = read_pieces(data, size, SIZE_MAX, &whole);
	fuzz_must(outcome == read_pieces(data, size, piece, &pieces),
		  "pieces of %zu", piece);
	fuzz_must(whole.digest == pieces.digest && whole.n == pieces.n,
		  "pieces of %zu", piece);
	if (outcome == OUTCOME_PASS) {
		fuzz_must(whole.n > 0 && whole.n_failed == 0, "%u points",
			  whole.n);
		fuzz_must(memmem(data, size, "1..", 3), "no plan");
		fuzz_must(!says_not_ok(data, size), "not ok");
	}
	return 0;
}
