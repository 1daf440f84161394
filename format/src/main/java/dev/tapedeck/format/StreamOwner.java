// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/** What a pair of streams belongs to: a socket, or a TLS session whose socket evidence names. */
public sealed interface StreamOwner permits ConnectionId, TlsSessionId {}
