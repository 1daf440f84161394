// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.terminal;

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
public final class StandardOutput extends OutputStream {
  /** How much of results is gathered before it is written. */
  public static final int BUFFER_BYTES = 1 << 16;

  private final OutputStream target;
  private final boolean pipe;

  public StandardOutput(OutputStream target, boolean pipe) {
    this.target = target;
    this.pipe = pipe;
  }

  /** Returns the process's standard output, not buffered. */
  public static OutputStream open() {
    String link = descriptorTarget(1);
    boolean pipe = link.startsWith("pipe:") || link.startsWith("socket:");
    return new StandardOutput(new FileOutputStream(FileDescriptor.out), pipe);
  }

  /** Returns what a descriptor of this process is, as Linux names it; empty elsewhere. */
  public static String descriptorTarget(int descriptor) {
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
      throw told(e);
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      target.flush();
    } catch (IOException e) {
      throw told(e);
    }
  }

  private IOException told(IOException failure) {
    String message = failure.getMessage();
    return pipe || (message != null && message.contains("Broken pipe"))
        ? new ClosedOutputException(failure)
        : new IOException("standard output: " + message, failure);
  }
}
