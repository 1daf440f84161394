/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Who acts, event headers, counting losses. */
#ifndef TAPEDECK_EMIT_BPF_H
#define TAPEDECK_EMIT_BPF_H

/* The process that an event is about, and the time of it. */
struct actor {
	u64 start_ns;
	u64 now_ns;
	u32 tgid;
	u32 tid;
};

static __always_inline struct actor current_actor(void)
{
	struct task_struct *leader = FIELD(CURRENT_TASK(), group_leader);
	u64 id = bpf_get_current_pid_tgid();
	struct actor me = {
		.start_ns = FIELD(leader, start_boottime),
		.now_ns = bpf_ktime_get_ns(),
		.tgid = id >> 32,
		.tid = (u32)id,
	};

	return me;
}

static __always_inline void add_loss(enum loss_cause cause, u64 events, u64 bytes)
{
	u32 key = cause;
	struct loss *loss = bpf_map_lookup_elem(&losses, &key);

	if (!loss)
		return;
	/* Atomic though per CPU: a preempted uprobe program shares its CPU. */
	if (events) /* clang makes an atomic `or` of a constant 0, which Linux 5.10 lacks */
		__sync_fetch_and_add(&loss->events, events);
	if (bytes)
		__sync_fetch_and_add(&loss->bytes, bytes);
}

static __always_inline void count_loss(enum loss_cause cause, u64 bytes)
{
	add_loss(cause, 1, bytes);
}

static __always_inline u64 next_sequence(void)
{
	u32 key = 0;
	u64 *last = bpf_map_lookup_elem(&sequences, &key);

	return last ? fetch_add(last, 1) + 1 : 0;
}

/* All but the sequence, for an event that is sent in parts. */
static __always_inline void fill_template(struct event_header *header, enum event_kind kind,
					  u32 size, const struct actor *me, u64 enter_ns)
{
	header->size = size;
	header->kind = kind;
	header->version = EVENTS_VERSION;
	header->flags = 0;
	header->enter_ns = enter_ns;
	header->exit_ns = me->now_ns;
	header->process_start_ns = me->start_ns;
	header->tgid = me->tgid;
	header->tid = me->tid;
	header->cpu = bpf_get_smp_processor_id();
	header->ring = settings.ring;
}

static __always_inline void fill_header(struct event_header *header, enum event_kind kind, u32 size,
					const struct actor *me, u64 enter_ns)
{
	fill_template(header, kind, size, me, enter_ns);
	header->sequence = next_sequence();
}

/* Reserves a zeroed event of a constant size; NULL is counted as a lost lifecycle event. */
#define RESERVE_EVENT(event)                                                                       \
	({                                                                                         \
		event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);                           \
		if (event)                                                                         \
			__builtin_memset(event, 0, sizeof(*event));                                \
		else                                                                               \
			count_loss(LOSS_LIFECYCLE, 0);                                             \
		event;                                                                             \
	})

#define SUBMIT_EVENT(event) bpf_ringbuf_submit(event, wakeup_flags(sizeof(*event)))

/* Keeps the account of a stream whose last event found no room. */
static __always_inline void keep_end(enum owner owner, u32 generation, const struct unsent_end *end)
{
	struct end_key key = { .owner = owner, .generation = generation };

	if (bpf_map_update_elem(&unsent_ends, &key, end, BPF_ANY))
		count_loss(LOSS_MAP_FULL, 0);
}

#endif /* TAPEDECK_EMIT_BPF_H */
