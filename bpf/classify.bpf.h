/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * What a socket carries: decided by its first bytes, or on a socket that was not seen from its start
 * by those of each turn of direction. Bytes that leave it open are kept for the next call.
 */
#ifndef TAPEDECK_CLASSIFY_BPF_H
#define TAPEDECK_CLASSIFY_BPF_H

#define HEAD_IOVECS_MAX 1024 /* looked at for a head */
#define PROXIES_MAX     2    /* PROXY headers that are skipped: what follows them decides */

/* Adds those of n bytes in user memory that continue the head. 1: it wants no more, or cannot. */
__noinline int extend_head(u32 slot, u64 from, u64 n)
{
	struct call_work *work = work_in(slot);
	struct first_bytes *first;
	u64 wanted, have;

	if (!work)
		return 1;
	first = &work->first;
	have = first->bytes;
	wanted = first->from + have;
	if (first->offset + n <= wanted) {
		first->offset += n;
		return 0;
	}
	if (wanted > first->offset) {
		from += wanted - first->offset;
		n -= wanted - first->offset;
		first->offset = wanted;
	}
	first->offset += n;
	if (n > HEAD_BYTES_MAX - 1 - have)
		n = HEAD_BYTES_MAX - 1 - have;
	/* By the masks both are below HEAD_BYTES_MAX, and the array has twice as many bytes. */
	barrier_var(n);
	if (bpf_probe_read_user(&first->head[have & (HEAD_BYTES_MAX - 1)], n & (HEAD_BYTES_MAX - 1),
				(void *)from))
		return 1;
	first->bytes = have + n;
	return first->bytes >= HEAD_BYTES_MAX - 1;
}

/* The same for an iovec of the job. Global, like the others here: see send_parts. */
__noinline int extend_by_iovec(u32 slot, u32 index)
{
	struct call_work *work = work_in(slot);
	struct iovec iovec;

	if (!work || index >= work->job.iovecs_left || work->first.offset >= work->first.end ||
	    read_iovec(&work->job, &iovec, work->job.iovecs + index * sizeof(iovec)))
		return 1;
	if (iovec.iov_len > work->first.end - work->first.offset)
		iovec.iov_len = work->first.end - work->first.offset;
	return extend_head(slot, iovec.iov_base, iovec.iov_len);
}

__noinline int extend_by_iovecs(u32 slot)
{
	for (u32 i = 0; i < HEAD_IOVECS_MAX; i++) {
		if (extend_by_iovec(slot, i))
			break;
	}
	return 0;
}

/* Looks at what the head has; PROXY headers move its beginning. */
__noinline int judge(u32 slot, u32 is_late)
{
	struct call_work *work = work_in(slot);
	const struct first_bytes *first;
	enum protocol verdict;
	const u8 *head;
	u32 bytes, skip = 0;

	if (!work)
		return PROTOCOL_UNDECIDED;
	first = &work->first;
	head = first->head;
	bytes = first->bytes;
	for (u32 i = 0; i < EMPTY_LINES_MAX; i++) {
		if (skip == i && i < bytes && (head[i] == '\r' || head[i] == '\n'))
			skip++;
	}
	head += skip;
	bytes -= skip;
	if (!bytes)
		return PROTOCOL_UNDECIDED;
	/* A record header (RFC 8446, 5.1): change_cipher_spec to heartbeat, version 3.x. */
	if (head[0] >= 20 && head[0] <= 24) {
		if (bytes == 1)
			return PROTOCOL_UNDECIDED;
		return head[1] == 3 ? PROTOCOL_TLS : PROTOCOL_OTHER;
	}
	verdict = judge_request(head, bytes);
	if (verdict == PROTOCOL_OTHER)
		verdict = judge_frame(head, bytes, is_late);
	if (verdict == PROTOCOL_OTHER && is_late && !first->from &&
	    is_websocket(head, bytes, first->end))
		verdict = PROTOCOL_HTTP1; /* and what it was upgraded to */
	return verdict;
}

enum proxy { PROXY_NONE = 0, PROXY_SKIPPED = 1, PROXY_UNDECIDED = 2 };

/* If the head begins with a whole PROXY header, it is dropped: the head begins after that. */
__noinline int skip_proxy(u32 slot)
{
	struct call_work *work = work_in(slot);
	struct first_bytes *first;
	u32 bytes;

	if (!work)
		return PROXY_NONE;
	first = &work->first;
	if (!first->bytes)
		return PROXY_NONE;
	bytes = proxy2_bytes(first->head, first->bytes);
	if (!bytes)
		bytes = proxy1_bytes(first->head, first->bytes);
	if (!bytes)
		return PROXY_NONE;
	if (bytes == PROXY_TOO_SHORT)
		return PROXY_UNDECIDED;
	first->from += bytes;
	first->bytes = 0;
	return PROXY_SKIPPED;
}

/* Takes what earlier calls of this turn left, or nothing. */
static __always_inline void restore_head(struct call_work *work, struct socket_state *state,
					 u64 key)
{
	struct first_bytes *first = &work->first, *kept = NULL;

	if (state->has_head && state->last_direction == work->ref.direction + 1)
		kept = bpf_map_lookup_elem(&heads, &key);
	first->start = kept ? kept->end : 0;
	first->end = first->start + work->job.event.returned_bytes;
	first->from = kept ? kept->from : 0;
	first->bytes = kept ? kept->bytes : 0;
	if (kept)
		__builtin_memcpy(first->head, kept->head, HEAD_BYTES_MAX);
}

/* Whether the bytes of a call can still change what a socket is taken for. */
static __always_inline bool is_open_question(const struct socket_state *state, u32 direction)
{
	return state->protocol == PROTOCOL_UNDECIDED ||
	       (state->protocol == PROTOCOL_OTHER && !state->from_start &&
		state->last_direction != direction + 1);
}

/* Settles the protocol of a call's socket as far as the bytes of the call tell. */
__noinline int classify(u32 slot)
{
	struct call_work *work = work_in(slot);
	struct socket_state *state = work ? lookup_socket(work->ref.sk) : NULL;
	u32 verdict = PROTOCOL_UNDECIDED, proxy = PROXY_NONE;
	struct first_bytes *first;
	u64 key, n;

	if (!state)
		return 0;
	first = &work->first;
	key = (u64)work->ref.sk;
	restore_head(work, state, key);
	/* Constant bound. */
	for (u32 i = 0; i <= PROXIES_MAX; i++) {
		first->offset = first->start;
		n = work->job.segment_bytes;
		if (n > first->end - first->start)
			n = first->end - first->start;
		if (!n || !extend_head(slot, work->job.segment, n))
			extend_by_iovecs(slot);
		proxy = skip_proxy(slot);
		if (proxy != PROXY_SKIPPED)
			break;
	}
	if (proxy == PROXY_NONE)
		verdict = judge(slot, !state->from_start);
	if (verdict == PROTOCOL_UNDECIDED && first->from + first->bytes < first->end)
		verdict = PROTOCOL_HTTP1; /* fits so far and there is no telling: kept */
	if (verdict == PROTOCOL_OTHER && settings.ports_only)
		verdict = PROTOCOL_FORCED;
	if (verdict == PROTOCOL_UNDECIDED && bpf_map_update_elem(&heads, &key, first, BPF_ANY))
		verdict = PROTOCOL_HTTP1;
	if (verdict != PROTOCOL_UNDECIDED && state->has_head)
		bpf_map_delete_elem(&heads, &key);
	state->has_head = verdict == PROTOCOL_UNDECIDED;
	state->protocol = verdict;
	return 0;
}

static __always_inline bool is_kept(enum protocol protocol)
{
	return !settings.sockets_off && protocol != PROTOCOL_TLS && protocol != PROTOCOL_OTHER;
}

#endif /* TAPEDECK_CLASSIFY_BPF_H */
