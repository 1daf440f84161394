// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.AppendChannel;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file into which a copy is written: under its final name when it is whole, else not there.
 *
 * <p><b>Lifecycle:</b> made, then {@link #complete} or {@link #discard}. <b>Threads:</b> confined
 * to one thread.
 */
final class CopyTarget {
  private final @Nullable CaptureFile file;
  private final AppendChannel channel;

  private CopyTarget(@Nullable CaptureFile file, AppendChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  static CopyTarget create(Path path) throws IOException {
    CaptureFile file = new CaptureFile(path);
    return new CopyTarget(file, new AppendChannel(file.create(), file.name()));
  }

  static CopyTarget of(SeekableByteChannel channel, String name) {
    return new CopyTarget(null, new AppendChannel(channel, name));
  }

  AppendChannel channel() {
    return channel;
  }

  /** Gives a file that was written whole its name. */
  void complete() throws IOException {
    channel.close();
    if (file != null) {
      file.complete();
    }
  }

  /** Removes what was written, after a failure. */
  void discard(IOException failure) {
    try {
      channel.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
    if (file != null) {
      file.discard(failure);
    }
  }

  /** Makes targets. */
  @FunctionalInterface
  interface Factory {
    /**
     * Makes a file.
     *
     * @param part its number, from 1
     * @param parts how many there will be
     */
    CopyTarget create(int part, int parts) throws IOException;
  }
}
