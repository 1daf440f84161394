/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Where a system call on a socket had its bytes, and how many of them belong to the stream. */
#ifndef TAPEDECK_SYSCALL_BPF_H
#define TAPEDECK_SYSCALL_BPF_H

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

/* Whether a call moves bytes, and is not one that makes a socket. */
static __always_inline bool is_moving(enum call call)
{
	return call < CALL_CONNECT;
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

/* Finds where the bytes are, and returns how many; 0: nothing that belongs to the stream. */
static __noinline u64 locate_bytes(struct part_job *job, struct pt_regs *regs, enum call call,
				   u64 result)
{
	u64 pointer = SYSCALL_ARG2(regs);
	u64 length = SYSCALL_ARG3(regs);
	u64 flags = 0;
	struct user_msghdr *message = (struct user_msghdr *)pointer;

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
		if (bpf_probe_read_user(&job->iovecs, 8, &message->msg_iov) ||
		    bpf_probe_read_user(&job->iovecs_left, 4, &message->msg_iovlen))
			job->unreadable = 1;
		break;
	case CALL_RECVMMSG:
	case CALL_SENDMMSG:
		flags = SYSCALL_ARG4(regs);
		job->messages = pointer;
		job->messages_left = result;
		result = message_bytes(pointer, result);
		job->unreadable = next_segment(job); /* the first message */
		break;
	default: /* sendfile, splice */
		job->event.cause = TRANSFER_NO_MEMORY;
		break;
	}
	if (direction_of(call) == DIRECTION_INGRESS) {
		if (flags & (MSG_PEEK | MSG_OOB | MSG_ERRQUEUE))
			return 0;
		if (flags & MSG_TRUNC)
			job->event.cause = TRANSFER_DISCARDED;
	}
	return result;
}

#endif /* TAPEDECK_SYSCALL_BPF_H */
