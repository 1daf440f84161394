// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import dev.tapedeck.format.Bytes;

/** Looks for places in coded bytes that hold what their content does not show. */
final class CodedForm {
  private static final int GZIP_FLAGS_OFFSET = 3;
  private static final byte[] GZIP = {0x1f, (byte) 0x8b, 8};

  private CodedForm() {}

  /**
   * Returns whether there are none: no name or comment of a file in gzip (RFC 1952, section 2.3.1),
   * and no skippable frame of zstd (RFC 8878, section 3.1.2). Further members and frames count as
   * such places, since what stands in their headers is not looked at.
   */
  static boolean isBare(Bytes coded) {
    boolean gzip = isAt(coded, 0);
    if (gzip && (coded.length() <= GZIP_FLAGS_OFFSET || coded.get(GZIP_FLAGS_OFFSET) != 0)) {
      return false;
    }
    for (int i = 1; i < coded.length(); i++) {
      if (coded.get(i) == GZIP[0] && isAt(coded, i)) {
        return false;
      }
      if (coded.get(i) == 0x18 && isSkippable(coded, i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isAt(Bytes coded, int at) {
    return at + GZIP.length <= coded.length()
        && coded.get(at) == GZIP[0]
        && coded.get(at + 1) == GZIP[1]
        && coded.get(at + 2) == GZIP[2];
  }

  /** The magic number is 0x184D2A50 to 0x184D2A5F, its lowest byte first. */
  private static boolean isSkippable(Bytes coded, int last) {
    return last >= 3
        && coded.get(last - 1) == 0x4d
        && coded.get(last - 2) == 0x2a
        && (coded.get(last - 3) & 0xf0) == 0x50;
  }
}
