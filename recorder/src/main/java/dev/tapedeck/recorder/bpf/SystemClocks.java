// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf;

import dev.tapedeck.recorder.bpf.internal.LibC;
import jnr.ffi.Pointer;

/**
 * The kernel's clocks that the JDK does not give (clock_gettime(2)).
 *
 * <p><b>Threads:</b> safe for use by many.
 */
public final class SystemClocks {
  private static final int TIMESPEC_BYTES = 16;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final LibraryHandle library;

  private SystemClocks(LibraryHandle library) {
    this.library = library;
  }

  /**
   * Returns the clocks.
   *
   * @throws BpfException when the native libraries cannot be loaded
   */
  public static SystemClocks open() throws BpfException {
    return new SystemClocks(LibraryHandle.load());
  }

  /** Returns CLOCK_MONOTONIC in nanoseconds. */
  public long monotonicNanos() {
    return read(LibC.CLOCK_MONOTONIC);
  }

  /** Returns CLOCK_BOOTTIME in nanoseconds. */
  public long bootNanos() {
    return read(LibC.CLOCK_BOOTTIME);
  }

  /** Returns CLOCK_REALTIME in nanoseconds since the Unix epoch. */
  public long realNanos() {
    return read(LibC.CLOCK_REALTIME);
  }

  /** Returns the CPU time that all threads of this process have used, in nanoseconds. */
  public long processCpuNanos() {
    return read(LibC.CLOCK_PROCESS_CPUTIME_ID);
  }

  private long read(int clock) {
    Pointer timespec = library.allocate(TIMESPEC_BYTES);
    if (library.libc().clock_gettime(clock, timespec) != 0) {
      throw new IllegalStateException("clock=" + clock + " errno=" + library.errno());
    }
    return timespec.getLong(0) * NANOS_PER_SECOND + timespec.getLong(Long.BYTES);
  }
}
