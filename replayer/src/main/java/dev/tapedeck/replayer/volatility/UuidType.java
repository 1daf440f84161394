// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.volatility;

import java.util.regex.Pattern;

/**
 * A UUID (RFC 9562).
 *
 * @param version 1 to 8, or {@link #ANY_VERSION}
 */
public record UuidType(int version) implements ValueType {
  /** UUIDs of all versions. */
  public static final int ANY_VERSION = 0;

  private static final int MAX_VERSION = 8;
  private static final Pattern SYNTAX =
      Pattern.compile(
          "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

  /** Where the version stands in the text (RFC 9562, section 4). */
  private static final int VERSION_AT = 14;

  public UuidType {
    if (version < 0 || version > MAX_VERSION) {
      throw new IllegalArgumentException("uuid: version " + version + ": expected 1 to 8");
    }
  }

  @Override
  public String name() {
    return "uuid";
  }

  @Override
  public boolean fits(String text) {
    return SYNTAX.matcher(text).matches() && (version == ANY_VERSION || versionOf(text) == version);
  }

  /** Returns the version of a text that is a UUID. */
  static int versionOf(String text) {
    return Character.digit(text.charAt(VERSION_AT), 16);
  }
}
