/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Processes come, change and go; targets follow them. */
#ifndef TAPEDECK_PROCESS_BPF_H
#define TAPEDECK_PROCESS_BPF_H

static __always_inline void fill_process(struct process_event *event, enum event_kind kind,
					 struct task_struct *task, const struct actor *me)
{
	fill_header(&event->header, kind, sizeof(*event), me, 0);
	event->parent_tgid = BPF_CORE_READ(task, real_parent, tgid);
	event->parent_start_ns = BPF_CORE_READ(task, real_parent, group_leader, start_boottime);
	event->cgroup_id = bpf_get_current_cgroup_id();
	event->netns = BPF_CORE_READ(task, nsproxy, net_ns, ns.inum);
	bpf_get_current_comm(event->comm, sizeof(event->comm));
}

/* include/trace/events/sched.h: (struct task_struct *parent, struct task_struct *child) */
SEC("raw_tp/sched_process_fork")
int handle_sched_process_fork(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *child = (struct task_struct *)ctx->args[1];
	u32 parent_tgid = bpf_get_current_pid_tgid() >> 32;
	struct process_event *event;
	struct actor me = {
		.now_ns = bpf_ktime_get_ns(),
		.tgid = BPF_CORE_READ(child, tgid),
		.tid = BPF_CORE_READ(child, pid),
	};

	if (me.tgid != me.tid) /* a thread */
		return 0;
	if (settings.cgroups && in_target_cgroup(child))
		add_target(me.tgid, TARGET_CGROUP);
	else if (!is_target(parent_tgid))
		return 0;
	else if (settings.targets_only) {
		if (!settings.inherit)
			return 0;
		add_target(me.tgid, TARGET_INHERITED);
	}
	me.start_ns = BPF_CORE_READ(child, start_boottime);
	if (!RESERVE_EVENT(event))
		return 0;
	fill_process(event, EVENT_PROCESS_FORK, child, &me);
	SUBMIT_EVENT(event);
	if (is_on(SWITCH_BOUND))
		notice_fork(&me, parent_tgid);
	return 0;
}

/* Keeps the filter by name up to date; the name is already that of the new program. */
static __always_inline void retarget(struct task_struct *task, u32 tgid)
{
	bool named = has_target_comm();
	struct target *target = bpf_map_lookup_elem(&targets, &tgid);

	if (settings.cgroups && !target && in_target_cgroup(task))
		add_target(tgid, TARGET_CGROUP);
	else if (named && !target)
		add_target(tgid, TARGET_COMM);
	else if (target && target->by == TARGET_COMM && !named && !settings.inherit)
		bpf_map_delete_elem(&targets, &tgid);
}

/* include/trace/events/sched.h: (struct task_struct *p, pid_t old_pid, struct linux_binprm *bprm) */
SEC("raw_tp/sched_process_exec")
int handle_sched_process_exec(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = (struct task_struct *)ctx->args[0];
	struct linux_binprm *program = (struct linux_binprm *)ctx->args[2];
	struct actor me = current_actor();
	struct process_event *event;
	long bytes;

	bpf_map_delete_elem(&calls_in_flight, &me.tid);
	bpf_map_delete_elem(&tls_processes, &me.tgid);
	if (settings.targets_only)
		retarget(task, me.tgid);
	if (!is_target(me.tgid))
		return 0;
	if (settings.watch_files)
		notice_file(BPF_CORE_READ(program, file), &me, 0);
	event = bpf_ringbuf_reserve(&events, sizeof(*event) + PATH_BYTES_MAX, 0);
	if (!event) {
		count_loss(LOSS_LIFECYCLE, 0);
		return 0;
	}
	__builtin_memset(event, 0, sizeof(*event));
	fill_process(event, EVENT_PROCESS_EXEC, task, &me);
	bytes = bpf_probe_read_kernel_str(event->path, PATH_BYTES_MAX,
					  BPF_CORE_READ(program, filename));
	if (bytes > 1)
		event->path_bytes = bytes - 1; /* without the NUL */
	event->header.size += event->path_bytes;
	bpf_ringbuf_submit(event, wakeup_flags(sizeof(*event) + PATH_BYTES_MAX));
	return 0;
}

/* include/trace/events/sched.h: (struct task_struct *p, ...) for each thread */
SEC("raw_tp/sched_process_exit")
int handle_sched_process_exit(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = (struct task_struct *)ctx->args[0];
	struct actor me = current_actor();
	struct process_event *event;
	int group_code;

	bpf_map_delete_elem(&calls_in_flight, &me.tid);
	bpf_map_delete_elem(&socket_calls_in_flight, &me.tid);
	bpf_map_delete_elem(&syscalls_in_flight, &me.tid);
	forget_mark(me.tid);
	/* kernel/exit.c: do_exit() has taken this thread off the count before. */
	if (BPF_CORE_READ(task, signal, live.counter) || !is_target(me.tgid))
		return 0;
	bpf_map_delete_elem(&targets, &me.tgid);
	bpf_map_delete_elem(&tls_processes, &me.tgid);
	if (!RESERVE_EVENT(event))
		return 0;
	fill_process(event, EVENT_PROCESS_EXIT, task, &me);
	group_code = BPF_CORE_READ(task, signal, group_exit_code);
	event->exit_code = group_code ? group_code : BPF_CORE_READ(task, exit_code);
	SUBMIT_EVENT(event);
	return 0;
}

#endif /* TAPEDECK_PROCESS_BPF_H */
