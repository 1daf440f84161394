// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordType;

/** Refuses records that need what this version lacks, by name. */
final class Support {
  /** Incompatible flag of a file header whose planes are encrypted. */
  static final int ENCRYPTION_FLAG = 1;

  private Support() {}

  /** Whether this version can do with a record what is wanted. */
  interface Check {
    /** Throws when it cannot. */
    void require(String name, long offset, RecordHeader record)
        throws CaptureFormatException.Unsupported;
  }

  /** Throws when the record cannot be read by this version. */
  static void require(String name, long offset, RecordHeader record)
      throws CaptureFormatException.Unsupported {
    int flags = record.incompatibleFlags();
    if (record.cipher() != 0 || (flags & ENCRYPTION_FLAG) != 0) {
      throw unsupported(name, offset, record, "no encryption", "cipher " + record.cipher());
    }
    requireCopyable(name, offset, record);
  }

  /** Throws when the record cannot be taken over as it is, without a key. */
  static void requireCopyable(String name, long offset, RecordHeader record)
      throws CaptureFormatException.Unsupported {
    int flags = record.incompatibleFlags() & ~ENCRYPTION_FLAG;
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

  private static CaptureFormatException.Unsupported unsupported(
      String name, long offset, RecordHeader record, String expected, String actual) {
    return new CaptureFormatException.Unsupported(
        name, offset, RecordType.nameOf(record.type()), expected, actual);
  }
}
