/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Sends the bytes of a small call that has them in several places as one data event. */
#ifndef TAPEDECK_GATHER_BPF_H
#define TAPEDECK_GATHER_BPF_H

#define GATHER_BYTES_MAX  1024 /* a power of two */
#define GATHER_ROUNDS_MAX 32   /* segments, empty ones and heads of messages included */

/*
 * Copies the segments of a small call, one behind the other, into one record with room for twice
 * `room` (a power of two, a constant): a head and a body that are written together are one event.
 * False: a page is not present, or there are too many; nothing was sent, and the source is used up.
 */
static __always_inline bool gather_segments(struct part_job *job, u8 *bytes, u32 all,
					    const u32 room)
{
	u32 at = 0, n;

	/* Constant bound; at < room and n <= room, so that both together are in the record. */
	for (u32 round = 0; round < GATHER_ROUNDS_MAX && at < all; round++) {
		if (!job->segment_bytes) {
			if (next_segment(job))
				return false;
			continue;
		}
		n = all - at < job->segment_bytes ? all - at : job->segment_bytes;
		barrier_var(n);
		barrier_var(at);
		/* Not together with a test for 0: one of n - 1 tells the verifiers before 6.2 nothing of n. */
		if (n > room || at >= room ||
		    bpf_probe_read_user(bytes + at, n, (void *)job->segment))
			return false;
		job->segment += n;
		job->segment_bytes -= n;
		job->message_bytes -= n;
		at += n;
	}
	return at == all;
}

static __always_inline enum loss_cause gather_part(struct part_job *job, u32 all, const u32 room)
{
	struct data_event *event;

	if (!has_room_for_data(sizeof(*event) + 2 * room))
		return LOSS_RING_FULL;
	event = bpf_ringbuf_reserve(&events, sizeof(*event) + 2 * room, 0);
	if (!event)
		return LOSS_RING_FULL;
	__builtin_memcpy(event, &job->event, sizeof(*event));
	if (!gather_segments(job, event->bytes, all, room)) {
		bpf_ringbuf_discard(event, BPF_RB_NO_WAKEUP);
		return LOSS_READ_FAULT;
	}
	bpf_ringbuf_submit(event, wakeup_flags(sizeof(*event) + 2 * room));
	return LOSS_NONE;
}

/* Sends what is left of a call as one part. Returns an enum loss_cause. Global: see send_parts. */
__noinline int gather_part_by_class(u32 slot, u32 all)
{
	struct call_work *work = work_in(slot);

	if (!work)
		return LOSS_READ_FAULT;
	if (all <= 256)
		return gather_part(&work->job, all, 256);
	return gather_part(&work->job, all, GATHER_BYTES_MAX);
}

/* Where the bytes of a call are: kept for when gathering them fails. */
struct source {
	u64 messages;
	u64 iovecs;
	u64 segment;
	u64 segment_bytes;
	u64 message_bytes;
	u32 messages_left;
	u32 iovecs_left;
};

static __always_inline void keep_source(struct source *source, const struct part_job *job)
{
	source->messages = job->messages;
	source->iovecs = job->iovecs;
	source->segment = job->segment;
	source->segment_bytes = job->segment_bytes;
	source->message_bytes = job->message_bytes;
	source->messages_left = job->messages_left;
	source->iovecs_left = job->iovecs_left;
}

static __always_inline void return_to_source(struct part_job *job, const struct source *source)
{
	job->messages = source->messages;
	job->iovecs = source->iovecs;
	job->segment = source->segment;
	job->segment_bytes = source->segment_bytes;
	job->message_bytes = source->message_bytes;
	job->messages_left = source->messages_left;
	job->iovecs_left = source->iovecs_left;
}

/*
 * Sends a small call whose bytes are in several places as one part. 1: it could not be done, and
 * nothing has changed; what was lost for want of room is counted, and done. Global: see send_parts.
 */
__noinline int send_gathered(u32 slot)
{
	struct call_work *work = work_in(slot);
	struct source source;
	struct part_job *job;
	enum loss_cause cause;
	u32 n;

	if (!work)
		return 1;
	job = &work->job;
	n = job->copy_bytes;
	keep_source(&source, job);
	job->event.flags &= ~DATA_FLAG_MORE;
	job->event.length_bytes = n;
	job->event.header.size = sizeof(job->event) + n;
	job->event.header.sequence = next_sequence();
	cause = gather_part_by_class(slot, n);
	if (cause == LOSS_READ_FAULT) {
		return_to_source(job, &source);
		job->is_retry = 1;
		return 1;
	}
	job->copy_bytes = 0;
	if (cause) {
		count_loss(cause, n);
		job->lost_bytes += n;
		job->event.lost_bytes += n;
	}
	job->event.position += n;
	job->event.part_offset += n;
	job->event.part_index++;
	return 0;
}

/* Whether a call has few bytes, in more places than one. */
static __always_inline bool is_scattered(const struct part_job *job)
{
	return job->copy_bytes <= GATHER_BYTES_MAX && job->segment_bytes < job->copy_bytes &&
	       (job->iovecs_left > 1 || job->messages_left);
}

#endif /* TAPEDECK_GATHER_BPF_H */
