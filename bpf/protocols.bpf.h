/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* What bytes look like: pure functions of the first ones. */
#ifndef TAPEDECK_PROTOCOLS_BPF_H
#define TAPEDECK_PROTOCOLS_BPF_H

#define METHOD_BYTES_MAX 20 /* the longest registered one has 17: UPDATEREDIRECTREF (RFC 4437) */
#define EMPTY_LINES_MAX  4  /* bytes of CR and LF before a request line (RFC 9112, 2.2) */
#define FRAME_BYTES      9  /* of an HTTP/2 frame header (RFC 9113, 4.1) */
#define FRAME_TYPE_MAX   9
#define FRAME_SETTINGS   4
#define SETTINGS_LENGTH  240   /* 40 settings: nobody sends so many */
#define FRAME_LENGTH_MAX 16384 /* SETTINGS_MAX_FRAME_SIZE unless said otherwise (RFC 9113, 6.5.2) */
#define PROXY1_BYTES_MAX 107   /* with the line's end (PROXY protocol, 2.1) */
#define PROXY2_BYTES     16    /* before the addresses (PROXY protocol, 2.2) */
#define PROXY_TOO_SHORT  1     /* to say how long the header is */

/*
 * A request line begins with an upper-case method and a space (RFC 9112, 3), then a path, `*` or an
 * absolute form; CONNECT has an authority. Mail and other line protocols have no such third byte.
 * UNDECIDED: what is there fits, but there is too little of it.
 */
static __always_inline enum protocol judge_request(const u8 *head, u32 bytes)
{
	/* Constant bound, and head has twice as many bytes. */
	for (u32 i = 0; i < METHOD_BYTES_MAX; i++) {
		u8 c = head[i];

		if (i >= bytes)
			return PROTOCOL_UNDECIDED;
		if ((c >= 'A' && c <= 'Z') || ((c == '-' || c == '_') && i > 0))
			continue;
		if (c == '/' && i == 4 && head[0] == 'H' && head[1] == 'T' && head[2] == 'T' &&
		    head[3] == 'P')
			return PROTOCOL_HTTP1; /* a status line (RFC 9112, 4) */
		if (c != ' ' || i < 2)
			return PROTOCOL_OTHER;
		if (i + 1 >= bytes)
			return PROTOCOL_UNDECIDED;
		c = head[i + 1];
		if (i == 3 && head[0] == 'P' && head[1] == 'R' && head[2] == 'I' && c == '*')
			return PROTOCOL_HTTP2; /* the connection preface (RFC 9113, 3.4) */
		if (c == '/' || c == '*' || c == 'h' || c == 'H')
			return PROTOCOL_HTTP1;
		if (i == 7 && head[0] == 'C' && head[1] == 'O' && head[2] == 'N')
			return PROTOCOL_HTTP1;
		return PROTOCOL_OTHER;
	}
	return PROTOCOL_OTHER;
}

/* The flags that a type of frame may have (RFC 9113, 6). */
static __always_inline u8 frame_flags(u8 type)
{
	switch (type) {
	case 0:
		return 0x09; /* DATA */
	case 1:
		return 0x2d; /* HEADERS */
	case FRAME_SETTINGS:
	case 6:
		return 0x01; /* PING */
	case 5:
		return 0x0c; /* PUSH_PROMISE */
	case 9:
		return 0x04; /* CONTINUATION */
	default:
		return 0;
	}
}

/* A frame header that no rule of RFC 9113, 6 forbids, in a connection of less than 2^24 streams. */
static __always_inline bool is_frame(const u8 *head)
{
	u32 length = head[0] << 16 | head[1] << 8 | head[2];
	u32 stream = head[6] << 16 | head[7] << 8 | head[8];
	u8 type = head[3], flags = head[4];

	if (type > FRAME_TYPE_MAX || length > FRAME_LENGTH_MAX || head[5] ||
	    (flags & ~frame_flags(type)))
		return false;
	switch (type) {
	case 0:
		return stream && (length || flags);
	case 2: /* PRIORITY */
		return stream && length == 5;
	case 3: /* RST_STREAM */
		return stream && length == 4;
	case FRAME_SETTINGS:
		return !stream && (flags ? !length : length <= SETTINGS_LENGTH && length % 6 == 0);
	case 6:
		return !stream && length == 8;
	case 7: /* GOAWAY */
		return !stream && length >= 8;
	case 8: /* WINDOW_UPDATE */
		return length == 4;
	default:
		return stream && length;
	}
}

/*
 * HTTP/2 without its preface: a server that speaks first sends SETTINGS; on a socket seen late any
 * frame may be the first of a turn.
 */
static __always_inline enum protocol judge_frame(const u8 *head, u32 bytes, bool is_late)
{
	if (bytes < FRAME_BYTES)
		return head[0] || (bytes > 3 && head[3] > FRAME_TYPE_MAX) ? PROTOCOL_OTHER
									  : PROTOCOL_UNDECIDED;
	if (is_frame(head) && (is_late || head[3] == FRAME_SETTINGS))
		return PROTOCOL_HTTP2;
	return PROTOCOL_OTHER;
}

/*
 * A turn of a WebSocket seen late (RFC 6455, 5.2): one whole frame that fills a call exactly, text
 * or binary, compressed or not, ping, pong or close. Less would be true of too many protocols.
 */
static __always_inline bool is_websocket(const u8 *head, u32 bytes, u64 call_bytes)
{
	u8 opcode = head[0] & 0x0f, length = head[1] & 0x7f;
	u64 mask = head[1] & 0x80 ? 4 : 0;

	if (bytes < 4 || (head[0] & 0xb0) != 0x80)
		return false;
	if (opcode >= 8)
		return opcode <= 10 && !(head[0] & 0x40) && length < 126 &&
		       call_bytes == 2 + mask + length;
	if (opcode != 1 && opcode != 2)
		return false;
	if (length < 126)
		return call_bytes == 2 + mask + length;
	if (length == 126)
		return call_bytes == 4 + mask + (head[2] << 8 | head[3]);
	return bytes >= 10 && call_bytes == 10 + mask +
						    ((u64)head[6] << 24 | (u64)head[7] << 16 |
						     (u64)head[8] << 8 | (u64)head[9]);
}

/* The bytes of a PROXY header, version 2; 0: it is none; or PROXY_TOO_SHORT. */
static __always_inline u32 proxy2_bytes(const u8 *head, u32 bytes)
{
	static const u8 signature[] = { '\r', '\n', '\r', '\n', 0,   '\r',
					'\n', 'Q',  'U',  'I',  'T', '\n' };

	/* Constant bounds, here and below, and head has more bytes. */
	for (u32 i = 0; i < sizeof(signature); i++) {
		if (i >= bytes)
			return PROXY_TOO_SHORT;
		if (head[i] != signature[i])
			return 0;
	}
	if (bytes < PROXY2_BYTES)
		return PROXY_TOO_SHORT;
	return PROXY2_BYTES + (head[14] << 8 | head[15]);
}

/* The same of a line of version 1, which begins with PROXY and a space. */
static __always_inline u32 proxy1_bytes(const u8 *head, u32 bytes)
{
	if (bytes < 6 || head[0] != 'P' || head[1] != 'R' || head[2] != 'O' || head[3] != 'X' ||
	    head[4] != 'Y' || head[5] != ' ')
		return 0;
	for (u32 i = 6; i < PROXY1_BYTES_MAX; i++) {
		if (i >= bytes)
			return PROXY_TOO_SHORT;
		if (head[i] == '\n')
			return i + 1;
	}
	return 0;
}

#endif /* TAPEDECK_PROTOCOLS_BPF_H */
