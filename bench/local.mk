# SPDX-License-Identifier: MIT
# Nothing is built here by make all or make check.

EXTRA_DIST += bench
