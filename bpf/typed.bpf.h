/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * Pointers whose type the verifier knows are followed by plain loads, at a fifth of what
 * bpf_probe_read_kernel costs: bpf_get_current_task_btf, Linux 5.11, and bpf_task_pt_regs, 5.15.
 * They stay typed in static functions only, and a pointer to a pointer is none.
 */
#ifndef TAPEDECK_TYPED_BPF_H
#define TAPEDECK_TYPED_BPF_H

#ifndef TAPEDECK_LEGACY

#define CURRENT_TASK()        bpf_get_current_task_btf()
#define FIELD(pointer, field) ((pointer)->field)
/* The registers of the current thread in user mode; sys_exit is given the same. */
#define USER_REGS(context) ((struct pt_regs *)bpf_task_pt_regs(CURRENT_TASK()))

#else

#define CURRENT_TASK()        ((struct task_struct *)bpf_get_current_task())
#define FIELD(pointer, field) BPF_CORE_READ(pointer, field)
#define USER_REGS(context)    ((struct pt_regs *)(context)->args[0])

#endif

#endif /* TAPEDECK_TYPED_BPF_H */
