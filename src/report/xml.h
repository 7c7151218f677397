/* SPDX-License-Identifier: MIT */
/*
 * xml.h - any bytes as XML 1.0 text (OUT-4).
 *
 * Strict UTF-8; each byte that is none, and each character that XML cannot
 * hold, comes out as \x1B, so that nothing is lost silently.  What colours a
 * terminal (CSI and OSC sequences) is dropped.  Pure.
 */
#ifndef REPORT_XML_H
#define REPORT_XML_H

#include "base/str.h"

/* Between tags; ]]> is safe. */
void xml_add(struct str *out, const char *bytes, size_t len);

/* ` name="value"` */
void xml_add_attribute(struct str *out, const char *name, const char *value);

#endif
