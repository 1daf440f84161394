/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * Programs at functions of libraries. Since Linux 6.13 (arm64: 6.17) the kernel gives a program whose frames have 64 bytes or
 * more a stack for each CPU instead of the task's. With uprobes it does not see to it that a CPU is in a
 * program once at a time: where a task is preempted in it, the next one writes over its variables, so
 * that one thread's call gets the buffer of another's. Programs that have tail calls keep their frames on the task's
 * stack (kernel/bpf/verifier.c, check_max_stack_depth), be it that they are never made: what says so
 * is a constant when the verifier looks, so this costs nothing at run time.
 */
#ifndef TAPEDECK_OWN_STACK_BPF_H
#define TAPEDECK_OWN_STACK_BPF_H

#ifndef TAPEDECK_LEGACY

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u32);
} no_programs SEC(".maps");

/* Programs of one such map are of one attach type. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u32);
} no_sessions SEC(".maps");

#define KEEP_OWN_STACK(ctx, none)                                                                  \
	({                                                                                         \
		if (settings.recorder_tgid == ~0u) /* no process has this id */                    \
			bpf_tail_call(ctx, &none, 0);                                              \
	})

#else

#define KEEP_OWN_STACK(ctx, none) ((void)0)

#endif

#define LIBRARY_PROGRAM(section, name, none)                                                       \
	static __always_inline int body_of_##name(struct pt_regs *ctx);                            \
	SEC(section)                                                                               \
	int name(struct pt_regs *ctx)                                                              \
	{                                                                                          \
		KEEP_OWN_STACK(ctx, none);                                                         \
		return body_of_##name(ctx);                                                        \
	}                                                                                          \
	static __always_inline int body_of_##name(struct pt_regs *ctx)

#define AT_ENTRY(name)  LIBRARY_PROGRAM("uprobe", name, no_programs)
#define AT_RETURN(name) LIBRARY_PROGRAM("uretprobe", name, no_programs)
#define AT_BOTH(name)   LIBRARY_PROGRAM("uprobe", name, no_sessions)

#endif /* TAPEDECK_OWN_STACK_BPF_H */
