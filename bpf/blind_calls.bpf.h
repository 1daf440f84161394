/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Calls that show traffic that is not seen into: kTLS, datagrams of HTTP/3, io_uring. */
#ifndef TAPEDECK_BLIND_CALLS_BPF_H
#define TAPEDECK_BLIND_CALLS_BPF_H

#define SOL_TLS    282 /* include/linux/socket.h */
#define TLS_TX     1   /* include/uapi/linux/tls.h */
#define TLS_RX     2
#define SOCK_DGRAM 2
#define HTTPS_PORT 443

/*
 * setsockopt(fd, SOL_TLS, TLS_TX or TLS_RX, ...): from here on the kernel encrypts or decrypts
 * (Documentation/networking/tls.rst), and what the process sends or receives may be no ciphertext.
 */
static __always_inline void record_option(struct call_work *work, s32 fd, u64 level, u64 name)
{
	struct blind_key key = { .tgid = work->me.tgid, .what = BLIND_KTLS, .detail = name };

	if (level != SOL_TLS || (name != TLS_TX && name != TLS_RX))
		return;
	find_socket(&work->ref, fd, CALL_SETSOCKOPT);
	key.socket = work->ref.inode;
	if (work->ref.sk)
		add_blind(&key, &work->me, lookup_socket(work->ref.sk), 0, 0);
}

/* The port in the address that a call was given or filled in; 0: none. */
static __always_inline u16 address_port(struct pt_regs *regs, enum call call)
{
	u64 address = 0;
	__be16 port = 0;

	switch (call) {
	case CALL_SENDTO:
	case CALL_RECVFROM:
		address = SYSCALL_ARG5(regs);
		break;
	case CALL_SENDMSG:
	case CALL_RECVMSG:
	case CALL_SENDMMSG:
	case CALL_RECVMMSG: /* msg_name is the first member, of the first message too */
		bpf_probe_read_user(&address, sizeof(address), (void *)SYSCALL_ARG2(regs));
		break;
	default:
		break;
	}
	/* sin_port and sin6_port follow the family. */
	if (address)
		bpf_probe_read_user(&port, sizeof(port), (void *)(address + 2));
	return bpf_ntohs(port);
}

/* A call that moved bytes on a socket that is no stream: datagrams from or to port 443. */
static __noinline int record_datagrams(struct call_work *work, struct sock *sk,
				       struct pt_regs *regs, enum call call, long result)
{
	struct blind_key key = { .socket = work->ref.inode, .what = BLIND_UDP_443 };
	struct socket *socket = BPF_CORE_READ(sk, sk_socket);
	u16 local = BPF_CORE_READ(sk, __sk_common.skc_num);
	u16 remote = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));

	work->me = current_actor();
	key.tgid = work->me.tgid;
	if ((work->ref.family != AF_INET && work->ref.family != AF_INET6) ||
	    BPF_CORE_READ(socket, type) != SOCK_DGRAM)
		return 0;
	if (!remote)
		remote = address_port(regs, call);
	if (local != HTTPS_PORT && remote != HTTPS_PORT && !bpf_map_lookup_elem(&blind_spots, &key))
		return 0;
	if (is_wanted_port(local, remote))
		add_blind(&key, &work->me, NULL, direction_of(call),
			  locate_bytes(work, regs, call, result));
	return 0;
}

/* include/uapi/linux/io_uring.h, enum io_uring_op: those that move bytes of a socket. */
static __always_inline u32 direction_of_operation(u8 operation)
{
	switch (operation) {
	case 1:  /* READV */
	case 4:  /* READ_FIXED */
	case 10: /* RECVMSG */
	case 22: /* READ */
	case 27: /* RECV */
		return DIRECTION_INGRESS;
	case 2:  /* WRITEV */
	case 5:  /* WRITE_FIXED */
	case 9:  /* SENDMSG */
	case 23: /* WRITE */
	case 26: /* SEND */
	case 47: /* SEND_ZC */
	case 48: /* SENDMSG_ZC */
		return DIRECTION_EGRESS;
	default:
		return DIRECTION_NONE;
	}
}

/*
 * include/trace/events/io_uring.h: (struct io_ring_ctx *ctx, void *req, ...). Completions of a
 * request beyond its first (multishot) have no req and are not counted, and before Linux 5.19,
 * where there is no io_kiocb.cqe, nothing is.
 */
SEC("raw_tp/io_uring_complete")
int handle_io_uring_complete(struct bpf_raw_tracepoint_args *ctx)
{
	struct io_kiocb *request = (struct io_kiocb *)ctx->args[1];
	struct blind_key key = { .tgid = bpf_get_current_pid_tgid() >> 32, .what = BLIND_IO_URING };
	struct inode *inode;
	struct socket *socket;
	struct actor me;
	struct file *file;
	u32 direction;
	s32 result;

	if (!bpf_core_field_exists(request->cqe) || !request || !is_target(key.tgid))
		return 0;
	key.detail = BPF_CORE_READ(request, opcode);
	direction = direction_of_operation(key.detail);
	result = BPF_CORE_READ(request, cqe.res);
	file = BPF_CORE_READ(request, file);
	if (direction == DIRECTION_NONE || result <= 0 || !file)
		return 0;
	inode = BPF_CORE_READ(file, f_inode);
	if ((BPF_CORE_READ(inode, i_mode) & S_IFMT) != S_IFSOCK)
		return 0;
	key.socket = BPF_CORE_READ(inode, i_ino);
	socket = BPF_CORE_READ(file, private_data);
	me = current_actor();
	add_blind(&key, &me, lookup_socket(BPF_CORE_READ(socket, sk)), direction, result);
	return 0;
}

#endif /* TAPEDECK_BLIND_CALLS_BPF_H */
