/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * A program that is thrown away: it forbids itself every system call but one, then runs through a
 * function with a return probe. Since Linux 6.11 return probes of x86-64 end in a system call of
 * their own (arch/x86/kernel/uprobes.c: uretprobe), which a filter may not know; later versions let it
 * pass (kernel/seccomp.c: __secure_computing). Where they don't, this program dies of SIGSYS in place
 * of a service. No libc, so that nothing else is called. Exit code 0: it lived; 3: it had no filter.
 */

/* arch/x86/entry/syscalls/syscall_64.tbl */
#define SYS_PRCTL      157
#define SYS_EXIT_GROUP 231

/* include/uapi/linux/prctl.h, seccomp.h, filter.h; this is built on hosts that lack x86-64's headers */
#define PR_SET_SECCOMP           22
#define PR_SET_NO_NEW_PRIVS      38
#define SECCOMP_MODE_FILTER      2
#define SECCOMP_RET_KILL_PROCESS 0x80000000U
#define SECCOMP_RET_ALLOW        0x7fff0000U
#define LOAD_NUMBER              0x20 /* BPF_LD | BPF_W | BPF_ABS, at offset 0: the call's number */
#define JUMP_IF_EQUAL            0x15 /* BPF_JMP | BPF_JEQ | BPF_K */
#define RETURN                   0x06 /* BPF_RET | BPF_K */

struct sock_filter {
	unsigned short code;
	unsigned char jump_true;
	unsigned char jump_false;
	unsigned int k;
};

struct sock_fprog {
	unsigned short length;
	struct sock_filter *filter;
};

static long system_call(long number, long a, long b, long c, long d)
{
	register long fourth asm("r10") = d;
	long result;

	asm volatile("syscall"
		     : "=a"(result)
		     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(0L)
		     : "rcx", "r11", "memory");
	return result;
}

/* What the return probe is attached to. */
__attribute__((noinline, used)) int hazard_probed(volatile int *calls)
{
	return ++*calls;
}

__attribute__((noreturn, used)) void _start(void)
{
	static struct sock_filter filter[] = {
		{ LOAD_NUMBER, 0, 0, 0 },
		{ JUMP_IF_EQUAL, 0, 1, SYS_EXIT_GROUP },
		{ RETURN, 0, 0, SECCOMP_RET_ALLOW },
		{ RETURN, 0, 0, SECCOMP_RET_KILL_PROCESS },
	};
	static struct sock_fprog program = { 4, filter };
	static volatile int calls;
	long failed =
		system_call(SYS_PRCTL, PR_SET_NO_NEW_PRIVS, 1, 0, 0) |
		system_call(SYS_PRCTL, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, (long)&program, 0);

	if (!failed)
		hazard_probed(&calls);
	for (;;)
		system_call(SYS_EXIT_GROUP, failed ? 3 : 0, 0, 0, 0);
}
