/* SPDX-License-Identifier: MIT */
/*
 * text_file.h - timings as text, in a file (FILE-5).  Runner only.
 */
#ifndef RECORD_TEXT_FILE_H
#define RECORD_TEXT_FILE_H

#include "base/err.h"
#include "record/library.h"

/* Merges what a file says into the library; "-" is standard input.  0 or
 * -errno with a sentence, and nothing is merged. */
int text_file_load(const char *path, struct library *library, struct err *err);

/* Writes it beside the file and renames it over it. */
int text_file_save(const char *path, struct library *library, struct err *err);

#endif
