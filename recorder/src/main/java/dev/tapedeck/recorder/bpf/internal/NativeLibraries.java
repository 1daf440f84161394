// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf.internal;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/**
 * The native libraries, loaded once for the JVM.
 *
 * <p><b>Threads:</b> safe for use by many; libbpf itself wants each object used by one at a time.
 */
public final class NativeLibraries {
  /** Names another libbpf than the system's, for hosts that have one in an unusual place. */
  public static final String LIBBPF_PROPERTY = "tapedeck.libbpf";

  private static final Map<LibraryOption, Object> OPTIONS = Map.of(LibraryOption.LoadNow, true);
  private static final String LIBBPF_SONAME = "libbpf.so.1";

  private final LibC libc;
  private final LibBpf libbpf;
  private final Runtime runtime;
  // libbpf holds only the native side of the callback: this reference keeps it alive.
  private final PrintLog printLog;

  private NativeLibraries() {
    libc = c();
    libbpf =
        LibraryLoader.loadLibrary(
            LibBpf.class, OPTIONS, System.getProperty(LIBBPF_PROPERTY, LIBBPF_SONAME));
    runtime = Runtime.getRuntime(libbpf);
    printLog = new PrintLog(libc, runtime);
    libbpf.libbpf_set_print(printLog);
  }

  private static final class C {
    static final LibC INSTANCE = LibraryLoader.loadLibrary(LibC.class, OPTIONS, "libc.so.6");
  }

  /** Returns the C library, which is there without libbpf, too. */
  public static LibC c() {
    return C.INSTANCE;
  }

  private static final class Holder {
    static final NativeLibraries INSTANCE = new NativeLibraries();
  }

  /**
   * Returns the libraries.
   *
   * @throws LinkageError when one cannot be loaded
   */
  public static NativeLibraries get() {
    return Holder.INSTANCE;
  }

  public LibC libc() {
    return libc;
  }

  public LibBpf libbpf() {
    return libbpf;
  }

  public Runtime runtime() {
    return runtime;
  }

  /** Returns zeroed native memory, freed when the pointer is no longer reachable. */
  public Pointer allocate(int sizeBytes) {
    return Memory.allocateDirect(runtime, sizeBytes, true);
  }

  /** Returns the text as a C string, freed when the pointer is no longer reachable. */
  public Pointer cString(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Pointer pointer = allocate(bytes.length + 1);
    pointer.put(0, bytes, 0, bytes.length);
    return pointer;
  }

  /** Returns errno of this thread's last native call. */
  public int errno() {
    return runtime.getLastError();
  }

  /** Forgets what libbpf has said on this thread. */
  public void clearLog() {
    printLog.clear();
  }

  /** Returns and forgets what libbpf has said on this thread. */
  public String takeLog() {
    return printLog.taken();
  }
}
