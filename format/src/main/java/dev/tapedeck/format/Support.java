// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordType;

/** Refuses records that need what this version lacks, by name. */
final class Support {
  private Support() {}

  /** Throws when this version knows no way to read the record, with or without a key. */
  static void require(String name, long offset, RecordHeader record)
      throws CaptureFormatException.Unsupported {
    int known = record.type() == RecordType.FILE_HEADER ? RecordHeader.FLAG_ENCRYPTED : 0;
    int flags = record.incompatibleFlags() & ~known;
    if (record.cipher() > RecordHeader.CIPHER_AES_GCM) {
      throw unsupported(name, offset, record, "cipher 0 or 1", "cipher " + record.cipher());
    }
    if (flags != 0) {
      throw unsupported(
          name, offset, record, "known incompatible flags", "0x" + Integer.toHexString(flags));
    }
    if (record.codec() > RecordHeader.CODEC_ZSTD) {
      throw unsupported(name, offset, record, "codec 0 or 1", "codec " + record.codec());
    }
  }

  /** The same for records of known types only: others are left alone, whatever they need. */
  static void requireKnown(String name, long offset, RecordHeader record)
      throws CaptureFormatException.Unsupported {
    if (RecordType.isKnown(record.type())) {
      require(name, offset, record);
    }
  }

  private static CaptureFormatException.Unsupported unsupported(
      String name, long offset, RecordHeader record, String expected, String actual) {
    return new CaptureFormatException.Unsupported(
        name, offset, RecordType.nameOf(record.type()), expected, actual);
  }
}
