// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf;

import dev.tapedeck.recorder.bpf.internal.LibC;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file without a name that lives in memory (memfd_create(2)), so that a program can be run where
 * every folder that may be written to is mounted {@code noexec}.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
public final class MemoryFile implements AutoCloseable {
  private final LibraryHandle library;
  private final int descriptor;
  private boolean closed;

  private MemoryFile(LibraryHandle library, int descriptor) {
    this.library = library;
    this.descriptor = descriptor;
  }

  /**
   * Makes a file.
   *
   * @param name what {@code /proc} calls it
   * @param content what is in it
   * @throws BpfException when the libraries cannot be loaded, or the kernel refuses
   * @throws IOException when it cannot be written
   */
  public static MemoryFile create(String name, byte[] content) throws BpfException, IOException {
    LibraryHandle library = LibraryHandle.load();
    int descriptor =
        library.checkResult(library.libc().memfd_create(name, LibC.MFD_CLOEXEC), "memfd_create");
    MemoryFile file = new MemoryFile(library, descriptor);
    try {
      Files.write(file.path(), content);
      return file;
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /** Returns a path by which this process and its children open it while it is not closed. */
  public Path path() {
    return Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/" + descriptor);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      library.libc().close(descriptor);
    }
  }
}
