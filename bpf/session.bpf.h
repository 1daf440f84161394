/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* TLS sessions: their state, the events of their life, the sockets they are seen with. */
#ifndef TAPEDECK_SESSION_BPF_H
#define TAPEDECK_SESSION_BPF_H

#define BOTH_DIRECTIONS 3

static __always_inline struct tls_key session_key(const struct actor *me, u64 ssl)
{
	struct tls_key key = {
		.ssl = ssl,
		.process_start_ns = me->start_ns,
		.tgid = me->tgid,
	};

	return key;
}

/* The state of a session, made at its first use; NULL: no room. */
static __noinline struct tls_session *get_session(const struct tls_key *key)
{
	struct tls_session *session = bpf_map_lookup_elem(&tls_sessions, key);
	struct tls_session fresh = { .references = 1 };
	u8 one = 1;

	if (session)
		return session;
	fresh.generation = next_number(COUNTER_TLS_SESSION);
	bpf_map_update_elem(&tls_processes, &key->tgid, &one, BPF_NOEXIST);
	/* NOEXIST: of two threads that get here at once, one makes it and both use it. */
	bpf_map_update_elem(&tls_sessions, key, &fresh, BPF_NOEXIST);
	return bpf_map_lookup_elem(&tls_sessions, key);
}

static __always_inline void keep_session(const struct tls_session *session, const struct actor *me,
					 u64 ssl, enum event_kind kind)
{
	struct unsent_end end = {
		.streams[0] = session->streams[0],
		.streams[1] = session->streams[1],
		.id = ssl,
		.process_start_ns = me->start_ns,
		.ended_ns = me->now_ns,
		.tgid = me->tgid,
		.kind = kind,
	};

	keep_end(OWNER_TLS, session->generation, &end);
}

static __always_inline int send_tls_event(const struct tls_session *session, const struct actor *me,
					  u64 ssl, u64 enter_ns, enum event_kind kind,
					  enum call call, s32 result)
{
	struct tls_event *event;

	if (!RESERVE_EVENT(event)) {
		if (kind == EVENT_TLS_FREE || kind == EVENT_TLS_CLEAR)
			keep_session(session, me, ssl, kind);
		return 0;
	}
	fill_header(&event->header, kind, sizeof(*event), me, enter_ns);
	event->ssl = ssl;
	event->generation = session->generation;
	event->result = result;
	event->call = call;
	event->egress = session->streams[DIRECTION_EGRESS];
	event->ingress = session->streams[DIRECTION_INGRESS];
	SUBMIT_EVENT(event);
	return 0;
}

/*
 * Sends the evidence that a session uses a socket in the given directions (bits), unless that was
 * the last thing said about it. state is NULL where the descriptor is no stream socket.
 */
static __noinline int bind_session(const struct tls_key *key, const struct actor *me,
				   struct socket_state *state, const struct socket_ref *ref,
				   u8 directions)
{
	u8 method = ref->call >= CALL_READ ? BINDING_NESTED : BINDING_SET_FD;
	struct tls_session *session = get_session(key);
	u64 inode = state ? state->socket : 0;
	struct tls_binding_event *event;

	if (!session)
		return 0;
	if (state) {
		state->bound = 1;
		session->bound = 1;
	}
	if (state && settings.ports_only && session->port_wanted != 1)
		session->port_wanted = state->port_wanted ? 1 : 2;
	if (state && !state->port_wanted)
		return 0;
	if (state)
		sample_with_socket(session, state->generation);
	if (method == BINDING_NESTED) {
		if (session->sockets[DIRECTION_EGRESS] == inode)
			directions &= ~(1 << DIRECTION_EGRESS);
		if (session->sockets[DIRECTION_INGRESS] == inode)
			directions &= ~(1 << DIRECTION_INGRESS);
		if (!directions)
			return 0;
	}
	if (!RESERVE_EVENT(event))
		return 0;
	fill_header(&event->header, EVENT_TLS_BINDING, sizeof(*event), me, 0);
	event->ssl = key->ssl;
	event->socket = inode;
	event->tls_generation = session->generation;
	event->socket_generation = state ? state->generation : 0;
	event->fd = ref->fd;
	event->call = ref->call;
	event->method = method;
	event->directions = directions;
	SUBMIT_EVENT(event);
	if (method == BINDING_NESTED && (directions & (1 << DIRECTION_EGRESS)))
		session->sockets[DIRECTION_EGRESS] = inode;
	if (method == BINDING_NESTED && (directions & (1 << DIRECTION_INGRESS)))
		session->sockets[DIRECTION_INGRESS] = inode;
	return 0;
}

/*
 * Says once for each process that a session is used of which no socket is known, as with BIOs
 * of memory: as an event, and as a notice upon which the recorder attaches to the BIO functions of
 * the process. The connection has data to move in no time, so the notice comes first.
 */
static __noinline int tell_unbound(struct tls_session *session, const struct tls_key *key,
				   const struct actor *me, enum call call)
{
	u8 *told = bpf_map_lookup_elem(&tls_processes, &key->tgid);
	struct tls_binding_event *event;
	struct event_header *notice;

	session->unbound_told = 1;
	if (!told || *told > 1)
		return 0;
	notice = bpf_ringbuf_reserve(&notices, sizeof(*notice), 0);
	if (!notice) {
		/* The next session tells. */
		next_number(COUNTER_LOST_NOTICES);
		return 0;
	}
	*told = 2;
	__builtin_memset(notice, 0, sizeof(*notice));
	fill_template(notice, EVENT_TLS_BINDING, sizeof(*notice), me, 0);
	bpf_ringbuf_submit(notice, BPF_RB_FORCE_WAKEUP);
	if (!RESERVE_EVENT(event))
		return 0;
	fill_header(&event->header, EVENT_TLS_BINDING, sizeof(*event), me, 0);
	event->ssl = key->ssl;
	event->tls_generation = session->generation;
	event->fd = -1;
	event->call = call;
	event->method = BINDING_BIO;
	SUBMIT_EVENT(event);
	return 0;
}

#endif /* TAPEDECK_SESSION_BPF_H */
