/* SPDX-License-Identifier: MIT */
/* results.c: a worker publishes a record and the runner takes it, checksum
 * and check included, in batches as in a run. */
#include "lockfree/results.h"

#include "micro.h"

#define CAP 4096u
#define BATCH 512u

static struct results results;
static struct record cells[CAP];
static struct results_writer writer;
static struct results_reader reader;

static void reset(void)
{
}

static void push_batch(void)
{
	struct record record = { .exit_status = -1 };
	unsigned i;

	for (i = 0; i < BATCH; i++) {
		record.position = i;
		micro_expect(results_has_room(&writer));
		results_push_sp(&writer, &record);
	}
}

static void pop_batch(void)
{
	struct record record;
	bool damaged = false;
	uint32_t n = results_waiting(&reader, &damaged);

	while (n-- > 0)
		micro_expect(results_pop_sc(&reader, &record));
	results_release(&reader);
}

static void push_pop(unsigned n)
{
	for (; n > 0; n -= BATCH) {
		push_batch();
		pop_batch();
	}
}

int main(void)
{
	writer = (struct results_writer){ .results = &results,
					  .cells = cells,
					  .mask = CAP - 1 };
	reader = (struct results_reader){ .results = &results,
					  .cells = cells,
					  .mask = CAP - 1 };
	micro_run("record_push_pop", reset, push_pop, BATCH * 1000);
	return 0;
}
