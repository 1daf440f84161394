/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * A library with OpenSSL's symbols and nothing behind them, so that the odd ways in which its
 * functions call and follow one another can be tested on any machine. Called by fakessl.py.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

int SSL_write_ex(void *ssl, const void *buffer, size_t size, size_t *written);
int SSL_write_ex2(void *ssl, const void *buffer, size_t size, uint64_t flags, size_t *written);

/* The only two objects: SSL_new gives out the same addresses again and again. */
static char the_ssl[64], other_ssl[64];

#define NEST_MAX 10
static char nested_ssls[NEST_MAX][64]; /* each one writes through the next */
static jmp_buf outside;

void *SSL_new(void *context)
{
	return context ? other_ssl : the_ssl;
}

/* Reads the bytes as a real library does: pages that nobody has touched cannot be recorded. */
static void take(const void *buffer, size_t size)
{
	for (size_t i = 0; i < size; i++)
		(void)((const volatile char *)buffer)[i];
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
NOTHING(SSL_connect, (void *ssl), -1)
NOTHING(SSL_do_handshake, (void *ssl), 1)
NOTHING(SSL_up_ref, (void *ssl), 1)
NOTHING(SSL_clear, (void *ssl), 1)
NOTHING(SSL_shutdown, (void *ssl), 1)
NOTHING(SSL_set_fd, (void *ssl, int fd), 1)
NOTHING(SSL_set_rfd, (void *ssl, int fd), 1)
NOTHING(SSL_set_wfd, (void *ssl, int fd), 1)

/* A jump at -O2, as in OpenSSL. */
__attribute__((noinline)) int SSL_accept(void *ssl)
{
	return SSL_do_handshake(ssl);
}

/* Of an object in use it is the same again. */
__attribute__((noinline)) void *SSL_dup(void *ssl)
{
	__asm__ volatile("" : : "r"(ssl));
	return ssl;
}

/*
 * Gives "answer"; asked for one byte it fails, with the bytes changed all the same; asked for nine
 * it ends the thread.
 */
__attribute__((noinline)) int SSL_read(void *ssl, void *buffer, int size)
{
	if (size == 9)
		pthread_exit(NULL);
	memcpy(buffer, "answer", size < 6 ? size : 6);
	return size == 1 ? -1 : size < 6 ? size : 6;
}

/* Looks without taking, with the help of SSL_read. */
__attribute__((noinline)) int SSL_peek(void *ssl, void *buffer, int size)
{
	return SSL_read(ssl, buffer, size);
}

/*
 * Takes at most 8 bytes, or jumps out when it is given 13. For other_ssl it is TLS inside TLS: the
 * bytes go through the_ssl first.
 */
__attribute__((noinline)) int SSL_write(void *ssl, const void *buffer, int size)
{
	size_t nested = ((char *)ssl - nested_ssls[0]) / sizeof(nested_ssls[0]);

	if (size == 13)
		longjmp(outside, 1);
	take(buffer, size);
	if (ssl != the_ssl && nested + 1 < NEST_MAX &&
	    SSL_write(nested_ssls[nested + 1], "nested", 6) != 6)
		return -1;
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
	take(buffer, size);
	*written = flags ? 0 : size;
	return *written != 0;
}

/* A jump at -O2, as in OpenSSL 3.5. */
__attribute__((noinline)) int SSL_write_ex(void *ssl, const void *buffer, size_t size,
					   size_t *written)
{
	return SSL_write_ex2(ssl, buffer, size, 0, written);
}

__attribute__((noinline)) int SSL_peek_ex(void *ssl, void *buffer, size_t size, size_t *read)
{
	return SSL_read_ex(ssl, buffer, size, read);
}

/* 0: again, 1: bytes, 2: no more; the first through SSL_read_ex, as in OpenSSL. */
__attribute__((noinline)) int SSL_read_early_data(void *ssl, void *buffer, size_t size,
						  size_t *read)
{
	*read = 0;
	if (!size)
		return 2;
	return SSL_read_ex(ssl, buffer, size, read);
}

__attribute__((noinline)) int SSL_write_early_data(void *ssl, const void *buffer, size_t size,
						   size_t *written)
{
	int done = SSL_write_ex(ssl, buffer, size, written);

	__asm__ volatile("");
	return done;
}

__attribute__((noinline)) ssize_t SSL_sendfile(void *ssl, int fd, off_t offset, size_t size,
					       int flags)
{
	__asm__ volatile("" : : "r"(ssl), "r"(fd), "r"(offset), "r"(flags));
	return size == 1 ? -1 : (ssize_t)size;
}

/* A function of another library, with the conventions of gnutls_record_send. */
__attribute__((noinline)) ssize_t fake_send(void *session, const void *data, size_t size)
{
	__asm__ volatile("" : : "r"(session));
	take(data, size);
	return size == 1 ? -28 : (ssize_t)size;
}

/* A call whose return is skipped; then others from the same frame, and one of a plain socket. */
__attribute__((noinline)) void jump_out(void *ssl, int fd)
{
	size_t written;

	if (!setjmp(outside))
		SSL_write(ssl, "never written", 13);
	send(fd, "GET /plain HTTP/1.1\r\n\r\n", 23, 0);
	SSL_write_ex(ssl, "after", 5, &written);
	if (!setjmp(outside))
		SSL_write(ssl, "never written", 13);
	SSL_write(ssl, "again", 5);
}

static void *read_nine(void *ssl)
{
	char buffer[9];

	SSL_read(ssl, buffer, 9);
	return NULL;
}

void end_inside(void *ssl)
{
	pthread_t thread;

	pthread_create(&thread, NULL, read_nine, ssl);
	pthread_join(thread, NULL);
}

void *nested_session(int number)
{
	return nested_ssls[number];
}
