/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * What old kernels lack. The verifier refuses unknown instructions and callback references even in
 * dead code, so these cannot be chosen at run time: the same sources are built a second time with
 * TAPEDECK_LEGACY for Linux 5.10 to 5.16.
 */
#ifndef TAPEDECK_COMPAT_BPF_H
#define TAPEDECK_COMPAT_BPF_H

#ifndef TAPEDECK_LEGACY

/* Stack pointer of the current thread in user mode: bpf_task_pt_regs, Linux 5.15. */
static __always_inline u64 user_stack_pointer(void)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());

	return USER_SP(regs);
}

/* Atomic add that returns the old value: BPF_FETCH, Linux 5.12. */
static __always_inline u64 fetch_add(u64 *value, u64 add)
{
	return __sync_fetch_and_add(value, add);
}

#else

/*
 * arch/x86/include/asm/processor.h, task_pt_regs(): at the end of the kernel's stack, whose size is
 * fixed there. It is not on arm64: 0, and calls whose returns were skipped may seem in flight.
 */
static __always_inline u64 user_stack_pointer(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct pt_regs *regs = BPF_CORE_READ(task, stack) + USER_REGS_OFFSET;

	return USER_REGS_OFFSET ? USER_SP(regs) : 0;
}

/*
 * Without BPF_FETCH: the sum stays right, but two threads in the same call at once may get the
 * same value; positions of streams that several threads write to at once may overlap.
 */
static __always_inline u64 fetch_add(u64 *value, u64 add)
{
	u64 before = *(volatile u64 *)value;

	__sync_fetch_and_add(value, add);
	return before;
}

#endif

/* The next number of a sequence that begins at 1; 0 when there is no such counter. */
static __always_inline u64 next_number(enum counter which)
{
	u32 key = which;
	u64 *last = bpf_map_lookup_elem(&counters, &key);

	return last ? fetch_add(last, 1) + 1 : 0;
}

#endif /* TAPEDECK_COMPAT_BPF_H */
