/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: Apache-2.0 */

/* TLS connections of the C peer, in each of the ways in which programs use OpenSSL. */
#ifndef TLS_PEER_H
#define TLS_PEER_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/ssl.h>

/* Chosen by letters in the variable TLS_PEER_WAYS. */
struct ways {
	bool ex_calls;    /* e: SSL_read_ex and SSL_write_ex */
	bool memory_bios; /* m: memory BIOs, bytes carried between them and the socket by the program */
	bool socket_bio;  /* b: SSL_set_bio with a socket BIO instead of SSL_set_fd */
	bool peeks;       /* p: SSL_peek before each SSL_read */
};

struct connection {
	int fd;
	SSL *ssl;
	struct ways ways;
	char buffer[65536]; /* received and not yet taken: from `taken` to `filled` */
	size_t taken;
	size_t filled;
};

struct ways read_ways(void);

/* Makes the handshake; exits when it fails, as everything here does: a peer's failure is its row's. */
void open_tls(struct connection *connection, SSL_CTX *context, int fd, bool server);
void close_tls(struct connection *connection);

void write_tls(struct connection *connection, const char *bytes, size_t length);

/* The bytes up to and with "\r\n\r\n" as a text; false at the end of the stream. */
bool read_head(struct connection *connection, char *head, size_t size);
void read_body(struct connection *connection, char *body, size_t length);

_Noreturn void fail(const char *what);

#endif /* TLS_PEER_H */
