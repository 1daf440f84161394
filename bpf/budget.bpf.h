/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * How much of a stream is copied: the sample, the limits of a call and of a connection, and what
 * the recorder sheds while it is over its own budget. What is not copied is skipped in the account
 * and told, so positions go on.
 */
#ifndef TAPEDECK_BUDGET_BPF_H
#define TAPEDECK_BUDGET_BPF_H

/*
 * Whether a connection is in the sample. It is the number's hash that decides, not the number:
 * a proxy makes its two kinds of connections in turn, and every second one would be one kind.
 */
static __always_inline bool is_sampled(u32 generation)
{
	u32 hash = generation;

	if (!settings.sample_limit)
		return true;
	/* Every bit of the result depends on every bit of the number: MurmurHash3's finalizer. */
	hash ^= hash >> 16;
	hash *= 0x85ebca6b;
	hash ^= hash >> 13;
	hash *= 0xc2b2ae35;
	hash ^= hash >> 16;
	return hash <= settings.sample_limit;
}

/* The same for a TLS session: its socket decides if it is known by then, so that both agree. */
static __always_inline bool is_session_sampled(struct tls_session *session)
{
	if (!settings.sample_limit)
		return true;
	if (!session->sampled)
		session->sampled = is_sampled(session->generation) ? SAMPLED_IN : SAMPLED_OUT;
	return session->sampled == SAMPLED_IN;
}

/* A session that has moved no bytes yet follows the socket that it is bound to. */
static __always_inline void sample_with_socket(struct tls_session *session, u32 socket_generation)
{
	if (settings.sample_limit && !session->sampled)
		session->sampled = is_sampled(socket_generation) ? SAMPLED_IN : SAMPLED_OUT;
}

/* Accounts for a call on a connection that is not in the sample; nothing is sent. */
static __always_inline void skip_unsampled(struct stream_account *streams, u32 direction, u64 bytes)
{
	bool first = streams[DIRECTION_EGRESS].next_position +
			     streams[DIRECTION_INGRESS].next_position ==
		     bytes;

	__sync_fetch_and_add(&streams[direction & 1].skipped_bytes, bytes);
	add_loss(LOSS_NOT_SAMPLED, first, bytes);
}

static __always_inline u64 copied_bytes(const struct stream_account *account)
{
	return account->next_position - account->lost_bytes - account->skipped_bytes;
}

/* enum shed_level that holds for a stream now. */
static __always_inline u32 shed_level(const struct stream_key *stream)
{
	const struct budget *budget;
	u32 key = 0, level;

	if (!settings.sheds)
		return SHED_NOTHING;
	budget = bpf_map_lookup_elem(&budgets, &key);
	if (!budget)
		return SHED_NOTHING;
	level = budget->level;
	/* Numbers only grow, so those from shed_from on began while payload was being shed. */
	if (level == SHED_NEW_PAYLOAD &&
	    (s32)(stream->generation -
		  (stream->owner == OWNER_TLS ? budget->tls_from : budget->socket_from)) < 0)
		return SHED_NOTHING;
	return level;
}

/* Whether nothing but room in the ring decides how much of a call is copied. */
static __always_inline bool is_unlimited(u64 bytes)
{
	u64 limit = settings.max_bytes_per_call;

	return !settings.sheds && !settings.max_bytes_per_connection && bytes <= CALL_BYTES_MAX &&
	       (!limit || bytes <= limit);
}

/* Accounts for a call that is lost as a whole because the ring is full; its number is skipped. */
static __always_inline void lose_call(struct stream_account *account, u64 bytes)
{
	__sync_fetch_and_add(&account->next_position, bytes);
	__sync_fetch_and_add(&account->lost_bytes, bytes);
	count_loss(LOSS_RING_FULL, bytes);
	next_sequence();
}

/* Settles how much of a call is copied, which is in the accounts already. */
static __always_inline void set_limits(struct part_job *job, const struct stream_account *streams)
{
	u64 limit = settings.max_bytes_per_call, cap = settings.max_bytes_per_connection;
	u64 moved = job->event.returned_bytes, copied;

	job->shed = shed_level(&job->event.stream);
	if (job->shed && (!job->event.cause || job->shed == SHED_CALLS))
		job->event.cause = TRANSFER_SHED;
	if (!limit || limit > CALL_BYTES_MAX)
		limit = CALL_BYTES_MAX;
	if (cap) {
		/* Calls that other threads are in right now count as copied already. */
		copied = copied_bytes(&streams[DIRECTION_EGRESS]) +
			 copied_bytes(&streams[DIRECTION_INGRESS]);
		copied = copied > moved ? copied - moved : 0;
		cap = cap > copied ? cap - copied : 0;
		limit = cap < limit ? cap : limit;
	}
	job->limit_bytes = limit;
}

#endif /* TAPEDECK_BUDGET_BPF_H */
