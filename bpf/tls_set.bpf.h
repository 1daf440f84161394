/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* What a program says about the transport of a session: descriptors. */
#ifndef TAPEDECK_TLS_SET_BPF_H
#define TAPEDECK_TLS_SET_BPF_H

/*
 * int SSL_set_fd(SSL *ssl, int fd), and for one direction SSL_set_rfd, SSL_set_wfd. They are calls
 * in flight, so that the BIOs that they make themselves are known for what they are.
 */
static __always_inline int record_set_fd(struct pt_regs *ctx, enum call call, u8 directions)
{
	struct actor me = current_actor();
	struct tls_key key = session_key(&me, FUNCTION_ARG1(ctx));
	struct socket_state *state = NULL;
	struct socket_ref ref;

	if (!is_target(me.tgid) || enter_silent_call(ctx, key.ssl, call))
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

AT_ENTRY(handle_tls_set_fd_entry)
{
	return record_set_fd(ctx, CALL_SSL_SET_FD, BOTH_DIRECTIONS);
}

AT_ENTRY(handle_tls_set_rfd_entry)
{
	return record_set_fd(ctx, CALL_SSL_SET_RFD, 1 << DIRECTION_INGRESS);
}

AT_ENTRY(handle_tls_set_wfd_entry)
{
	return record_set_fd(ctx, CALL_SSL_SET_WFD, 1 << DIRECTION_EGRESS);
}

/* The end of any of them. */
AT_RETURN(handle_tls_set_return)
{
	struct call_in_flight call = {};

	leave_call(CALL_NONE, RETURN_SP(ctx), &call);
	return 0;
}

#endif /* TAPEDECK_TLS_SET_BPF_H */
