/* SPDX-License-Identifier: MIT */
/*
 * rename.h - included in front of every source of src/ that the model is
 * built from: what it asks of libc goes to kernel.c.
 */
#ifndef MODEL_RENAME_H
#define MODEL_RENAME_H

#define _exit kernel_exit
#define clock_gettime kernel_clock_gettime
#define close kernel_close
#define fflush kernel_fflush
#define free kernel_free
#define fstat kernel_fstat
#define lseek kernel_lseek
#define madvise kernel_madvise
#define mmap kernel_mmap
#define munmap kernel_munmap
#define read kernel_read
#define write kernel_write

#endif
