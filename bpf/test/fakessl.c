/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * A library with OpenSSL's symbols and nothing behind them, so that the odd ways in which its
 * functions call and follow one another can be tested on any machine. Called by fakessl.py.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>
int SSL_write_ex2(void *ssl, const void *buffer, size_t size, uint64_t flags, size_t *written);

/* The only two objects: SSL_new gives out the same addresses again and again. */
static char the_ssl[64], other_ssl[64];

void *SSL_new(void *context)
{
	return context ? other_ssl : the_ssl;
}

#define NOTHING(name, parameters, result)                                                          \
	__attribute__((noinline)) int name parameters                                              \
	{                                                                                          \
		__asm__ volatile("");                                                              \
		return result;                                                                     \
	}
__attribute__((noinline)) void SSL_free(void *ssl)
{
	__asm__ volatile("" : : "r"(ssl));
}
NOTHING(SSL_up_ref, (void *ssl), 1)
NOTHING(SSL_clear, (void *ssl), 1)
NOTHING(SSL_shutdown, (void *ssl), 1)
NOTHING(SSL_set_fd, (void *ssl, int fd), 1)
NOTHING(SSL_set_rfd, (void *ssl, int fd), 1)
NOTHING(SSL_set_wfd, (void *ssl, int fd), 1)

/* Gives "answer"; asked for one byte it fails, with the bytes changed all the same. */
__attribute__((noinline)) int SSL_read(void *ssl, void *buffer, int size)
{
	memcpy(buffer, "answer", size < 6 ? size : 6);
	return size == 1 ? -1 : size < 6 ? size : 6;
}

/* Takes at most 8 bytes. For other_ssl it is TLS inside TLS: the bytes go through the_ssl first. */
__attribute__((noinline)) int SSL_write(void *ssl, const void *buffer, int size)
{
	if (ssl == other_ssl && SSL_write(the_ssl, "[outer]", 7) != 7)
		return -1;
	return size < 8 ? size : 8;
}

/* Through SSL_read, as a compatibility layer does: one call, not two. */
__attribute__((noinline)) int SSL_read_ex(void *ssl, void *buffer, size_t size, size_t *read)
{
	int n = SSL_read(ssl, buffer, size);

	*read = n > 0 ? n : 0;
	return n > 0;
}

__attribute__((noinline)) int SSL_write_ex2(void *ssl, const void *buffer, size_t size,
					    uint64_t flags, size_t *written)
{
	*written = flags ? 0 : size;
	return *written != 0;
}

/* A jump at -O2, as in OpenSSL 3.5. */
__attribute__((noinline)) int SSL_write_ex(void *ssl, const void *buffer, size_t size,
					   size_t *written)
{
	return SSL_write_ex2(ssl, buffer, size, 0, written);
}
