/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* One step of the walk through TLS records: over what belongs to one, or into the next. */
#ifndef TAPEDECK_RECORD_STEPS_BPF_H
#define TAPEDECK_RECORD_STEPS_BPF_H

#define RECORD_HEADER_BYTES 5     /* RFC 8446, 5.1: type, version, length */
#define RECORD_LENGTH_MAX   18432 /* RFC 5246, 6.2.3: 2^14 + 2048; TLS 1.3 has less */
#define RECORD_STEPS_MAX    1024 /* records, segments and jumps of one call: 8 MiB of whole records */

static __always_inline bool is_record_header(const u8 *head)
{
	u32 length = (u32)head[3] << 8 | head[4];

	return head[0] >= 20 && head[0] <= 24 && head[1] == 3 && head[2] <= 4 &&
	       length <= RECORD_LENGTH_MAX;
}

/* Sends the record whose prefix is complete. */
static __always_inline void send_record(const struct part_job *job, const struct record_walk *walk,
					u64 position)
{
	struct cipher_event *event = NULL;

	if (has_room_for_evidence(sizeof(*event)))
		event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		count_loss(LOSS_LIFECYCLE, 0);
		return;
	}
	__builtin_memcpy(&event->header, &job->event.header, sizeof(event->header));
	event->header.sequence = next_sequence();
	event->stream = job->event.stream;
	event->position = position;
	event->length_bytes = walk->length_bytes;
	event->prefix_bytes = walk->have;
	__builtin_memset(event->reserved, 0, sizeof(event->reserved));
	__builtin_memset(event->prefix, 0, sizeof(event->prefix));
	/* Constant bound. */
	for (u32 i = 0; i < CIPHER_PREFIX_BYTES; i++)
		if (i < walk->have)
			event->prefix[i] = walk->prefix[i];
	SUBMIT_EVENT(event);
}

/* Adds n bytes to the prefix, which sends the record once it is whole. 1: that is no record. */
static __always_inline long gather(struct part_job *job, struct record_walk *walk, u32 n)
{
	u32 have = walk->have;

	/* By the masks both are in range, and the array has twice as many bytes. */
	barrier_var(n);
	barrier_var(have);
	if (bpf_probe_read_user(&walk->prefix[have & (CIPHER_PREFIX_BYTES - 1)],
				n & (2 * CIPHER_PREFIX_BYTES - 1), (void *)job->segment))
		return 1;
	have = (have + n) & (2 * CIPHER_PREFIX_BYTES - 1);
	walk->have = have;
	if (have == RECORD_HEADER_BYTES) {
		if (!is_record_header(walk->prefix))
			return 1;
		walk->length_bytes = (u16)walk->prefix[3] << 8 | walk->prefix[4];
	}
	if (have < CIPHER_PREFIX_BYTES &&
	    (have < RECORD_HEADER_BYTES || have < RECORD_HEADER_BYTES + walk->length_bytes))
		return 0;
	if (!job->hello_sent)
		send_record(job, walk, job->event.position + n - have);
	job->hello_sent = 0;
	walk->left = RECORD_HEADER_BYTES + walk->length_bytes - have;
	walk->have = 0;
	return 0;
}

/* How many bytes the prefix lacks for the next decision. */
static __always_inline u32 wanted_bytes(const struct record_walk *walk)
{
	u32 have = walk->have & (CIPHER_PREFIX_BYTES - 1);
	u32 whole = RECORD_HEADER_BYTES + walk->length_bytes;

	if (have < RECORD_HEADER_BYTES)
		return RECORD_HEADER_BYTES - have;
	return (whole < CIPHER_PREFIX_BYTES ? whole : CIPHER_PREFIX_BYTES) - have;
}

/*
 * One step: jump over what belongs to a record, or gather the next prefix. 1: done, or lost.
 * Global: see send_part.
 */
__noinline int walk_step(u32 slot)
{
	struct call_work *work = work_in(slot);
	struct record_walk *walk;
	struct part_job *job;
	u64 n;

	if (!work)
		return 1;
	job = &work->job;
	walk = &work->walk;
	if (!job->copy_bytes)
		return 1;
	n = job->segment_bytes;
	if (!n) {
		job->unreadable = next_segment(job);
		return job->unreadable;
	}
	if (n > job->copy_bytes)
		n = job->copy_bytes;
	if (walk->left) {
		if (n > walk->left)
			n = walk->left;
		walk->left -= n;
	} else {
		if (n > wanted_bytes(walk))
			n = wanted_bytes(walk);
		if (gather(job, walk, n))
			return 1;
	}
	job->segment += n;
	job->segment_bytes -= n;
	job->message_bytes -= n;
	job->copy_bytes -= n;
	job->event.position += n;
	return 0;
}

/* Global and nothing but the loop: see send_each_part. */
__noinline int walk_each_record(u32 slot)
{
	for (u32 step = 0; step < RECORD_STEPS_MAX; step++) {
		if (walk_step(slot))
			break;
	}
	return 0;
}

#endif /* TAPEDECK_RECORD_STEPS_BPF_H */
