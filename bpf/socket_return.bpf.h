/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Socket backends `fentry` and `kprobe`: what a kernel socket call that returns has moved or opened. */
#ifndef TAPEDECK_SOCKET_RETURN_BPF_H
#define TAPEDECK_SOCKET_RETURN_BPF_H

static __noinline int record_kernel_call(const struct socket_call *call, long result)
{
	struct call_work *work = take_work();
	struct socket *socket = (struct socket *)call->socket;
	struct socket_state *state;
	u64 bytes = is_moving(call->call) ? result : 0;

	if (!work) {
		count_loss(LOSS_MAP_FULL, bytes);
		return 0;
	}
	use_socket(&work->ref, BPF_CORE_READ(socket, sk), call->call);
	work->ref.direction = direction_of(call->call);
	if (call->call == CALL_SPLICE)
		work->ref.direction = DIRECTION_INGRESS; /* the other way it is sendpage, sendmsg */
	if (work->ref.sk) {
		work->me = current_actor();
		state = open_socket(work, bytes);
		if (state && bytes) {
			use_iterator(&work->job, call, bytes);
			if (adds_to_stream(work, call->flags))
				record_moved(work, state, bytes);
		} else if (state) {
			record_opened(work, state, result);
		}
	}
	give_back(work);
	return 0;
}

/* Whether a call that returned this has done something. */
static __always_inline bool has_effect(enum call which, long result)
{
	return is_moving(which) ? result > 0 : result == 0 || result == -EINPROGRESS;
}

#endif /* TAPEDECK_SOCKET_RETURN_BPF_H */
