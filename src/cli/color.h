/* SPDX-License-Identifier: MIT */
/*
 * color.h - may this descriptor get colours and links, may that one get a
 * live line?
 *
 * Decided for stdout and stderr separately.  The environment comes as a
 * value, so that every combination can be tested.  Runner only.
 */
#ifndef CLI_COLOR_H
#define CLI_COLOR_H

#include "cli/options.h"

#include <stdbool.h>

/* What the environment says; NULL = not set. */
struct color_env {
	const char *no_color, *clicolor, *clicolor_force, *force_color;
	const char *term, *ci;
	/* Which one. */
	const char *tmux, *xterm_version, *wt_session, *conemu, *term_program;
	const char *term_features, *ptyxis_version;
};

struct color_env color_env_get(void);

/* --color > NO_COLOR > CLICOLOR_FORCE, FORCE_COLOR > CLICOLOR=0 > terminal. */
bool color_decide(enum color_mode mode, const struct color_env *env,
		  bool is_terminal);

/* Links (OSC 8): a terminal that does not know them hides them, but for a few
 * that print them. */
bool color_has_links(enum color_mode mode, const struct color_env *env,
		     bool is_terminal);

/* A line that is redrawn: on a terminal that can, and neither in CI nor where
 * NO_COLOR wants plain text (OUT-8). */
bool color_can_redraw(const struct color_env *env, bool is_terminal);

/* A terminal that, made narrower, puts what is too long for it into more rows,
 * as most do now; the others cut it. */
bool color_rewraps(const struct color_env *env);

/* A terminal that shows progress in its task bar (OSC 9;4), and not another one
 * between, which would print what it does not know. */
bool color_has_taskbar(const struct color_env *env, bool is_terminal);

#endif
