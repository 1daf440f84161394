/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * Further descriptors of sockets: duplicates, those that came over a Unix socket or from another
 * process. Streams are told apart by socket, so that this is evidence and nothing depends on it.
 */
#ifndef TAPEDECK_DUP_BPF_H
#define TAPEDECK_DUP_BPF_H

#define F_DUPFD          0
#define F_DUPFD_CLOEXEC  1030
#define SOL_SOCKET       1
#define SCM_RIGHTS       1
#define SCM_MAX_FD       253 /* include/net/scm.h */
#define CONTROLS_MAX     4   /* control messages looked at in one message */
#define RIGHTS_MAX       64  /* messages of one recvmmsg looked at for descriptors */
#define HANDOVERS_MAX    16  /* changes of process told for one socket */
#define CONTROL_ALIGN(n) (((n) + 7) & ~7ull)

/* include/uapi/linux/socket.h */
struct control_header {
	u64 bytes; /* with this header */
	s32 level;
	s32 type;
};

/* Tells that the process of the work has a descriptor of a socket that was announced. */
static __noinline int send_dup(const struct socket_state *state, const struct actor *me, s32 fd,
			       enum call call)
{
	struct dup_event *event;

	if (!RESERVE_EVENT(event))
		return 0;
	fill_header(&event->header, EVENT_DUP, sizeof(*event), me, 0);
	event->socket = state->socket;
	event->generation = state->generation;
	event->fd = fd;
	event->call = call;
	SUBMIT_EVENT(event);
	return 0;
}

/* Global: see send_parts. */
__noinline int report_descriptor(u32 slot, s32 fd, u32 call)
{
	struct call_work *work = work_in(slot);
	struct socket_state *state;
	struct socket_ref ref;

	if (!work)
		return 0;
	find_socket(&ref, fd, call);
	if (!ref.sk)
		return 0;
	state = lookup_socket(ref.sk);
	if (state && state->socket == ref.inode && state->announced)
		send_dup(state, &work->me, fd, call);
	return 0;
}

__noinline int report_descriptors(u32 slot, u64 fds, u32 count)
{
	s32 fd;

	for (u32 i = 0; i < SCM_MAX_FD && i < count; i++) {
		if (bpf_probe_read_user(&fd, sizeof(fd), (void *)(fds + i * sizeof(fd))))
			break;
		report_descriptor(slot, fd, CALL_SCM_RIGHTS);
	}
	return 0;
}

/* The descriptors that came with a received message: cmsg(3). The kernel wrote the lengths. */
__noinline int report_rights(u32 slot, u64 header)
{
	struct user_msghdr *message = (struct user_msghdr *)header;
	struct control_header control;
	u64 at, left;

	if (bpf_probe_read_user(&at, sizeof(at), &message->msg_control) ||
	    bpf_probe_read_user(&left, sizeof(left), &message->msg_controllen))
		return 0;
	/* Constant bound. */
	for (u32 i = 0; i < CONTROLS_MAX && at && left >= sizeof(control); i++) {
		if (bpf_probe_read_user(&control, sizeof(control), (void *)at) ||
		    control.bytes < sizeof(control) || control.bytes > left)
			break;
		if (control.level == SOL_SOCKET && control.type == SCM_RIGHTS)
			report_descriptors(slot, at + sizeof(control),
					   (control.bytes - sizeof(control)) / sizeof(s32));
		if (CONTROL_ALIGN(control.bytes) > left)
			break;
		at += CONTROL_ALIGN(control.bytes);
		left -= CONTROL_ALIGN(control.bytes);
	}
	return 0;
}

__noinline int report_rights_of_each(u32 slot, u64 messages, u32 count)
{
	for (u32 i = 0; i < RIGHTS_MAX && i < count; i++)
		report_rights(slot, messages + i * sizeof(struct mmsghdr));
	return 0;
}

/* Whether an fcntl made a descriptor: it does many other things, and often. */
static __always_inline bool makes_duplicate(struct pt_regs *regs)
{
	u64 command = SYSCALL_ARG2(regs);

	return command == F_DUPFD || command == F_DUPFD_CLOEXEC;
}

#endif /* TAPEDECK_DUP_BPF_H */
