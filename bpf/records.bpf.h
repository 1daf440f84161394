/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * TLS records in a stream of ciphertext: the header of each, found by walking from one to the next
 * across calls, and the bytes after it, which no other record in the world begins with. Seen on a
 * socket and inside a TLS session, they prove which session uses which socket.
 */
#ifndef TAPEDECK_RECORDS_BPF_H
#define TAPEDECK_RECORDS_BPF_H

/*
 * Only streams that are walked have an entry. One that is evicted is out of synchronism, which the
 * positions of later records tell, as they tell of each: there is a hole before the next record.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct stream_key);
	__type(value, struct record_walk);
} record_walks SEC(".maps");

/* Processes with TLS sessions: tgid -> 1, or 2 when it was told that one shows no socket. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, u32);
	__type(value, u8);
} tls_processes SEC(".maps");

/* Whether a walk may begin here: a call whose first bytes are a record header. */
static __always_inline bool begins_record(struct part_job *job)
{
	u8 head[8] = {};

	if (!job->segment_bytes && next_segment(job))
		return false;
	return job->segment_bytes >= RECORD_HEADER_BYTES &&
	       !bpf_probe_read_user(head, RECORD_HEADER_BYTES, (void *)job->segment) &&
	       is_record_header(head);
}

/*
 * Walks the bytes of one call, which is spent then: job.event has stream, position (sockets only:
 * the position in a session's ciphertext is counted here) and returned_bytes, the source is set.
 */
__noinline int walk_records(u32 slot)
{
	struct call_work *work = work_in(slot);
	struct record_walk *kept;
	struct part_job *job;
	u64 next;

	if (!work)
		return 0;
	job = &work->job;
	kept = bpf_map_lookup_elem(&record_walks, &job->event.stream);
	__builtin_memset(&work->walk, 0, sizeof(work->walk));
	if (kept)
		work->walk = *kept;
	if (job->event.stream.owner == OWNER_TLS)
		job->event.position = work->walk.position;
	next = job->event.position + job->event.returned_bytes;
	job->copy_bytes = job->event.returned_bytes;
	if (job->event.cause)
		job->unreadable = 1;
	if (!work->walk.synchronised || work->walk.position != job->event.position) {
		__builtin_memset(&work->walk, 0, sizeof(work->walk));
		if (job->unreadable || !begins_record(job))
			job->unreadable = 1;
	}
	fill_template(&job->event.header, EVENT_CIPHER_RECORD, sizeof(struct cipher_event),
		      &work->me, job->event.header.enter_ns);
	if (!job->unreadable)
		walk_each_record(slot);
	work->walk.position = next;
	work->walk.synchronised = !job->copy_bytes && !job->unreadable;
	if (work->walk.synchronised || kept || job->event.stream.owner == OWNER_TLS)
		bpf_map_update_elem(&record_walks, &job->event.stream, &work->walk, BPF_ANY);
	return 0;
}

/* The ciphertext of a socket whose session no call shows, if its process has sessions at all. */
static __always_inline void record_ciphertext(struct call_work *work,
					      const struct socket_state *state, u64 bytes)
{
	struct data_event *event = &work->job.event;

	if (state->bound || !bpf_map_lookup_elem(&tls_processes, &work->me.tgid))
		return;
	event->stream.id = state->socket;
	event->stream.generation = state->generation;
	event->stream.owner = OWNER_SOCKET;
	event->stream.direction = work->ref.direction & 1;
	event->returned_bytes = bytes;
	walk_records(work->slot);
}

#endif /* TAPEDECK_RECORDS_BPF_H */
