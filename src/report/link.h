/* SPDX-License-Identifier: MIT */
/*
 * link.h - text that a terminal opens when it is clicked (OSC 8).
 *
 * A file is linked by its absolute path, with the name of this machine, so that
 * a terminal elsewhere does not open its own; one that is not here is not
 * linked.  Whatever it is called, only unreserved characters of RFC 3986 come
 * out.  Looks at file names, and does nothing else.
 */
#ifndef REPORT_LINK_H
#define REPORT_LINK_H

#include "base/str.h"

#include <stdbool.h>

/* Before the text that is to lead to a file; false = nothing was added.  No
 * host = no links. */
bool link_begin(struct str *out, const char *host, const char *file);

/* Behind it, if so. */
void link_end(struct str *out);

#endif
