// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.packet;

import java.math.BigInteger;
import java.nio.ByteOrder;

/**
 * How an interface of a pcapng file counts time.
 *
 * <p>Source: draft-ietf-opsawg-pcapng, section 4.2, options if_tsresol and if_tsoffset.
 *
 * @param resolution ticks are 10 to its negative power of seconds, or 2 to that of its lower seven
 *     bits when the eighth is set
 * @param offsetSeconds what to add
 */
record TickClock(int resolution, long offsetSeconds) {
  private static final int MICROSECONDS = 6;
  private static final int NANOSECONDS = 9;
  private static final int BINARY = 0x80;
  private static final int OPTION_RESOLUTION = 9;
  private static final int OPTION_OFFSET = 14;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final BigInteger LATEST = BigInteger.valueOf(Long.MAX_VALUE);

  /** Reads the options of an interface that stand from an offset on. */
  static TickClock ofOptions(byte[] body, int from, ByteOrder order) {
    int resolution = MICROSECONDS;
    long offsetSeconds = 0;
    int at = from;
    while (at + 4 <= body.length) {
      int code = PacketInput.u16(body, at, order);
      int length = PacketInput.u16(body, at + 2, order);
      if (code == 0 || at + 4 + length > body.length) {
        break;
      }
      if (code == OPTION_RESOLUTION && length >= 1) {
        resolution = body[at + 4] & 0xff;
      } else if (code == OPTION_OFFSET && length >= 8) {
        long first = PacketInput.u32(body, at + 4, order);
        long second = PacketInput.u32(body, at + 8, order);
        offsetSeconds = order == ByteOrder.BIG_ENDIAN ? first << 32 | second : second << 32 | first;
      }
      at += 4 + (length + 3) / 4 * 4;
    }
    return new TickClock(resolution, offsetSeconds);
  }

  /** Returns nanoseconds since the Unix epoch, 0 to the largest there are. */
  long epochNanos(long ticks) {
    if (offsetSeconds == 0 && ticks >= 0 && resolution <= NANOSECONDS) {
      long factor = 1;
      for (int power = resolution; power < NANOSECONDS; power++) {
        factor *= 10;
      }
      if (ticks <= Long.MAX_VALUE / factor) {
        return ticks * factor;
      }
    }
    BigInteger scaled =
        new BigInteger(Long.toUnsignedString(ticks)).multiply(BigInteger.valueOf(NANOS_PER_SECOND));
    int power = resolution & ~BINARY;
    BigInteger nanos =
        ((resolution & BINARY) != 0
                ? scaled.shiftRight(power)
                : scaled.divide(BigInteger.TEN.pow(power)))
            .add(BigInteger.valueOf(offsetSeconds).multiply(BigInteger.valueOf(NANOS_PER_SECOND)));
    return nanos.max(BigInteger.ZERO).min(LATEST).longValue();
  }
}
