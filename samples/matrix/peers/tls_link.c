/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: Apache-2.0 */

#include "tls_peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>

_Noreturn void fail(const char *what)
{
	fprintf(stderr, "tls_peer: %s\n", what);
	ERR_print_errors_fp(stderr);
	exit(1);
}

struct ways read_ways(void)
{
	const char *letters = getenv("TLS_PEER_WAYS");
	struct ways ways = { 0 };

	if (letters) {
		ways.ex_calls = strchr(letters, 'e') != NULL;
		ways.memory_bios = strchr(letters, 'm') != NULL;
		ways.socket_bio = strchr(letters, 'b') != NULL;
		ways.peeks = strchr(letters, 'p') != NULL;
	}
	return ways;
}

/* What the library wants to send goes to the socket. */
static void flush_memory(struct connection *connection)
{
	char bytes[32768];
	int length;

	if (!connection->ways.memory_bios)
		return;
	while ((length = BIO_read(SSL_get_wbio(connection->ssl), bytes, sizeof(bytes))) > 0) {
		for (int sent = 0; sent < length;) {
			ssize_t written = write(connection->fd, bytes + sent, length - sent);

			if (written <= 0)
				fail("write to the socket");
			sent += written;
		}
	}
}

/* More bytes from the socket for the library; false at the end of the stream. */
static bool fill_memory(struct connection *connection)
{
	char bytes[32768];
	ssize_t length;

	flush_memory(connection);
	length = read(connection->fd, bytes, sizeof(bytes));
	if (length <= 0)
		return false;
	if (BIO_write(SSL_get_rbio(connection->ssl), bytes, length) != length)
		fail("BIO_write");
	return true;
}

/* Whether a call that failed is to be tried again, after what it waits for has come. */
static bool wants_more(struct connection *connection, int result)
{
	return connection->ways.memory_bios &&
	       SSL_get_error(connection->ssl, result) == SSL_ERROR_WANT_READ &&
	       fill_memory(connection);
}

void open_tls(struct connection *connection, SSL_CTX *context, int fd, bool server)
{
	int result;

	connection->fd = fd;
	connection->ways = read_ways();
	connection->ssl = SSL_new(context);
	if (!connection->ssl)
		fail("SSL_new");
	if (connection->ways.memory_bios) {
		SSL_set_bio(connection->ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	} else if (connection->ways.socket_bio) {
		BIO *bio = BIO_new_socket(fd, BIO_NOCLOSE);

		SSL_set_bio(connection->ssl, bio, bio);
	} else {
		SSL_set_fd(connection->ssl, fd);
	}
	do {
		result = server ? SSL_accept(connection->ssl) : SSL_connect(connection->ssl);
		flush_memory(connection);
	} while (result != 1 && wants_more(connection, result));
	if (result != 1)
		fail("handshake");
}

void close_tls(struct connection *connection)
{
	SSL_shutdown(connection->ssl);
	flush_memory(connection);
	SSL_free(connection->ssl);
	close(connection->fd);
}

void write_tls(struct connection *connection, const char *bytes, size_t length)
{
	size_t written = length;
	int result;

	if (!length)
		return;
	if (connection->ways.ex_calls)
		result = SSL_write_ex(connection->ssl, bytes, length, &written);
	else
		result = SSL_write(connection->ssl, bytes, (int)length);
	if (result <= 0 || written != length)
		fail("SSL_write");
	flush_memory(connection);
}

/* Some bytes into the buffer; false at the end of the stream. */
static bool read_some(struct connection *connection)
{
	size_t room = sizeof(connection->buffer) - connection->filled;
	char *place = connection->buffer + connection->filled;
	size_t length = 0;
	int result;

	do {
		if (connection->ways.peeks)
			SSL_peek(connection->ssl, place, 100);
		if (connection->ways.ex_calls) {
			result = SSL_read_ex(connection->ssl, place, room, &length);
		} else {
			result = SSL_read(connection->ssl, place, (int)room);
			length = result > 0 ? result : 0;
		}
	} while (result <= 0 && wants_more(connection, result));
	connection->filled += length;
	return result > 0;
}

bool read_head(struct connection *connection, char *head, size_t size)
{
	for (;;) {
		const char *start = connection->buffer + connection->taken;
		size_t length = connection->filled - connection->taken;
		const char *end = memmem(start, length, "\r\n\r\n", 4);

		if (end) {
			length = end + 4 - start;
			if (length >= size)
				fail("a head that is too long");
			memcpy(head, start, length);
			head[length] = 0;
			connection->taken += length;
			return true;
		}
		memmove(connection->buffer, start, length);
		connection->taken = 0;
		connection->filled = length;
		if (!read_some(connection))
			return false;
	}
}

void read_body(struct connection *connection, char *body, size_t length)
{
	for (size_t done = 0; done < length;) {
		size_t part = connection->filled - connection->taken;

		if (!part) {
			connection->taken = connection->filled = 0;
			if (!read_some(connection))
				fail("a body that ends early");
			continue;
		}
		if (part > length - done)
			part = length - done;
		memcpy(body + done, connection->buffer + connection->taken, part);
		connection->taken += part;
		done += part;
	}
}
