/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * Memory BIOs: the program carries ciphertext between socket and session itself, outside of any SSL
 * call, so that no nested call shows which belong together. What the session reads from and writes
 * to its BIO, inside an SSL call on the same thread, is the same ciphertext: its records are kept.
 */
#ifndef TAPEDECK_BIO_BPF_H
#define TAPEDECK_BIO_BPF_H

/* The session of the SSL call that a BIO call is in, if its ciphertext is wanted; NULL: not. */
static __always_inline struct tls_session *
session_of_bio(struct call_work *work, struct tls_key *key, u64 bio, u32 direction)
{
	struct tls_session *session;

	work->me = current_actor();
	if (!innermost_call(key, &work->me))
		return NULL;
	session = bpf_map_lookup_elem(&tls_sessions, key);
	if (!session || session->bound)
		return NULL;
	/* A handshake reads certificates and collects its flight in BIOs of its own. */
	if (session->bios[direction & 1] && session->bios[direction & 1] != bio)
		return NULL;
	return session;
}

/* Walks what went through a BIO; `call` has the data's address, and the BIO's as result_pointer. */
static __noinline int record_bio(const struct call_in_flight *call, u32 direction, s32 bytes)
{
	struct call_work *work = take_work();
	struct tls_session *session;
	struct part_job *job;
	struct tls_key key;

	if (!work) {
		count_loss(LOSS_MAP_FULL, 0);
		return 0;
	}
	session = session_of_bio(work, &key, call->result_pointer, direction);
	if (session) {
		job = &work->job;
		job->event.header.enter_ns = call->enter_ns;
		job->event.stream.id = key.ssl;
		job->event.stream.generation = session->generation;
		job->event.stream.owner = OWNER_TLS;
		job->event.stream.direction = direction;
		job->event.returned_bytes = bytes;
		job->segment = call->buffer;
		job->segment_bytes = bytes;
		job->message_bytes = bytes;
		walk_records(work->slot);
	}
	give_back(work);
	return 0;
}

/* Whether the current thread is inside an SSL call: that of few BIO calls of a program is. */
static __always_inline bool is_in_ssl_call(void)
{
	u32 tid = (u32)bpf_get_current_pid_tgid();

	return bpf_map_lookup_elem(&calls_in_flight, &tid);
}

static __always_inline struct call_in_flight bio_call(struct pt_regs *ctx, enum call which)
{
	struct call_in_flight call = {
		.buffer = FUNCTION_ARG2(ctx),
		.result_pointer = FUNCTION_ARG1(ctx),
		.enter_ns = bpf_ktime_get_ns(),
		.convention = { .call = which, .direction = DIRECTION_NONE },
	};

	return call;
}

/* What a session is given to carry its ciphertext; SSL_set_fd does so too. */
static __always_inline int keep_bio(struct pt_regs *ctx, u64 rbio, u64 wbio, u8 directions)
{
	struct actor me = current_actor();
	struct tls_key key = session_key(&me, FUNCTION_ARG1(ctx));
	struct tls_session *session;

	if (!is_target(me.tgid))
		return 0;
	session = get_session(&key);
	if (session && (directions & (1 << DIRECTION_INGRESS)))
		session->bios[DIRECTION_INGRESS] = rbio;
	if (session && (directions & (1 << DIRECTION_EGRESS)))
		session->bios[DIRECTION_EGRESS] = wbio;
	return 0;
}

/* void SSL_set_bio(SSL *s, BIO *rbio, BIO *wbio) */
AT_ENTRY(handle_tls_set_bio_entry)
{
	return keep_bio(ctx, FUNCTION_ARG2(ctx), FUNCTION_ARG3(ctx), BOTH_DIRECTIONS);
}

/* void SSL_set0_rbio(SSL *s, BIO *rbio) */
AT_ENTRY(handle_tls_set_rbio_entry)
{
	return keep_bio(ctx, FUNCTION_ARG2(ctx), 0, 1 << DIRECTION_INGRESS);
}

/* void SSL_set0_wbio(SSL *s, BIO *wbio) */
AT_ENTRY(handle_tls_set_wbio_entry)
{
	return keep_bio(ctx, 0, FUNCTION_ARG2(ctx), 1 << DIRECTION_EGRESS);
}

/* int BIO_write(BIO *b, const void *data, int dlen): a BIO of memory takes all. */
AT_ENTRY(handle_BIO_write_entry)
{
	s32 bytes = (s32)FUNCTION_ARG3(ctx);
	struct call_in_flight call;

	if (bytes <= 0 || !is_in_ssl_call())
		return 0;
	call = bio_call(ctx, CALL_BIO_WRITE);
	return record_bio(&call, DIRECTION_EGRESS, bytes);
}

/* int BIO_read(BIO *b, void *data, int dlen) */
AT_ENTRY(handle_BIO_read_entry)
{
	struct call_in_flight call;
	struct actor me = {};
	struct tls_key key;

	me.tid = (u32)bpf_get_current_pid_tgid();
	if (!is_in_ssl_call() || !innermost_call(&key, &me))
		return 0;
	call = bio_call(ctx, CALL_BIO_READ);
	call.ssl = key.ssl; /* for who asks for the innermost call meanwhile */
	enter_call(&call, ctx);
	return 0;
}

AT_RETURN(handle_BIO_read_return)
{
	s32 bytes = (s32)FUNCTION_RESULT(ctx);
	struct call_in_flight call = {};

	if (!is_in_ssl_call() || !leave_call(CALL_BIO_READ, RETURN_SP(ctx), &call) || bytes <= 0)
		return 0;
	return record_bio(&call, DIRECTION_INGRESS, bytes);
}

#endif /* TAPEDECK_BIO_BPF_H */
