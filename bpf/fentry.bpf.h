/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * Socket backend `fentry`: arguments are at hand at the return too, and after them the result. What
 * receives has no entry program, because the rewound iterator says the same, and calls that block
 * when the recording starts are not missed. What sends needs one: AF_UNIX takes bytes from the
 * iterator that it then does not send (net/unix/af_unix.c, unix_stream_sendmsg).
 */
#ifndef TAPEDECK_FENTRY_BPF_H
#define TAPEDECK_FENTRY_BPF_H

/* int FUNCTION(struct socket *sock, struct msghdr *msg, size_t size) */
static __always_inline int fentry_send(struct socket *socket, struct msghdr *message)
{
	struct socket_call call = { .socket = (u64)socket, .call = CALL_SENDMSG };

	if (!is_target(bpf_get_current_pid_tgid() >> 32) || !is_stream_socket(socket))
		return 0;
	call.enter_ns = bpf_ktime_get_ns();
	keep_iterator(&call, message);
	push_socket_call(&call);
	return 0;
}

/* What others do costs them no look for a call that was never kept. */
static __always_inline int fexit_send(struct socket *socket, int result)
{
	struct socket_call call;

	if (!is_target(bpf_get_current_pid_tgid() >> 32))
		return 0;
	if (pop_socket_call(CALL_SENDMSG, (u64)socket, &call) && result > 0)
		record_kernel_call(&call, result);
	return 0;
}

/* int FUNCTION(struct socket *sock, struct msghdr *msg, size_t size, int flags) */
static __always_inline int fexit_receive(struct socket *socket, struct msghdr *message, u32 flags,
					 int result)
{
	struct socket_call call = {
		.socket = (u64)socket,
		.flags = flags,
		.call = CALL_RECVMSG,
	};

	if (result <= 0 || !is_target(bpf_get_current_pid_tgid() >> 32) ||
	    !is_stream_socket(socket))
		return 0;
	keep_iterator(&call, message);
	if (!(flags & (MSG_PEEK | MSG_TRUNC)))
		rewind_iterator(&call, result);
	record_kernel_call(&call, result);
	return 0;
}

/* Calls without an iterator: they open a socket, or move what never was in the process. */
static __always_inline int fexit_other(enum call which, struct socket *socket, long result)
{
	struct socket_call call = { .socket = (u64)socket, .call = which };

	if (!has_effect(which, result) || !is_target(bpf_get_current_pid_tgid() >> 32) ||
	    !is_stream_socket(socket))
		return 0;
	record_kernel_call(&call, result);
	return 0;
}

#define FENTRY_SEND(name)                                                                          \
	SEC("?fentry/" #name)                                                                      \
	int fentry_##name(u64 *ctx)                                                                \
	{                                                                                          \
		return fentry_send((struct socket *)ctx[0], (struct msghdr *)ctx[1]);              \
	}                                                                                          \
	SEC("?fexit/" #name)                                                                       \
	int fexit_##name(u64 *ctx)                                                                 \
	{                                                                                          \
		return fexit_send((struct socket *)ctx[0], ctx[3]);                                \
	}

#define FEXIT_RECEIVE(name)                                                                        \
	SEC("?fexit/" #name)                                                                       \
	int fexit_##name(u64 *ctx)                                                                 \
	{                                                                                          \
		return fexit_receive((struct socket *)ctx[0], (struct msghdr *)ctx[1], ctx[3],     \
				     ctx[4]);                                                      \
	}

/* `last` is the place of the last argument; the result is behind it. */
#define FEXIT_OTHER(name, which, last)                                                             \
	SEC("?fexit/" #name)                                                                       \
	int fexit_##name(u64 *ctx)                                                                 \
	{                                                                                          \
		return fexit_other(which, (struct socket *)ctx[0], (s32)ctx[(last) + 1]);          \
	}

/*
 * int FUNCTION(struct socket *sock, struct socket *newsock, ...): the other arguments and with them
 * the place of the result changed in 6.10. The new socket has a `sk` only if it came about.
 */
#define FEXIT_ACCEPT(name)                                                                         \
	SEC("?fexit/" #name)                                                                       \
	int fexit_##name(u64 *ctx)                                                                 \
	{                                                                                          \
		struct socket *socket = (struct socket *)ctx[1];                                   \
                                                                                                   \
		return fexit_other(CALL_ACCEPT, socket, BPF_CORE_READ(socket, sk) ? 0 : -1);       \
	}

FENTRY_SEND(inet_sendmsg)
FENTRY_SEND(inet6_sendmsg)
FENTRY_SEND(unix_stream_sendmsg)
FEXIT_RECEIVE(inet_recvmsg)
FEXIT_RECEIVE(inet6_recvmsg)
FEXIT_RECEIVE(unix_stream_recvmsg)
FEXIT_ACCEPT(inet_accept)
FEXIT_ACCEPT(unix_accept)
/* int FUNCTION(struct socket *sock, struct sockaddr *uaddr, int addr_len, int flags) */
FEXIT_OTHER(inet_stream_connect, CALL_CONNECT, 3)
FEXIT_OTHER(unix_stream_connect, CALL_CONNECT, 3)
/* ssize_t FUNCTION(struct socket *sock, loff_t *, struct pipe_inode_info *, size_t, unsigned int) */
FEXIT_OTHER(tcp_splice_read, CALL_SPLICE, 4)
FEXIT_OTHER(unix_stream_splice_read, CALL_SPLICE, 4)
/* ssize_t FUNCTION(struct socket *sock, struct page *, int, size_t, int), until 6.4 */
FEXIT_OTHER(inet_sendpage, CALL_SENDFILE, 4)
FEXIT_OTHER(unix_stream_sendpage, CALL_SENDFILE, 4)

#endif /* TAPEDECK_FENTRY_BPF_H */
