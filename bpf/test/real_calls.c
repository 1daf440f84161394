/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * Both ends of two TLS 1.3 connections with the real library: peeks, early data, a session that is
 * kept by a second reference. run.py knows what they said.
 *   real_calls CERTIFICATE_AND_KEY
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <openssl/ssl.h>

static int listener;
static SSL_CTX *server_context;

static void expect(int condition, const char *what)
{
	if (!condition) {
		fprintf(stderr, "real_calls: %s\n", what);
		exit(1);
	}
}

/* Reads until it has seen the last byte of a message, a full stop; looks at each piece before. */
static void read_message(SSL *ssl)
{
	char looked[64], buffer[64];
	size_t n;

	do {
		expect(SSL_peek_ex(ssl, looked, sizeof(looked), &n) == 1, "peek_ex");
		expect(SSL_peek(ssl, looked, 1) == 1, "peek");
		expect(SSL_read_ex(ssl, buffer, sizeof(buffer), &n) == 1, "read_ex");
	} while (buffer[n - 1] != '.');
}

static void *serve(void *unused)
{
	char buffer[64];
	size_t n;

	for (int i = 0; i < 2; i++) {
		int fd = accept(listener, NULL, NULL);
		SSL *ssl = SSL_new(server_context);

		SSL_set_fd(ssl, fd);
		SSL_set_accept_state(ssl);
		while (SSL_read_early_data(ssl, buffer, sizeof(buffer), &n) ==
		       SSL_READ_EARLY_DATA_SUCCESS)
			;
		expect(SSL_accept(ssl) == 1, "accept");
		read_message(ssl);
		expect(SSL_write(ssl, "answer.", 7) == 7, "write");
		SSL_shutdown(ssl);
		SSL_read(ssl, buffer, 1);
		SSL_free(ssl);
		close(fd);
	}
	return unused;
}

static SSL_SESSION *converse(SSL_CTX *context, struct sockaddr_in *to, SSL_SESSION *resumed)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	SSL *ssl = SSL_new(context);
	SSL_SESSION *session;
	size_t n;

	expect(!connect(fd, (struct sockaddr *)to, sizeof(*to)), "connect");
	SSL_set_fd(ssl, fd);
	if (resumed) {
		SSL_set_session(ssl, resumed);
		expect(SSL_write_early_data(ssl, "early ", 6, &n) == 1 && n == 6, "write early");
	}
	expect(SSL_connect(ssl) == 1, "SSL_connect");
	expect(SSL_get_early_data_status(ssl) ==
		       (resumed ? SSL_EARLY_DATA_ACCEPTED : SSL_EARLY_DATA_NOT_SENT),
	       "early data");
	SSL_up_ref(ssl);
	SSL_free(ssl);
	expect(SSL_write_ex(ssl, "question.", 9, &n) == 1, "write_ex");
	read_message(ssl);
	session = SSL_get1_session(ssl);
	SSL_shutdown(ssl);
	SSL_free(ssl);
	close(fd);
	return session;
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t length = sizeof(address);
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	pthread_t thread;

	expect(argc == 2, "usage");
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server_context = SSL_CTX_new(TLS_server_method());
	expect(SSL_CTX_use_certificate_file(server_context, argv[1], SSL_FILETYPE_PEM) == 1,
	       "cert");
	expect(SSL_CTX_use_PrivateKey_file(server_context, argv[1], SSL_FILETYPE_PEM) == 1, "key");
	SSL_CTX_set_max_early_data(server_context, 16384);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	expect(!bind(listener, (struct sockaddr *)&address, length) && !listen(listener, 2) &&
		       !getsockname(listener, (struct sockaddr *)&address, &length),
	       "listen");
	pthread_create(&thread, NULL, serve, NULL);
	SSL_SESSION_free(converse(context, &address, converse(context, &address, NULL)));
	pthread_join(thread, NULL);
	return 0;
}
