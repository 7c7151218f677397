/* SPDX-License-Identifier: MIT */
/*
 * tree.h - empties a folder whatever is in it.
 *
 * Who filled it is not believed: a symbolic link is removed and never followed,
 * nothing is removed behind a mount point, and folders may be locked, as deep as
 * they like and as full: the depth costs neither memory nor descriptors.
 */
#ifndef BASE_TREE_H
#define BASE_TREE_H

/* Of a folder that is open for reading; itself it stays.  0, or -errno of what
 * could not be removed; all else is gone then. */
int tree_empty(int fd);

/* The folder of that name in an open one: it, too.  What is no folder is
 * removed as well; what is not there is as good as removed. */
int tree_remove_at(int parent, const char *name);

#endif
