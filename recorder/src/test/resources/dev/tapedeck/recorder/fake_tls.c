/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A TLS library that nobody has: other names than OpenSSL's, and the conventions of GnuTLS (bytes or
 * a negative error, as ssize_t). Without LIBRARY it is a program that uses it: it waits for a line
 * on standard input, sends and receives, and ends.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

ssize_t fake_tls_send(void *session, const void *data, size_t size);
ssize_t fake_tls_recv(void *session, void *data, size_t size);
void *fake_tls_session(void);
void fake_tls_close(void *session);

#ifdef LIBRARY

const char fake_tls_version[] = "FakeTLS 1.2.3";
static char session[16];
static unsigned char next;

void *fake_tls_session(void)
{
	return session;
}

/* Takes at most 65536 bytes; one byte is refused. */
ssize_t fake_tls_send(void *s, const void *data, size_t size)
{
	__asm__ volatile("" : : "r"(s), "r"(data));
	return size == 1 ? -28 : size > 65536 ? 65536 : (ssize_t)size;
}

/* Gives the bytes 0, 1, 2... of the session; asked for one it writes rubbish and fails. */
ssize_t fake_tls_recv(void *s, void *data, size_t size)
{
	__asm__ volatile("" : : "r"(s));
	if (size == 1) {
		memset(data, 'x', 1);
		return -28;
	}
	for (size_t i = 0; i < size; i++)
		((unsigned char *)data)[i] = next++;
	return size;
}

void fake_tls_close(void *s)
{
	__asm__ volatile("" : : "r"(s));
}

#else

int main(void)
{
	static unsigned char buffer[100000];
	static const size_t sizes[] = { 5, 1, 0, 4096, 33000, 100000, 7 };
	void *session = fake_tls_session();

	puts("ready");
	fflush(stdout);
	if (getchar() == EOF)
		return 1;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		memset(buffer, 'a' + i, sizeof(buffer));
		fake_tls_send(session, buffer, sizes[i]);
		fake_tls_recv(session, buffer, sizes[i]);
	}
	fake_tls_close(session);
	return 0;
}

#endif
