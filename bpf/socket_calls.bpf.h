/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * Socket backends `fentry` and `kprobe`: the kernel's own socket calls, one layer above TCP and one
 * below system calls. There bytes are plain under kTLS too, io_uring passes by, and the arguments
 * have been the same since Linux 5.10. The descriptor is not known there.
 *
 * The iterator says where the bytes are, and has advanced at the return: it is kept at the entry. A
 * thread can be in two such calls, when a page that the outer one touches comes over the network.
 */
#ifndef TAPEDECK_SOCKET_CALLS_BPF_H
#define TAPEDECK_SOCKET_CALLS_BPF_H

#define REWIND_IOVECS_MAX 32

enum bytes_source {
	BYTES_NOWHERE = 0, /* pages, a pipe: never in the memory of the process */
	BYTES_BUFFER = 1,
	BYTES_IOVECS = 2,
	BYTES_OF_NO_STREAM = 3, /* of a datagram: nothing is to be done at the return */
};

/* include/linux/uio.h: named constants whose values changed in 5.14 and 6.7; UBUF came in 6.0. */
static __always_inline enum bytes_source source_of(const struct iov_iter *iterator)
{
	const struct iov_iter___5_10 *old = (const void *)iterator;
	u32 type;

	if (bpf_core_field_exists(iterator->iter_type))
		type = BPF_CORE_READ(iterator, iter_type);
	else
		type = BPF_CORE_READ(old, type) & ~1; /* the lowest bit is the direction */
	if (type == bpf_core_enum_value(enum iter_type, ITER_IOVEC))
		return BYTES_IOVECS;
	if (bpf_core_enum_value_exists(enum iter_type, ITER_UBUF) &&
	    type == bpf_core_enum_value(enum iter_type, ITER_UBUF))
		return BYTES_BUFFER;
	return BYTES_NOWHERE;
}

static __always_inline void keep_iterator(struct socket_call *call, struct msghdr *message)
{
	struct iov_iter *iterator = &message->msg_iter;
	struct iov_iter___6_3 *old = (void *)iterator;

	call->kind = source_of(iterator);
	call->asked_bytes = BPF_CORE_READ(iterator, count);
	call->used_bytes = BPF_CORE_READ(iterator, iov_offset);
	if (call->kind == BYTES_IOVECS) {
		call->iovecs = BPF_CORE_READ(iterator, nr_segs);
		if (bpf_core_field_exists(iterator->__iov))
			call->source = (u64)BPF_CORE_READ(iterator, __iov);
		else
			call->source = (u64)BPF_CORE_READ(old, iov);
	} else if (call->kind == BYTES_BUFFER) {
		call->source = (u64)BPF_CORE_READ(iterator, ubuf);
	}
}

/* Undoes the advance of an iterator by the bytes of a call (lib/iov_iter.c, iov_iter_revert). */
static __always_inline void rewind_iterator(struct socket_call *call, u64 bytes)
{
	struct iovec iovec;

	if (call->kind == BYTES_NOWHERE)
		return;
	call->asked_bytes += bytes;
	/* Constant bound; reads kernel memory at most that often. */
	for (u32 i = 0; i < REWIND_IOVECS_MAX; i++) {
		if (bytes <= call->used_bytes) {
			call->used_bytes -= bytes;
			return;
		}
		bytes -= call->used_bytes;
		call->source -= sizeof(iovec);
		if (call->kind == BYTES_BUFFER ||
		    bpf_probe_read_kernel(&iovec, sizeof(iovec), (void *)call->source))
			break;
		call->iovecs++;
		call->used_bytes = iovec.iov_len;
	}
	call->kind = BYTES_NOWHERE;
}

/* Keeps a call until it returns. Another one of the same socket has missed its return. */
static __always_inline void push_socket_call(const struct socket_call *call)
{
	u32 tid = (u32)bpf_get_current_pid_tgid();
	struct socket_calls *calls = bpf_map_lookup_elem(&socket_calls_in_flight, &tid);
	u32 depth;

	if (!calls) {
		struct socket_calls first = { .depth = 1 };

		first.stack[0] = *call;
		if (bpf_map_update_elem(&socket_calls_in_flight, &tid, &first, BPF_ANY))
			count_loss(LOSS_MAP_FULL, 0);
		return;
	}
	depth = calls->depth;
	if (depth && calls->stack[0].socket == call->socket)
		depth = 0;
	else if (depth >= SOCKET_CALL_DEPTH_MAX)
		depth = SOCKET_CALL_DEPTH_MAX - 1;
	if (depth < calls->depth)
		count_loss(LOSS_MISSED, 0);
	calls->stack[depth & (SOCKET_CALL_DEPTH_MAX - 1)] = *call;
	calls->depth = depth + 1;
}

/*
 * Takes the newest call if it is this one, on this socket (0: any). The socket of an accept is the
 * new one. False: its entry was not seen.
 */
static __always_inline bool pop_socket_call(enum call which, u64 socket, struct socket_call *out)
{
	u32 tid = (u32)bpf_get_current_pid_tgid();
	struct socket_calls *calls = bpf_map_lookup_elem(&socket_calls_in_flight, &tid);
	u32 newest;

	if (!calls || !calls->depth)
		return false;
	newest = (calls->depth - 1) & (SOCKET_CALL_DEPTH_MAX - 1); /* in the array */
	if (calls->stack[newest].call != which || (socket && calls->stack[newest].socket != socket))
		return false;
	*out = calls->stack[newest];
	calls->depth = newest;
	if (!newest)
		bpf_map_delete_elem(&socket_calls_in_flight, &tid);
	return true;
}

static __always_inline bool is_stream_socket(struct socket *socket)
{
	return BPF_CORE_READ(socket, type) == SOCK_STREAM;
}

/* Sets the source of a job from what was kept. */
static __always_inline void use_iterator(struct part_job *job, const struct socket_call *call,
					 u64 bytes)
{
	struct iovec first = {};

	job->message_bytes = bytes;
	job->event.asked_bytes = call->asked_bytes;
	job->event.header.enter_ns = call->enter_ns;
	if (call->kind == BYTES_NOWHERE) {
		job->event.cause = TRANSFER_NO_MEMORY;
		return;
	}
	if (call->kind == BYTES_BUFFER) {
		job->segment = call->source + call->used_bytes;
		job->segment_bytes = bytes;
		return;
	}
	job->kernel_iovecs = 1;
	job->iovecs = call->source;
	job->iovecs_left = call->iovecs;
	if (!call->used_bytes)
		return;
	if (bpf_probe_read_kernel(&first, sizeof(first), (void *)call->source)) {
		job->unreadable = 1;
		return;
	}
	job->iovecs += sizeof(first);
	job->iovecs_left--;
	job->segment = first.iov_base + call->used_bytes;
	job->segment_bytes = first.iov_len - call->used_bytes;
	if (job->segment_bytes > bytes)
		job->segment_bytes = bytes;
}

#endif /* TAPEDECK_SOCKET_CALLS_BPF_H */
