// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.volatility;

import java.util.regex.Pattern;

/**
 * Random bytes in base64 or base64url (RFC 4648), padded or not.
 *
 * @param length in characters
 */
public record Base64Type(LengthRange length) implements ValueType {
  private static final Pattern SYNTAX = Pattern.compile("(?:[A-Za-z0-9+/]+|[A-Za-z0-9_-]+)={0,2}");

  @Override
  public String name() {
    return "base64";
  }

  @Override
  public boolean fits(String text) {
    return length.contains(text) && SYNTAX.matcher(text).matches();
  }
}
