/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Copies one part of a call's bytes into the ring. */
#ifndef TAPEDECK_COPY_BPF_H
#define TAPEDECK_COPY_BPF_H

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
 * Returns an enum loss_cause. Global: see send_parts.
 */
__noinline int copy_part_by_class(u32 slot, u32 n)
{
	struct call_work *work = work_in(slot);
	struct part_job *job;

	if (!work)
		return LOSS_READ_FAULT;
	job = &work->job;
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
