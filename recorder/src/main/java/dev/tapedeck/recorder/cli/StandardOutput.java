// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * This process's standard output, which remembers why writing failed: a {@link java.io.PrintStream}
 * only says that it did.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class StandardOutput extends OutputStream {
  private final OutputStream out;
  private @Nullable IOException failure;

  StandardOutput(OutputStream out) {
    this.out = out;
  }

  /** Returns the process's own. */
  static StandardOutput system() {
    return new StandardOutput(new FileOutputStream(FileDescriptor.out));
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
   * head(1), had seen enough and closed the pipe.
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
