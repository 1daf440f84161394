// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.terminal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Lines for people, coloured or not.
 *
 * <p><b>Threads:</b> confined to one. Text is written as it is: callers escape what was captured.
 */
public final class TextOutput {
  private final OutputStream out;
  private final boolean colorful;

  public TextOutput(OutputStream out, boolean colorful) {
    this.out = out;
    this.colorful = colorful;
  }

  /** Writes a line. */
  public void line(String text) throws IOException {
    out.write((text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** Returns where the lines go. */
  public OutputStream stream() {
    return out;
  }

  /** Writes a line of a name and what is known under it. */
  public void fact(String name, String value) throws IOException {
    line("  " + style(Style.DIM, DisplayWidth.padRight(name, 11)) + " " + value);
  }

  /** Returns whether colours are wanted. */
  public boolean isColorful() {
    return colorful;
  }

  /** Returns the text in a style where colours are wanted. */
  public String style(Style style, String text) {
    return colorful ? style.paint(text) : text;
  }
}
