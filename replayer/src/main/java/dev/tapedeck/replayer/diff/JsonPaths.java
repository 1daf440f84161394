// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import java.util.regex.Pattern;

/** Writes the path of a value in a JSON document, as JSONPath does (RFC 9535). */
final class JsonPaths {
  static final String ROOT = "$";
  private static final Pattern SHORTHAND =
      Pattern.compile("[A-Za-z_\\u0080-\\uFFFF][\\w\\u0080-\\uFFFF]*");

  private JsonPaths() {}

  static String member(String parent, String name) {
    if (SHORTHAND.matcher(name).matches()) {
      return parent + "." + name;
    }
    return parent + "['" + name.replace("\\", "\\\\").replace("'", "\\'") + "']";
  }

  static String element(String parent, int index) {
    return parent + "[" + index + "]";
  }
}
