/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* What the first bytes of a socket, or of a turn on a socket seen late, look like. */
#ifndef TAPEDECK_CLASSIFY_BPF_H
#define TAPEDECK_CLASSIFY_BPF_H

#define METHOD_BYTES_MAX 20 /* the longest registered one has 17: UPDATEREDIRECTREF (RFC 4437) */
#define HEAD_IOVECS_MAX  16 /* looked at for a head */

/*
 * A request line begins with an upper-case method and a space (RFC 9112, 3), then a path, `*` or an
 * absolute form; CONNECT has an authority. Mail and other line protocols have no such third byte.
 * UNDECIDED: what is there fits, but there is too little of it.
 */
static __always_inline enum protocol judge_request(const u8 *head, u32 bytes)
{
	/* Constant bound, and head has twice as many bytes. */
	for (u32 i = 0; i < METHOD_BYTES_MAX; i++) {
		u8 c = head[i];

		if (i >= bytes)
			return PROTOCOL_UNDECIDED;
		if ((c >= 'A' && c <= 'Z') || ((c == '-' || c == '_') && i > 0))
			continue;
		if (c == '/' && i == 4 && head[0] == 'H' && head[1] == 'T' && head[2] == 'T' &&
		    head[3] == 'P')
			return PROTOCOL_HTTP1; /* a status line (RFC 9112, 4) */
		if (c != ' ' || i < 2)
			return PROTOCOL_OTHER;
		if (i + 1 >= bytes)
			return PROTOCOL_UNDECIDED;
		c = head[i + 1];
		if (i == 3 && head[0] == 'P' && head[1] == 'R' && head[2] == 'I' && c == '*')
			return PROTOCOL_HTTP2; /* the connection preface (RFC 9113, 3.4) */
		if (c == '/' || c == '*' || c == 'h' || c == 'H')
			return PROTOCOL_HTTP1;
		if (i == 7 && head[0] == 'C' && head[1] == 'O' && head[2] == 'N')
			return PROTOCOL_HTTP1;
		if (i == 5 && head[0] == 'P' && head[1] == 'R' && head[2] == 'O')
			return PROTOCOL_HTTP1; /* PROXY protocol, version 1, before it */
		return PROTOCOL_OTHER;
	}
	return PROTOCOL_OTHER;
}

static __always_inline enum protocol judge(const u8 *head, u32 bytes)
{
	if (!bytes)
		return PROTOCOL_UNDECIDED;
	/* A record header (RFC 8446, 5.1): change_cipher_spec to heartbeat, version 3.x. */
	if (head[0] >= 20 && head[0] <= 24) {
		if (bytes == 1)
			return PROTOCOL_UNDECIDED;
		return head[1] == 3 ? PROTOCOL_TLS : PROTOCOL_OTHER;
	}
	return judge_request(head, bytes);
}

/* Adds at most `n` bytes from user memory to the head; returns how many. Global: see send_parts. */
__noinline u32 extend_head(u32 slot, u64 from, u64 n)
{
	struct call_work *work = work_in(slot);
	struct socket_state *state = work ? lookup_socket(work->ref.sk) : NULL;
	u32 have;

	if (!state)
		return 0;
	have = state->head_bytes;
	if (have >= HEAD_BYTES_MAX - 1)
		return 0;
	if (n > HEAD_BYTES_MAX - 1 - have)
		n = HEAD_BYTES_MAX - 1 - have;
	/* By the masks both are below 32, and the array has 64 bytes. */
	barrier_var(n);
	if (bpf_probe_read_user(&state->head[have & (HEAD_BYTES_MAX - 1)], n & (HEAD_BYTES_MAX - 1),
				(void *)from))
		return 0;
	state->head_bytes = have + n;
	return n;
}

/* Whether the bytes of a call can still change what a socket is taken for. */
static __always_inline bool is_open_question(const struct socket_state *state, u32 direction)
{
	return state->protocol == PROTOCOL_UNDECIDED ||
	       (state->protocol == PROTOCOL_OTHER && !state->from_start &&
		state->last_direction != direction + 1);
}

/*
 * Looks at a call's first bytes and settles the protocol of the socket as far as they tell. Global:
 * see send_parts.
 */
__noinline int classify(u32 slot)
{
	struct call_work *work = work_in(slot);
	const struct part_job *job;
	struct socket_state *state;
	struct iovec iovec;
	u32 verdict;
	u64 left;

	if (!work)
		return 0;
	job = &work->job;
	state = lookup_socket(work->ref.sk);
	if (!state)
		return 0;
	left = job->event.returned_bytes;
	if (state->last_direction != work->ref.direction + 1)
		state->head_bytes = 0;
	if (job->segment_bytes)
		left -= extend_head(slot, job->segment,
				    left < job->segment_bytes ? left : job->segment_bytes);
	/* Constant bound; reads user memory at most that often. */
	for (u32 i = 0; i < HEAD_IOVECS_MAX && i < job->iovecs_left && left; i++) {
		if (read_iovec(job, &iovec, job->iovecs + i * sizeof(iovec)))
			break;
		if (iovec.iov_len > left)
			iovec.iov_len = left;
		left -= extend_head(slot, iovec.iov_base, iovec.iov_len);
	}
	verdict = judge(state->head, state->head_bytes);
	if (verdict == PROTOCOL_UNDECIDED && left)
		verdict = PROTOCOL_HTTP1; /* fits so far and there is no telling: kept */
	if (verdict == PROTOCOL_OTHER && settings.ports_only)
		verdict = PROTOCOL_FORCED;
	state->protocol = verdict;
	return 0;
}

static __always_inline bool is_kept(enum protocol protocol)
{
	return !settings.sockets_off && protocol != PROTOCOL_TLS && protocol != PROTOCOL_OTHER;
}

#endif /* TAPEDECK_CLASSIFY_BPF_H */
