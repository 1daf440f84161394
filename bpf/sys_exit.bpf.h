/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * Socket backend `raw_tp`: everything from the end of system calls, where number, descriptor,
 * pointer and length are still in the registers, so that no entry hook is needed.
 */
#ifndef TAPEDECK_SYS_EXIT_BPF_H
#define TAPEDECK_SYS_EXIT_BPF_H

/* If this happens inside a call of a TLS session, the socket is that session's. */
static __always_inline void bind_if_nested(struct socket_state *state, const struct socket_ref *ref,
					   const struct actor *me)
{
	struct tls_key key;

	if (!innermost_call(&key, me))
		return;
	state->protocol = PROTOCOL_TLS;
	announce(state, ref, me, EVENT_EXISTING, 0);
	bind_session(&key, me, state, ref, 1 << ref->direction);
}

/* Accounts for a call that moved bytes on a stream socket, and sends them if they are wanted. */
static __noinline int record_moved(struct pt_regs *regs, struct socket_state *state,
				   const struct socket_ref *ref, const struct actor *me, u64 result)
{
	u32 direction = ref->direction & 1; /* the array has two members */
	struct stream_account *account = &state->streams[direction];
	struct part_job job = {};
	u64 bytes;

	if (!locate_bytes(&job, regs, ref->call, result))
		return 0;
	bytes = job.event.returned_bytes;
	if (!job.event.cause)
		classify(state, &job, direction);
	announce(state, ref, me, EVENT_EXISTING, 0);
	job.event.position = fetch_add(&account->next_position, bytes);
	if (!is_kept(state->protocol)) {
		__sync_fetch_and_add(&account->skipped_bytes, bytes);
		return 0;
	}
	fill_template(&job.event.header, EVENT_DATA, 0, me, 0);
	job.event.stream.id = state->socket;
	job.event.stream.generation = state->generation;
	job.event.stream.owner = OWNER_SOCKET;
	job.event.stream.direction = direction;
	job.event.call_sequence = next_number(COUNTER_CALL);
	job.event.fd = ref->fd;
	job.event.call = ref->call;
	job.event.protocol = state->protocol;
	return send_call(&job, account);
}

/* A socket that begins: the result of accept, or connect on one that was made before. */
static __always_inline int record_opened(struct socket_state *state, const struct socket_ref *ref,
					 const struct actor *me, long result)
{
	if (state->announced)
		return 0;
	state->from_start = 1;
	if (ref->call == CALL_CONNECT) {
		state->role = ROLE_CLIENT;
		return announce(state, ref, me, EVENT_CONNECT, result);
	}
	state->role = ROLE_SERVER;
	return announce(state, ref, me, EVENT_ACCEPT, 0);
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

/* include/trace/events/syscalls.h: (struct pt_regs *regs, long ret) */
SEC("raw_tp/sys_exit")
int handle_sys_exit(struct bpf_raw_tracepoint_args *ctx)
{
	struct pt_regs *regs = (struct pt_regs *)ctx->args[0];
	long result = ctx->args[1];
	struct socket_state *state;
	struct socket_ref ref;
	struct actor me;
	enum call call;

	/* Cheapest first: this runs at the end of every system call on the host. */
	if (result < 0 && result != -EINPROGRESS)
		return 0;
	call = call_of_syscall(SYSCALL_NUMBER(regs));
	if (!call || (is_moving(call) && result <= 0) ||
	    !is_target(bpf_get_current_pid_tgid() >> 32) ||
	    is_compat((struct task_struct *)bpf_get_current_task()))
		return 0;
	find_call_socket(&ref, regs, call, result);
	if (!ref.sk)
		return 0;
	me = current_actor();
	state = get_socket(&ref);
	if (!state) {
		count_loss(LOSS_MAP_FULL, is_moving(call) ? result : 0);
		return 0;
	}
	if (!state->port_wanted)
		return 0;
	set_user(state, &me);
	if (!is_moving(call))
		return record_opened(state, &ref, &me, result);
	bind_if_nested(state, &ref, &me);
	return record_moved(regs, state, &ref, &me, result);
}

#endif /* TAPEDECK_SYS_EXIT_BPF_H */
