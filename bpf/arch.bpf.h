/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* What differs between x86-64 and arm64: registers, system call numbers, compat tasks. */
#ifndef TAPEDECK_ARCH_BPF_H
#define TAPEDECK_ARCH_BPF_H

#if defined(__TARGET_ARCH_x86)

/* System V ABI, AMD64 supplement, 3.2.3 */
#define FUNCTION_ARG1(ctx)   ((ctx)->di)
#define FUNCTION_ARG2(ctx)   ((ctx)->si)
#define FUNCTION_ARG3(ctx)   ((ctx)->dx)
#define FUNCTION_ARG4(ctx)   ((ctx)->cx)
#define FUNCTION_ARG5(ctx)   ((ctx)->r8)
#define FUNCTION_RESULT(ctx) ((ctx)->ax)
#define FUNCTION_IP(ctx)     ((ctx)->ip)
/* Stack pointer at entry; `ret` takes the return address off the stack. */
#define ENTRY_SP(ctx)  ((ctx)->sp)
#define RETURN_SP(ctx) ((ctx)->sp - 8)
/* Where the function will return to; false: not to be read. */
static __always_inline bool read_return_address(struct pt_regs *ctx, u64 *address)
{
	return !bpf_probe_read_user(address, sizeof(*address), (void *)ENTRY_SP(ctx));
}

/* arch/x86/entry/calling.h: only rax is replaced by the result when sys_exit is traced. */
#define SYSCALL_NUMBER(regs) ((long)FIELD(regs, orig_ax))
#define SYSCALL_ARG1(regs)   FIELD(regs, di)
#define SYSCALL_ARG2(regs)   FIELD(regs, si)
#define SYSCALL_ARG3(regs)   FIELD(regs, dx)
#define SYSCALL_ARG4(regs)   FIELD(regs, r10)
#define SYSCALL_ARG5(regs)   FIELD(regs, r8)
#define USER_SP(regs)        FIELD(regs, sp)
/* Of the user's registers in the kernel's stack: THREAD_SIZE, without KASAN, less struct pt_regs. */
#define USER_REGS_OFFSET (16384 - 168)

#define SYSCALL_MMAP 9 /* arch/x86/entry/syscalls/syscall_64.tbl */

/* Makes registers that the above read as these. */
#define KEEP_SYSCALL(regs, number, arg1, arg2, arg3, arg4, arg5)                                   \
	({                                                                                         \
		(regs)->orig_ax = number;                                                          \
		(regs)->di = arg1;                                                                 \
		(regs)->si = arg2;                                                                 \
		(regs)->dx = arg3;                                                                 \
		(regs)->r10 = arg4;                                                                \
		(regs)->r8 = arg5;                                                                 \
	})

/* arch/x86/include/asm/thread_info.h: TS_COMPAT, a 32-bit system call; x32 numbers match none. */
static __always_inline bool is_compat(struct task_struct *task)
{
	return FIELD(task, thread_info.status) & 2;
}

/* arch/x86/entry/syscalls/syscall_64.tbl */
static __always_inline enum call call_of_syscall(long number)
{
	switch (number) {
	case 0:
		return CALL_READ;
	case 1:
		return CALL_WRITE;
	case 19:
		return CALL_READV;
	case 20:
		return CALL_WRITEV;
	case 32:  /* dup */
	case 33:  /* dup2 */
	case 292: /* dup3 */
		return CALL_DUP;
	case 40:
		return CALL_SENDFILE;
	case 42:
		return CALL_CONNECT;
	case 43:
		return CALL_ACCEPT;
	case 44:
		return CALL_SENDTO;
	case 45:
		return CALL_RECVFROM;
	case 46:
		return CALL_SENDMSG;
	case 47:
		return CALL_RECVMSG;
	case 53:
		return CALL_SOCKETPAIR;
	case 54:
		return CALL_SETSOCKOPT;
	case 72:
		return CALL_FCNTL;
	case 275:
		return CALL_SPLICE;
	case 288:
		return CALL_ACCEPT4;
	case 299:
		return CALL_RECVMMSG;
	case 307:
		return CALL_SENDMMSG;
	case 327: /* preadv2, pwritev2 with offset -1; on a socket others fail */
		return CALL_READV;
	case 328:
		return CALL_WRITEV;
	case 438:
		return CALL_PIDFD_GETFD;
	default:
		return CALL_NONE;
	}
}

#elif defined(__TARGET_ARCH_arm64)

/* Procedure Call Standard for the Arm 64-bit Architecture, 6.8.2 */
#define UREGS(ctx)           ((struct user_pt_regs *)(ctx))
#define FUNCTION_ARG1(ctx)   (UREGS(ctx)->regs[0])
#define FUNCTION_ARG2(ctx)   (UREGS(ctx)->regs[1])
#define FUNCTION_ARG3(ctx)   (UREGS(ctx)->regs[2])
#define FUNCTION_ARG4(ctx)   (UREGS(ctx)->regs[3])
#define FUNCTION_ARG5(ctx)   (UREGS(ctx)->regs[4])
#define FUNCTION_RESULT(ctx) (UREGS(ctx)->regs[0])
#define FUNCTION_IP(ctx)     (UREGS(ctx)->pc)
#define ENTRY_SP(ctx)        (UREGS(ctx)->sp)
#define RETURN_SP(ctx)       (UREGS(ctx)->sp)
static __always_inline bool read_return_address(struct pt_regs *ctx, u64 *address)
{
	*address = UREGS(ctx)->regs[30];
	return true;
}

/* arch/arm64/kernel/syscall.c: x0 holds the result when sys_exit is traced, orig_x0 the argument. */
#define SYSCALL_NUMBER(regs) ((long)FIELD(regs, syscallno))
#define SYSCALL_ARG1(regs)   FIELD(regs, orig_x0)
#define SYSCALL_ARG2(regs)   FIELD(regs, regs[1])
#define SYSCALL_ARG3(regs)   FIELD(regs, regs[2])
#define SYSCALL_ARG4(regs)   FIELD(regs, regs[3])
#define SYSCALL_ARG5(regs)   FIELD(regs, regs[4])
#define USER_SP(regs)        FIELD(regs, sp)
#define USER_REGS_OFFSET     0

#define SYSCALL_MMAP 222 /* include/uapi/asm-generic/unistd.h */

/* Makes registers that the above read as these. */
#define KEEP_SYSCALL(registers, number, arg1, arg2, arg3, arg4, arg5)                              \
	({                                                                                         \
		(registers)->syscallno = number;                                                   \
		(registers)->orig_x0 = arg1;                                                       \
		(registers)->regs[1] = arg2;                                                       \
		(registers)->regs[2] = arg3;                                                       \
		(registers)->regs[3] = arg4;                                                       \
		(registers)->regs[4] = arg5;                                                       \
	})

/* arch/arm64/include/asm/thread_info.h: TIF_32BIT */
static __always_inline bool is_compat(struct task_struct *task)
{
	return FIELD(task, thread_info.flags) & (1 << 22);
}

/* include/uapi/asm-generic/unistd.h */
static __always_inline enum call call_of_syscall(long number)
{
	switch (number) {
	case 23: /* dup */
	case 24: /* dup3 */
		return CALL_DUP;
	case 25:
		return CALL_FCNTL;
	case 63:
		return CALL_READ;
	case 64:
		return CALL_WRITE;
	case 65:
		return CALL_READV;
	case 66:
		return CALL_WRITEV;
	case 71:
		return CALL_SENDFILE;
	case 76:
		return CALL_SPLICE;
	case 199:
		return CALL_SOCKETPAIR;
	case 208:
		return CALL_SETSOCKOPT;
	case 202:
		return CALL_ACCEPT;
	case 203:
		return CALL_CONNECT;
	case 206:
		return CALL_SENDTO;
	case 207:
		return CALL_RECVFROM;
	case 211:
		return CALL_SENDMSG;
	case 212:
		return CALL_RECVMSG;
	case 242:
		return CALL_ACCEPT4;
	case 243:
		return CALL_RECVMMSG;
	case 269:
		return CALL_SENDMMSG;
	case 286: /* preadv2, pwritev2 with offset -1; on a socket others fail */
		return CALL_READV;
	case 287:
		return CALL_WRITEV;
	case 438:
		return CALL_PIDFD_GETFD;
	default:
		return CALL_NONE;
	}
}

#else
#error "build with -D__TARGET_ARCH_x86 or -D__TARGET_ARCH_arm64"
#endif

#endif /* TAPEDECK_ARCH_BPF_H */
