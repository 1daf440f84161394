/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * Targets by cgroup v2: whoever is started, made or moved in there. Looked at when that happens and
 * not for each call, so that calls cost what they cost with any other filter.
 */
#ifndef TAPEDECK_CGROUP_BPF_H
#define TAPEDECK_CGROUP_BPF_H

#define CGROUP_DEPTH_MAX 16

/* Whether a task is in a wanted cgroup or below one. */
static __noinline bool in_target_cgroup(struct task_struct *task)
{
	struct cgroup *cgroup = BPF_CORE_READ(task, cgroups, dfl_cgrp);

	/* Constant bound; a NULL at the top reads as NULL. */
	for (int i = 0; i < CGROUP_DEPTH_MAX && cgroup; i++) {
		u64 id = BPF_CORE_READ(cgroup, kn, id);
		struct cgroup_subsys_state *parent = BPF_CORE_READ(cgroup, self.parent);

		if (bpf_map_lookup_elem(&target_cgroups, &id))
			return true;
		cgroup = parent ? BPF_CORE_READ(parent, cgroup) : NULL;
	}
	return false;
}

/*
 * include/trace/events/cgroup.h: (struct cgroup *dst_cgrp, const char *path, struct task_struct
 * *task, bool threadgroup), after the move; for cgroup v1 too, where the default cgroup stays.
 */
SEC("raw_tp/cgroup_attach_task")
int handle_cgroup_attach_task(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = (struct task_struct *)ctx->args[2];
	struct target *target;
	u32 tgid;

	if (!settings.cgroups)
		return 0;
	tgid = BPF_CORE_READ(task, tgid);
	if (in_target_cgroup(task)) {
		add_target(tgid, TARGET_CGROUP);
		return 0;
	}
	target = bpf_map_lookup_elem(&targets, &tgid);
	if (target && target->by == TARGET_CGROUP)
		bpf_map_delete_elem(&targets, &tgid);
	return 0;
}

#endif /* TAPEDECK_CGROUP_BPF_H */
