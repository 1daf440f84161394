/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * Library calls in flight: a small stack for each thread. Frames nest, so an entry whose stack
 * pointer is below that of a newer event belongs to a frame that is gone (its return was missed).
 */
#ifndef TAPEDECK_CALLS_BPF_H
#define TAPEDECK_CALLS_BPF_H

/* The mask says to the verifier what the callers have checked: the index is in the array. */
static __always_inline struct call_in_flight *entry_at(struct thread_calls *calls, u32 index)
{
	barrier_var(index);
	return &calls->stack[index & (CALL_DEPTH_MAX - 1)];
}

/*
 * Whether a function that is being entered was jumped to from one that has a return probe: the
 * kernel has replaced that one's return address by its trampoline, and a jump leaves it in place.
 * kernel/events/uprobes.c: uprobe_get_trampoline_vaddr(), prepare_uretprobe()
 */
static __always_inline bool was_jumped_to(struct pt_regs *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	u64 trampoline = BPF_CORE_READ(task, mm, uprobes_state.xol_area, vaddr);
	u64 address;

	return trampoline && read_return_address(ctx, &address) && address == trampoline;
}

/*
 * Whether the newest entry cannot be a caller of `call`. At the same stack pointer it can only be
 * one that jumped (SSL_write_ex to SSL_write_ex2); if not, its return was skipped (longjmp).
 */
static __always_inline bool is_stale(const struct call_in_flight *newest,
				     const struct call_in_flight *call, struct pt_regs *ctx)
{
	if (newest->stack_pointer != call->stack_pointer)
		return newest->stack_pointer < call->stack_pointer;
	return newest->ssl != call->ssl || !was_jumped_to(ctx);
}

/* Makes the empty stack of a thread; NULL: no room. It is copied from a map, being too large here. */
static __always_inline struct thread_calls *new_thread_calls(u32 tid)
{
	u32 zero = 0;
	struct thread_calls *none = bpf_map_lookup_elem(&no_calls, &zero);

	set_mark(&thread_marks, tid);
	if (none)
		bpf_map_update_elem(&calls_in_flight, &tid, none, BPF_ANY);
	return bpf_map_lookup_elem(&calls_in_flight, &tid);
}

/* Returns whether it is inside a call on the same session and direction. */
static __noinline int enter_call(struct call_in_flight *call, struct pt_regs *ctx)
{
	u32 tid = (u32)bpf_get_current_pid_tgid();
	struct thread_calls *calls = bpf_map_lookup_elem(&calls_in_flight, &tid);
	u32 depth;

	call->stack_pointer = ENTRY_SP(ctx);
	if (!calls)
		calls = new_thread_calls(tid);
	if (!calls) {
		count_loss(LOSS_MAP_FULL, 0);
		return 0;
	}
	/* Both loops: at most CALL_DEPTH_MAX rounds, the index is checked against it before use. */
	depth = calls->depth;
	for (int i = 0; i < CALL_DEPTH_MAX; i++) {
		if (!depth || depth > CALL_DEPTH_MAX ||
		    !is_stale(entry_at(calls, depth - 1), call, ctx))
			break;
		depth--;
	}
	for (u32 i = 0; i < CALL_DEPTH_MAX; i++) {
		if (i < depth && calls->stack[i].ssl == call->ssl &&
		    calls->stack[i].convention.direction == call->convention.direction)
			call->nested = 1;
	}
	if (depth >= CALL_DEPTH_MAX) {
		count_loss(LOSS_MAP_FULL, 0);
		return call->nested;
	}
	*entry_at(calls, depth) = *call;
	calls->depth = depth + 1;
	return call->nested;
}

/*
 * Takes the entry of a returning call off the stack into *out; CALL_NONE: whichever it is. False:
 * its entry was not seen.
 */
static __noinline int leave_call(enum call which, u64 stack_pointer, struct call_in_flight *out)
{
	u32 tid = (u32)bpf_get_current_pid_tgid();
	struct thread_calls *calls = bpf_map_lookup_elem(&calls_in_flight, &tid);
	bool found = false;
	u32 depth;

	if (!calls)
		return false;
	depth = calls->depth;
	/* At most CALL_DEPTH_MAX rounds, the index is checked against it before use. */
	for (int i = 0; i < CALL_DEPTH_MAX; i++) {
		struct call_in_flight *newest;

		if (!depth || depth > CALL_DEPTH_MAX)
			break;
		newest = entry_at(calls, depth - 1);
		if (newest->stack_pointer > stack_pointer ||
		    (newest->stack_pointer == stack_pointer && which &&
		     newest->convention.call != which))
			break;
		depth--;
		if (newest->stack_pointer == stack_pointer) {
			*out = *newest;
			found = true;
			break;
		}
	}
	calls->depth = depth;
	if (!depth)
		bpf_map_delete_elem(&calls_in_flight, &tid);
	return found;
}

/* Whether the thread is inside a call on a session, at a stack pointer deeper than that call's. */
static __always_inline bool is_in_call(u64 ssl, u64 stack_pointer)
{
	u32 tid = (u32)bpf_get_current_pid_tgid();
	struct thread_calls *calls = bpf_map_lookup_elem(&calls_in_flight, &tid);

	if (!calls)
		return false;
	/* Constant bound, and the index is below it. */
	for (u32 i = 0; i < CALL_DEPTH_MAX; i++) {
		if (i < calls->depth && calls->stack[i].ssl == ssl &&
		    calls->stack[i].stack_pointer > stack_pointer)
			return true;
	}
	return false;
}

/*
 * The library call that the current thread is inside of; false: none. Entries at or below the
 * thread's stack pointer are of frames that are gone (their returns were skipped).
 */
static __always_inline bool innermost_call(struct tls_key *key, const struct actor *me)
{
	u32 tid = me->tid;
	struct thread_calls *calls = NULL;
	u64 stack_pointer;
	u32 depth;

	if (is_marked(&thread_marks, tid))
		calls = bpf_map_lookup_elem(&calls_in_flight, &tid);
	if (!calls)
		return false;
	stack_pointer = user_stack_pointer();
	depth = calls->depth;
	/* At most CALL_DEPTH_MAX rounds, the index is checked against it before use. */
	for (int i = 0; i < CALL_DEPTH_MAX; i++) {
		const struct call_in_flight *newest;

		if (!depth || depth > CALL_DEPTH_MAX)
			break;
		newest = entry_at(calls, depth - 1);
		if (newest->stack_pointer > stack_pointer) {
			key->ssl = newest->ssl;
			key->process_start_ns = me->start_ns;
			key->tgid = me->tgid;
			key->reserved = 0;
			return true;
		}
		depth--;
	}
	return false;
}

#endif /* TAPEDECK_CALLS_BPF_H */
