/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: Apache-2.0 */

/*
 * HTTPS server and client of the TLS matrix on libssl itself, a thread for each connection.
 *
 *   tls_peer server POOL LOG CERTIFICATE KEY
 *   tls_peer client POOL LOG PLAN PORT
 *
 * Only calls that OpenSSL 1.1.1 to 4.0 all have, so that one source runs with each of them.
 */
#include "tls_peer.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/evp.h>

#define HEAD_BYTES	1024
#define CONNECTIONS_MAX 256
#define REQUESTS_MAX	64

struct planned {
	char method[8];
	char target[64];
	size_t body_bytes;
	size_t seed;
};

struct planned_connection {
	struct planned requests[REQUESTS_MAX];
	int count;
	pthread_t thread;
};

static SSL_CTX *context;
static char *pool;
static size_t pool_bytes;
static FILE *log_file;
static int client_target_port;
static struct planned_connection connections[CONNECTIONS_MAX];

static char *slice(size_t length, size_t seed)
{
	if (seed + length > pool_bytes)
		fail("a slice outside the pool");
	return pool + seed;
}

static char *answer_to(const char *target, size_t *length)
{
	size_t seed;

	if (sscanf(target, "/b/%zu/%zu/", length, &seed) != 2)
		fail("a target that is no slice");
	return slice(*length, seed);
}

static void sha256(const char *bytes, size_t length, char *hex)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int size;

	if (EVP_Digest(bytes, length, digest, &size, EVP_sha256(), NULL) != 1)
		fail("sha256");
	for (unsigned int i = 0; i < size; i++)
		sprintf(hex + 2 * i, "%02x", digest[i]);
}

struct message {
	const char *bytes;
	size_t length;
};

static void log_exchange(const char *method, const char *target, struct message request,
			 struct message response, int client_port, int server_port)
{
	char sent[2 * EVP_MAX_MD_SIZE + 1], received[2 * EVP_MAX_MD_SIZE + 1];

	sha256(request.bytes, request.length, sent);
	sha256(response.bytes, response.length, received);
	/* One call: lines of several threads do not mix (POSIX locks the stream). */
	fprintf(log_file,
		"{\"method\": \"%s\", \"target\": \"%s\", \"request_bytes\": %zu, "
		"\"request_sha256\": \"%s\", \"response_bytes\": %zu, \"response_sha256\": \"%s\", "
		"\"client_port\": %d, \"server_port\": %d}\n",
		method, target, request.length, sent, response.length, received, client_port,
		server_port);
	fflush(log_file);
}

static int port_of(int fd, int (*name)(int, struct sockaddr *, socklen_t *))
{
	struct sockaddr_in address;
	socklen_t length = sizeof(address);

	if (name(fd, (struct sockaddr *)&address, &length))
		fail("the port of a socket");
	return ntohs(address.sin_port);
}

static size_t content_length(const char *head)
{
	const char *field = strcasestr(head, "\r\ncontent-length:");

	return field ? strtoul(field + 17, NULL, 10) : 0;
}

static void send_now(int fd)
{
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static struct connection *new_connection(int fd, bool server)
{
	struct connection *connection = calloc(1, sizeof(*connection));

	if (!connection)
		fail("memory");
	send_now(fd);
	open_tls(connection, context, fd, server);
	return connection;
}

static void *serve_connection(void *argument)
{
	struct connection *connection = new_connection((int)(long)argument, true);
	int client_port = port_of(connection->fd, getpeername);
	int server_port = port_of(connection->fd, getsockname);
	char head[HEAD_BYTES], method[8], target[64];

	while (read_head(connection, head, sizeof(head))) {
		struct message request = { .length = content_length(head) }, response;
		char *received = malloc(request.length + 1);

		if (!received || sscanf(head, "%7s %63s", method, target) != 2)
			fail("a request");
		read_body(connection, received, request.length);
		request.bytes = received;
		response.bytes = answer_to(target, &response.length);
		log_exchange(method, target, request, response, client_port, server_port);
		snprintf(head, sizeof(head),
			 "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n\r\n",
			 response.length);
		write_tls(connection, head, strlen(head));
		write_tls(connection, response.bytes, response.length);
		free(received);
	}
	close_tls(connection);
	free(connection);
	return NULL;
}

static void serve(const char *certificate, const char *key)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	context = SSL_CTX_new(TLS_server_method());
	if (!context || SSL_CTX_use_certificate_file(context, certificate, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
		fail("certificate and key");
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) || listen(listener, 256))
		fail("a port to listen on");
	printf("ready %d\n", port_of(listener, getsockname));
	fflush(stdout);
	for (;;) {
		long fd = accept(listener, NULL, NULL);
		pthread_t thread;

		if (fd < 0 || pthread_create(&thread, NULL, serve_connection, (void *)fd))
			fail("accept");
		pthread_detach(thread);
	}
}

static void *run_connection(void *argument)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				       .sin_port = htons(client_target_port) };
	struct planned_connection *plan = argument;
	struct connection *connection;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int client_port;

	if (connect(fd, (struct sockaddr *)&address, sizeof(address)))
		fail("connect");
	client_port = port_of(fd, getsockname);
	connection = new_connection(fd, false);
	for (int i = 0; i < plan->count; i++) {
		struct planned *planned = &plan->requests[i];
		struct message request = { slice(planned->body_bytes, planned->seed),
					   planned->body_bytes };
		struct message response;
		char head[HEAD_BYTES], *received;

		snprintf(head, sizeof(head),
			 "%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %zu\r\n\r\n",
			 planned->method, planned->target, request.length);
		write_tls(connection, head, strlen(head));
		write_tls(connection, request.bytes, request.length);
		if (!read_head(connection, head, sizeof(head)))
			fail("no answer");
		response.length = content_length(head);
		received = malloc(response.length + 1);
		if (!received)
			fail("memory");
		read_body(connection, received, response.length);
		response.bytes = received;
		log_exchange(planned->method, planned->target, request, response, client_port,
			     client_target_port);
		free(received);
	}
	close_tls(connection);
	free(connection);
	return NULL;
}

static void drive(const char *path)
{
	FILE *file = fopen(path, "r");
	struct planned planned;
	int number, last = -1;

	context = SSL_CTX_new(TLS_client_method());
	if (!context || !file)
		fail(path);
	while (fscanf(file, "%d\t%7s\t%63s\t%zu\t%zu", &number, planned.method, planned.target,
		      &planned.body_bytes, &planned.seed) == 5) {
		if (number >= CONNECTIONS_MAX || connections[number].count >= REQUESTS_MAX)
			fail("a plan that is too long");
		connections[number].requests[connections[number].count++] = planned;
		last = number > last ? number : last;
	}
	fclose(file);
	for (int i = 0; i <= last; i++)
		if (pthread_create(&connections[i].thread, NULL, run_connection, &connections[i]))
			fail("a thread");
	for (int i = 0; i <= last; i++)
		pthread_join(connections[i].thread, NULL);
}

static void read_pool(const char *path)
{
	FILE *file = fopen(path, "rb");

	if (!file || fseek(file, 0, SEEK_END))
		fail(path);
	pool_bytes = ftell(file);
	rewind(file);
	pool = malloc(pool_bytes);
	if (!pool || fread(pool, 1, pool_bytes, file) != pool_bytes)
		fail(path);
	fclose(file);
}

int main(int argc, char **argv)
{
	if (argc != 6) {
		fprintf(stderr, "usage: tls_peer server|client POOL LOG (CERTIFICATE KEY | PLAN PORT)\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	read_pool(argv[2]);
	log_file = fopen(argv[3], "a");
	if (!log_file)
		fail(argv[3]);
	if (strcmp(argv[1], "server") == 0) {
		serve(argv[4], argv[5]);
	} else {
		client_target_port = atoi(argv[5]);
		drive(argv[4]);
	}
	return 0;
}
