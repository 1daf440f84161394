// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf;

import java.nio.file.Path;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The functions that a kernel's type information names.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
public final class KernelFunctions implements AutoCloseable {
  /** {@code BTF_KIND_FUNC} of {@code linux/btf.h}. */
  private static final int KIND_FUNC = 12;

  private final LibraryHandle library;
  private @Nullable Pointer types;

  private KernelFunctions(LibraryHandle library, Pointer types) {
    this.library = library;
    this.types = types;
  }

  /**
   * Reads the type information.
   *
   * @param file the file that has it; null for the running kernel's own
   * @throws BpfException when there is none
   */
  public static KernelFunctions open(@Nullable Path file) throws BpfException {
    LibraryHandle library = LibraryHandle.load();
    library.clearLog();
    Pointer types =
        file == null
            ? library.libbpf().btf__load_vmlinux_btf()
            : library.libbpf().btf__parse(file.toString(), null);
    return new KernelFunctions(
        library, library.checkPointer(types, "read the kernel's type information"));
  }

  /** Returns whether there is a function of that name. */
  public boolean has(String function) {
    Pointer handle = types;
    if (handle == null) {
      throw new IllegalStateException("state=closed");
    }
    return library.libbpf().btf__find_by_name_kind(handle, function, KIND_FUNC) > 0;
  }

  /** Forgets them; calling it twice is safe. */
  @Override
  public void close() {
    Pointer handle = types;
    if (handle != null) {
      types = null;
      library.libbpf().btf__free(handle);
    }
  }
}
