/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Which program goes where: what TlsFamily.java says to the real recorder. For record.c. */
#ifndef TAPEDECK_TEST_SYMBOLS_H
#define TAPEDECK_TEST_SYMBOLS_H

#include "../control.h"

struct probed_symbol {
	const char *symbol;
	const char *entry;     /* handle_ENTRY_entry; NULL: none */
	const char *at_return; /* handle_RETURN_return; NULL: none */
	struct call_convention how;
};

#define INT_CALL    EFFECT_COPY, 3, 4, RESULT_INT, 0
#define EX_CALL(to) EFFECT_COPY, 3, 8, RESULT_POINTER, to

static const struct probed_symbol probed_symbols[] = {
	{ "SSL_read", "call", "call", { CALL_SSL_READ, DIRECTION_INGRESS, INT_CALL } },
	{ "SSL_write", "call", "call", { CALL_SSL_WRITE, DIRECTION_EGRESS, INT_CALL } },
	{ "SSL_read_ex", "call", "call", { CALL_SSL_READ_EX, DIRECTION_INGRESS, EX_CALL(4) } },
	{ "SSL_write_ex", "call", "call", { CALL_SSL_WRITE_EX, DIRECTION_EGRESS, EX_CALL(4) } },
	{ "SSL_write_ex2", "call", "call", { CALL_SSL_WRITE_EX2, DIRECTION_EGRESS, EX_CALL(5) } },
	{ "SSL_peek",
	  "call",
	  "call",
	  { CALL_SSL_PEEK, DIRECTION_INGRESS, EFFECT_PEEK, 3, 4, RESULT_INT, 0 } },
	{ "SSL_peek_ex",
	  "call",
	  "call",
	  { CALL_SSL_PEEK_EX, DIRECTION_INGRESS, EFFECT_PEEK, 3, 8, RESULT_POINTER, 4 } },
	{ "SSL_read_early_data",
	  "call",
	  "call",
	  { CALL_SSL_READ_EARLY_DATA, DIRECTION_INGRESS, EX_CALL(4) } },
	{ "SSL_write_early_data",
	  "call",
	  "call",
	  { CALL_SSL_WRITE_EARLY_DATA, DIRECTION_EGRESS, EX_CALL(4) } },
	{ "SSL_sendfile",
	  "call",
	  "call",
	  { CALL_SSL_SENDFILE, DIRECTION_EGRESS, EFFECT_NO_MEMORY, 4, 8, RESULT_LONG, 0 } },
	/* Another library's, with gnutls_record_send's way to return. */
	{ "fake_send",
	  "call",
	  "call",
	  { CALL_SSL_WRITE, DIRECTION_EGRESS, EFFECT_COPY, 3, 8, RESULT_LONG, 0 } },
	{ "SSL_new", NULL, "tls_new" },
	{ "SSL_dup", "tls_dup", "tls_dup" },
	{ "SSL_up_ref", "tls_up_ref", NULL },
	{ "SSL_free", "tls_free", NULL },
	{ "SSL_clear", "tls_clear", NULL },
	{ "SSL_shutdown", "tls_shutdown", "tls_shutdown" },
	{ "SSL_do_handshake", "tls_handshake", "tls_handshake" },
	{ "SSL_accept", "tls_handshake", "tls_handshake" },
	{ "SSL_connect", "tls_handshake", "tls_handshake" },
	{ "SSL_set_bio", "tls_set_bio", NULL },
	{ "SSL_set0_rbio", "tls_set_rbio", NULL },
	{ "SSL_set0_wbio", "tls_set_wbio", NULL },
	{ "SSL_set_fd", "tls_set_fd", "tls_set" },
	{ "SSL_set_rfd", "tls_set_rfd", "tls_set" },
	{ "SSL_set_wfd", "tls_set_wfd", "tls_set" },
	{ "BIO_read", "BIO_read", "BIO_read" },
	{ "BIO_write", "BIO_write", NULL },
};

#endif /* TAPEDECK_TEST_SYMBOLS_H */
