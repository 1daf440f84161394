/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * Socket backend `raw_tp`: everything from the end of system calls, where number, descriptor,
 * pointer and length are still in the registers, so that no entry hook is needed.
 */
#ifndef TAPEDECK_SYS_EXIT_BPF_H
#define TAPEDECK_SYS_EXIT_BPF_H

/* A socket that begins: the result of accept, or connect on one that was made before. */
static __always_inline void record_opened(const struct call_work *work, struct socket_state *state,
					  long result)
{
	bool is_connect = work->ref.call == CALL_CONNECT;

	if (state->announced)
		return;
	state->from_start = 1;
	state->role = is_connect ? ROLE_CLIENT : ROLE_SERVER;
	announce(state, &work->ref, &work->me, is_connect ? EVENT_CONNECT : EVENT_ACCEPT,
		 is_connect ? result : 0);
}

/* The descriptor that a call is about, and the way that its bytes went. */
static __always_inline void find_call_socket(struct socket_ref *ref, struct pt_regs *regs,
					     enum call call, long result)
{
	bool is_accept = call == CALL_ACCEPT || call == CALL_ACCEPT4;

	find_socket(ref, is_accept ? (s32)result : (s32)SYSCALL_ARG1(regs), call);
	ref->direction = direction_of(call);
	if (call != CALL_SPLICE)
		return;
	ref->direction = DIRECTION_INGRESS;
	if (!ref->sk) {
		find_socket(ref, (s32)SYSCALL_ARG3(regs), call);
		ref->direction = DIRECTION_EGRESS;
	}
}

/* An end of a pair that was just made. Global: see send_parts. */
__noinline int record_end(u32 slot, s32 fd)
{
	struct call_work *work = work_in(slot);
	struct socket_state *state;

	if (!work)
		return 0;
	find_socket(&work->ref, fd, CALL_SOCKETPAIR);
	if (!work->ref.sk)
		return 0;
	state = open_socket(work, 0);
	if (!state || state->announced)
		return 0;
	state->from_start = 1;
	announce(state, &work->ref, &work->me, EVENT_EXISTING, 0);
	return 0;
}

static __always_inline void record_pair(u32 slot, u64 descriptors)
{
	s32 fds[2];

	if (bpf_probe_read_user(fds, sizeof(fds), (void *)descriptors))
		return;
	record_end(slot, fds[0]);
	record_end(slot, fds[1]);
}

/* A call on a socket, by its descriptor. */
static __noinline int record_socket_call(struct call_work *work, struct pt_regs *regs,
					 enum call call, long result)
{
	struct socket_state *state;
	struct sock *sk;
	u64 bytes;

	find_call_socket(&work->ref, regs, call, result);
	sk = work->ref.sk;
	if (!sk)
		return 0;
	work->me = current_actor();
	state = open_socket(work, is_moving(call) ? result : 0);
	if (state && is_moving(call)) {
		bytes = locate_bytes(work, regs, call, result);
		if (bytes)
			record_moved(work, state, bytes);
	} else if (state) {
		record_opened(work, state, result);
	} else if (is_moving(call) && !work->ref.sk) {
		record_datagrams(work, sk, regs, call, result);
	}
	if (work->ref.family != AF_UNIX)
		return 0;
	if (call == CALL_RECVMSG)
		report_rights(work->slot, SYSCALL_ARG2(regs));
	else if (call == CALL_RECVMMSG)
		report_rights_of_each(work->slot, SYSCALL_ARG2(regs), result);
	return 0;
}

static __always_inline void record_syscall(struct call_work *work, struct pt_regs *regs,
					   enum call call, long result)
{
	if (call < CALL_DUP) {
		record_socket_call(work, regs, call, result);
		return;
	}
	work->me = current_actor();
	if (call == CALL_SETSOCKOPT)
		record_option(work, SYSCALL_ARG1(regs), SYSCALL_ARG2(regs), SYSCALL_ARG3(regs));
	else if (call == CALL_SOCKETPAIR)
		record_pair(work->slot, SYSCALL_ARG4(regs));
	else
		report_descriptor(work->slot, result, call);
}

static __always_inline bool has_failed(long result)
{
	return result < 0 && result != -EINPROGRESS;
}

/* The end of a system call, with the registers that it began with but for the result; copy: see again.bpf.h. */
static __always_inline void leave_syscall(struct pt_regs *regs, long result, const u32 copy)
{
	struct call_work *work;
	enum call call;
	long number;

	number = SYSCALL_NUMBER(regs);
	if (number == SYSCALL_MMAP) {
		watch_mapping(regs, result);
		return;
	}
	call = call_of_syscall(number);
	if (!call || (is_moving(call) && result <= 0) ||
	    !is_target(bpf_get_current_pid_tgid() >> 32) || is_compat(CURRENT_TASK()) ||
	    (call == CALL_FCNTL && !makes_duplicate(regs)) || !is_first_copy(copy, regs, result))
		return;
	if (is_moving(call) && is_ring_full() && lose_syscall(regs, call, result))
		return;
	work = take_work();
	if (!work) {
		count_loss(LOSS_MAP_FULL, 0);
		return;
	}
	record_syscall(work, regs, call, result);
	give_back(work);
}

/* include/trace/events/syscalls.h: (struct pt_regs *regs, long ret) */
#define SYS_EXIT(name, copy)                                                                       \
	SEC("?raw_tp/sys_exit")                                                                    \
	int name(struct bpf_raw_tracepoint_args *ctx)                                              \
	{                                                                                          \
		long result = ctx->args[1];                                                        \
                                                                                                   \
		/* Cheapest first: this runs at the end of every system call on the host. */       \
		if (!has_failed(result))                                                           \
			leave_syscall(USER_REGS(ctx), result, copy);                               \
		return 0;                                                                          \
	}

/* This one, or where the kernel skips programs all of those below. */
SYS_EXIT(handle_sys_exit, ONLY_COPY)
#ifndef TAPEDECK_LEGACY
SYS_EXIT(handle_sys_exit_copy1, 1)
SYS_EXIT(handle_sys_exit_copy2, 2)
SYS_EXIT(handle_sys_exit_copy3, LAST_COPY)
#endif

#endif /* TAPEDECK_SYS_EXIT_BPF_H */
