/* SPDX-License-Identifier: MIT */
/*
 * refuse WHAT PROGRAM ARGUMENT...: runs the program where the kernel does not
 * do one thing.  77 when no filter can be set.
 *
 *	setpgid		no process group can be made: EPERM
 *	inotify		no file can be watched: EMFILE, as of too many who do
 *	clone3		as on a kernel that does not know it: ENOSYS
 *	close_range	likewise
 *	pidfd		likewise: no descriptor stands for a process
 *	ptrace		no process may look into another: EPERM, as in
 *			containers
 *	wakes		nobody who sleeps on a futex is woken, and nobody is
 *			told: the call says that there was none
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOAD(field) \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, \
		 offsetof(struct seccomp_data, field))
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define RETURN(error) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error))

static int set(struct sock_filter *code, unsigned short len)
{
	struct sock_fprog program = { len, code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static int refuse_call(unsigned int nr, unsigned int code_of_it)
{
	struct sock_filter code[] = {
		LOAD(nr),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1),
		RETURN(code_of_it),
		ALLOW,
	};

	return set(code, sizeof(code) / sizeof(code[0]));
}

/* The low half of an argument comes first on the machines we have. */
static int refuse_wakes(void)
{
	struct sock_filter code[] = {
		LOAD(nr),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_futex, 0, 4),
		LOAD(args[1]),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, FUTEX_CMD_MASK),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, FUTEX_WAKE, 0, 1),
		RETURN(0),
		ALLOW,
	};

	return set(code, sizeof(code) / sizeof(code[0]));
}

int main(int argc, char **argv)
{
	int ret = -1;

	if (argc < 3)
		return 2;
	if (strcmp(argv[1], "setpgid") == 0)
		ret = refuse_call(SYS_setpgid, EPERM);
	else if (strcmp(argv[1], "inotify") == 0)
		ret = refuse_call(SYS_inotify_init1, EMFILE);
	else if (strcmp(argv[1], "clone3") == 0)
		ret = refuse_call(SYS_clone3, ENOSYS);
	else if (strcmp(argv[1], "close_range") == 0)
		ret = refuse_call(SYS_close_range, ENOSYS);
	else if (strcmp(argv[1], "pidfd") == 0)
		ret = refuse_call(SYS_pidfd_open, ENOSYS);
	else if (strcmp(argv[1], "ptrace") == 0)
		ret = refuse_call(SYS_ptrace, EPERM);
	else if (strcmp(argv[1], "wakes") == 0)
		ret = refuse_wakes();
	else
		return 2;
	if (ret < 0) {
		printf("no seccomp filter can be set: %s\n", strerror(errno));
		return 77;
	}
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 127;
}
