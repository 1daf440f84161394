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
static __always_inline struct tls_session *session_of_bio(struct call_work *work,
							  struct tls_key *key)
{
	struct tls_session *session;

	work->me = current_actor();
	if (!innermost_call(key, &work->me))
		return NULL;
	session = bpf_map_lookup_elem(&tls_sessions, key);
	return session && !session->bound ? session : NULL;
}

/* Walks what went through a BIO; `call` is the BIO's, with the data's address. */
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
	session = session_of_bio(work, &key);
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
		.enter_ns = bpf_ktime_get_ns(),
		.convention = { .call = which, .direction = DIRECTION_NONE },
	};

	return call;
}

/* int BIO_write(BIO *b, const void *data, int dlen): a BIO of memory takes all. */
SEC("uprobe")
int handle_BIO_write_entry(struct pt_regs *ctx)
{
	s32 bytes = (s32)FUNCTION_ARG3(ctx);
	struct call_in_flight call;

	if (bytes <= 0 || !is_in_ssl_call())
		return 0;
	call = bio_call(ctx, CALL_BIO_WRITE);
	return record_bio(&call, DIRECTION_EGRESS, bytes);
}

/* int BIO_read(BIO *b, void *data, int dlen) */
SEC("uprobe")
int handle_BIO_read_entry(struct pt_regs *ctx)
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

SEC("uretprobe")
int handle_BIO_read_return(struct pt_regs *ctx)
{
	s32 bytes = (s32)FUNCTION_RESULT(ctx);
	struct call_in_flight call;

	if (!is_in_ssl_call() || !leave_call(CALL_BIO_READ, RETURN_SP(ctx), &call) || bytes <= 0)
		return 0;
	return record_bio(&call, DIRECTION_INGRESS, bytes);
}

#endif /* TAPEDECK_BIO_BPF_H */
