/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* The work of sending one call's bytes, and the copying of one part of them into the ring. */
#ifndef TAPEDECK_COPY_BPF_H
#define TAPEDECK_COPY_BPF_H

/* Where the bytes are, and how far the work is. Lives on the stack of the program. */
struct part_job {
	u64 messages; /* struct mmsghdr[] in user memory, next one */
	u64 iovecs;   /* struct iovec[] in user memory, next one */
	u64 segment;  /* bytes in user memory, next one */
	u64 segment_bytes;
	u64 message_bytes; /* left of the current message; no messages: all */
	u64 copy_bytes;    /* left to copy of the call */
	u64 lost_bytes;    /* of this call */
	u32 messages_left;
	u32 iovecs_left;
	u32 unreadable; /* 1: the iovecs or messages themselves could not be read */
	u32 reserved;
	struct data_event event; /* filled but for sequence and part */
};

/*
 * Copies n bytes into a record with room for `room` (a constant, as bpf_ringbuf_reserve wants it).
 * Nothing can sleep between reserve and submit: bpf_probe_read_user does not fault pages in.
 */
static __always_inline enum loss_cause copy_part(struct part_job *job, u32 n, const u32 room)
{
	struct data_event *event;

	if (!has_room_for_data(sizeof(*event) + room))
		return LOSS_RING_FULL;
	event = bpf_ringbuf_reserve(&events, sizeof(*event) + room, 0);
	if (!event)
		return LOSS_RING_FULL;
	__builtin_memcpy(event, &job->event, sizeof(*event));
	/* Always true; said again so that the verifier knows n <= room for the register in use. */
	barrier_var(n);
	if (n > room || bpf_probe_read_user(event->bytes, n, (void *)job->segment)) {
		bpf_ringbuf_discard(event, BPF_RB_NO_WAKEUP);
		return LOSS_READ_FAULT;
	}
	bpf_ringbuf_submit(event, wakeup_flags(sizeof(*event) + room));
	return LOSS_NONE;
}

/*
 * Size classes: powers of two waste a quarter of the ring on average, a single class much more.
 * Returns an enum loss_cause. Global: see send_call.
 */
__noinline int copy_part_by_class(struct part_job *job, u32 n)
{
	if (!job)
		return LOSS_READ_FAULT;
	if (n <= 256)
		return copy_part(job, n, 256);
	if (n <= 1024)
		return copy_part(job, n, 1024);
	if (n <= 2048)
		return copy_part(job, n, 2048);
	if (n <= 4096)
		return copy_part(job, n, 4096);
	if (n <= 8192)
		return copy_part(job, n, 8192);
	if (n <= 16384)
		return copy_part(job, n, 16384);
	return copy_part(job, n, PART_BYTES_MAX);
}

#endif /* TAPEDECK_COPY_BPF_H */
