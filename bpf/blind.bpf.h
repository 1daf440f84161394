/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * Traffic that is known of and not seen into is counted here, by process and socket; the recorder
 * reads the counts from time to time. None of it is on the path of sockets that are recorded.
 */
#ifndef TAPEDECK_BLIND_BPF_H
#define TAPEDECK_BLIND_BPF_H

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct blind_key);
	__type(value, struct blind_count);
} blind_spots SEC(".maps");

/* The count of a kind of traffic of a socket; NULL: no room. */
static __noinline struct blind_count *get_blind(const struct blind_key *key, u64 process_start_ns)
{
	struct blind_count *count = bpf_map_lookup_elem(&blind_spots, key);
	struct blind_count fresh = { .process_start_ns = process_start_ns };

	if (count)
		return count;
	bpf_map_update_elem(&blind_spots, key, &fresh, BPF_NOEXIST);
	count = bpf_map_lookup_elem(&blind_spots, key);
	if (!count)
		count_loss(LOSS_MAP_FULL, 0);
	return count;
}

static __always_inline void add_blind(const struct blind_key *key, const struct actor *me,
				      const struct socket_state *state, u32 direction, u64 bytes)
{
	struct blind_count *count = get_blind(key, me->start_ns);

	if (!count)
		return;
	if (state && state->socket == key->socket)
		count->generation = state->generation;
	__sync_fetch_and_add(&count->reports, 1);
	if (bytes) /* see add_loss */
		__sync_fetch_and_add(&count->bytes[direction & 1], bytes);
}

/* A socket ends that carried TLS of a process without any session that we know. */
static __always_inline void record_unhooked(const struct socket_state *state,
					    const struct actor *me)
{
	struct blind_key key = {
		.socket = state->socket,
		.tgid = state->tgid,
		.what = BLIND_UNHOOKED_TLS,
	};
	struct blind_count *count;

	if (state->protocol != PROTOCOL_TLS || state->bound ||
	    bpf_map_lookup_elem(&tls_processes, &key.tgid))
		return;
	count = get_blind(&key, me->start_ns);
	if (!count)
		return;
	count->generation = state->generation;
	count->reports = 1;
	count->bytes[DIRECTION_EGRESS] = state->streams[DIRECTION_EGRESS].next_position;
	count->bytes[DIRECTION_INGRESS] = state->streams[DIRECTION_INGRESS].next_position;
}

#endif /* TAPEDECK_BLIND_BPF_H */
