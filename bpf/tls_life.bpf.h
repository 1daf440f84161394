/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* The life of a session object, and what it says about its descriptors. */
#ifndef TAPEDECK_TLS_LIFE_BPF_H
#define TAPEDECK_TLS_LIFE_BPF_H

/* A call that moves no bytes and is told, or hides what it calls itself. */
static __always_inline int enter_silent_call(struct pt_regs *ctx, u64 ssl, enum call which)
{
	struct call_in_flight call = {
		.ssl = ssl,
		.convention = { .call = which, .direction = DIRECTION_NONE },
	};

	if (!is_target(bpf_get_current_pid_tgid() >> 32))
		return 0;
	call.enter_ns = bpf_ktime_get_ns();
	return enter_call(&call, ctx);
}

/* SSL *SSL_new(SSL_CTX *ctx) */
AT_RETURN(handle_tls_new_return)
{
	struct actor me = current_actor();
	struct tls_key key = session_key(&me, FUNCTION_RESULT(ctx));
	struct tls_session *session;

	if (!key.ssl || !is_target(me.tgid))
		return 0;
	session = bpf_map_lookup_elem(&tls_sessions, &key);
	if (session) { /* of an object at this address whose end was not seen */
		send_tls_event(session, &me, key.ssl, 0, EVENT_TLS_FREE, CALL_SSL_NEW, 0);
		bpf_map_delete_elem(&tls_sessions, &key);
	}
	session = get_session(&key);
	if (!session) {
		count_loss(LOSS_MAP_FULL, 0);
		return 0;
	}
	return send_tls_event(session, &me, key.ssl, 0, EVENT_TLS_NEW, CALL_SSL_NEW, 0);
}

/* int SSL_up_ref(SSL *s): SSL_free only ends an object that nobody else refers to. */
AT_ENTRY(handle_tls_up_ref_entry)
{
	struct actor me = current_actor();
	struct tls_key key = session_key(&me, FUNCTION_ARG1(ctx));
	struct tls_session *session = bpf_map_lookup_elem(&tls_sessions, &key);

	if (session)
		__sync_fetch_and_add(&session->references, 1);
	return 0;
}

/* void SSL_free(SSL *ssl) */
AT_ENTRY(handle_tls_free_entry)
{
	struct actor me = current_actor();
	struct tls_key key = session_key(&me, FUNCTION_ARG1(ctx));
	struct tls_session *session = bpf_map_lookup_elem(&tls_sessions, &key);

	if (!session)
		return 0;
	if (session->references > 1) {
		__sync_fetch_and_add(&session->references, -1);
		return 0;
	}
	send_tls_event(session, &me, key.ssl, 0, EVENT_TLS_FREE, CALL_SSL_FREE, 0);
	bpf_map_delete_elem(&tls_sessions, &key);
	return 0;
}

/*
 * SSL *SSL_dup(SSL *ssl): of an object that is in use it gives the same object again, with one
 * more reference that SSL_up_ref knows nothing of. The argument is kept as a call in flight.
 */
AT_ENTRY(handle_tls_dup_entry)
{
	return enter_silent_call(ctx, FUNCTION_ARG1(ctx), CALL_SSL_DUP);
}

AT_RETURN(handle_tls_dup_return)
{
	struct tls_session *session;
	struct call_in_flight call = {};
	struct tls_key key;
	struct actor me;

	if (!leave_call(CALL_SSL_DUP, RETURN_SP(ctx), &call) || FUNCTION_RESULT(ctx) != call.ssl)
		return 0;
	me = current_actor();
	key = session_key(&me, call.ssl);
	session = bpf_map_lookup_elem(&tls_sessions, &key);
	if (session)
		__sync_fetch_and_add(&session->references, 1);
	return 0;
}

/*
 * int SSL_clear(SSL *ssl): the object is used for another connection. OpenSSL also calls it itself
 * at the start of a handshake: then it is inside another call, or nothing has been moved yet.
 */
AT_ENTRY(handle_tls_clear_entry)
{
	struct actor me = current_actor();
	struct tls_key key = session_key(&me, FUNCTION_ARG1(ctx));
	struct tls_session *session = bpf_map_lookup_elem(&tls_sessions, &key);

	if (!session || is_in_call(key.ssl, ENTRY_SP(ctx)) ||
	    !(session->streams[DIRECTION_EGRESS].next_position |
	      session->streams[DIRECTION_INGRESS].next_position))
		return 0;
	send_tls_event(session, &me, key.ssl, 0, EVENT_TLS_CLEAR, CALL_SSL_CLEAR, 0);
	__builtin_memset(session->streams, 0, sizeof(session->streams));
	__builtin_memset(session->sockets, 0, sizeof(session->sockets));
	session->port_wanted = 0;
	session->handshake_told = 0;
	session->generation = next_number(COUNTER_TLS_SESSION);
	session->sampled = SAMPLED_UNDECIDED;
	return 0;
}

/* int SSL_shutdown(SSL *ssl) */
AT_ENTRY(handle_tls_shutdown_entry)
{
	return enter_silent_call(ctx, FUNCTION_ARG1(ctx), CALL_SSL_SHUTDOWN);
}

AT_RETURN(handle_tls_shutdown_return)
{
	struct call_in_flight call = {};
	struct tls_session *session;
	struct tls_key key;
	struct actor me;

	if (!leave_call(CALL_SSL_SHUTDOWN, RETURN_SP(ctx), &call))
		return 0;
	me = current_actor();
	key = session_key(&me, call.ssl);
	session = bpf_map_lookup_elem(&tls_sessions, &key);
	if (!session || session->port_wanted == 2)
		return 0;
	return send_tls_event(session, &me, key.ssl, call.enter_ns, EVENT_TLS_SHUTDOWN,
			      CALL_SSL_SHUTDOWN, (s32)FUNCTION_RESULT(ctx));
}

/*
 * int SSL_do_handshake(SSL *ssl), SSL_accept, SSL_connect: 1 is the end of it. The other two call
 * the first, or jump to it. A handshake that a read or write does on its own is not told.
 */
AT_ENTRY(handle_tls_handshake_entry)
{
	return enter_silent_call(ctx, FUNCTION_ARG1(ctx), CALL_SSL_DO_HANDSHAKE);
}

AT_RETURN(handle_tls_handshake_return)
{
	struct call_in_flight call = {};
	struct tls_session *session;
	struct tls_key key;
	struct actor me;

	if (!leave_call(CALL_SSL_DO_HANDSHAKE, RETURN_SP(ctx), &call) || call.nested)
		return 0;
	me = current_actor();
	key = session_key(&me, call.ssl);
	session = get_session(&key);
	if (!session || session->handshake_told || session->port_wanted == 2)
		return 0;
	if (!session->bound && !session->unbound_told)
		tell_unbound(session, &key, &me, CALL_SSL_DO_HANDSHAKE);
	if ((s32)FUNCTION_RESULT(ctx) != 1)
		return 0;
	session->handshake_told = 1;
	if (!session->bound && !session->unbound_told)
		tell_unbound(session, &key, &me, CALL_SSL_DO_HANDSHAKE);
	return send_tls_event(session, &me, key.ssl, call.enter_ns, EVENT_TLS_HANDSHAKE,
			      CALL_SSL_DO_HANDSHAKE, 1);
}

#endif /* TAPEDECK_TLS_LIFE_BPF_H */
