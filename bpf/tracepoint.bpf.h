/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * Socket backend `tracepoint`: the events syscalls/sys_enter_* and sys_exit_* of each call. The
 * kernel refuses a program that looks at more arguments than a call has, so there is one for each
 * number of them. The end of a call shows only its result: arguments are kept at its entry, as the
 * registers that `raw_tp` would have found, so that both do the same from there on.
 */
#ifndef TAPEDECK_TRACEPOINT_BPF_H
#define TAPEDECK_TRACEPOINT_BPF_H

/* kernel/trace/trace.h: struct syscall_trace_enter, syscall_trace_exit, after 8 common bytes */
struct syscall_enter_event {
	u64 common;
	s32 number; /* what follows up to args is not set */
	u64 args[6];
};
struct syscall_exit_event {
	u64 common;
	s32 number;
	s64 result;
};

static __always_inline int enter_syscall(const struct syscall_enter_event *event, u32 count)
{
	u32 tid = (u32)bpf_get_current_pid_tgid();
	struct kept_registers *kept;
	struct pt_regs *regs;
	u64 unused = 0;

	if (!is_target(bpf_get_current_pid_tgid() >> 32) || is_compat(CURRENT_TASK()))
		return 0;
	kept = bpf_map_lookup_elem(&syscalls_in_flight, &tid);
	if (!kept) {
		if (bpf_map_update_elem(&syscalls_in_flight, &tid, &no_registers, BPF_ANY)) {
			count_loss(LOSS_MAP_FULL, 0);
			return 0;
		}
		kept = bpf_map_lookup_elem(&syscalls_in_flight, &tid);
		if (!kept)
			return 0;
	}
	regs = (struct pt_regs *)kept;
	/* `count` is a constant: what is beyond it is not looked at. */
	KEEP_SYSCALL(regs, event->number, event->args[0], count > 1 ? event->args[1] : unused,
		     count > 2 ? event->args[2] : unused, count > 3 ? event->args[3] : unused,
		     count > 4 ? event->args[4] : unused);
	return 0;
}

#define ENTER_SYSCALL(count)                                                                       \
	SEC("?tracepoint")                                                                         \
	int handle_enter_##count(struct syscall_enter_event *event)                                \
	{                                                                                          \
		return enter_syscall(event, count);                                                \
	}

ENTER_SYSCALL(1)
ENTER_SYSCALL(2)
ENTER_SYSCALL(3)
ENTER_SYSCALL(4)
ENTER_SYSCALL(5)
ENTER_SYSCALL(6)

SEC("?tracepoint")
int handle_exit(struct syscall_exit_event *event)
{
	u32 tid = (u32)bpf_get_current_pid_tgid();
	struct pt_regs *regs = bpf_map_lookup_elem(&syscalls_in_flight, &tid);

	if (regs) {
		if (!has_failed(event->result))
			leave_syscall(regs, event->result, ONLY_COPY);
		bpf_map_delete_elem(&syscalls_in_flight, &tid);
	}
	return 0;
}

#endif /* TAPEDECK_TRACEPOINT_BPF_H */
