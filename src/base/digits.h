/* SPDX-License-Identifier: MIT */
/*
 * digits.h - a number as text without stdio, which would cost a fresh worker
 * pages of the stack, and without memory of its own.
 */
#ifndef BASE_DIGITS_H
#define BASE_DIGITS_H

#include <stdint.h>

#define DIGITS_CAP 11 /* "4294967295" */

/* Writes it, and the end of a string; where that end is. */
char *digits_write(char *at, uint32_t number);

#endif
