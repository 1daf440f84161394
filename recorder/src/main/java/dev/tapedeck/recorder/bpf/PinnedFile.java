// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf;

import dev.tapedeck.recorder.bpf.internal.LibC;
import dev.tapedeck.recorder.bpf.internal.NativeLibraries;
import java.io.IOException;
import java.nio.file.Path;

/**
 * One file, held by a descriptor, so that whoever may rename and link things on the way to it can
 * not make it another one between two looks.
 *
 * <p>Opening it neither waits (pipes) nor does anything to it (devices): O_PATH of open(2).
 *
 * <p><b>Threads:</b> safe for use by many.
 */
public final class PinnedFile implements AutoCloseable {
  private final int descriptor;

  private PinnedFile(int descriptor) {
    this.descriptor = descriptor;
  }

  /**
   * Takes hold of the file to which a path leads now.
   *
   * @throws IOException when it leads nowhere
   */
  public static PinnedFile open(Path path) throws IOException {
    int descriptor = NativeLibraries.c().open(path.toString(), LibC.O_PATH | LibC.O_CLOEXEC);
    if (descriptor < 0) {
      throw new IOException(path + " cannot be opened");
    }
    return new PinnedFile(descriptor);
  }

  /**
   * Returns a path by which this process, and the kernel for it, come to this file and no other.
   */
  public Path path() {
    return Path.of("/proc/self/fd/" + descriptor);
  }

  @Override
  public void close() {
    NativeLibraries.c().close(descriptor);
  }
}
