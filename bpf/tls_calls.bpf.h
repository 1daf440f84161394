/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * Calls of TLS libraries that move bytes: arguments are kept at entry, bytes are copied at return,
 * exactly as many as the call says that it moved. Which function is probed, and how it takes and
 * returns, is in its convention. Return probes are to be attached before entry probes, so that no
 * entry is ever without its return.
 */
#ifndef TAPEDECK_TLS_CALLS_BPF_H
#define TAPEDECK_TLS_CALLS_BPF_H

union convention_cookie {
	u64 cookie;
	struct call_convention convention;
};

/*
 * Argument 3 to 5 of a function, as `which` says; 0 for others. All are read first: the verifier
 * wants the offset of each read of a context to be a constant.
 */
static __always_inline u64 function_argument(struct pt_regs *ctx, u8 which)
{
	u64 third = FUNCTION_ARG3(ctx), fourth = FUNCTION_ARG4(ctx), fifth = FUNCTION_ARG5(ctx);

	barrier_var(third);
	barrier_var(fourth);
	barrier_var(fifth);
	return which == 3 ? third : which == 4 ? fourth : which == 5 ? fifth : 0;
}

static __noinline int enter_data_call(struct pt_regs *ctx, u64 cookie)
{
	union convention_cookie how = { .cookie = cookie };
	struct call_in_flight call = {
		.ssl = FUNCTION_ARG1(ctx),
		.buffer = FUNCTION_ARG2(ctx),
		.convention = how.convention,
	};

	if (!is_target(bpf_get_current_pid_tgid() >> 32))
		return 0;
	call.asked_bytes = function_argument(ctx, how.convention.length_argument);
	if (how.convention.length_bytes == sizeof(u32))
		call.asked_bytes = (u32)call.asked_bytes;
	call.result_pointer = function_argument(ctx, how.convention.result_argument);
	call.enter_ns = bpf_ktime_get_ns();
	enter_call(&call, ctx);
	return 0;
}

/* What a call says that it moved. False: nothing, or its result could not be read. */
static __always_inline bool bytes_moved_by(const struct call_convention *how, u64 pointer,
					   u64 result, u64 *bytes)
{
	*bytes = 0;
	if (how->result == RESULT_LONG)
		*bytes = (s64)result > 0 ? result : 0;
	else if (how->result == RESULT_INT)
		*bytes = (s32)result > 0 ? (u32)result : 0;
	else if ((s32)result == 1 && bpf_probe_read_user(bytes, sizeof(*bytes), (void *)pointer))
		count_loss(LOSS_READ_FAULT, 0);
	return *bytes != 0;
}

static __always_inline void
fill_data_call(struct call_work *work, const struct call_in_flight *call, u64 bytes, u32 generation)
{
	struct part_job *job = &work->job;

	fill_template(&job->event.header, EVENT_DATA, 0, &work->me, call->enter_ns);
	job->event.stream.id = call->ssl;
	job->event.stream.generation = generation;
	job->event.stream.owner = OWNER_TLS;
	job->event.stream.direction = call->convention.direction;
	job->event.call_sequence = next_number(COUNTER_CALL);
	job->event.asked_bytes = call->asked_bytes;
	job->event.returned_bytes = bytes;
	job->event.fd = -1;
	job->event.call = call->convention.call;
	if (call->convention.effect == EFFECT_NO_MEMORY)
		job->event.cause = TRANSFER_NO_MEMORY;
	job->segment = call->buffer;
	job->segment_bytes = bytes;
	job->message_bytes = bytes;
}

/* Sends what a returned call moved. */
static __always_inline int record_data_call(const struct call_in_flight *call,
					    const struct actor *me, u64 bytes)
{
	struct tls_key key = session_key(me, call->ssl);
	struct tls_session *session = get_session(&key);
	struct stream_account *account;
	struct call_work *work;
	u64 position;

	if (!session) {
		count_loss(LOSS_MAP_FULL, bytes);
		return 0;
	}
	/* The array has two members. */
	account = &session->streams[call->convention.direction & 1];
	if (is_ring_full() && is_unlimited(bytes) && session->port_wanted != 2 &&
	    is_session_sampled(session) && (session->bound || session->unbound_told) &&
	    call->convention.effect == EFFECT_COPY) {
		lose_call(account, bytes);
		return 0;
	}
	position = fetch_add(&account->next_position, bytes);
	if (session->port_wanted == 2) {
		__sync_fetch_and_add(&account->skipped_bytes, bytes);
		return 0;
	}
	if (!is_session_sampled(session)) {
		skip_unsampled(session->streams, call->convention.direction, bytes);
		return 0;
	}
	work = take_work();
	if (!work) {
		count_loss(LOSS_MAP_FULL, bytes);
		__sync_fetch_and_add(&account->lost_bytes, bytes);
		return 0;
	}
	work->me = *me;
	if (!session->bound && !session->unbound_told)
		tell_unbound(session, &key, me, call->convention.call);
	fill_data_call(work, call, bytes, session->generation);
	work->job.event.position = position;
	send_call(work, session->streams);
	give_back(work);
	return 0;
}

/* A call returned whose entry was not seen: what a pointer would tell is not known. */
static __always_inline void count_missed_entry(struct pt_regs *ctx,
					       const struct call_convention *how)
{
	u64 result = FUNCTION_RESULT(ctx);
	u64 bytes = 0;

	if (how->effect == EFFECT_PEEK || !is_target(bpf_get_current_pid_tgid() >> 32) ||
	    is_on(SWITCH_SETTLING))
		return;
	if (how->result == RESULT_POINTER ? (s32)result == 1
					  : bytes_moved_by(how, 0, result, &bytes))
		count_loss(LOSS_NO_ENTRY, bytes);
}

static __noinline int leave_data_call(struct pt_regs *ctx, u64 cookie)
{
	union convention_cookie how = { .cookie = cookie };
	struct call_in_flight call = {};
	struct actor me;
	u64 bytes;

	if (!leave_call(how.convention.call, RETURN_SP(ctx), &call)) {
		count_missed_entry(ctx, &how.convention);
		return 0;
	}
	if (call.nested || call.convention.effect == EFFECT_PEEK ||
	    !bytes_moved_by(&call.convention, call.result_pointer, FUNCTION_RESULT(ctx), &bytes))
		return 0;
	me = current_actor();
	return record_data_call(&call, &me, bytes);
}

#endif /* TAPEDECK_TLS_CALLS_BPF_H */
