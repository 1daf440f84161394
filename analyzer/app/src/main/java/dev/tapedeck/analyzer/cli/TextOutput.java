// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Lines for people, coloured or not.
 *
 * <p><b>Threads:</b> confined to one. Text is written as it is: callers escape what was captured.
 */
final class TextOutput {
  private final OutputStream out;
  private final boolean colorful;

  TextOutput(OutputStream out, boolean colorful) {
    this.out = out;
    this.colorful = colorful;
  }

  /** Writes a line. */
  void line(String text) throws IOException {
    out.write((text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** Writes lines that were kept, and forgets them. */
  void text(Spool.Text lines) throws IOException {
    lines.moveTo(out);
  }

  /** Writes a line of a name and what is known under it. */
  void fact(String name, String value) throws IOException {
    line("  " + style(Style.DIM, Human.padRight(name, 11)) + " " + value);
  }

  /** Returns the text in a style where colours are wanted. */
  String style(Style style, String text) {
    return colorful ? style.paint(text) : text;
  }
}
