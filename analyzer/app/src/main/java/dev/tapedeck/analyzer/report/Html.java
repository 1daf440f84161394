// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.report;

import java.io.IOException;
import java.io.Writer;

/**
 * Writes HTML. What stands in this program's source is written as it is, everything else as text.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class Html {
  private static final char DELETE = 0x7f;
  private static final char LAST_CONTROL = 0x9f;
  private static final char CONTROL_PICTURES = 0x2400;

  private final Writer out;

  Html(Writer out) {
    this.out = out;
  }

  /** Writes markup of our own; never captured text. */
  Html markup(String own) throws IOException {
    out.write(own);
    return this;
  }

  /** Writes text, whatever it holds, so that it is shown and is nothing else. */
  Html text(String any) throws IOException {
    for (int i = 0; i < any.length(); i++) {
      char c = any.charAt(i);
      switch (c) {
        case '&' -> out.write("&amp;");
        case '<' -> out.write("&lt;");
        case '>' -> out.write("&gt;");
        case '"' -> out.write("&quot;");
        case '\'' -> out.write("&#39;");
        case '\n', '\t' -> out.write(c);
        default -> out.write(visible(c));
      }
    }
    return this;
  }

  /** Control characters and those that turn the direction of text are shown as pictures. */
  private static String visible(char c) {
    if (c < ' ') {
      return String.valueOf((char) (CONTROL_PICTURES + c));
    }
    boolean hidden =
        (c >= DELETE && c <= LAST_CONTROL)
            || Character.getType(c) == Character.FORMAT
            || Character.getType(c) == Character.SURROGATE
            || Character.getType(c) == Character.LINE_SEPARATOR
            || Character.getType(c) == Character.PARAGRAPH_SEPARATOR;
    return hidden ? "\u27e8" + Integer.toHexString(c) + "\u27e9" : String.valueOf(c);
  }

  /** Writes an element with text in it. */
  Html element(String start, String any, String end) throws IOException {
    return markup(start).text(any).markup(end);
  }
}
