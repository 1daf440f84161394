/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: Apache-2.0 */
/* usage: static_client ADDRESS:PORT PATH   one HTTPS request by an OpenSSL that is linked in */
#include <openssl/ssl.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	char request[256];
	char buffer[4096];
	int total = 0;
	int count;
	int length;
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	BIO *bio = argc == 3 ? BIO_new_connect(argv[1]) : NULL;
	SSL *ssl;

	if (!context || !bio || BIO_do_connect(bio) <= 0)
		return 1;
	ssl = SSL_new(context);
	SSL_set_bio(ssl, bio, bio);
	if (SSL_connect(ssl) <= 0)
		return 2;
	length = snprintf(request, sizeof(request),
			  "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", argv[2]);
	if (SSL_write(ssl, request, length) != length)
		return 3;
	while ((count = SSL_read(ssl, buffer, sizeof(buffer))) > 0)
		total += count;
	printf("%d\n", total);
	SSL_free(ssl);
	SSL_CTX_free(context);
	return 0;
}
