/* SPDX-License-Identifier: MIT */
#include "suite/select.h"

#include "base/mem.h"
#include "base/str.h"
#include "suite/expr.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

/* A glob, and the same with its "[N-M]" taken as instances. */
struct glob {
	const char *text;
	char *name;	 /* without the brackets; NULL = there are none */
	uint32_t lo, hi; /* instances lo .. hi */
	bool used;
};

/* "name[3]", "name[10-19]": the part in brackets, if it is one. */
static bool select_brackets(const char *text, const char **open, uint32_t *lo,
			    uint32_t *hi)
{
	size_t len = strlen(text);
	unsigned long from, to;
	char *end;

	if (len < 3 || text[len - 1] != ']')
		return false;
	*open = strrchr(text, '[');
	if (!*open || !isdigit((unsigned char)(*open)[1]))
		return false;
	from = to = strtoul(*open + 1, &end, 10);
	if (*end == '-' && isdigit((unsigned char)end[1]))
		to = strtoul(end + 1, &end, 10);
	/* Numbers past any range pick nothing. */
	*lo = (uint32_t)min_of(from, (unsigned long)UINT32_MAX);
	*hi = (uint32_t)min_of(to, (unsigned long)UINT32_MAX);
	return end == text + len - 1;
}

static void glob_init(struct glob *g, const char *text)
{
	const char *open;

	*g = (struct glob){ .text = text };
	if (select_brackets(text, &open, &g->lo, &g->hi))
		g->name = mem_strndup(text, (size_t)(open - text));
}

static bool select_matches(const char *pattern, const struct test *t)
{
	char slash[512];
	size_t rest;

	if (strcmp(pattern, t->name) == 0 ||
	    fnmatch(pattern, t->name, 0) == 0)
		return true;
	rest = strlen(t->name) - t->scope_len;
	if (rest < 2 || strlen(t->name) >= sizeof(slash))
		return false;
	/* "Scope/name" */
	memcpy(slash, t->name, t->scope_len);
	slash[t->scope_len] = '/';
	/* With its end. */
	memcpy(slash + t->scope_len + 1, t->name + t->scope_len + 2, rest - 1);
	return fnmatch(pattern, slash, 0) == 0;
}

/* Adds the instances a glob picks to the marks; the whole test when marks
 * cannot hold it. */
struct pick {
	bool all;
	bool *marks; /* per instance; NULL until one is picked alone */
};

static void select_mark(struct pick *pick, const struct test *t,
			const struct glob *g)
{
	uint32_t i, hi = min_of(g->hi, t->count - 1);

	if (!pick->marks)
		pick->marks = mem_array(t->count, sizeof(*pick->marks));
	for (i = g->lo; i <= hi; i++)
		pick->marks[i] = true;
}

static void select_pick(struct pick *pick, const struct test *t,
			struct glob *g)
{
	if (select_matches(g->text, t)) {
		pick->all = g->used = true;
	} else if (t->indexed && g->name && g->lo < t->count &&
		   g->lo <= g->hi && select_matches(g->name, t)) {
		g->used = true;
		select_mark(pick, t, g);
	}
}

/* ---- expressions ------------------------------------------------------ */

/* All that decides, while it is applied. */
struct selection {
	const struct select_args *args;
	const struct listing *listing;
	struct glob *globs;
	struct expr *exprs;
	bool by_instance; /* some expression may tell them apart */
	struct str name;  /* of an instance */
};

static enum outcome select_last(const struct selection *s, uint32_t test_ix,
				uint32_t index)
{
	const struct costs *c = s->args->costs;
	const struct cost *row;

	if (!c)
		return OUTCOME_NONE;
	row = &c->rows[costs_row(c, test_ix, index)];
	return row->known ? (enum outcome)row->last : OUTCOME_NONE;
}

/* A union; each expression is asked, so that each predicate has its chance. */
static enum truth select_eval(struct selection *s,
			      const struct expr_subject *subject)
{
	enum truth truth = s->args->n_exprs ? TRUTH_NO : TRUTH_YES, one;
	uint32_t i;

	for (i = 0; i < s->args->n_exprs; i++) {
		one = expr_eval(&s->exprs[i], subject);
		truth = max_of(truth, one);
	}
	return truth;
}

static enum truth select_of_test(struct selection *s, uint32_t test_ix)
{
	const struct test *t = &s->listing->tests[test_ix];
	struct expr_subject subject = {
		.suite = s->listing->suites[t->suite_ix].path,
		.test = t,
	};

	if (t->count == 1)
		subject.last = select_last(s, test_ix, 0);
	return select_eval(s, &subject);
}

static bool select_of_instance(struct selection *s, uint32_t test_ix,
			       uint32_t index)
{
	const struct test *t = &s->listing->tests[test_ix];

	str_clear(&s->name);
	test_print_name(&s->name, t, index);
	return select_eval(s, &(struct expr_subject){
		.suite = s->listing->suites[t->suite_ix].path,
		.test = t,
		.instance = str_get(&s->name),
		.last = select_last(s, test_ix, index),
	}) == TRUTH_YES;
}

/* ---- both ------------------------------------------------------------- */

static void select_add(struct selection *s, struct plan *plan,
		       uint32_t test_ix, const struct pick *pick)
{
	uint32_t count = s->listing->tests[test_ix].count, i;
	enum truth truth;

	if (!pick->all && !pick->marks)
		return;
	truth = s->args->n_exprs ? select_of_test(s, test_ix) : TRUTH_YES;
	if (pick->all && truth == TRUTH_YES) {
		plan_add(plan, test_ix, 0, count);
		return;
	}
	if (truth == TRUTH_NO && !s->by_instance)
		return;
	for (i = 0; i < count; i++)
		if ((pick->all || pick->marks[i]) &&
		    (truth == TRUTH_YES || select_of_instance(s, test_ix, i)))
			plan_add(plan, test_ix, i, 1);
}

static void select_test(struct selection *s, uint32_t test_ix,
			struct plan *plan)
{
	const struct test *t = &s->listing->tests[test_ix];
	struct pick pick = { .all = s->args->n_globs == 0 };
	uint32_t i;

	for (i = 0; i < s->args->n_globs; i++)
		select_pick(&pick, t, &s->globs[i]);
	select_add(s, plan, test_ix, &pick);
	free(pick.marks);
}

static bool select_knows_last(const struct select_args *args)
{
	uint32_t i;

	for (i = 0; args->costs && i < args->costs->n_rows; i++)
		if (args->costs->rows[i].known)
			return true;
	return false;
}

static int select_open(struct selection *s, struct err *err)
{
	const struct select_args *args = s->args;
	uint32_t i;

	s->globs = mem_array(args->n_globs, sizeof(*s->globs));
	s->exprs = mem_array(args->n_exprs, sizeof(*s->exprs));
	for (i = 0; i < args->n_globs; i++)
		glob_init(&s->globs[i], args->globs[i]);
	for (i = 0; i < args->n_exprs; i++) {
		if (expr_parse(&s->exprs[i], args->exprs[i], err) < 0)
			return -EINVAL;
		s->by_instance |= s->exprs[i].by_instance;
		if (s->exprs[i].needs_last && !select_knows_last(args))
			return err_set(err, -EINVAL, "the filter '%s' asks for "
				       "the last outcome, and no earlier run "
				       "is known", args->exprs[i]);
	}
	return 0;
}

static void select_close(struct selection *s)
{
	uint32_t i;

	for (i = 0; i < s->args->n_globs; i++)
		free(s->globs[i].name);
	for (i = 0; i < s->args->n_exprs; i++)
		expr_fini(&s->exprs[i]);
	free(s->globs);
	free(s->exprs);
	str_fini(&s->name);
}

/* An empty selection is another matter, and has an exit status of its own. */
static int select_check_used(const struct selection *s, struct err *err)
{
	uint32_t i;

	for (i = 0; i < s->args->n_globs; i++)
		if (!s->globs[i].used)
			return err_set(err, -EINVAL,
				       "the filter '%s' matches no test",
				       s->globs[i].text);
	for (i = 0; i < s->args->n_exprs; i++)
		if (expr_check_used(&s->exprs[i], err) < 0)
			return -EINVAL;
	return 0;
}

int select_apply(const struct listing *listing, const struct select_args *args,
		 struct plan *plan, struct err *err)
{
	struct selection s = { .args = args, .listing = listing };
	int ret = select_open(&s, err);
	uint32_t i;

	for (i = 0; ret == 0 && i < listing->n_tests; i++)
		select_test(&s, i, plan);
	if (ret == 0 && plan->n_positions > 0)
		ret = select_check_used(&s, err);
	select_close(&s);
	return ret;
}
