// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the two ends of a TLS connection agreed on, as far as the capture shows it. Null is what was
 * not sent in the clear, or not captured; nothing is guessed.
 *
 * @param version such as {@code TLSv1.3}
 * @param cipher the suite's name in the IANA registry, or its number such as {@code 0x1306}
 * @param sni the server's name as the client sent it
 * @param alpn the protocol that the server chose; TLS 1.3 encrypts it
 * @param alpnOffered the protocols that the client offered, in its order
 */
public record TlsInfo(
    @Nullable String version,
    @Nullable String cipher,
    @Nullable String sni,
    @Nullable String alpn,
    @Nullable List<String> alpnOffered) {
  /** Nothing is known. */
  public static final TlsInfo UNKNOWN = new TlsInfo(null, null, null, null, null);

  /** Takes a copy of the list. */
  public TlsInfo {
    alpnOffered = alpnOffered == null ? null : List.copyOf(alpnOffered);
  }
}
