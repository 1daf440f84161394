/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* What the kernel's struct sock says by itself, whoever has it: the base of all that is about sockets. */
#ifndef TAPEDECK_SOCK_BPF_H
#define TAPEDECK_SOCK_BPF_H

#define AF_UNIX  1
#define AF_INET  2
#define AF_INET6 10

/* The sockfs inode of a socket (net/socket.c: both are in one struct socket_alloc); 0: none. */
static __noinline u64 inode_of(struct sock *sk)
{
	struct socket *socket = BPF_CORE_READ(sk, sk_socket);

	if (!socket) /* closed, or not accepted yet */
		return 0;
	return BPF_CORE_READ((struct socket_alloc *)socket, vfs_inode.i_ino);
}

#endif /* TAPEDECK_SOCK_BPF_H */
