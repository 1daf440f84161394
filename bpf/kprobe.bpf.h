/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * Socket backend `kprobe`: as `fentry`, but arguments are only there at the entry, so every call is
 * kept. The kernel follows the returns of a limited number of calls at a time: what it missed shows
 * when the thread calls again, and is counted.
 */
#ifndef TAPEDECK_KPROBE_BPF_H
#define TAPEDECK_KPROBE_BPF_H

static __always_inline int kprobe_enter(enum call which, struct socket *socket,
					struct msghdr *message, u32 flags)
{
	struct socket_call call = {
		.socket = (u64)socket,
		.flags = flags,
		.call = which,
	};

	if (!is_target(bpf_get_current_pid_tgid() >> 32))
		return 0;
	call.enter_ns = bpf_ktime_get_ns();
	if (!is_stream_socket(socket))
		call.kind = BYTES_OF_NO_STREAM;
	else if (message)
		keep_iterator(&call, message);
	push_socket_call(&call);
	return 0;
}

static __always_inline int kretprobe_leave(enum call which, long result)
{
	struct socket_call call;

	if (!is_target(bpf_get_current_pid_tgid() >> 32))
		return 0;
	if (pop_socket_call(which, 0, &call)) {
		if (call.kind != BYTES_OF_NO_STREAM && has_effect(which, result))
			record_kernel_call(&call, result);
	} else if (is_moving(which) && result > 0) {
		count_loss(LOSS_NO_ENTRY, result);
	}
	return 0;
}

#define KPROBE_CALL(name, which, endpoint, message, flags)                                         \
	SEC("?kprobe/" #name)                                                                      \
	int kprobe_##name(struct pt_regs *ctx)                                                     \
	{                                                                                          \
		return kprobe_enter(which, (struct socket *)endpoint, message, flags);             \
	}                                                                                          \
	SEC("?kretprobe/" #name)                                                                   \
	int kretprobe_##name(struct pt_regs *ctx)                                                  \
	{                                                                                          \
		return kretprobe_leave(which, (s32)FUNCTION_RESULT(ctx));                          \
	}

#define KPROBE_SEND(name)                                                                          \
	KPROBE_CALL(name, CALL_SENDMSG, FUNCTION_ARG1(ctx), (struct msghdr *)FUNCTION_ARG2(ctx), 0)
#define KPROBE_RECEIVE(name)                                                                       \
	KPROBE_CALL(name, CALL_RECVMSG, FUNCTION_ARG1(ctx), (struct msghdr *)FUNCTION_ARG2(ctx),   \
		    FUNCTION_ARG4(ctx))
#define KPROBE_OTHER(name, which, endpoint) KPROBE_CALL(name, which, endpoint, NULL, 0)

/* The arguments are in fentry.bpf.h. */
KPROBE_SEND(inet_sendmsg)
KPROBE_SEND(inet6_sendmsg)
KPROBE_SEND(unix_stream_sendmsg)
KPROBE_RECEIVE(inet_recvmsg)
KPROBE_RECEIVE(inet6_recvmsg)
KPROBE_RECEIVE(unix_stream_recvmsg)
KPROBE_OTHER(inet_accept, CALL_ACCEPT, FUNCTION_ARG2(ctx))
KPROBE_OTHER(unix_accept, CALL_ACCEPT, FUNCTION_ARG2(ctx))
KPROBE_OTHER(inet_stream_connect, CALL_CONNECT, FUNCTION_ARG1(ctx))
KPROBE_OTHER(unix_stream_connect, CALL_CONNECT, FUNCTION_ARG1(ctx))
KPROBE_OTHER(tcp_splice_read, CALL_SPLICE, FUNCTION_ARG1(ctx))
KPROBE_OTHER(unix_stream_splice_read, CALL_SPLICE, FUNCTION_ARG1(ctx))
KPROBE_OTHER(inet_sendpage, CALL_SENDFILE, FUNCTION_ARG1(ctx))
KPROBE_OTHER(unix_stream_sendpage, CALL_SENDFILE, FUNCTION_ARG1(ctx))

#endif /* TAPEDECK_KPROBE_BPF_H */
