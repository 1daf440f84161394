/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

#ifndef __VMLINUX_H__
#define __VMLINUX_H__

#include "../kernel.h"

/* arch/arm64/include/uapi/asm/ptrace.h; the context of uprobes */
struct user_pt_regs {
	__u64 regs[31];
	__u64 sp;
	__u64 pc;
	__u64 pstate;
} __attribute__((preserve_access_index));

/* arch/arm64/include/asm/ptrace.h; begins with user_pt_regs */
struct pt_regs {
	__u64 regs[31];
	__u64 sp;
	__u64 orig_x0;
	__s32 syscallno;
} __attribute__((preserve_access_index));

#endif /* __VMLINUX_H__ */
