// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf;

import dev.tapedeck.recorder.bpf.internal.IterOptsLayout;
import jnr.ffi.Pointer;

/**
 * A program that the kernel runs once for each entry of a map whenever it is asked to.
 *
 * <p><b>Ownership:</b> closed before the object of program and map.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
public final class BpfIterator implements AutoCloseable {
  private static final int BUFFER_BYTES = 64;

  private final LibraryHandle library;
  private final Pointer link;
  private final Pointer buffer;
  private final String name;
  private boolean closed;

  private BpfIterator(LibraryHandle library, Pointer link, String name) {
    this.library = library;
    this.link = link;
    this.buffer = library.allocate(BUFFER_BYTES);
    this.name = name;
  }

  static BpfIterator attach(LibraryHandle library, Pointer program, int mapFd, String name)
      throws BpfException {
    Pointer info = library.allocate(Long.BYTES);
    info.putInt(IterOptsLayout.MAP_FD, mapFd);
    Pointer opts = library.allocate(IterOptsLayout.SIZE_BYTES);
    opts.putLong(IterOptsLayout.SZ, IterOptsLayout.SIZE_BYTES);
    opts.putPointer(IterOptsLayout.LINK_INFO, info);
    opts.putInt(IterOptsLayout.LINK_INFO_LEN, IterOptsLayout.LINK_INFO_BYTES);
    library.clearLog();
    Pointer link =
        library.checkPointer(
            library.libbpf().bpf_program__attach_iter(program, opts), "attach " + name);
    return new BpfIterator(library, link, name);
  }

  /**
   * Runs the program for all entries.
   *
   * @throws BpfException when the kernel refuses
   */
  public void run() throws BpfException {
    library.clearLog();
    int linkFd = library.checkResult(library.libbpf().bpf_link__fd(link), "run " + name);
    int fd = library.checkResult(library.libbpf().bpf_iter_create(linkFd), "run " + name);
    try {
      // The programs write nothing, so that one read runs them to the end.
      library.checkResult((int) library.libc().read(fd, buffer, BUFFER_BYTES), "run " + name);
    } finally {
      library.libc().close(fd);
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      library.libbpf().bpf_link__destroy(link);
    }
  }
}
