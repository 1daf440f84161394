// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf;

import dev.tapedeck.recorder.bpf.internal.LibC;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jnr.ffi.Pointer;

/**
 * What the reader of a ring tells the kernel side, in memory that both have: whether it needs to be
 * woken.
 *
 * <p>A reader says that it waits, then looks whether there is enough to read, and only then waits.
 * The kernel side makes room for a record first and looks at this then. So one of the two sees the
 * other.
 *
 * <p><b>Threads:</b> confined to the reader's thread.
 */
final class ReaderState implements AutoCloseable {
  private static final VarHandle LONGS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final LibraryHandle library;
  private final Pointer page;
  private final int pageBytes;
  private final ByteBuffer awake;

  private ReaderState(LibraryHandle library, Pointer page, int pageBytes) {
    this.library = library;
    this.page = page;
    this.pageBytes = pageBytes;
    this.awake = RingBufferReader.buffer(page.address(), Long.BYTES);
  }

  /**
   * Maps the value of an array map.
   *
   * @throws BpfException when the kernel refuses
   */
  static ReaderState map(LibraryHandle library, BpfMap map) throws BpfException {
    int pageBytes = library.libc().getpagesize();
    Pointer page =
        RingBufferReader.map(
            library, pageBytes, LibC.PROT_READ | LibC.PROT_WRITE, map.fd(), 0, map.name());
    return new ReaderState(library, page, pageBytes);
  }

  /** Says that the reader is about to wait; it must look at the ring once more before it does. */
  void waits() {
    LONGS.setVolatile(awake, 0, 0L);
  }

  /** Says that the reader reads. */
  void works() {
    LONGS.setVolatile(awake, 0, 1L);
  }

  @Override
  public void close() {
    library.libc().munmap(page, pageBytes);
  }
}
