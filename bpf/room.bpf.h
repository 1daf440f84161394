/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Room in the ring, and waking its reader. */
#ifndef TAPEDECK_ROOM_BPF_H
#define TAPEDECK_ROOM_BPF_H

/* 1: payload found no room, and has none until the reader has made some. A racing write does no harm. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} ring_full SEC(".maps");

/* A wake-up is an interrupt, and in a virtual machine an exit; a reader at work has no use for it. */
static __always_inline bool is_reader_awake(void)
{
	u32 key = 0;
	struct reader *now = bpf_map_lookup_elem(&reader, &key);

	return now && *(volatile u64 *)&now->awake;
}

static __always_inline u64 ring_bytes(void)
{
	return settings.ring_bytes ?: bpf_ringbuf_query(&events, BPF_RB_RING_SIZE);
}

/*
 * Flags for submitting a record of `bytes` to a reader that waits: one wake-up each time that the unread amount passes a
 * multiple of wakeup_bytes, or of a quarter of the ring if that is less. A pass that two CPUs hide
 * from each other is made good by the next multiple, or by the time-out of the reader's poll.
 */
static __always_inline u64 wakeup_flags(u64 bytes)
{
	u64 unread, quarter, step;

	if (is_reader_awake())
		return BPF_RB_NO_WAKEUP;
	unread = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA);
	quarter = ring_bytes() / 4;
	step = settings.wakeup_bytes < quarter ? settings.wakeup_bytes : quarter;
	if (!step || unread < bytes || unread / step != (unread - bytes) / step)
		return BPF_RB_FORCE_WAKEUP;
	return BPF_RB_NO_WAKEUP;
}

/*
 * Whether payload has found the ring full, and the reader has not yet taken another eighth out of
 * it: what finds room again is then as much in one piece, not a part of a call here and there.
 */
static __always_inline bool is_ring_full(void)
{
	u64 size = ring_bytes();
	u32 key = 0;
	u64 *full = bpf_map_lookup_elem(&ring_full, &key);

	if (!full || !*(volatile u64 *)full)
		return false;
	if (bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) > size - size / 4)
		return true;
	*full = 0;
	return false;
}

/* Whether an event that tells of bytes may be reserved: the last eighth of the ring is for lives. */
static __always_inline bool has_room_for_evidence(u64 bytes)
{
	u64 size = ring_bytes();

	return bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) + bytes <= size - size / 8;
}

/* Whether payload of `bytes` may be reserved. */
static __always_inline bool has_room_for_data(u64 bytes)
{
	u32 key = 0;
	u64 *full;

	if (is_ring_full())
		return false;
	if (has_room_for_evidence(bytes))
		return true;
	full = bpf_map_lookup_elem(&ring_full, &key);
	if (full)
		*full = 1;
	return false;
}

#endif /* TAPEDECK_ROOM_BPF_H */
