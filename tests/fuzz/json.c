/* SPDX-License-Identifier: MIT */
/*
 * The JSON writer (base/json.c) and `list --format=jsonl` made with it
 * (cli/list_format.c): any bytes in, one valid value out (RFC 8259).
 *
 * Input: two numbers, a byte, then texts, one per line.
 */
#include "base/json.h"

#include "cli/list_format.h"
#include "fuzz.h"
#include "json_valid.h"

#include <stdlib.h>
#include <string.h>

struct values {
	double real;
	uint64_t number;
	uint8_t byte;
	char **texts;
	uint32_t n;
};

static const char *text_at(const struct values *v, uint32_t i)
{
	return v->n ? v->texts[i % v->n] : "";
}

/* An object of arrays, as deep as the byte says. */
static void try_writer(const struct values *v, const char *raw, size_t len)
{
	struct str out = STR_INIT;
	struct json j = { .out = &out };
	uint32_t depth = v->byte % 64u, i;

	json_open(&j, '[');
	for (i = 0; i < depth; i++) {
		json_open(&j, '{');
		json_key(&j, text_at(v, i));
		json_open(&j, '[');
		json_text(&j, text_at(v, i + 1));
		json_real(&j, v->real);
	}
	json_int(&j, (int64_t)v->number);
	json_uint(&j, v->number);
	json_bool(&j, v->byte & 1);
	json_text_len(&j, raw, len);
	for (i = 0; i < depth; i++) {
		json_close(&j, ']');
		json_close(&j, '}');
	}
	json_close(&j, ']');
	fuzz_must(json_is_valid(out.text, out.len), "%.*s", (int)out.len,
		  out.text);
	str_fini(&out);
}

static void try_list(const struct values *v)
{
	struct suite suite = { .path = text_at(v, 0), .adapter = "native" };
	struct attrs attrs = {
		.affinity = text_at(v, 3), .serial = text_at(v, 4),
		.lock = text_at(v, 5), .after = text_at(v, 6),
		.tags = text_at(v, 7), .description = text_at(v, 8),
		.timeout = v->real, .slow = -v->real, .cost = v->real,
	};
	struct test test = {
		.name = text_at(v, 1),
		.file = text_at(v, 2),
		.line = (uint32_t)v->number,
		.scope_len = (uint32_t)strlen(text_at(v, 1)) / 2,
		.count = 1,
		.indexed = v->byte & 2,
		.attrs = &attrs,
	};
	struct list_item item = { .suite = &suite, .test = &test, .count = 1 };
	struct str out = STR_INIT;

	list_format_jsonl(&out, &item);
	fuzz_must(out.text[out.len - 1] == '\n', "no newline");
	fuzz_must(!memchr(out.text, '\n', out.len - 1), "two lines");
	fuzz_must(json_is_valid(out.text, out.len - 1), "%s", out.text);
	str_clear(&out);
	list_format_text(&out, &item, true);
	fuzz_must(!memchr(out.text, '\n', out.len - 1), "two lines");
	str_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { .at = data, .left = size };
	struct values v = { .number = fuzz_u64(&in) };
	uint64_t bits = fuzz_u64(&in);

	memcpy(&v.real, &bits, sizeof(bits));
	v.byte = fuzz_byte(&in);
	data = in.at;
	size = in.left;
	v.texts = fuzz_lines(&in, &v.n);
	try_writer(&v, (const char *)data, size);
	try_list(&v);
	fuzz_free_lines(v.texts);
	return 0;
}
