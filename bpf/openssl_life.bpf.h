/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* OpenSSL: the life of an SSL object, and what it says about its descriptors. */
#ifndef TAPEDECK_OPENSSL_LIFE_BPF_H
#define TAPEDECK_OPENSSL_LIFE_BPF_H

/* SSL *SSL_new(SSL_CTX *ctx) */
SEC("uretprobe")
int handle_SSL_new_return(struct pt_regs *ctx)
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
SEC("uprobe")
int handle_SSL_up_ref_entry(struct pt_regs *ctx)
{
	struct actor me = current_actor();
	struct tls_key key = session_key(&me, FUNCTION_ARG1(ctx));
	struct tls_session *session = bpf_map_lookup_elem(&tls_sessions, &key);

	if (session)
		__sync_fetch_and_add(&session->references, 1);
	return 0;
}

/* void SSL_free(SSL *ssl) */
SEC("uprobe")
int handle_SSL_free_entry(struct pt_regs *ctx)
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
 * int SSL_clear(SSL *ssl): the object is used for another connection. OpenSSL also calls it at the
 * start of each handshake, when nothing has been read or written: that is no new life.
 */
SEC("uprobe")
int handle_SSL_clear_entry(struct pt_regs *ctx)
{
	struct actor me = current_actor();
	struct tls_key key = session_key(&me, FUNCTION_ARG1(ctx));
	struct tls_session *session = bpf_map_lookup_elem(&tls_sessions, &key);

	if (!session || !(session->streams[DIRECTION_EGRESS].next_position |
			  session->streams[DIRECTION_INGRESS].next_position))
		return 0;
	send_tls_event(session, &me, key.ssl, 0, EVENT_TLS_CLEAR, CALL_SSL_CLEAR, 0);
	__builtin_memset(session->streams, 0, sizeof(session->streams));
	__builtin_memset(session->sockets, 0, sizeof(session->sockets));
	session->generation = next_number(COUNTER_TLS_SESSION);
	return 0;
}

/* int SSL_shutdown(SSL *ssl) */
SEC("uprobe")
int handle_SSL_shutdown_entry(struct pt_regs *ctx)
{
	return enter_ssl(ctx, CALL_SSL_SHUTDOWN, DIRECTION_NONE, 0, 0);
}

SEC("uretprobe")
int handle_SSL_shutdown_return(struct pt_regs *ctx)
{
	struct call_in_flight call;
	struct tls_session *session;
	struct tls_key key;
	struct actor me;

	if (!leave_call(CALL_SSL_SHUTDOWN, RETURN_SP(ctx), &call))
		return 0;
	me = current_actor();
	key = session_key(&me, call.ssl);
	session = bpf_map_lookup_elem(&tls_sessions, &key);
	if (!session)
		return 0;
	return send_tls_event(session, &me, key.ssl, call.enter_ns, EVENT_TLS_SHUTDOWN,
			      CALL_SSL_SHUTDOWN, (s32)FUNCTION_RESULT(ctx));
}

/* int SSL_set_fd(SSL *ssl, int fd), and for one direction SSL_set_rfd, SSL_set_wfd */
static __always_inline int record_set_fd(struct pt_regs *ctx, enum call call, u8 directions)
{
	struct actor me = current_actor();
	struct tls_key key = session_key(&me, FUNCTION_ARG1(ctx));
	struct socket_state *state = NULL;
	struct socket_ref ref;

	if (!is_target(me.tgid))
		return 0;
	find_socket(&ref, (s32)FUNCTION_ARG2(ctx), call);
	if (ref.sk)
		state = get_socket(&ref);
	if (state) {
		set_user(state, &me);
		announce(state, &ref, &me, EVENT_EXISTING, 0);
	}
	return bind_session(&key, &me, state, &ref, directions);
}

SEC("uprobe")
int handle_SSL_set_fd_entry(struct pt_regs *ctx)
{
	return record_set_fd(ctx, CALL_SSL_SET_FD, BOTH_DIRECTIONS);
}

SEC("uprobe")
int handle_SSL_set_rfd_entry(struct pt_regs *ctx)
{
	return record_set_fd(ctx, CALL_SSL_SET_RFD, 1 << DIRECTION_INGRESS);
}

SEC("uprobe")
int handle_SSL_set_wfd_entry(struct pt_regs *ctx)
{
	return record_set_fd(ctx, CALL_SSL_SET_WFD, 1 << DIRECTION_EGRESS);
}

#endif /* TAPEDECK_OPENSSL_LIFE_BPF_H */
