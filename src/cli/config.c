/* SPDX-License-Identifier: MIT */
#include "cli/config.h"

#include "base/mem.h"
#include "base/vec.h"
#include "cli/suggest.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* One line of the text, its blanks cut off. */
struct config_line {
	char *start; /* of the line, for columns */
	char *text, *end;
	uint32_t number;
};

static bool config_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static char *config_skip(char *at, const char *end)
{
	while (at < end && config_is_blank(*at))
		at++;
	return at;
}

static char *config_trim(const char *at, char *end)
{
	while (end > at && config_is_blank(end[-1]))
		end--;
	return end;
}

static uint32_t config_column(const struct config_line *line, const char *at)
{
	return (uint32_t)(at - line->start) + 1;
}

static int config_wrap(const struct config *c, uint32_t line, uint32_t column,
		       struct err *err)
{
	return err_wrap(err, "%s:%u:%u", c->path, line, column);
}

int config_wrap_key(const struct config *c, const struct config_item *item,
		    struct err *err)
{
	return config_wrap(c, item->line, item->column, err);
}

int config_wrap_value(const struct config *c, const struct config_item *item,
		      struct err *err)
{
	return config_wrap(c, item->line, item->value_column, err);
}

static int config_wrong(const struct config *c,
			const struct config_line *line, const char *at,
			const char *sentence, struct err *err)
{
	err_set(err, -EINVAL, "%s", sentence);
	return config_wrap(c, line->number, config_column(line, at), err);
}

static bool config_is_name(const char *text)
{
	return *text && !text[strspn(text, "abcdefghijklmnopqrstuvwxyz"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789_.-")];
}

const struct config_item *config_find(const struct config_section *section,
				      const char *key)
{
	uint32_t i;

	for (i = 0; i < section->n; i++)
		if (strcmp(section->items[i].key, key) == 0)
			return &section->items[i];
	return NULL;
}

const struct config_section *config_profile(const struct config *c,
					    const char *name)
{
	uint32_t i;

	for (i = 0; i < c->n; i++)
		if (c->sections[i].kind == CONFIG_PROFILE &&
		    strcmp(c->sections[i].name, name) == 0)
			return &c->sections[i];
	return NULL;
}

/* "profile" or "override" */
static int config_read_kind(const char *word, enum config_kind *kind,
			    struct err *err)
{
	struct suggest s;

	if (strcmp(word, "profile") == 0) {
		*kind = CONFIG_PROFILE;
		return 0;
	}
	if (strcmp(word, "override") == 0) {
		*kind = CONFIG_OVERRIDE;
		return 0;
	}
	suggest_init(&s, word);
	suggest_offer(&s, "profile");
	suggest_offer(&s, "override");
	if (s.best)
		return err_set(err, -EINVAL, "unknown section [%.64s]; did you "
			       "mean [%s]?", word, s.best);
	return err_set(err, -EINVAL, "unknown section [%.64s]; there are "
		       "[profile NAME] and [override]", word);
}

static int config_check_header(const struct config *c,
			       const struct config_section *section,
			       struct err *err)
{
	const struct config_section *other;

	if (*section->name && !config_is_name(section->name))
		return err_set(err, -EINVAL, "a name is of letters, digits, "
			       "'_', '.' and '-', not '%.64s'", section->name);
	if (section->kind != CONFIG_PROFILE)
		return 0;
	if (!*section->name)
		return err_set(err, -EINVAL,
			       "a profile has a name: [profile NAME]");
	other = config_profile(c, section->name);
	return !other ? 0 : err_set(err, -EINVAL, "profile %s is already in "
				    "line %u", section->name, other->line);
}

/* "[profile NAME]", "[override]" */
static int config_read_header(struct config *c, const struct config_line *line,
			      struct err *err)
{
	struct config_section section = { .line = line->number };
	char *end = line->end - 1, *word, *name;

	if (end == line->text || *end != ']')
		return config_wrong(c, line, line->end - 1,
				    "']' is missing", err);
	word = config_skip(line->text + 1, end);
	end = config_trim(word, end);
	*end = '\0';
	name = word + strcspn(word, " \t");
	if (*name) {
		*name++ = '\0';
		name = config_skip(name, end);
	}
	section.name = name;
	if (config_read_kind(word, &section.kind, err) < 0)
		return config_wrap(c, line->number, config_column(line, word),
				   err);
	if (config_check_header(c, &section, err) < 0)
		return config_wrap(c, line->number, config_column(line, name),
				   err);
	vec_room(c->sections, c->n, c->cap);
	c->sections[c->n++] = section;
	return 0;
}

static int config_read_item(struct config *c, const struct config_line *line,
			    struct err *err)
{
	char *equals = memchr(line->text, '=',
			      (size_t)(line->end - line->text));
	struct config_section *section;
	char *value;

	if (!equals || equals == line->text)
		return config_wrong(c, line, line->text,
				    "expected KEY = VALUE, [SECTION] or "
				    "# comment", err);
	if (c->n == 0)
		return config_wrong(c, line, line->text,
				    "a key stands in a section, such as "
				    "[profile default]", err);
	value = config_skip(equals + 1, line->end);
	*line->end = '\0';
	*config_trim(line->text, equals) = '\0';
	section = &c->sections[c->n - 1];
	vec_room(section->items, section->n, section->cap);
	section->items[section->n++] = (struct config_item){
		.key = line->text,
		.value = value,
		.line = line->number,
		.column = config_column(line, line->text),
		.value_column = config_column(line, value),
	};
	return 0;
}

static int config_read_line(struct config *c, const struct config_line *line,
			    struct err *err)
{
	char *nul = memchr(line->text, '\0', (size_t)(line->end - line->text));

	if (nul)
		return config_wrong(c, line, nul, "a NUL byte", err);
	if (line->text == line->end || *line->text == '#')
		return 0;
	if (*line->text == '[')
		return config_read_header(c, line, err);
	return config_read_item(c, line, err);
}

static int config_read(struct config *c, size_t len, struct err *err)
{
	char *at = c->text, *end = c->text + len;
	struct config_line line = { 0 };
	int ret = 0;

	while (ret == 0 && at < end) {
		char *newline = memchr(at, '\n', (size_t)(end - at));

		line.start = at;
		line.end = newline ? newline : end;
		at = line.end + 1;
		line.text = config_skip(line.start, line.end);
		line.end = config_trim(line.text, line.end);
		line.number++;
		ret = config_read_line(c, &line, err);
	}
	return ret;
}

struct config *config_parse(const char *path, const char *text, size_t len,
			    struct err *err)
{
	struct config *c = mem_zalloc(sizeof(*c));

	c->path = mem_strdup(path);
	c->text = mem_alloc(len + 1);
	memcpy(c->text, text, len);
	c->text[len] = '\0';
	if (config_read(c, len, err) == 0)
		return c;
	config_free(c);
	return NULL;
}

void config_free(struct config *c)
{
	uint32_t i;

	if (!c)
		return;
	for (i = 0; i < c->n; i++)
		free(c->sections[i].items);
	free(c->sections);
	free(c->text);
	free(c->path);
	free(c);
}
