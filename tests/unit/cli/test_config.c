/* SPDX-License-Identifier: MIT */
/* shmrun.conf: what is understood, what goes before what, and one sentence
 * with line and column for the rest (REC-6, REC-7, EXIT-2). */
#include "cli/config.h"

#include "base/clock.h"
#include "cli/overrides.h"
#include "cli/profile.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

static struct config *read_config(const char *text, struct err *err)
{
	struct config *c = config_parse("c", text, strlen(text), err);

	if (c && (profile_check_all(c, err) < 0 ||
		  overrides_check_all(c, err) < 0)) {
		config_free(c);
		return NULL;
	}
	return c;
}

/* The options of `shmrun words s.so` under a profile of this text. */
static struct config *layered(struct options *o, const char *text,
			      const char *profile, const char *env_opts,
			      char **argv)
{
	struct options_layers layers = { .words = env_opts };
	struct profile_chain chain;
	struct err err = { 0 };
	struct config *c = read_config(text, &err);
	int argc = 0;

	cr_assert(c, "%s", err.text);
	cr_assert_eq(profile_find(c, profile, &chain, &err), 0, "%s", err.text);
	layers.profile = &chain;
	while (argv[argc])
		argc++;
	cr_assert_eq(options_parse_over(o, &layers, argc, argv, &err), 0, "%s",
		     err.text);
	return c;
}

#define ARGV(...) ((char *[]){ (char *)"shmrun", __VA_ARGS__ (char *)"s.so", \
			       NULL })

Test(config, each_thing_that_is_wrong_has_its_place)
{
	static const struct {
		const char *text, *sentence;
	} cases[] = {
		{ "jobs = 3\n", "c:1:1: a key stands in a section, such as "
		  "[profile default]" },
		{ "[profile a\n", "c:1:10: ']' is missing" },
		{ "[profil a]", "c:1:2: unknown section [profil]; did you mean "
		  "[profile]?" },
		{ "[x]", "c:1:2: unknown section [x]; there are [profile NAME] "
		  "and [override]" },
		{ "[profile]", "c:1:9: a profile has a name: [profile NAME]" },
		{ "[profile a b]", "c:1:10: a name is of letters, digits, '_', "
		  "'.' and '-', not 'a b'" },
		{ "[profile a]\n\n[profile a]", "c:3:10: profile a is already "
		  "in line 1" },
		{ "[profile a]\n  nonsense", "c:2:3: expected KEY = VALUE, "
		  "[SECTION] or # comment" },
		{ "[profile a]\n\ttimeuot = 3", "c:2:2: unknown key timeuot; "
		  "did you mean timeout?" },
		{ "[profile a]\nzzzzzz=3", "c:2:1: unknown key zzzzzz; see "
		  "shmrun.conf(5)" },
		{ "[profile a]\ntimeout =  x", "c:2:12: --timeout: 'x' is not "
		  "a time, such as 90, 1.5s, 200ms, 5m or none" },
		{ "[profile a]\nfail-fast = yes", "c:2:13: fail-fast is true "
		  "or false, not 'yes'" },
		{ "[profile a]\njobs=1\njobs=2", "c:3:1: jobs is already in "
		  "line 2" },
		{ "[profile a]\nresume = last", "c:2:1: resume is for the "
		  "command line only" },
		{ "[profile a]\nenv = SHMRUN_SLOT=1", "c:2:7: --env: "
		  "SHMRUN_SLOT is reserved, as all names that begin with "
		  "SHMRUN" },
		{ "[profile abc]\ninherits = abd\n", "c:2:12: there is no "
		  "profile abd; did you mean abc?" },
		{ "[profile default]\ninherits = default\n", "c:2:12: all "
		  "inherit from default, it from none" },
		{ "[profile a]\ninherits = b\n[profile b]\ninherits = a",
		  "c:2:12: profile a inherits from itself, or over more than "
		  "15 others" },
		{ "[override]\ntimeout = 3", "c:1:1: an override needs a "
		  "filter, such as filter = tag(slow)" },
		{ "[override]\nfliter = all()", "c:2:1: unknown key fliter; "
		  "did you mean filter?" },
		{ "[override]\nfilter = all()\nweight = 0", "c:3:10: weight: "
		  "'0' is not a number from 1 to 1024" },
		{ "[override]\nfilter = all()\npriority = -101", "c:3:12: "
		  "priority: '-101' is not a number from -100 to 100" },
		{ "[override]\nfilter = all()\nisolate = exec", "c:3:11: "
		  "isolate: 'exec' is not one of auto, worker, fork" },
		{ "[override]\nfilter = all()\nlock = :", "c:3:8: lock: ':' "
		  "is not name[:r|:w][:units], comma-separated" },
		{ "[override]\nfilter = last(fail)", "c:2:10: last() has no "
		  "meaning in an override" },
		{ "[override]\nfilter = test(=a[1])", "c:2:10: an override is "
		  "for all instances of a range: no [N] in its filter" },
		{ "[override b]\nfilter = all()", "c:1:1: there is no profile "
		  "b" },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err err = { 0 };

		cr_expect_null(read_config(cases[i].text, &err), "%s",
			       cases[i].text);
		cr_expect_eq(err.code, -EINVAL);
		cr_expect_str_eq(err.text, cases[i].sentence);
	}
}

Test(config, a_filter_that_is_wrong_has_both_columns)
{
	struct err err = { 0 };

	cr_expect_null(read_config("[override]\nfilter = tset(x)\n", &err));
	cr_expect_eq(strncmp(err.text, "c:2:10: ", 8), 0, "%s", err.text);
	cr_expect(strstr(err.text, "column 1"), "%s", err.text);
}

Test(config, a_nul_byte_is_refused)
{
	static const char text[] = "[profile a]\njo\0bs = 1\n";
	struct err err = { 0 };

	cr_expect_null(config_parse("c", text, sizeof(text) - 1, &err));
	cr_expect_str_eq(err.text, "c:2:3: a NUL byte");
}

Test(config, blanks_comments_and_line_ends_of_windows_are_nothing)
{
	struct err err = { 0 };
	struct config *c = read_config("\r\n  # all\r\n[ profile\ta ]\r\n"
				       " jobs =  3 \r\n\ttimeout=4s\r\n"
				       "filter = a # b", &err);

	cr_assert(c, "%s", err.text);
	cr_expect_str_eq(config_find(c->sections, "jobs")->value, "3");
	cr_expect_str_eq(config_find(c->sections, "timeout")->value, "4s");
	cr_expect_str_eq(config_find(c->sections, "filter")->value, "a # b");
	config_free(c);
}

#define LAYERS                                                              \
	"[profile default]\njobs = 2\ntimeout = 30s\nfail-fast = true\n"     \
	"env = A=1\nenv = B=1\nfilter = d*\n"                               \
	"[profile base]\ntimeout = 40s\nenv = A=2\n"                        \
	"[profile ci]\ninherits = base\nfail-fast = false\nmax-fail = 7\n"

Test(config, the_nearest_layer_that_says_it_is_heard)
{
	struct options o;
	struct config *c = layered(&o, LAYERS, "ci", NULL, ARGV());

	cr_expect_eq(o.jobs.n, 2, "of default");
	cr_expect_eq(o.timeout_ns, 40 * NS_PER_S, "of base");
	cr_expect_eq(o.max_fail, 7, "and not fail-fast, of default");
	cr_expect_eq(o.env.n, 1);
	cr_expect_str_eq(o.env.items[0], "A=2", "a list is one thing");
	cr_expect_eq(o.set_by[OPTION_timeout].by, SET_BY_FILE);
	cr_expect_eq(o.set_by[OPTION_timeout].line, 9);
	cr_expect_eq(o.set_by[OPTION_grace].by, SET_BY_NOBODY);
	options_fini(&o);
	config_free(c);
}

Test(config, environment_goes_before_files_and_the_command_line_before_both)
{
	struct options o;
	struct config *c = layered(&o, LAYERS, "default",
				   " --timeout=50s\t-j 3 ",
				   ARGV((char *)"-j", (char *)"4",));

	cr_expect_eq(o.timeout_ns, 50 * NS_PER_S);
	cr_expect_eq(o.jobs.n, 4);
	cr_expect_eq(o.max_fail, 1);
	cr_expect_eq(o.set_by[OPTION_timeout].by, SET_BY_ENVIRONMENT);
	cr_expect_eq(o.set_by[OPTION_jobs].by, SET_BY_COMMAND_LINE);
	options_fini(&o);
	config_free(c);
}

Test(config, who_selects_tests_does_so_instead_of_those_below)
{
	struct options o;
	struct config *c = layered(&o, LAYERS, "default", NULL, ARGV());

	cr_assert_eq(o.filters.n, 1);
	cr_expect_str_eq(o.filters.items[0], "d*");
	options_fini(&o);
	config_free(c);
	c = layered(&o, LAYERS, "default", NULL,
		    ARGV((char *)"-E", (char *)"all()",));
	cr_expect_eq(o.filters.n, 0);
	cr_expect_eq(o.exprs.n, 1);
	options_fini(&o);
	config_free(c);
	c = layered(&o, LAYERS, "default", "-f e*",
		    ARGV((char *)"-f", (char *)"x", (char *)"-f",
			 (char *)"y",));
	cr_expect_eq(o.filters.n, 2);
	cr_expect_str_eq(o.filters.items[0], "x");
	cr_expect_str_eq(o.filters.items[1], "y");
	options_fini(&o);
	config_free(c);
}

Test(config, variables_of_their_own_go_before_a_profile)
{
	struct options_layers layers = { .env_jobs = true,
					 .env_cache_dir = true };
	struct profile_chain chain;
	struct err err = { 0 };
	struct config *c = read_config("[profile default]\njobs = 2\n"
				       "cache-dir = /x\n", &err);
	struct options o;

	cr_assert(c, "%s", err.text);
	cr_assert_eq(profile_find(c, "default", &chain, &err), 0);
	layers.profile = &chain;
	cr_assert_eq(options_parse_over(&o, &layers, 2, ARGV(), &err), 0);
	cr_expect_eq(o.jobs.kind, JOBS_AUTO);
	cr_expect_null(o.cache_dir);
	options_fini(&o);
	config_free(c);
}

Test(config, the_environment_holds_settings_only)
{
	static const struct {
		const char *words, *sentence;
	} cases[] = {
		{ "x.so", "SHMRUN_OPTS: 'x.so' is not an option" },
		{ "--resume=last", "SHMRUN_OPTS: --resume is for the command "
		  "line only" },
		{ "--timeuot=1", "SHMRUN_OPTS: unknown option --timeuot; did "
		  "you mean --timeout?" },
		{ "-j", "SHMRUN_OPTS: option --jobs needs a value: "
		  "--jobs=N" },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct options_layers layers = { .words = cases[i].words };
		struct err err = { 0 };
		struct options o;

		cr_expect_eq(options_parse_over(&o, &layers, 2, ARGV(), &err),
			     -EINVAL);
		cr_expect_str_eq(err.text, cases[i].sentence);
	}
}

/* A listing of four tests of two scopes. */
static void make_listing(struct listing *l)
{
	static const char *const names[] = { "net::a", "net::b", "disk::a",
					     "disk::b" };
	struct attrs locked = attrs_default;
	size_t i;

	locked.lock = "port";
	locked.weight = 3;
	listing_init(l);
	listing_add_suite(l, "./s.so", "native");
	for (i = 0; i < 4; i++)
		listing_add_test(l, &(struct test){
			.name = names[i], .file = "s.c", .count = 1,
			.scope_len = (uint32_t)strcspn(names[i], ":"),
			.attrs = i == 1 ? listing_attrs(l, &locked) : NULL });
}

static void apply(struct listing *l, const char *text, const char *profile)
{
	struct profile_chain chain;
	struct overrides o;
	struct err err = { 0 };
	struct config *c = read_config(text, &err);

	cr_assert(c, "%s", err.text);
	cr_assert_eq(profile_find(c, profile, &chain, &err), 0, "%s", err.text);
	overrides_open(&o, c, &chain);
	overrides_apply(&o, l);
	overrides_close(&o);
	config_free(c);
}

/* REC-6 */
Test(overrides, each_setting_is_decided_by_itself_and_the_first_match_wins)
{
	struct listing l;

	make_listing(&l);
	apply(&l,
	      "[override]\nfilter = test(net::a)\ntimeout = 5s\n"
	      "[override]\nfilter = scope(net)\ntimeout = 9s\nlock = eth:r\n"
	      "[override]\nfilter = all()\nweight = 2\ntimeout = none\n",
	      "default");
	cr_expect_float_eq(l.tests[0].attrs->timeout, 5, 1e-9);
	cr_expect_float_eq(l.tests[1].attrs->timeout, 9, 1e-9);
	cr_expect_float_eq(l.tests[2].attrs->timeout, 365.0 * 86400, 1e-3);
	cr_expect_str_eq(l.tests[0].attrs->lock, "eth:r");
	cr_expect_str_eq(l.tests[1].attrs->lock, "eth:r", "not the test's own");
	cr_expect_str_eq(l.tests[2].attrs->lock, "");
	cr_expect_eq(l.tests[1].attrs->weight, 2);
	cr_expect_eq(l.tests[2].attrs, l.tests[3].attrs, "what is the same is "
		     "shared");
	cr_expect(l.has_order);
	cr_expect_float_eq(l.min_timeout, 5, 1e-9);
	listing_fini(&l);
}

Test(overrides, what_nothing_sets_is_left_alone)
{
	struct listing l;

	make_listing(&l);
	apply(&l, "[override]\nfilter = test(=net::b)\nslow = 1s\n", "default");
	cr_expect_eq(l.tests[0].attrs, &attrs_default);
	cr_expect_str_eq(l.tests[1].attrs->lock, "port");
	cr_expect_eq(l.tests[1].attrs->weight, 3);
	cr_expect_float_eq(l.tests[1].attrs->slow, 1, 1e-9);
	listing_fini(&l);
}

/* RTY-1: 0 is none, also where --retries says some. */
Test(overrides, say_how_often_a_test_is_run_again)
{
	struct listing l;

	make_listing(&l);
	apply(&l, "[override]\nfilter = test(=net::b)\nretries = 3\n",
	      "default");
	cr_expect_eq(l.tests[0].attrs->retries, 0);
	cr_expect_eq(l.tests[1].attrs->retries, 3);
	cr_expect(l.has_retries);
	apply(&l, "[override]\nfilter = test(=net::b)\nretries = 0\n",
	      "default");
	cr_expect_eq(l.tests[1].attrs->retries, -1);
	listing_fini(&l);
}

Test(overrides, those_of_a_profile_hold_in_it_and_in_its_heirs)
{
	static const char text[] =
		"[profile ci]\n[profile nightly]\ninherits = ci\n"
		"[override ci]\nfilter = all()\nexclusive = true\n";
	struct listing l;

	make_listing(&l);
	apply(&l, text, "default");
	cr_expect_not(l.tests[0].attrs->exclusive);
	apply(&l, text, "nightly");
	cr_expect(l.tests[0].attrs->exclusive);
	listing_fini(&l);
}
