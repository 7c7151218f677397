/* SPDX-License-Identifier: MIT */
#include "cli/color.h"

#include <stdlib.h>
#include <string.h>

struct color_env color_env_get(void)
{
	return (struct color_env){
		.no_color = getenv("NO_COLOR"),
		.clicolor = getenv("CLICOLOR"),
		.clicolor_force = getenv("CLICOLOR_FORCE"),
		.force_color = getenv("FORCE_COLOR"),
		.term = getenv("TERM"),
		.ci = getenv("CI"),
		.tmux = getenv("TMUX"),
		.xterm_version = getenv("XTERM_VERSION"),
		.wt_session = getenv("WT_SESSION"),
		.conemu = getenv("ConEmuANSI"),
		.term_program = getenv("TERM_PROGRAM"),
		.term_features = getenv("TERM_FEATURES"),
		.ptyxis_version = getenv("PTYXIS_VERSION"),
	};
}

static bool color_is_set(const char *value)
{
	return value && *value;
}

static bool color_is_forced(const char *value)
{
	return color_is_set(value) && strcmp(value, "0") != 0;
}

/* No TERM at all is as good as dumb. */
static bool color_is_dumb(const struct color_env *env)
{
	return !color_is_set(env->term) || strcmp(env->term, "dumb") == 0;
}

bool color_decide(enum color_mode mode, const struct color_env *env,
		  bool is_terminal)
{
	if (mode != COLOR_AUTO)
		return mode == COLOR_ALWAYS;
	if (color_is_set(env->no_color))
		return false;
	if (color_is_forced(env->clicolor_force) ||
	    color_is_forced(env->force_color))
		return true;
	if (env->clicolor && strcmp(env->clicolor, "0") == 0)
		return false;
	return is_terminal && !color_is_dumb(env);
}

bool color_can_redraw(const struct color_env *env, bool is_terminal)
{
	return is_terminal && !color_is_dumb(env) && !env->ci &&
	       !color_is_set(env->no_color);
}

static bool color_is(const char *value, const char *wanted)
{
	return value && strcmp(value, wanted) == 0;
}

bool color_has_links(enum color_mode mode, const struct color_env *env,
		     bool is_terminal)
{
	if (mode != COLOR_AUTO)
		return mode == COLOR_ALWAYS;
	return is_terminal && !color_is_dumb(env) &&
	       !color_is(env->term, "linux") &&
	       strncmp(env->term, "screen", 6) != 0;
}

bool color_rewraps(const struct color_env *env)
{
	static const char *const others[] = { "linux", "screen", "rxvt" };
	size_t i;

	for (i = 0; env->term && i < array_size(others); i++)
		if (strncmp(env->term, others[i], strlen(others[i])) == 0)
			return color_is_set(env->tmux);
	return !color_is_set(env->xterm_version);
}

/* In TERM_FEATURES a capital letter begins each; P is a task bar. */
static bool color_tells_progress(const char *features)
{
	for (; features && *features; features++)
		if (features[0] == 'P' &&
		    !(features[1] >= 'a' && features[1] <= 'z'))
			return true;
	return false;
}

bool color_has_taskbar(const struct color_env *env, bool is_terminal)
{
	if (!color_can_redraw(env, is_terminal) || color_is_set(env->tmux))
		return false;
	return color_is_set(env->wt_session) || color_is(env->conemu, "ON") ||
	       color_is(env->term_program, "WezTerm") ||
	       color_is(env->term_program, "ghostty") ||
	       color_tells_progress(env->term_features) ||
	       (env->ptyxis_version && atoi(env->ptyxis_version) >= 48);
}
