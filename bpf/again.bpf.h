/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * Linux 7.0 and later preempt a task inside of a program on a raw tracepoint, and until it goes on no
 * other task of that CPU runs that program: kernel/trace/bpf_trace.c, __bpf_trace_run(). So there are
 * several copies of the program, one behind the other on the tracepoint. Each call is handled by the
 * first copy that runs for it; those behind see that by a mark of the thread, and pass.
 */
#ifndef TAPEDECK_AGAIN_BPF_H
#define TAPEDECK_AGAIN_BPF_H

#define ONLY_COPY 0 /* of a program that the kernel never skips; copies count from 1 */

/* Which copies ran for the last call of a thread that mattered. */
struct copies_mark {
	u64 call; /* what tells it from the one before */
	u32 ran;  /* 1 << copy; 0: all did, the next one begins another call */
	u32 reserved;
};

/*
 * By thread id. The recorder makes it small where there are no copies. Not storage of the task, which
 * cannot be made in a tracepoint without cmpxchg16b (mm/slub.c, kmalloc_nolock).
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, u32);
	__type(value, struct copies_mark);
} copies_marks SEC(".maps");

#ifndef TAPEDECK_LEGACY

#define LAST_COPY 3 /* two tasks may be preempted in copies on one CPU, and a third is seen */
#define ALL_RAN   ((1u << (LAST_COPY + 1)) - 2)

/* The mark of the current thread, made at its first use; NULL: no room. */
static __always_inline struct copies_mark *current_mark(void)
{
	u32 tid = (u32)bpf_get_current_pid_tgid();
	struct copies_mark *mark = bpf_map_lookup_elem(&copies_marks, &tid);
	struct copies_mark fresh = {};

	if (mark)
		return mark;
	bpf_map_update_elem(&copies_marks, &tid, &fresh, BPF_NOEXIST);
	return bpf_map_lookup_elem(&copies_marks, &tid);
}

static __always_inline void forget_mark(u32 tid)
{
	bpf_map_delete_elem(&copies_marks, &tid);
}

/* Equal for all copies at the end of one call, and rarely equal for the next one. */
static __always_inline u64 call_print(struct pt_regs *regs, long result)
{
	u64 print = SYSCALL_NUMBER(regs);

	print = print * 31 + SYSCALL_ARG1(regs);
	print = print * 31 + SYSCALL_ARG2(regs);
	print = print * 31 + SYSCALL_ARG3(regs);
	return print * 31 + (u64)result;
}

/*
 * Whether this copy (a constant) is the first to run at the end of a call. It may be wrong in one way:
 * after calls of which copies were skipped it can say no to all of them for an equal call. Whatever
 * their order and whichever are skipped, it says yes to one at most: the mark is then that copy's alone, and
 * is empty again only when all others have run.
 */
static __always_inline bool is_first_copy(u32 copy, struct pt_regs *regs, long result)
{
	struct copies_mark *mark;
	u64 call;

	if (copy == ONLY_COPY)
		return true;
	call = call_print(regs, result);
	mark = current_mark();
	if (!mark) /* no copy has one: the last does the work, unless it is skipped */
		return copy == LAST_COPY;
	if (mark->call != call || (mark->ran & (1u << copy))) {
		mark->call = call;
		mark->ran = 0;
	}
	call = mark->ran;
	mark->ran |= 1u << copy;
	if (mark->ran == ALL_RAN)
		mark->ran = 0;
	return !call;
}

#else

static __always_inline bool is_first_copy(u32 copy, struct pt_regs *regs, long result)
{
	return true;
}

static __always_inline void forget_mark(u32 tid)
{
}

#endif

#endif /* TAPEDECK_AGAIN_BPF_H */
