// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import java.util.Locale;

/** What is odd about traffic. Names in JSON are these in lower case. */
public enum AnomalyKind {
  /** Bytes of the message were lost. */
  MISSING_BYTES,
  /** The same position was captured twice with different bytes. */
  CONFLICTING_BYTES,
  /** A line ends in LF alone, or otherwise not as RFC 9112 says. */
  LINE_ENDING,
  /** The start line is not as RFC 9112 says. */
  START_LINE,
  /** A header line has no colon, an empty name, white space before the colon or is folded. */
  HEADER_SYNTAX,
  /** Content-Length is repeated, malformed, or contradicts Transfer-Encoding. */
  CONTENT_LENGTH,
  /** Transfer-Encoding is malformed, repeated or unknown. */
  TRANSFER_ENCODING,
  /** A chunk size, its extension or its end is not as RFC 9112 says. */
  CHUNK_SYNTAX,
  /** A limit of the parser was reached. */
  LIMIT,
  /** The content coding is damaged, or not the one that is named. */
  CONTENT_CODING,
  /** An answer came before its request had ended. */
  EARLY_RESPONSE,
  /** An answer has no request. */
  UNPAIRED_RESPONSE,
  /** Bytes belong to no message. */
  STRAY_BYTES,
  /** Evidence of which socket a TLS session used contradicts itself. */
  LINK_CONTRADICTION,
  /** The recorded role of the process is not the one that the bytes show. */
  ROLE_CONTRADICTION,
  /** The protocol was switched; what follows is not HTTP/1. */
  PROTOCOL_SWITCH,
  /** The message's end can be read in two ways; the detail names the one taken first. */
  AMBIGUOUS_FRAMING,
  /** A WebSocket frame or message is not as RFC 6455 says. */
  WEBSOCKET,
  /** Label, wrapping or checksum of the content coding are wrong; the content is all there. */
  CODING_FORM,
  /** HTTP/2 header fields are not known, or not as RFC 7541 says. */
  HPACK,
  /** An HTTP/2 frame is not as RFC 9113 says. */
  FRAME,
  /** A side gave an HTTP/2 stream or connection up. */
  STREAM_RESET,
  /** The server pushed the answer: the client did not ask. */
  PUSHED,
  /** Part of the content is not shown, since secrets in it could not be masked. */
  WITHHELD;

  /** Returns the name used in JSON. */
  public String jsonName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
