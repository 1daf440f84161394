// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

/** What a response's framing depends on: the request it answers (RFC 9112, section 6.3). */
public enum RequestContext {
  /** No request is known. */
  UNKNOWN,
  /** A request of HTTP/0.9, which is answered without a head. */
  NO_VERSION,
  HEAD,
  CONNECT,
  /** Any other. */
  OTHER
}
