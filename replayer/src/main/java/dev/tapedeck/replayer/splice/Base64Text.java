// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.splice;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Base64 with and without padding (RFC 4648). */
final class Base64Text {
  private Base64Text() {}

  static @Nullable String decode(String raw, boolean urlSafe) {
    int length = raw.length();
    while (length > 0 && raw.charAt(length - 1) == '=') {
      length--;
    }
    int padding = raw.length() - length;
    if (length % 4 == 1 || padding > 2 || (padding > 0 && raw.length() % 4 != 0)) {
      return null;
    }
    for (int i = 0; i < length; i++) {
      if (!isDigit(raw.charAt(i), urlSafe)) {
        return null;
      }
    }
    byte[] digits = raw.substring(0, length).getBytes(StandardCharsets.ISO_8859_1);
    Base64.Decoder decoder = urlSafe ? Base64.getUrlDecoder() : Base64.getDecoder();
    return new String(decoder.decode(digits), StandardCharsets.ISO_8859_1);
  }

  private static boolean isDigit(char c, boolean urlSafe) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || (urlSafe ? c == '-' || c == '_' : c == '+' || c == '/');
  }

  static String encode(String value, boolean urlSafe, String like) {
    Base64.Encoder encoder = urlSafe ? Base64.getUrlEncoder() : Base64.getEncoder();
    // A length that needs no padding does not tell the habit: then it is what most do.
    boolean padded = like.length() % 4 == 0 ? !urlSafe || like.endsWith("=") : false;
    Base64.Encoder habit = padded ? encoder : encoder.withoutPadding();
    return habit.encodeToString(value.getBytes(StandardCharsets.ISO_8859_1));
  }
}
