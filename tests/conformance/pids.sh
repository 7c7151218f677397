#!/bin/bash
# SPDX-License-Identifier: MIT
# tests/cli/pids.sh with as many tests as its rule says, 50,000 in each tier
# (PROC-5).

PIDS_MANY=50000
RUN_TIMEOUT=600
. "${top_srcdir:-.}/tests/cli/pids.sh"
