/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Sends the bytes of one call as data events, in parts, from a buffer, iovecs or messages. */
#ifndef TAPEDECK_PARTS_BPF_H
#define TAPEDECK_PARTS_BPF_H

#define STEPS_MAX 4096 /* 1024 iovecs of 1024 messages, or CALL_BYTES_MAX page by page */
#define PAGE_SIZE 4096 /* of the smallest pages; larger ones are tried in pieces of that */

/*
 * One step: the next part, of a new segment if need be. 1: done. A part of which some page is not
 * present is tried again page by page, so that no more is lost than must be. Global: see send_parts; so a loop
 * over it costs the verifier little however often it runs, and needs no bpf_loop.
 */
__noinline int send_part(u32 slot)
{
	struct call_work *work = work_in(slot);
	struct part_job *job;
	enum loss_cause cause;
	u64 n, page_left;

	if (!work)
		return 1;
	job = &work->job;
	if (!job->copy_bytes)
		return 1;
	n = job->segment_bytes;
	if (!n) {
		job->unreadable = next_segment(job);
		n = job->segment_bytes;
		if (job->unreadable || !n)
			return job->unreadable;
	}
	if (n > job->copy_bytes)
		n = job->copy_bytes;
	if (n > PART_BYTES_MAX)
		n = PART_BYTES_MAX;
	page_left = PAGE_SIZE - (job->segment & (PAGE_SIZE - 1));
	if (job->page_bytes && n > page_left)
		n = page_left;
	job->event.flags =
		(job->event.flags & ~DATA_FLAG_MORE) | (job->copy_bytes > n ? DATA_FLAG_MORE : 0);
	job->event.length_bytes = n;
	job->event.header.size = sizeof(job->event) + n;
	if (!job->is_retry)
		job->event.header.sequence = next_sequence();
	cause = copy_part_by_class(slot, n);
	job->is_retry = cause == LOSS_READ_FAULT && n > page_left;
	if (job->is_retry) {
		job->page_bytes = n;
		return 0;
	}
	if (cause == LOSS_RING_FULL)
		n = job->copy_bytes; /* nor is there room for what follows */
	job->copy_bytes -= n;
	job->segment_bytes -= n;
	job->message_bytes -= n;
	job->page_bytes = job->page_bytes > n ? job->page_bytes - n : 0;
	if (cause) {
		count_loss(cause, n);
		job->lost_bytes += n;
		job->event.lost_bytes += n;
	}
	job->segment += n;
	job->event.position += n;
	job->event.part_offset += n;
	job->event.part_index++;
	return 0;
}

/* Global and nothing but the loop, so that the verifier follows each round once. */
__noinline int send_each_part(u32 slot)
{
	for (u32 step = 0; step < STEPS_MAX; step++) {
		if (send_part(slot))
			break;
	}
	return 0;
}

/* Tells of `bytes` at the job's position without sending them; event.cause says why. */
static __always_inline void send_transfer(struct part_job *job, u64 bytes)
{
	struct data_event *event = NULL;

	if (has_room_for_evidence(sizeof(*event)))
		event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		count_loss(LOSS_LIFECYCLE, 0);
		return;
	}
	__builtin_memcpy(event, &job->event, sizeof(*event));
	event->header.kind = EVENT_TRANSFER;
	event->header.size = sizeof(*event);
	event->header.sequence = next_sequence();
	event->length_bytes = bytes;
	event->flags &= ~DATA_FLAG_MORE;
	SUBMIT_EVENT(event);
}

/*
 * Sends the bytes of a job: its event is filled but for lengths and flags, the source is set, or
 * event.cause if there is none. What is not sent is lost or skipped. Global: the verifier looks at
 * it once, whatever it is called with, not on each path.
 */
__noinline int send_parts(u32 slot)
{
	struct call_work *work = work_in(slot);
	struct part_job *job;
	u64 all, cap, rest;

	if (!work)
		return 0;
	job = &work->job;
	all = job->event.returned_bytes;
	cap = job->limit_bytes;
	if (!job->event.cause) {
		job->copy_bytes = all < cap ? all : cap;
		job->event.flags = all > cap ? DATA_FLAG_CUT : 0;
		if (!job->unreadable && (!is_scattered(job) || send_gathered(slot)))
			send_each_part(slot);
		if (job->unreadable) {
			count_loss(LOSS_READ_FAULT, job->copy_bytes);
			job->lost_bytes += job->copy_bytes;
			job->event.position += job->copy_bytes;
			job->event.part_offset += job->copy_bytes;
		}
	}
	rest = all - job->event.part_offset;
	if (!rest)
		return 0;
	job->skipped_bytes = rest;
	if (job->event.cause == TRANSFER_SHED)
		count_loss(LOSS_SHED, rest);
	if (!job->event.cause) {
		job->event.cause = TRANSFER_CAP;
		count_loss(LOSS_OVER_CAP, rest);
	}
	if (job->shed == SHED_CALLS)
		return 0;
	send_transfer(job, rest);
	return 0;
}

/* Sends a call whose bytes have been added to the account already, and accounts for the rest. */
static __always_inline void send_call(struct call_work *work, struct stream_account *streams)
{
	struct stream_account *account = &streams[work->job.event.stream.direction & 1];

	work->job.event.lost_bytes = account->lost_bytes;
	set_limits(&work->job, streams);
	send_parts(work->slot);
	if (work->job.lost_bytes)
		__sync_fetch_and_add(&account->lost_bytes, work->job.lost_bytes);
	if (work->job.skipped_bytes)
		__sync_fetch_and_add(&account->skipped_bytes, work->job.skipped_bytes);
}

#endif /* TAPEDECK_PARTS_BPF_H */
