/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * Socket backend `raw_tp`: everything from the end of system calls, where number, descriptor,
 * pointer and length are still in the registers, so that no entry hook is needed.
 */
#ifndef TAPEDECK_SYS_EXIT_BPF_H
#define TAPEDECK_SYS_EXIT_BPF_H

#define MSG_OOB      0x1
#define MSG_PEEK     0x2
#define MSG_TRUNC    0x20
#define MSG_ERRQUEUE 0x2000
#define MESSAGES_MAX 64 /* messages of one sendmmsg or recvmmsg */

static __always_inline u32 direction_of(enum call call)
{
	switch (call) {
	case CALL_READ:
	case CALL_READV:
	case CALL_RECVFROM:
	case CALL_RECVMSG:
	case CALL_RECVMMSG:
		return DIRECTION_INGRESS;
	default:
		return DIRECTION_EGRESS;
	}
}

/* Sum of msg_len of the first messages. */
static __always_inline u64 message_bytes(u64 messages, u32 count)
{
	u64 sum = 0;

	/* Constant bound; reads user memory at most that often. */
	for (u32 i = 0; i < MESSAGES_MAX && i < count; i++) {
		struct mmsghdr *message = (struct mmsghdr *)messages + i;
		u32 bytes;

		if (bpf_probe_read_user(&bytes, sizeof(bytes), &message->msg_len))
			break;
		sum += bytes;
	}
	return sum;
}

/* Finds where the bytes are. False: nothing that belongs to the stream. */
static __always_inline bool locate_bytes(struct part_job *job, struct pt_regs *regs, enum call call,
					 u64 result)
{
	u64 pointer = SYSCALL_ARG2(regs);
	u64 length = SYSCALL_ARG3(regs);
	u64 flags = 0;
	struct user_msghdr message;

	job->event.returned_bytes = result;
	job->message_bytes = result;
	switch (call) {
	case CALL_RECVFROM:
	case CALL_SENDTO:
		flags = SYSCALL_ARG4(regs);
		/* fallthrough */
	case CALL_READ:
	case CALL_WRITE:
		job->segment = pointer;
		job->segment_bytes = result;
		job->event.asked_bytes = length;
		break;
	case CALL_READV:
	case CALL_WRITEV:
		job->iovecs = pointer;
		job->iovecs_left = length;
		break;
	case CALL_RECVMSG:
	case CALL_SENDMSG:
		flags = length;
		if (bpf_probe_read_user(&message, sizeof(message), (void *)pointer))
			job->unreadable = 1;
		job->iovecs = message.msg_iov;
		job->iovecs_left = message.msg_iovlen;
		break;
	case CALL_RECVMMSG:
	case CALL_SENDMMSG:
		flags = SYSCALL_ARG4(regs);
		job->messages = pointer;
		job->messages_left = result;
		job->event.returned_bytes = message_bytes(pointer, result);
		job->unreadable = next_segment(job); /* the first message */
		break;
	default: /* sendfile, splice */
		job->event.cause = TRANSFER_NO_MEMORY;
		break;
	}
	if (direction_of(call) == DIRECTION_INGRESS) {
		if (flags & (MSG_PEEK | MSG_OOB | MSG_ERRQUEUE))
			return false;
		if (flags & MSG_TRUNC)
			job->event.cause = TRANSFER_DISCARDED;
	}
	return job->event.returned_bytes != 0;
}

/* Accounts for a call that moved bytes on a stream socket, and sends them if they are wanted. */
static __always_inline int record_socket_call(struct part_job *job, const struct socket_ref *ref,
					      const struct actor *me, u32 direction)
{
	struct socket_state *state = get_socket(ref);
	u64 bytes = job->event.returned_bytes;
	struct stream_account *account;
	struct tls_key key;

	if (!state) {
		count_loss(LOSS_MAP_FULL, bytes);
		return 0;
	}
	if (!state->port_wanted)
		return 0;
	set_user(state, me);
	if (innermost_call(&key, me)) {
		state->protocol = PROTOCOL_TLS;
		announce(state, ref, me, EVENT_EXISTING, 0);
		bind_session(&key, me, state, ref, 1 << direction);
	} else {
		if (!job->event.cause)
			classify(state, job, direction);
		announce(state, ref, me, EVENT_EXISTING, 0);
	}
	/* The array has two members. */
	account = &state->streams[direction & 1];
	job->event.position = fetch_add(&account->next_position, bytes);
	if (!is_kept(state->protocol)) {
		__sync_fetch_and_add(&account->skipped_bytes, bytes);
		return 0;
	}
	fill_header(&job->event.header, EVENT_DATA, 0, me, 0);
	job->event.stream.id = state->socket;
	job->event.stream.generation = state->generation;
	job->event.stream.owner = OWNER_SOCKET;
	job->event.stream.direction = direction;
	job->event.call_sequence = next_number(COUNTER_CALL);
	job->event.fd = ref->fd;
	job->event.call = ref->call;
	job->event.protocol = state->protocol;
	return send_call(job, account);
}

/* A socket that begins: the result of accept, or connect on one that was made before. */
static __always_inline int record_opened(struct pt_regs *regs, enum call call, long result,
					 const struct actor *me)
{
	bool is_connect = call == CALL_CONNECT;
	struct socket_state *state;
	struct socket_ref ref;

	find_socket(&ref, is_connect ? (s32)SYSCALL_ARG1(regs) : (s32)result, call);
	if (!ref.sk)
		return 0;
	state = get_socket(&ref);
	if (!state) {
		count_loss(LOSS_MAP_FULL, 0);
		return 0;
	}
	if (state->announced)
		return 0;
	set_user(state, me);
	state->role = is_connect ? ROLE_CLIENT : ROLE_SERVER;
	state->from_start = 1;
	if (is_connect)
		return announce(state, &ref, me, EVENT_CONNECT, result);
	return announce(state, &ref, me, EVENT_ACCEPT, 0);
}

static __always_inline int record_moved(struct pt_regs *regs, enum call call, long result,
					const struct actor *me)
{
	u32 direction = direction_of(call);
	struct part_job job = {};
	struct socket_ref ref;

	find_socket(&ref, (s32)SYSCALL_ARG1(regs), call);
	if (call == CALL_SPLICE) {
		if (ref.sk)
			direction = DIRECTION_INGRESS;
		else
			find_socket(&ref, (s32)SYSCALL_ARG3(regs), call);
	}
	if (!ref.sk || !locate_bytes(&job, regs, call, result))
		return 0;
	return record_socket_call(&job, &ref, me, direction);
}

/* include/trace/events/syscalls.h: (struct pt_regs *regs, long ret) */
SEC("raw_tp/sys_exit")
int handle_sys_exit(struct bpf_raw_tracepoint_args *ctx)
{
	struct pt_regs *regs = (struct pt_regs *)ctx->args[0];
	long result = ctx->args[1];
	struct actor me;
	enum call call;

	/* Cheapest first: this runs at the end of every system call on the host. */
	if (result < 0 && result != -EINPROGRESS)
		return 0;
	call = call_of_syscall(SYSCALL_NUMBER(regs));
	if (!call || !is_target(bpf_get_current_pid_tgid() >> 32) ||
	    is_compat((struct task_struct *)bpf_get_current_task()))
		return 0;
	me = current_actor();
	if (call == CALL_CONNECT || call == CALL_ACCEPT || call == CALL_ACCEPT4)
		return record_opened(regs, call, result, &me);
	return result > 0 ? record_moved(regs, call, result, &me) : 0;
}

#endif /* TAPEDECK_SYS_EXIT_BPF_H */
