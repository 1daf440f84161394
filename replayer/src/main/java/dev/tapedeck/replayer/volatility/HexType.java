// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.volatility;

import java.util.regex.Pattern;

/**
 * Random hexadecimal digits.
 *
 * @param length in digits
 */
public record HexType(LengthRange length) implements ValueType {
  private static final Pattern SYNTAX = Pattern.compile("[0-9a-f]+|[0-9A-F]+");

  @Override
  public String name() {
    return "hex";
  }

  @Override
  public boolean fits(String text) {
    return length.contains(text) && SYNTAX.matcher(text).matches();
  }
}
