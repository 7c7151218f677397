/* SPDX-License-Identifier: MIT */
/*
 * What a program with a main() of its own calls, but for running tests:
 * embed_suite.c and serve_criterion.c say what that comes to.
 */
#include "shim/shim.h"

#include <stdlib.h>
#include <string.h>

/* Read by every cr_assert_*(): full_stats, which is off. */
struct criterion_options {
	int logging_threshold;
	void *logger;
	bool switches[4];
	const char *pattern;
	bool short_filename;
	size_t jobs;
	bool measure_time;
	bool wait_for_clients;
	bool crash;
	int debug;
	unsigned debug_port;
	double timeout;
	bool full_stats;
	char encoding[64];
	bool color;
	bool ignore_warnings;
	const char *executable_name;
};

CRITERION_SIZE(criterion_options, 152);
CRITERION_AT(criterion_options, jobs, 40);
CRITERION_AT(criterion_options, crash, 50);
CRITERION_AT(criterion_options, timeout, 64);
CRITERION_AT(criterion_options, full_stats, 72);
CRITERION_AT(criterion_options, encoding, 73);
CRITERION_AT(criterion_options, executable_name, 144);

shim_api extern struct criterion_options criterion_options;
struct criterion_options criterion_options = {
	.logging_threshold = 2,
	.measure_time = true,
};

shim_api int criterion_add_output(const char *provider, const char *path);
shim_api int criterion_register_output_provider(const char *name,
						void *reporter);
shim_api void criterion_vlog(int level, const char *fmt, va_list ap)
	printf_like(2, 0);
shim_api void criterion_log(int level, const char *fmt, ...)
	printf_like(2, 3);
shim_api void criterion_plog(int level, const void *prefix, const char *fmt,
			     ...) printf_like(3, 4);
shim_api struct criterion_ordered_set *
new_ordered_set(int (*cmp)(void *, void *), void (*dtor)(void *, void *));
shim_api void *insert_ordered_set(struct criterion_ordered_set *set,
				  void *item, size_t size);

struct criterion_test_set *criterion_initialize(void)
{
	static struct criterion_test_set none;

	return &none;
}

void criterion_finalize(struct criterion_test_set *set)
{
	(void)set;
}

int criterion_handle_args(int argc, char **argv, bool all)
{
	(void)argc;
	(void)argv;
	(void)all;
	return 1;
}

int criterion_add_output(const char *provider, const char *path)
{
	(void)provider;
	(void)path;
	return 0;
}

int criterion_register_output_provider(const char *name, void *reporter)
{
	(void)name;
	(void)reporter;
	return 0;
}

/* ---- older ways to log ----------------------------------------------- */

void criterion_vlog(int level, const char *fmt, va_list ap)
{
	char *text = shim_format(fmt, ap);

	(void)level;
	cr_log(0, "%s", text);
	free(text);
}

void criterion_log(int level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	criterion_vlog(level, fmt, ap);
	va_end(ap);
}

void criterion_plog(int level, const void *prefix, const char *fmt, ...)
{
	va_list ap;

	(void)prefix;
	va_start(ap, fmt);
	criterion_vlog(level, fmt, ap);
	va_end(ap);
}

/* ---- sets ------------------------------------------------------------ */

struct criterion_ordered_set *new_ordered_set(int (*cmp)(void *, void *),
					      void (*dtor)(void *, void *))
{
	struct criterion_ordered_set *set = calloc(1, sizeof(*set));

	if (!set)
		abort();
	set->cmp = cmp;
	set->dtor = dtor;
	return set;
}

/* The item in the set; one that was there before stays. */
void *insert_ordered_set(struct criterion_ordered_set *set, void *item,
			 size_t size)
{
	struct criterion_ordered_set_node **at = &set->first, *node;
	int order = 1;

	while (*at && (order = set->cmp(item, *at + 1)) > 0)
		at = &(*at)->next;
	if (*at && order == 0)
		return *at + 1;
	node = malloc(sizeof(*node) + size);
	if (!node)
		abort();
	memcpy(node + 1, item, size);
	node->next = *at;
	*at = node;
	set->size++;
	return node + 1;
}
