// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Where results go; it remembers why they could not be written, which a print stream forgets.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class StandardOutput extends OutputStream {
  private final OutputStream out;
  private @Nullable IOException failure;

  StandardOutput(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      failure = failure == null ? e : failure;
      throw e;
    }
  }

  /**
   * Returns why results were not written; null when they were, or when their reader, such as
   * head(1), had seen enough and closed the pipe (write(2), EPIPE).
   */
  @Nullable String complaint() {
    IOException cause = failure;
    if (cause == null) {
      return null;
    }
    String message = String.valueOf(cause.getMessage());
    return message.contains("Broken pipe") ? null : message;
  }
}
