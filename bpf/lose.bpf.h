/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * Calls on sockets while the ring is full: nothing of them is copied, so all there is to do is to
 * move the account on, which takes a fraction of the work of a call that is sent.
 */
#ifndef TAPEDECK_LOSE_BPF_H
#define TAPEDECK_LOSE_BPF_H

/* Whether the bytes of a system call are all those that it returned, and one whole part of a stream. */
static __always_inline bool is_plain_move(struct pt_regs *regs, enum call call)
{
	switch (call) {
	case CALL_READ:
	case CALL_WRITE:
	case CALL_READV:
	case CALL_WRITEV:
	case CALL_SENDTO:
	case CALL_SENDMSG:
		return true;
	case CALL_RECVFROM:
		return !SYSCALL_ARG4(regs); /* MSG_PEEK and its like */
	default:
		return false;
	}
}

/* Whether nothing but the bytes of a call is to be told of a socket, and they are to be copied. */
static __always_inline bool is_settled(const struct socket_state *state,
				       const struct socket_ref *ref, u32 tgid)
{
	return state->socket == ref->inode && state->tgid == tgid && state->announced &&
	       state->port_wanted && is_kept(state->protocol) &&
	       !is_open_question(state, ref->direction) && is_sampled(state->generation);
}

/* Loses a call for which there is no room, if that is all there is to it. Returns whether it did. */
static __noinline int lose_syscall(struct pt_regs *regs, enum call call, u64 bytes)
{
	u64 id = bpf_get_current_pid_tgid();
	u32 tid = (u32)id;
	struct socket_ref ref = {};
	struct socket_state *state;

	if (!is_plain_move(regs, call) || !is_unlimited(bytes) ||
	    (is_marked(&thread_marks, tid) && bpf_map_lookup_elem(&calls_in_flight, &tid)))
		return 0;
	find_socket(&ref, (s32)SYSCALL_ARG1(regs), call);
	if (!ref.sk)
		return 1; /* a file: there is nothing to record */
	ref.direction = direction_of(call);
	state = lookup_socket(ref.sk);
	if (!state || !is_settled(state, &ref, id >> 32))
		return 0;
	lose_call(&state->streams[ref.direction & 1], bytes);
	return 1;
}

#endif /* TAPEDECK_LOSE_BPF_H */
