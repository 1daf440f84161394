/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * What every socket backend does once it knows who moved bytes on which socket, which way, how many
 * and where they are:
 *
 *	work = take_work();                      the slot of this call; NULL: count the loss
 *	work->me, work->ref                      current_actor(); find_socket() or use_socket()
 *	work->job.segment, iovecs, messages      the source, or event.cause without one
 *	state = open_socket(work)                NULL: nothing is to be recorded of it
 *	record_moved(work, state, bytes)
 *	give_back(work)
 */
#ifndef TAPEDECK_MOVED_BPF_H
#define TAPEDECK_MOVED_BPF_H

/* If this happens inside a call of a TLS session, the socket is that session's. */
static __always_inline void bind_if_nested(const struct call_work *work, struct socket_state *state)
{
	struct tls_key key;

	if (!innermost_call(&key, &work->me))
		return;
	state->protocol = PROTOCOL_TLS;
	announce(state, &work->ref, &work->me, EVENT_EXISTING, 0);
	bind_session(&key, &work->me, state, &work->ref, 1 << work->ref.direction);
}

/* The state of the socket of a call by a target; NULL: there is no room, or nobody wants it. */
static __always_inline struct socket_state *open_socket(struct call_work *work, u64 bytes)
{
	struct socket_state *state = get_socket(&work->ref);

	if (!state) {
		if (work->ref.sk)
			count_loss(LOSS_MAP_FULL, bytes);
		return NULL;
	}
	if (!state->port_wanted) {
		bind_if_nested(work, state); /* the session is to know that it is not wanted */
		return NULL;
	}
	if (state->tgid != work->me.tgid && state->announced && state->handovers < HANDOVERS_MAX) {
		state->handovers++;
		send_dup(state, &work->me, work->ref.fd, work->ref.call);
	}
	set_user(state, &work->me);
	return state;
}

/* Accounts for bytes (not 0) that moved on a stream socket, and sends them if they are wanted. */
static __noinline int record_moved(struct call_work *work, struct socket_state *state, u64 bytes)
{
	struct data_event *event = &work->job.event;
	u32 direction = work->ref.direction & 1; /* the array has two members */
	struct stream_account *account = &state->streams[direction];

	bind_if_nested(work, state);
	event->returned_bytes = bytes;
	if (!event->cause) {
		if (is_open_question(state, direction))
			classify(work->slot);
		state->last_direction = direction + 1;
	}
	announce(state, &work->ref, &work->me, EVENT_EXISTING, 0);
	event->position = fetch_add(&account->next_position, bytes);
	if (!is_kept(state->protocol)) {
		__sync_fetch_and_add(&account->skipped_bytes, bytes);
		if (state->protocol == PROTOCOL_TLS) {
			if (!(state->hellos & (1 << direction)))
				record_hello(work->slot);
			record_ciphertext(work, state, bytes);
		}
		return 0;
	}
	if (!is_sampled(state->generation)) {
		skip_unsampled(state->streams, direction, bytes);
		return 0;
	}
	fill_template(&event->header, EVENT_DATA, 0, &work->me, event->header.enter_ns);
	event->stream.id = state->socket;
	event->stream.generation = state->generation;
	event->stream.owner = OWNER_SOCKET;
	event->stream.direction = direction;
	event->call_sequence = next_number(COUNTER_CALL);
	event->fd = work->ref.fd;
	event->call = work->ref.call;
	event->protocol = state->protocol;
	send_call(work, state->streams);
	return 0;
}

#endif /* TAPEDECK_MOVED_BPF_H */
