/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Which processes and sockets are recorded. */
#ifndef TAPEDECK_FILTER_BPF_H
#define TAPEDECK_FILTER_BPF_H

/* Whether a map by process or thread id may have an entry, by its map of marks. */
static __always_inline bool is_marked(void *marks, u32 id)
{
	u32 key = id % ID_MARKS;
	u8 *mark = bpf_map_lookup_elem(marks, &key);

	return mark && *(volatile u8 *)mark;
}

static __always_inline void set_mark(void *marks, u32 id)
{
	u32 key = id % ID_MARKS;
	u8 *mark = bpf_map_lookup_elem(marks, &key);

	if (mark)
		*mark = 1;
}

static __always_inline bool is_target(u32 tgid)
{
	if (tgid == settings.recorder_tgid)
		return false;
	return !settings.targets_only ||
	       (is_marked(&target_marks, tgid) && bpf_map_lookup_elem(&targets, &tgid));
}

static __always_inline void add_target(u32 tgid, enum target_by by)
{
	struct target target = { .by = by };

	set_mark(&target_marks, tgid);
	if (bpf_map_update_elem(&targets, &tgid, &target, BPF_NOEXIST) == -E2BIG)
		count_loss(LOSS_MAP_FULL, 0);
}

static __always_inline bool is_on(enum switch_name which)
{
	u32 key = which;
	u64 *value = bpf_map_lookup_elem(&switches, &key);

	return value && *value;
}

/* The name that the current thread has now, as a key of target_comms. */
static __always_inline bool has_target_comm(void)
{
	struct comm_key key = {};

	bpf_get_current_comm(key.comm, sizeof(key.comm));
	return bpf_map_lookup_elem(&target_comms, &key);
}

/* Ports in host byte order, either end. */
static __always_inline bool is_wanted_port(u16 local, u16 remote)
{
	return !settings.ports_only || bpf_map_lookup_elem(&ports, &local) ||
	       bpf_map_lookup_elem(&ports, &remote);
}

#endif /* TAPEDECK_FILTER_BPF_H */
