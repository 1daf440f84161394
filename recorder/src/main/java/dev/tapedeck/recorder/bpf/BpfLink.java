// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf;

import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * A program's attachment; closing it detaches the program.
 *
 * <p><b>Threads:</b> may be closed by another thread than the one that attached.
 */
public final class BpfLink implements AutoCloseable {
  private final LibraryHandle library;
  private final String name;

  /** Guarded by this; null once closed. */
  private @Nullable Pointer link;

  BpfLink(LibraryHandle library, Pointer link, String name) {
    this.library = library;
    this.link = link;
    this.name = name;
  }

  /** Detaches; calling it twice is safe. */
  @Override
  public synchronized void close() {
    if (link != null) {
      library.libbpf().bpf_link__destroy(link);
      link = null;
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
