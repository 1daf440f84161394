// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf.internal;

import java.nio.charset.StandardCharsets;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/**
 * Keeps what libbpf says, so that the text can go into the exception of the call that failed.
 *
 * <p><b>Threads:</b> libbpf prints on the thread that called it, so each thread has its own text.
 *
 * <p><b>Lifecycle:</b> libbpf keeps the callback for the life of the JVM: so must {@link
 * NativeLibraries}.
 */
final class PrintLog implements LibBpf.PrintCallback {
  /** The verifier's log may be megabytes; its end says what it refused. */
  static final int MAX_CHARS = 4 << 20;

  private static final int DEBUG_LEVEL = 2;

  /** libbpf prints logs of the verifier as one message. */
  private static final int MESSAGE_BYTES = 1 << 20;

  private final LibC libc;
  private final Runtime runtime;
  private final ThreadLocal<StringBuilder> text = ThreadLocal.withInitial(StringBuilder::new);

  PrintLog(LibC libc, Runtime runtime) {
    this.libc = libc;
    this.runtime = runtime;
  }

  @Override
  public int print(int level, Pointer format, Pointer arguments) {
    if (level >= DEBUG_LEVEL) {
      return 0;
    }
    Pointer buffer = Memory.allocateDirect(runtime, MESSAGE_BYTES);
    int length = libc.vsnprintf(buffer, MESSAGE_BYTES, format, arguments);
    if (length > 0) {
      byte[] message = new byte[Math.min(length, MESSAGE_BYTES - 1)];
      buffer.get(0, message, 0, message.length);
      StringBuilder log = text.get();
      log.append(new String(message, StandardCharsets.UTF_8));
      if (log.length() > MAX_CHARS) {
        log.delete(0, log.length() - MAX_CHARS);
      }
    }
    return 0;
  }

  /** Forgets what was said on this thread. */
  void clear() {
    text.get().setLength(0);
  }

  /** Returns what libbpf has said on this thread since {@link #clear}. */
  String taken() {
    StringBuilder log = text.get();
    String taken = log.toString();
    log.setLength(0);
    return taken;
  }
}
