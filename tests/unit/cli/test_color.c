/* SPDX-License-Identifier: MIT */
/* The order: --color > NO_COLOR > CLICOLOR_FORCE, FORCE_COLOR > CLICOLOR=0 >
 * a terminal that is not dumb. */
#include "cli/color.h"

#include <criterion/criterion.h>

#define ENV(...) (&(struct color_env){ .term = "xterm", __VA_ARGS__ })

Test(color, a_terminal_decides_when_nothing_is_said)
{
	cr_expect(color_decide(COLOR_AUTO, ENV(.ci = NULL), true));
	cr_expect_not(color_decide(COLOR_AUTO, ENV(.ci = NULL), false));
	cr_expect_not(color_decide(COLOR_AUTO, ENV(.clicolor = "0"), true));
	cr_expect(color_decide(COLOR_AUTO, ENV(.clicolor = "1"), true));
}

Test(color, a_dumb_terminal_gets_none)
{
	const struct color_env dumb = { .term = "dumb" }, none = { 0 };

	cr_expect_not(color_decide(COLOR_AUTO, &dumb, true));
	cr_expect_not(color_decide(COLOR_AUTO, &none, true));
	cr_expect_not(color_can_redraw(&dumb, true));
}

Test(color, force_goes_before_the_terminal)
{
	cr_expect(color_decide(COLOR_AUTO, ENV(.clicolor_force = "1"), false));
	cr_expect(color_decide(COLOR_AUTO, ENV(.force_color = "1"), false));
	cr_expect(color_decide(COLOR_AUTO,
			       ENV(.force_color = "1", .clicolor = "0"),
			       false));
	cr_expect_not(
		color_decide(COLOR_AUTO, ENV(.clicolor_force = "0"), false));
	cr_expect_not(color_decide(COLOR_AUTO, ENV(.force_color = ""), false));
}

Test(color, no_color_goes_before_force)
{
	cr_expect_not(color_decide(
		COLOR_AUTO, ENV(.no_color = "1", .clicolor_force = "1"), true));
	cr_expect(color_decide(COLOR_AUTO, ENV(.no_color = ""), true));
}

Test(color, the_option_goes_before_all)
{
	cr_expect(color_decide(COLOR_ALWAYS, ENV(.no_color = "1"), false));
	cr_expect_not(
		color_decide(COLOR_NEVER, ENV(.clicolor_force = "1"), true));
}

/* OUT-8 */
Test(color, lines_are_redrawn_on_terminals_outside_of_ci_only)
{
	cr_expect(color_can_redraw(ENV(.no_color = ""), true));
	cr_expect_not(color_can_redraw(ENV(.no_color = "1"), true));
	cr_expect_not(color_has_taskbar(ENV(.wt_session = "x", .no_color = "1"),
					true));
	cr_expect_not(color_can_redraw(ENV(.ci = "true"), true));
	cr_expect_not(color_can_redraw(ENV(.force_color = "1"), false));
}

Test(color, a_task_bar_is_for_terminals_that_are_known_to_have_one)
{
	cr_expect_not(color_has_taskbar(ENV(.ci = NULL), true));
	cr_expect(color_has_taskbar(ENV(.wt_session = "x"), true));
	cr_expect(color_has_taskbar(ENV(.conemu = "ON"), true));
	cr_expect(color_has_taskbar(ENV(.term_program = "ghostty"), true));
	cr_expect_not(color_has_taskbar(ENV(.term_program = "vscode"), true));
	cr_expect(color_has_taskbar(ENV(.term_features = "T3CwLrMPSx"), true));
	cr_expect(color_has_taskbar(ENV(.term_features = "T3SxP"), true));
	cr_expect_not(color_has_taskbar(ENV(.term_features = "T3PaSx"), true));
	cr_expect(color_has_taskbar(ENV(.ptyxis_version = "48.1"), true));
	cr_expect_not(color_has_taskbar(ENV(.ptyxis_version = "47.9"), true));
	cr_expect_not(color_has_taskbar(ENV(.wt_session = "x"), false));
	cr_expect_not(color_has_taskbar(ENV(.wt_session = "x", .ci = "1"),
					true));
	cr_expect_not(color_has_taskbar(ENV(.wt_session = "x", .tmux = "y"),
					true));
}

Test(color, links_are_for_terminals_that_do_not_print_them)
{
	const struct color_env dumb = { .term = "dumb" }, none = { 0 },
			       console = { .term = "linux" },
			       screen = { .term = "screen.xterm-256color" };

	cr_expect(color_has_links(COLOR_AUTO, ENV(.no_color = "1"), true));
	cr_expect_not(color_has_links(COLOR_AUTO, ENV(.ci = NULL), false));
	cr_expect_not(color_has_links(COLOR_AUTO, &dumb, true));
	cr_expect_not(color_has_links(COLOR_AUTO, &none, true));
	cr_expect_not(color_has_links(COLOR_AUTO, &console, true));
	cr_expect_not(color_has_links(COLOR_AUTO, &screen, true));
	cr_expect(color_has_links(COLOR_ALWAYS, &dumb, false));
	cr_expect_not(color_has_links(COLOR_NEVER, ENV(.ci = NULL), true));
}

/* SIG-9 */
Test(color, most_terminals_rewrap_lines)
{
	const struct color_env console = { .term = "linux" },
			       screen = { .term = "screen" },
			       in_tmux = { .term = "screen", .tmux = "x" };

	cr_expect(color_rewraps(ENV(.ci = NULL)));
	cr_expect(color_rewraps(&in_tmux));
	cr_expect_not(color_rewraps(ENV(.xterm_version = "XTerm(379)")));
	cr_expect_not(color_rewraps(&console));
	cr_expect_not(color_rewraps(&screen));
}
