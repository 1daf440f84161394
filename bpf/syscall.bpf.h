/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Where a system call on a socket had its bytes, and how many of them belong to the stream. */
#ifndef TAPEDECK_SYSCALL_BPF_H
#define TAPEDECK_SYSCALL_BPF_H

#define MSG_OOB      0x1
#define MSG_PEEK     0x2
#define MSG_TRUNC    0x20
#define MSG_ERRQUEUE 0x2000
#define MESSAGES_MAX 1024 /* UIO_MAXIOV: more are never moved by one sendmmsg or recvmmsg */

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

/* Adds what the kernel says of one message to the job's message_bytes. 1: it cannot be read. */
__noinline int add_message(u32 slot, u32 index)
{
	struct call_work *work = work_in(slot);
	struct mmsghdr *message;
	u32 bytes;

	if (!work)
		return 1;
	message = (struct mmsghdr *)work->job.messages + index;
	if (bpf_probe_read_user(&bytes, sizeof(bytes), &message->msg_len))
		return 1;
	work->job.message_bytes += bytes;
	return 0;
}

/* Global and nothing but the loop: see send_each_part. */
__noinline int add_messages(u32 slot, u32 count)
{
	for (u32 i = 0; i < MESSAGES_MAX && i < count; i++) {
		if (add_message(slot, i))
			break;
	}
	return 0;
}

/* Sets the messages as the source; returns the bytes of all of them. */
static __always_inline u64 locate_messages(struct call_work *work, u64 messages, u32 count)
{
	struct part_job *job = &work->job;
	u64 bytes;

	job->messages = messages;
	job->messages_left = count;
	job->message_bytes = 0;
	add_messages(work->slot, count);
	bytes = job->message_bytes;
	job->message_bytes = 0;
	job->unreadable = next_segment(job); /* the first message */
	return bytes;
}

/* Whether a call with these flags (MSG_*) adds to its stream; says so if its bytes were thrown away. */
static __always_inline bool adds_to_stream(struct call_work *work, u64 flags)
{
	if (!flags || work->ref.direction != DIRECTION_INGRESS)
		return true;
	if (flags & (MSG_PEEK | MSG_OOB))
		return false;
	if (work->ref.family == AF_UNIX) /* net/unix/af_unix.c knows neither of the other flags */
		return true;
	if (flags & MSG_ERRQUEUE)
		return false;
	if (flags & MSG_TRUNC)
		work->job.event.cause = TRANSFER_DISCARDED;
	return true;
}

/* Finds where the bytes are, and returns how many; 0: nothing that belongs to the stream. */
static __noinline u64 locate_bytes(struct call_work *work, struct pt_regs *regs, enum call call,
				   u64 result)
{
	struct part_job *job = &work->job;
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
		result = locate_messages(work, pointer, result);
		break;
	default: /* sendfile, splice */
		job->event.cause = TRANSFER_NO_MEMORY;
		break;
	}
	return adds_to_stream(work, flags) ? result : 0;
}

#endif /* TAPEDECK_SYSCALL_BPF_H */
