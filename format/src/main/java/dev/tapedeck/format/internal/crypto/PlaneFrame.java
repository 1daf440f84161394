// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format.internal.crypto;

import dev.tapedeck.format.internal.PlaneBuffer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The zstd skippable frame (RFC 8878, section 3.1.2) in which an encrypted plane stands. */
final class PlaneFrame {
  /** What comes before the envelope: magic number and length. */
  static final int PREFIX_BYTES = 8;

  private static final int MAGIC = 0x184D2A5E;
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private PlaneFrame() {}

  /** Appends what comes before an envelope of this length. */
  static void append(int envelopeBytes, PlaneBuffer target) {
    target.reserve(PREFIX_BYTES);
    INT.set(target.array(), target.length(), MAGIC);
    INT.set(target.array(), target.length() + Integer.BYTES, envelopeBytes);
    target.advance(PREFIX_BYTES);
  }

  /** Returns true when the first {@code count} bytes are one such frame. */
  static boolean isOne(byte[] stored, int count) {
    return count >= PREFIX_BYTES
        && (int) INT.get(stored, 0) == MAGIC
        && (int) INT.get(stored, Integer.BYTES) == count - PREFIX_BYTES;
  }
}
