#!/bin/bash
# SPDX-License-Identifier: MIT
# shmrun_progress(): a test that says that it gets on may run for longer than
# --timeout, by its own thread or another; one that stops saying so is out of
# time as ever, and a child that it forked cannot say it (issue 5, line 3;
# NEW-11).  Both tiers.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 10

build_suite progress <<'END'
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/wait.h>
#include <shmrun.h>
#include "hostile.h"

static void work(void)
{
	for (int i = 0; i < 45; i++) {
		usleep(100000);
		shmrun_progress();
	}
}

SHMRUN_TEST(progress, said) { work(); }

static void *thread(void *arg)
{
	work();
	return arg;
}

SHMRUN_TEST(progress, said_by_a_thread)
{
	pthread_t t;

	pthread_create(&t, NULL, thread, NULL);
	pthread_join(t, NULL);
}

SHMRUN_TEST(progress, ends)
{
	for (int i = 0; i < 3; i++) {
		usleep(100000);
		shmrun_progress();
	}
	hostile_sleep(60);
}

SHMRUN_TEST(progress, said_by_a_child)
{
	pid_t pid = fork();

	if (pid == 0) {
		for (int i = 0; i < 600; i++) {
			usleep(100000);
			shmrun_progress();
		}
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

SHMRUN_TEST(progress, very_often)
{
	for (int i = 0; i < 1000000; i++)
		shmrun_progress();
}
END

for isolate in worker fork; do
	run -v --isolate=$isolate -j 5 --timeout=3 --grace=0 \
		"$tmp/progress.so"
	is "$(results PASS | sort | xargs)" \
		"progress::said progress::said_by_a_thread progress::very_often" \
		"$isolate: who says so may run on"
	is "$(results TIMEOUT | sort | xargs)" \
		"progress::ends progress::said_by_a_child" \
		"$isolate: who stops is out of time; a child says nothing"
	like "$(told progress::ends)" 'timed out after ([3-9]|[1-9][0-9])' \
		"$isolate: from the last time on"
	like "$(told progress::ends)" 'shmrun: hung: it waited' \
		"$isolate: with its evidence"
	ok "$isolate: nothing is left" none_marked "$(run_id)"
done
