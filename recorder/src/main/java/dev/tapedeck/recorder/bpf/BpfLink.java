// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf;

import java.util.List;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * A program's attachment; closing it detaches the program.
 *
 * <p><b>Threads:</b> may be closed by another thread than the one that attached.
 */
public final class BpfLink implements AutoCloseable {
  private final String name;

  /** Guarded by this; null once closed. */
  private @Nullable Runnable detach;

  private BpfLink(String name, Runnable detach) {
    this.name = name;
    this.detach = detach;
  }

  /** A link that libbpf made. */
  static BpfLink ofPointer(LibraryHandle library, Pointer link, String name) {
    return new BpfLink(name, () -> library.libbpf().bpf_link__destroy(link));
  }

  /** A link that is a descriptor of the kernel's. */
  static BpfLink ofDescriptor(LibraryHandle library, int descriptor, String name) {
    return new BpfLink(name, () -> library.libc().close(descriptor));
  }

  /** Several links that are closed together, the last one first. */
  static BpfLink ofAll(List<BpfLink> links, String name) {
    List<BpfLink> all = List.copyOf(links);
    return new BpfLink(
        name,
        () -> {
          for (int i = all.size() - 1; i >= 0; i--) {
            all.get(i).close();
          }
        });
  }

  /** Detaches; calling it twice is safe. */
  @Override
  public synchronized void close() {
    Runnable action = detach;
    if (action != null) {
      detach = null;
      action.run();
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
