// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf;

import dev.tapedeck.recorder.bpf.internal.LibBpf;
import dev.tapedeck.recorder.bpf.internal.LibC;
import dev.tapedeck.recorder.bpf.internal.NativeLibraries;
import dev.tapedeck.recorder.bpf.internal.PerfEventLayout;
import java.lang.ref.Reference;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.jspecify.annotations.Nullable;

/** The loaded libraries and the checks that every call's result goes through. */
final class LibraryHandle {
  /**
   * {@code MAX_ERRNO} of the kernel's {@code linux/err.h}: the last page of addresses is errors.
   */
  private static final long MAX_ERRNO = 4095;

  private static final boolean IS_ARM = System.getProperty("os.arch", "").equals("aarch64");

  /** Number of bpf(2): {@code asm/unistd_64.h}, {@code asm-generic/unistd.h}. */
  private static final long BPF_CALL = IS_ARM ? 280 : 321;

  /** Number of perf_event_open(2). */
  private static final long PERF_EVENT_OPEN = IS_ARM ? 241 : 298;

  private final NativeLibraries libraries;

  private LibraryHandle(NativeLibraries libraries) {
    this.libraries = libraries;
  }

  /**
   * Loads the libraries, the first time.
   *
   * @throws BpfException when libbpf is missing, with what to install
   */
  static LibraryHandle load() throws BpfException {
    try {
      return new LibraryHandle(NativeLibraries.get());
    } catch (LinkageError e) {
      throw new BpfException(
          "cannot load libbpf.so.1: install libbpf 1.0 or later (Debian: apt install libbpf1)", e);
    }
  }

  LibBpf libbpf() {
    return libraries.libbpf();
  }

  LibC libc() {
    return libraries.libc();
  }

  Runtime runtime() {
    return libraries.runtime();
  }

  Pointer allocate(int sizeBytes) {
    return libraries.allocate(sizeBytes);
  }

  Pointer cString(String text) {
    return libraries.cString(text);
  }

  /** Returns an array of 64-bit numbers, freed when the pointer is no longer reachable. */
  Pointer longs(long[] values) {
    Pointer pointer = libraries.allocate(values.length * Long.BYTES);
    pointer.put(0, values, 0, values.length);
    return pointer;
  }

  /** Calls bpf(2) and returns its result, or the negative error number. */
  int bpf(int command, Pointer attributes, int attributesBytes) {
    try {
      long result =
          libc().syscall(BPF_CALL, command, attributes.address(), attributesBytes, 0, 0, 0);
      return result == -1 ? -libraries.errno() : (int) result;
    } finally {
      Reference.reachabilityFence(attributes);
    }
  }

  /**
   * Makes a system call whose first argument is memory, and returns its result.
   *
   * @throws BpfException when it fails
   */
  int call(
      long number,
      String operation,
      Pointer first,
      long second,
      long third,
      long fourth,
      long fifth)
      throws BpfException {
    try {
      return call(number, operation, first.address(), second, third, fourth, fifth);
    } finally {
      Reference.reachabilityFence(first);
    }
  }

  /**
   * Makes a system call, and returns its result.
   *
   * @throws BpfException when it fails
   */
  int call(
      long number, String operation, long first, long second, long third, long fourth, long fifth)
      throws BpfException {
    clearLog();
    long result = libc().syscall(number, first, second, third, fourth, fifth, 0);
    if (result == -1) {
      throw new BpfException(operation, libraries.errno(), "");
    }
    return (int) result;
  }

  /** Opens a perf event of a type for every process, and returns its descriptor. */
  int openPerfEvent(Pointer attributes, String operation) throws BpfException {
    return call(
        PERF_EVENT_OPEN, operation, attributes, -1, 0, -1, PerfEventLayout.FLAG_CLOSE_ON_EXEC);
  }

  int errno() {
    return libraries.errno();
  }

  void clearLog() {
    libraries.clearLog();
  }

  /** Returns the pointer, or throws when the call gave null or an encoded error. */
  Pointer checkPointer(@Nullable Pointer pointer, String operation) throws BpfException {
    if (pointer == null || pointer.address() == 0) {
      throw new BpfException(operation, libraries.errno(), libraries.takeLog());
    }
    long address = pointer.address();
    if (address < 0 && address >= -MAX_ERRNO) {
      throw new BpfException(operation, (int) -address, libraries.takeLog());
    }
    return pointer;
  }

  /** Returns the result of a call that gives a negative error number on failure. */
  int checkResult(int result, String operation) throws BpfException {
    if (result < 0) {
      // Functions of libbpf return the negative errno, those of libc −1 and set errno.
      int errno = result == -1 ? Math.max(1, libraries.errno()) : -result;
      throw new BpfException(operation, errno, libraries.takeLog());
    }
    return result;
  }
}
