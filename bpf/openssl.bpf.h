/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * OpenSSL: arguments are kept at entry, bytes are copied at return, exactly as many as the call
 * says that it moved. Return probes are to be attached before entry probes, so that no entry is
 * ever without its return.
 */
#ifndef TAPEDECK_OPENSSL_BPF_H
#define TAPEDECK_OPENSSL_BPF_H

static __always_inline int enter_ssl(struct pt_regs *ctx, enum call which, u8 direction,
				     u64 asked_bytes, u64 result_pointer)
{
	struct call_in_flight call = {
		.ssl = FUNCTION_ARG1(ctx),
		.buffer = FUNCTION_ARG2(ctx),
		.asked_bytes = asked_bytes,
		.result_pointer = result_pointer,
		.stack_pointer = ENTRY_SP(ctx),
		.enter_ns = bpf_ktime_get_ns(),
		.call = which,
		.direction = direction,
	};

	if (is_target(bpf_get_current_pid_tgid() >> 32))
		enter_call(&call);
	return 0;
}

static __always_inline void fill_ssl_call(struct call_work *work, const struct call_in_flight *call,
					  u64 bytes, u32 generation)
{
	struct part_job *job = &work->job;

	fill_template(&job->event.header, EVENT_DATA, 0, &work->me, call->enter_ns);
	job->event.stream.id = call->ssl;
	job->event.stream.generation = generation;
	job->event.stream.owner = OWNER_TLS;
	job->event.stream.direction = call->direction;
	job->event.call_sequence = next_number(COUNTER_CALL);
	job->event.asked_bytes = call->asked_bytes;
	job->event.returned_bytes = bytes;
	job->event.fd = -1;
	job->event.call = call->call;
	job->segment = call->buffer;
	job->segment_bytes = bytes;
	job->message_bytes = bytes;
}

/* Sends what a returned call moved; 0 bytes: it failed or was nested, and adds nothing. */
static __always_inline int record_ssl_call(const struct call_in_flight *call,
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
	account = &session->streams[call->direction & 1];
	position = fetch_add(&account->next_position, bytes);
	if (session->port_wanted == 2) {
		__sync_fetch_and_add(&account->skipped_bytes, bytes);
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
		tell_unbound(session, &key, me, call->call);
	fill_ssl_call(work, call, bytes, session->generation);
	work->job.event.position = position;
	send_call(work, account);
	give_back(work);
	return 0;
}

static __always_inline int leave_ssl(struct pt_regs *ctx, enum call which, bool is_ex)
{
	s32 result = (s32)FUNCTION_RESULT(ctx);
	struct call_in_flight call;
	struct actor me;
	u64 bytes;

	if (!leave_call(which, RETURN_SP(ctx), &call)) {
		if (result > 0 && is_target(bpf_get_current_pid_tgid() >> 32))
			count_loss(LOSS_NO_ENTRY, is_ex ? 0 : result);
		return 0;
	}
	if (result <= 0 || call.nested)
		return 0;
	bytes = result;
	if (is_ex && bpf_probe_read_user(&bytes, sizeof(bytes), (void *)call.result_pointer)) {
		count_loss(LOSS_READ_FAULT, 0);
		return 0;
	}
	if (!bytes)
		return 0;
	me = current_actor();
	return record_ssl_call(&call, &me, bytes);
}

/* int SSL_read(SSL *ssl, void *buf, int num); SSL_write likewise */
#define SSL_CALL(name, which, direction)                                                           \
	SEC("uprobe")                                                                              \
	int handle_##name##_entry(struct pt_regs *ctx)                                             \
	{                                                                                          \
		return enter_ssl(ctx, which, direction, (u32)FUNCTION_ARG3(ctx), 0);               \
	}                                                                                          \
	SEC("uretprobe")                                                                           \
	int handle_##name##_return(struct pt_regs *ctx)                                            \
	{                                                                                          \
		return leave_ssl(ctx, which, false);                                               \
	}

/* int SSL_read_ex(SSL *ssl, void *buf, size_t num, size_t *readbytes); `pointer` has the result */
#define SSL_CALL_EX(name, which, direction, pointer)                                               \
	SEC("uprobe")                                                                              \
	int handle_##name##_entry(struct pt_regs *ctx)                                             \
	{                                                                                          \
		return enter_ssl(ctx, which, direction, FUNCTION_ARG3(ctx), pointer(ctx));         \
	}                                                                                          \
	SEC("uretprobe")                                                                           \
	int handle_##name##_return(struct pt_regs *ctx)                                            \
	{                                                                                          \
		return leave_ssl(ctx, which, true);                                                \
	}

SSL_CALL(SSL_read, CALL_SSL_READ, DIRECTION_INGRESS)
SSL_CALL(SSL_write, CALL_SSL_WRITE, DIRECTION_EGRESS)
SSL_CALL_EX(SSL_read_ex, CALL_SSL_READ_EX, DIRECTION_INGRESS, FUNCTION_ARG4)
SSL_CALL_EX(SSL_write_ex, CALL_SSL_WRITE_EX, DIRECTION_EGRESS, FUNCTION_ARG4)
/* int SSL_write_ex2(SSL *s, const void *buf, size_t num, uint64_t flags, size_t *written); 3.3 */
SSL_CALL_EX(SSL_write_ex2, CALL_SSL_WRITE_EX2, DIRECTION_EGRESS, FUNCTION_ARG5)

#endif /* TAPEDECK_OPENSSL_BPF_H */
