// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Standard output whose errors are not lost, as {@link System#out} would lose them.
 *
 * <p>A failed write to a pipe can only mean that its reader has gone (write(2), EPIPE), which is
 * thrown as {@link ClosedOutputException}; any other, such as a full disk, stays what it is.
 */
final class StandardOutput extends OutputStream {
  private static final int BUFFER_BYTES = 1 << 16;

  private final OutputStream target;
  private final boolean pipe;

  StandardOutput(OutputStream target, boolean pipe) {
    this.target = target;
    this.pipe = pipe;
  }

  /** Returns the process's standard output, buffered. */
  static OutputStream open() {
    String link = descriptorTarget(1);
    boolean pipe = link.startsWith("pipe:") || link.startsWith("socket:");
    return new BufferedOutputStream(
        new StandardOutput(new FileOutputStream(FileDescriptor.out), pipe), BUFFER_BYTES);
  }

  /** Returns what a descriptor of this process is, as Linux names it; empty elsewhere. */
  static String descriptorTarget(int descriptor) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
    } catch (IOException | UnsupportedOperationException e) {
      // No /proc, so not Linux, or the descriptor is closed: nothing is known of it.
      return "";
    }
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      target.write(bytes, offset, length);
    } catch (IOException e) {
      String message = e.getMessage();
      if (pipe || (message != null && message.contains("Broken pipe"))) {
        throw new ClosedOutputException(e);
      }
      throw new IOException("standard output: " + message, e);
    }
  }

  @Override
  public void flush() throws IOException {
    target.flush();
  }
}
