/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* The programs at functions that move bytes: see tls_calls.bpf.h. */
#ifndef TAPEDECK_TLS_PROBES_BPF_H
#define TAPEDECK_TLS_PROBES_BPF_H

#ifndef TAPEDECK_LEGACY

AT_ENTRY(handle_call_entry)
{
	return enter_data_call(ctx, bpf_get_attach_cookie(ctx));
}

AT_RETURN(handle_call_return)
{
	return leave_data_call(ctx, bpf_get_attach_cookie(ctx));
}

/*
 * Both ends of a function with one link (uprobe_session, Linux 6.13), instead of the two above: 1 at
 * the entry spares a process that is no target the return. No function returns to its own beginning.
 */
AT_BOTH(handle_call_session)
{
	u64 cookie = bpf_get_attach_cookie(ctx);

	if (FUNCTION_IP(ctx) != bpf_get_func_ip(ctx)) {
		leave_data_call(ctx, cookie);
		return 0;
	}
	if (!is_target(bpf_get_current_pid_tgid() >> 32))
		return 1;
	enter_data_call(ctx, cookie);
	return 0;
}

#else

/* bpf_get_attach_cookie: Linux 5.15. Before that, each function gets programs of its own. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, CALL_SLOTS);
	__type(key, u32);
	__type(value, union convention_cookie);
} call_conventions SEC(".maps");

static __always_inline u64 cookie_of_slot(u32 slot)
{
	u64 *cookie = bpf_map_lookup_elem(&call_conventions, &slot);

	return cookie ? *cookie : 0;
}

#define CALL_SLOT(slot)                                                                            \
	SEC("uprobe")                                                                              \
	int handle_call_##slot##_entry(struct pt_regs *ctx)                                        \
	{                                                                                          \
		return enter_data_call(ctx, cookie_of_slot(slot));                                 \
	}                                                                                          \
	SEC("uretprobe")                                                                           \
	int handle_call_##slot##_return(struct pt_regs *ctx)                                       \
	{                                                                                          \
		return leave_data_call(ctx, cookie_of_slot(slot));                                 \
	}

CALL_SLOT(0)
CALL_SLOT(1)
CALL_SLOT(2)
CALL_SLOT(3)
CALL_SLOT(4)
CALL_SLOT(5)
CALL_SLOT(6)
CALL_SLOT(7)
CALL_SLOT(8)
CALL_SLOT(9)
CALL_SLOT(10)
CALL_SLOT(11)
CALL_SLOT(12)
CALL_SLOT(13)
CALL_SLOT(14)
CALL_SLOT(15)

#endif

#endif /* TAPEDECK_TLS_PROBES_BPF_H */
