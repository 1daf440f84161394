/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * Executable files as targets begin to use them, told at once and each only once, so that probes
 * stand in a library soon after it was loaded. What everybody uses costs one look into a map.
 */
#ifndef TAPEDECK_WATCH_BPF_H
#define TAPEDECK_WATCH_BPF_H

#define PROT_EXEC 0x4
#define VM_EXEC   0x4
#define S_IFREG   0100000

/* The actor has mapped (address) or started (0) a file. */
static __noinline int notice_file(struct file *file, const struct actor *me, u64 address)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	struct file_key key = {
		.inode = BPF_CORE_READ(inode, i_ino),
		.device = BPF_CORE_READ(inode, i_sb, s_dev),
		.generation = BPF_CORE_READ(inode, i_generation),
	};
	struct library_event *notice;
	u8 one = 1;

	if (is_on(SWITCH_BOUND)) {
		key.tgid = me->tgid;
		key.process_start_ns = me->start_ns;
	}
	if (bpf_map_lookup_elem(&known_files, &key) ||
	    (BPF_CORE_READ(inode, i_mode) & S_IFMT) != S_IFREG ||
	    bpf_map_update_elem(&known_files, &key, &one, BPF_NOEXIST))
		return 0;
	notice = bpf_ringbuf_reserve(&notices, sizeof(*notice), 0);
	if (!notice) {
		bpf_map_delete_elem(&known_files, &key);
		next_number(COUNTER_LOST_NOTICES);
		return 0;
	}
	__builtin_memset(notice, 0, sizeof(*notice));
	fill_template(&notice->header, EVENT_LIBRARY, sizeof(*notice), me, 0);
	notice->inode = key.inode;
	notice->process_start_ns = key.process_start_ns;
	notice->device = key.device;
	notice->generation = key.generation;
	notice->tgid = key.tgid;
	notice->address = address;
	bpf_probe_read_kernel_str(notice->name, sizeof(notice->name),
				  BPF_CORE_READ(file, f_path.dentry, d_name.name));
	bpf_ringbuf_submit(notice, BPF_RB_FORCE_WAKEUP);
	return 0;
}

/* A target has a child, whose probes are yet to be made. */
static __noinline int notice_fork(const struct actor *me, u32 parent_tgid)
{
	struct process_event *notice = bpf_ringbuf_reserve(&notices, sizeof(*notice), 0);

	if (!notice) {
		next_number(COUNTER_LOST_NOTICES);
		return 0;
	}
	__builtin_memset(notice, 0, sizeof(*notice));
	fill_template(&notice->header, EVENT_PROCESS_FORK, sizeof(*notice), me, 0);
	notice->parent_tgid = parent_tgid;
	bpf_ringbuf_submit(notice, BPF_RB_FORCE_WAKEUP);
	return 0;
}

/* void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset) */
static __noinline int watch_mapping(struct pt_regs *regs, u64 address)
{
	s32 fd = (s32)SYSCALL_ARG5(regs);
	struct task_struct *task;
	struct file *file;
	struct actor me;

	if (!settings.watch_files || !(SYSCALL_ARG3(regs) & PROT_EXEC) || fd < 0 ||
	    !is_target(bpf_get_current_pid_tgid() >> 32))
		return 0;
	task = CURRENT_TASK();
	file = file_of(task, fd);
	if (!file || is_compat(task))
		return 0;
	me = current_actor();
	return notice_file(file, &me, address);
}

/*
 * int uprobe_mmap(struct vm_area_struct *vma), kernel/events/uprobes.c: for the backends that do not
 * see system calls. Called for each new mapping of a file.
 */
SEC("kprobe/uprobe_mmap")
int handle_uprobe_mmap(struct pt_regs *ctx)
{
	struct vm_area_struct *area = (struct vm_area_struct *)FUNCTION_ARG1(ctx);
	struct file *file;
	struct actor me;

	if (!settings.watch_files || !is_target(bpf_get_current_pid_tgid() >> 32) ||
	    !(BPF_CORE_READ(area, vm_flags) & VM_EXEC))
		return 0;
	file = BPF_CORE_READ(area, vm_file);
	if (!file)
		return 0;
	me = current_actor();
	return notice_file(file, &me, BPF_CORE_READ(area, vm_start));
}

#endif /* TAPEDECK_WATCH_BPF_H */
