/* SPDX-License-Identifier: MIT */
#include "report/xml.h"

#include "report/utf8.h"

#include <stdbool.h>
#include <string.h>

#define ESC 0x1b

/* Bytes of a CSI sequence, ESC [ parameters final; 0 = it is none. */
static size_t xml_csi(const char *bytes, size_t len)
{
	size_t i = 2;

	while (i < len && bytes[i] >= 0x20 && bytes[i] < 0x40)
		i++;
	return i < len && bytes[i] >= 0x40 && bytes[i] < 0x7f ? i + 1 : 0;
}

/* Of an OSC sequence, ESC ] text, up to BEL or ESC \, on one line. */
static size_t xml_osc(const char *bytes, size_t len)
{
	size_t i;

	for (i = 2; i < len && bytes[i] != '\n'; i++) {
		if (bytes[i] == '\a')
			return i + 1;
		if (bytes[i] == ESC)
			return i + 1 < len && bytes[i + 1] == '\\' ? i + 2 : 0;
	}
	return 0;
}

static size_t xml_sequence(const char *bytes, size_t len)
{
	if (len < 3 || bytes[0] != ESC)
		return 0;
	if (bytes[1] == '[')
		return xml_csi(bytes, len);
	return bytes[1] == ']' ? xml_osc(bytes, len) : 0;
}

static bool xml_can_hold(uint32_t c)
{
	return c == '\t' || c == '\n' || c == '\r' ||
	       (c >= 0x20 && c != 0xfffe && c != 0xffff);
}

static const char *xml_entity(char c, bool attribute)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return attribute ? "&quot;" : NULL;
	case '\t': return attribute ? "&#9;" : NULL;
	case '\n': return attribute ? "&#10;" : NULL;
	/* A parser would make a newline of it. */
	case '\r': return "&#13;";
	default: return NULL;
	}
}

static void xml_add_escaped(struct str *out, const char *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		str_addf(out, "\\x%02X", (unsigned char)bytes[i]);
}

static bool xml_is_plain(char c)
{
	return c >= 0x20 && c < 0x7f && !strchr("&<>\"", c);
}

/* One character, or one sequence; the bytes it took. */
static size_t xml_take(struct str *out, const char *bytes, size_t len,
		       bool attribute)
{
	size_t n = xml_sequence(bytes, len);
	const char *entity;
	uint32_t c;

	if (n > 0)
		return n;
	n = utf8_decode(bytes, len, &c);
	entity = xml_entity(*bytes, attribute);
	if (n == 0 || !xml_can_hold(c))
		xml_add_escaped(out, bytes, n ? n : 1);
	else if (entity)
		str_add(out, entity);
	else
		str_add_len(out, bytes, n);
	return n ? n : 1;
}

static void xml_add_text(struct str *out, const char *bytes, size_t len,
			 bool attribute)
{
	while (len > 0) {
		size_t n = 0;

		while (n < len && xml_is_plain(bytes[n]))
			n++;
		str_add_len(out, bytes, n);
		if (n == 0)
			n = xml_take(out, bytes, len, attribute);
		bytes += n;
		len -= n;
	}
}

void xml_add(struct str *out, const char *bytes, size_t len)
{
	xml_add_text(out, bytes, len, false);
}

void xml_add_attribute(struct str *out, const char *name, const char *value)
{
	str_addf(out, " %s=\"", name);
	xml_add_text(out, value, strlen(value), true);
	str_add(out, "\"");
}
