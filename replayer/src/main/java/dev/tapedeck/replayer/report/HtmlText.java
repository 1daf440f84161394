// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.report;

import dev.tapedeck.analyzer.text.SafeText;

/** Captured text as the content of an HTML element or of a quoted attribute. */
final class HtmlText {
  private HtmlText() {}

  /**
   * Returns the text with everything escaped that means something in HTML (HTML Standard, section
   * 13.2.5), and with control and format characters shown as escapes.
   */
  static String escape(String text) {
    String plain = SafeText.escape(text);
    StringBuilder safe = new StringBuilder(plain.length() + 16);
    for (int i = 0; i < plain.length(); i++) {
      char c = plain.charAt(i);
      switch (c) {
        case '&' -> safe.append("&amp;");
        case '<' -> safe.append("&lt;");
        case '>' -> safe.append("&gt;");
        case '"' -> safe.append("&quot;");
        case '\'' -> safe.append("&#39;");
        case '`' -> safe.append("&#96;");
        default -> safe.append(c);
      }
    }
    return safe.toString();
  }
}
