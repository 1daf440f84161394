/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * Ends of TCP sockets, from the kernel's own state changes: a close() in one process says little
 * while another still holds the socket, and processes end without calling it.
 */
#ifndef TAPEDECK_TCP_BPF_H
#define TAPEDECK_TCP_BPF_H

/* include/net/tcp_states.h */
#define TCP_FIN_WAIT1  4
#define TCP_CLOSE      7
#define TCP_CLOSE_WAIT 8
#define TCP_LAST_ACK   9
#define SHUTDOWN_MASK  3 /* include/net/sock.h: both directions */

/* include/trace/events/sock.h: (const struct sock *sk, const int oldstate, const int newstate) */
SEC("raw_tp/inet_sock_set_state")
int handle_inet_sock_set_state(struct bpf_raw_tracepoint_args *ctx)
{
	struct sock *sk = (struct sock *)ctx->args[0];
	int old_state = ctx->args[1], new_state = ctx->args[2];
	struct socket_state *state;
	bool is_local;

	if (new_state != TCP_FIN_WAIT1 && new_state != TCP_LAST_ACK && new_state != TCP_CLOSE)
		return 0;
	state = lookup_socket(sk);
	if (!state || state->closed)
		return 0;
	/* net/ipv4/tcp.c: close() and shutdown() set the mask first, tcp_done() last. */
	is_local = BPF_CORE_READ(sk, sk_shutdown) == SHUTDOWN_MASK;
	if (is_local)
		send_close(state, CLOSE_LOCAL);
	else if (new_state == TCP_CLOSE)
		send_close(state, old_state == TCP_CLOSE_WAIT ? CLOSE_AFTER_PEER : CLOSE_ENDED);
	return 0;
}

/* include/trace/events/tcp.h: (struct sock *sk); nobody holds the socket any more. */
SEC("raw_tp/tcp_destroy_sock")
int handle_tcp_destroy_sock(struct bpf_raw_tracepoint_args *ctx)
{
	u64 key = ctx->args[0];
	struct socket_state *state = bpf_map_lookup_elem(&sockets, &key);

	if (!state)
		return 0;
	if (!state->closed || state->closed_total != moved_bytes(state))
		send_close(state, CLOSE_GONE);
	if (state->has_head)
		bpf_map_delete_elem(&heads, &key);
	bpf_map_delete_elem(&sockets, &key);
	return 0;
}

#endif /* TAPEDECK_TCP_BPF_H */
