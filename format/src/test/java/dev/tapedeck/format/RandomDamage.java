// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.SplittableRandom;

/** What happens to files: the same damage for the same seed. */
final class RandomDamage {
  /** Disks and caches lose this much at once. */
  private static final int PAGE_BYTES = 4096;

  private static final int MAX_SHIFT_BYTES = 300;

  private RandomDamage() {}

  /** Returns a damaged copy of the capture. */
  static byte[] apply(byte[] capture, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int at = random.nextInt(capture.length);
    int page = at / PAGE_BYTES * PAGE_BYTES;
    int pageEnd = Math.min(page + PAGE_BYTES, capture.length);
    int length = Math.min(capture.length - at, random.nextInt(1, MAX_SHIFT_BYTES));
    byte[] damaged = capture.clone();
    switch (random.nextInt(8)) {
      case 0 -> flip(damaged, at, random);
      case 1 -> {
        for (int i = random.nextInt(2, 5); i > 0; i--) {
          flip(damaged, Math.min(capture.length - 1, at + random.nextInt(64)), random);
        }
      }
      case 2 -> Arrays.fill(damaged, page, pageEnd, (byte) 0);
      case 3 -> {
        int stale = random.nextInt(1 + (capture.length - (pageEnd - page)) / PAGE_BYTES);
        System.arraycopy(capture, stale * PAGE_BYTES, damaged, page, pageEnd - page);
      }
      case 4 -> damaged = spliced(capture, at, 0, randomBytes(length, random));
      case 5 -> damaged = spliced(capture, at, length, new byte[0]);
      case 6 ->
          damaged = spliced(capture, page, pageEnd - page, crlfToLf(capture, page, pageEnd - page));
      default ->
          damaged = spliced(capture, page, pageEnd - page, lfToCrlf(capture, page, pageEnd - page));
    }
    return damaged;
  }

  private static void flip(byte[] bytes, int at, SplittableRandom random) {
    bytes[at] ^= (byte) (1 << random.nextInt(8));
  }

  private static byte[] randomBytes(int count, SplittableRandom random) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) random.nextInt();
    }
    return bytes;
  }

  private static byte[] spliced(byte[] capture, int at, int removed, byte[] inserted) {
    return Captures.concat(
        Arrays.copyOf(capture, at),
        inserted,
        Arrays.copyOfRange(capture, at + removed, capture.length));
  }

  private static byte[] crlfToLf(byte[] bytes, int from, int count) {
    ByteArrayOutputStream mangled = new ByteArrayOutputStream();
    for (int i = from; i < from + count; i++) {
      boolean dropped = bytes[i] == '\r' && i + 1 < from + count && bytes[i + 1] == '\n';
      if (!dropped) {
        mangled.write(bytes[i]);
      }
    }
    return mangled.toByteArray();
  }

  private static byte[] lfToCrlf(byte[] bytes, int from, int count) {
    ByteArrayOutputStream mangled = new ByteArrayOutputStream();
    for (int i = from; i < from + count; i++) {
      if (bytes[i] == '\n') {
        mangled.write('\r');
      }
      mangled.write(bytes[i]);
    }
    return mangled.toByteArray();
  }
}
