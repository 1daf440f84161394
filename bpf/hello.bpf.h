/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * The hellos of a TLS connection: the first record of each direction is in the clear, and says the
 * version, the cipher suite, the server's name and the protocols. More of it is kept than of other
 * records, also where it is known which session the socket is of. Twice in a connection at most.
 */
#ifndef TAPEDECK_HELLO_BPF_H
#define TAPEDECK_HELLO_BPF_H

#define RECORD_OF_HANDSHAKE 22 /* RFC 8446, 5.1 */

/* The header of the record, and the job's segment behind it. 1: there is none, or no more yet. */
static __always_inline long take_hello_head(struct part_job *job, struct socket_state *state,
					    u32 direction, u8 *head)
{
	if (state->hellos & HELLO_HEAD && direction == DIRECTION_INGRESS) {
		head[0] = RECORD_OF_HANDSHAKE;
		head[1] = 3;
		head[2] = state->hello_head[0];
		head[3] = state->hello_head[1];
		head[4] = state->hello_head[2];
		return 0;
	}
	if (job->segment_bytes < RECORD_HEADER_BYTES ||
	    bpf_probe_read_user(head, RECORD_HEADER_BYTES, (void *)job->segment) ||
	    head[0] != RECORD_OF_HANDSHAKE || !is_record_header(head))
		return 1;
	if (job->segment_bytes > RECORD_HEADER_BYTES || direction == DIRECTION_EGRESS)
		return 0;
	/* OpenSSL reads the header for itself, unless it is told to read ahead. */
	state->hellos &= ~(1 << DIRECTION_INGRESS);
	state->hellos |= HELLO_HEAD;
	state->hello_head[0] = head[2];
	state->hello_head[1] = head[3];
	state->hello_head[2] = head[4];
	return 1;
}

/* Sends the record whose header is given and of which the current segment has the rest. */
static __always_inline void send_hello(struct call_work *work, const struct socket_state *state,
				       const u8 *head, u32 skip)
{
	const u32 room = sizeof(struct cipher_event) - CIPHER_PREFIX_BYTES + HELLO_BYTES_MAX;
	struct part_job *job = &work->job;
	u32 length = (u32)head[3] << 8 | head[4];
	struct cipher_event *event = NULL;
	u64 n = job->segment_bytes - skip;

	if (n > length)
		n = length;
	if (n > HELLO_BYTES_MAX - RECORD_HEADER_BYTES)
		n = HELLO_BYTES_MAX - RECORD_HEADER_BYTES;
	if (has_room_for_evidence(room))
		event = bpf_ringbuf_reserve(&events, room, 0);
	if (!event) {
		count_loss(LOSS_LIFECYCLE, 0);
		return;
	}
	fill_header(&event->header, EVENT_CIPHER_RECORD, room, &work->me,
		    job->event.header.enter_ns);
	event->stream = job->event.stream;
	event->position = job->event.position - (RECORD_HEADER_BYTES - skip);
	event->length_bytes = length;
	event->reserved[0] = 0;
	event->reserved[1] = 0;
	__builtin_memcpy(event->prefix, head, RECORD_HEADER_BYTES);
	barrier_var(n);
	/* Always true; said again so that the verifier knows it for the register in use. */
	if (n > HELLO_BYTES_MAX - RECORD_HEADER_BYTES ||
	    bpf_probe_read_user(&event->prefix[RECORD_HEADER_BYTES], n,
				(void *)(job->segment + skip)))
		n = 0;
	event->prefix_bytes = RECORD_HEADER_BYTES + n;
	job->hello_sent = n > 0;
	SUBMIT_EVENT(event);
}

/*
 * Looks at the first record of a direction of the socket of a call, whose position is known. Global:
 * see send_parts.
 */
__noinline int record_hello(u32 slot)
{
	struct call_work *work = work_in(slot);
	struct socket_state *state = work ? lookup_socket(work->ref.sk) : NULL;
	struct data_event *event;
	u8 head[8] = {};
	u32 direction, skip;

	if (!state)
		return 0;
	event = &work->job.event;
	direction = work->ref.direction & 1;
	state->hellos |= 1 << direction;
	event->stream.id = state->socket;
	event->stream.generation = state->generation;
	event->stream.owner = OWNER_SOCKET;
	event->stream.direction = direction;
	if (event->cause || !is_sampled(state->generation) ||
	    !bpf_map_lookup_elem(&tls_processes, &work->me.tgid) ||
	    shed_level(&event->stream) == SHED_CALLS ||
	    (!work->job.segment_bytes && next_segment(&work->job)))
		return 0;
	skip = state->hellos & HELLO_HEAD && direction == DIRECTION_INGRESS ? 0
									    : RECORD_HEADER_BYTES;
	if (!take_hello_head(&work->job, state, direction, head))
		send_hello(work, state, head, skip);
	return 0;
}

#endif /* TAPEDECK_HELLO_BPF_H */
