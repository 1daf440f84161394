// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import java.util.Locale;
import java.util.Map;

/** Names of cipher suites in the IANA registry "TLS Cipher Suites", of those that are in use. */
final class CipherSuites {
  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
          Map.entry(0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA"),
          Map.entry(0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA"),
          Map.entry(0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA"),
          Map.entry(0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA"),
          Map.entry(0x003c, "TLS_RSA_WITH_AES_128_CBC_SHA256"),
          Map.entry(0x003d, "TLS_RSA_WITH_AES_256_CBC_SHA256"),
          Map.entry(0x0067, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256"),
          Map.entry(0x006b, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256"),
          Map.entry(0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256"),
          Map.entry(0x009d, "TLS_RSA_WITH_AES_256_GCM_SHA384"),
          Map.entry(0x009e, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"),
          Map.entry(0x009f, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"),
          Map.entry(0x1301, "TLS_AES_128_GCM_SHA256"),
          Map.entry(0x1302, "TLS_AES_256_GCM_SHA384"),
          Map.entry(0x1303, "TLS_CHACHA20_POLY1305_SHA256"),
          Map.entry(0x1304, "TLS_AES_128_CCM_SHA256"),
          Map.entry(0x1305, "TLS_AES_128_CCM_8_SHA256"),
          Map.entry(0xc009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"),
          Map.entry(0xc00a, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"),
          Map.entry(0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"),
          Map.entry(0xc014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"),
          Map.entry(0xc023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"),
          Map.entry(0xc024, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"),
          Map.entry(0xc027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"),
          Map.entry(0xc028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"),
          Map.entry(0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
          Map.entry(0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
          Map.entry(0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
          Map.entry(0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
          Map.entry(0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
          Map.entry(0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
          Map.entry(0xccaa, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"));

  private CipherSuites() {}

  /** Returns the name of a suite, or its number such as {@code 0x1306}. */
  static String name(int number) {
    String name = NAMES.get(number);
    return name == null ? String.format(Locale.ROOT, "0x%04x", number) : name;
  }
}
