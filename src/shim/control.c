/* SPDX-License-Identifier: MIT */
/* A test from set-up to teardown, and the ways out of it (CRA-5, CRA-6). */
#include "shim/shim.h"

#include <stdlib.h>
#include <string.h>

struct shim shim;

const struct abi_test *criterion_current_test;
const struct abi_suite *criterion_current_suite;

/* ---- the trampoline, which the suite brings, calls these three -------- */

static void shim_call(void (*fixture)(void))
{
	if (fixture)
		fixture();
}

void criterion_internal_test_setup(void)
{
	const struct abi_extra *scope = shim.call.suite->data;

	shim.host->phase(ADAPTER_SETUP);
	/* Returning would run the body. */
	shim.leaves = true;
	shim_call(scope ? scope->init : NULL);
	shim_call(shim.call.test->data->init);
	shim.leaves = false;
}

void criterion_internal_test_main(void (*fn)(void))
{
	void (*body)(void *param);

	shim.host->phase(ADAPTER_BODY);
	if (!jump_set(&shim.abort)) {
		if (shim.param) {
			memcpy(&body, &fn, sizeof(body));
			body(shim.param);
		} else {
			fn();
		}
	}
	shim.host->phase(ADAPTER_TEARDOWN);
}

void criterion_internal_test_teardown(void)
{
	const struct abi_extra *scope = shim.call.suite->data;

	if (!jump_set(&shim.abort)) {
		shim_call(shim.call.test->data->fini);
		shim_call(scope ? scope->fini : NULL);
	}
	shim.host->phase(ADAPTER_AFTER);
}

/* ---- ways out -------------------------------------------------------- */

void criterion_abort_test(void)
{
	shim.host->may_jump();
	if (shim.leaves)
		jump_to(&shim.out);
	jump_to(&shim.abort);
}

/* Criterion raises a debug trap here, when told to. */
void criterion_continue_test(void)
{
}

char *shim_format(const char *fmt, va_list ap)
{
	char *text = NULL;

	if (cr_vasprintf(&text, fmt, ap) < 0)
		text = strdup("(a message that cannot be formatted)");
	if (!text)
		abort();
	return text;
}

void shim_fail(const char *text)
{
	const struct abi_extra *data = shim.call.test->data;

	shim.host->fail(data->file_, data->line_, text);
}

void shim_abort(const char *text)
{
	shim_fail(text);
	criterion_abort_test();
}

/* In Criterion these two are exit(0): nothing of the test runs behind them. */
void criterion_skip_test(const char *fmt, ...)
{
	va_list ap;
	char *text;

	shim.host->may_jump();
	va_start(ap, fmt);
	text = shim_format(fmt, ap);
	va_end(ap);
	shim.host->skip(*text ? text : "cr_skip()");
	free(text);
	jump_to(&shim.out);
}

void criterion_test_die(const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = shim_format(fmt, ap);
	va_end(ap);
	shim_fail(text);
	free(text);
	shim.host->may_jump();
	jump_to(&shim.out);
}

void cr_log(int severity, const char *fmt, ...)
{
	static const char *const marks[] = { "", "warning: ", "error: " };
	const char *mark = marks[severity > 0 && severity < 3 ? severity : 0];
	va_list ap;
	char *text, *line = NULL;

	va_start(ap, fmt);
	text = shim_format(fmt, ap);
	va_end(ap);
	if (cr_asprintf(&line, "%s%s", mark, text) >= 0)
		shim.host->log(line);
	free(line);
	free(text);
}

/* ---- for the adapter ------------------------------------------------- */

static void shim_bind(const struct adapter_host *host)
{
	shim.host = host;
}

/* A row of its own for each instance (REG-9). */
static void *shim_copy_param(const struct criterion_call *call)
{
	void *copy;

	if (!call->param)
		return NULL;
	copy = malloc(call->param_size ? call->param_size : 1);
	if (!copy)
		abort();
	return memcpy(copy, call->param, call->param_size);
}

static void shim_run(const struct criterion_call *call)
{
	shim.call = *call;
	shim.param = shim_copy_param(call);
	shim.leaves = false;
	shim.in_round = false;
	criterion_current_test = call->test;
	criterion_current_suite = call->suite;
	if (!jump_set(&shim.out))
		call->test->test();
	shim_redirect_restore();
	free(shim.param);
}

const struct criterion_shim shmrun_criterion_shim = {
	.bind = shim_bind,
	.run = shim_run,
};
