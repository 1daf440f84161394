/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * Ends of Unix sockets. No tracepoint tells them on every kernel, a close() in one process says
 * little while another still holds the socket, and processes end without calling it. So the recorder
 * has this look at all of `sockets` from time to time: read(2) of an iterator over the map.
 */
#ifndef TAPEDECK_SWEEP_BPF_H
#define TAPEDECK_SWEEP_BPF_H

SEC("iter/bpf_map_elem")
int handle_socket_sweep(struct bpf_iter__bpf_map_elem *ctx)
{
	const u64 *address = ctx->key;
	struct socket_state *state;
	u64 key;

	if (!address)
		return 0;
	key = *address;
	state = bpf_map_lookup_elem(&sockets, &key);
	/* net/unix/af_unix.c: the last close takes the socket's inode away; then memory is reused. */
	if (!state || state->family != AF_UNIX || inode_of((struct sock *)key) == state->socket)
		return 0;
	if (!state->closed)
		send_close(state, CLOSE_LOCAL);
	if (state->has_head)
		bpf_map_delete_elem(&heads, &key);
	bpf_map_delete_elem(&sockets, &key);
	return 0;
}

#endif /* TAPEDECK_SWEEP_BPF_H */
