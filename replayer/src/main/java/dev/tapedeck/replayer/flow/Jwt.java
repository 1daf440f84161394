// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.flow;

import dev.tapedeck.replayer.splice.Coding;

/** JSON Web Tokens in compact form (RFC 7515, section 3.1). */
final class Jwt {
  /** How the base64url of a brace and a quote begins. */
  private static final String START = "eyJ";

  private Jwt() {}

  static boolean isOne(String text) {
    if (!text.startsWith(START)) {
      return false;
    }
    int first = text.indexOf('.');
    int second = text.indexOf('.', first + 1);
    if (first < 0 || second < 0 || text.indexOf('.', second + 1) >= 0) {
      return false;
    }
    String header = Coding.BASE64URL.decode(text.substring(0, first));
    return header != null && header.startsWith("{") && header.contains("\"alg\"");
  }
}
