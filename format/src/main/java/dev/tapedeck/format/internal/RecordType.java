// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format.internal;

/** Numbers of record types. Readers skip the ones they do not know. */
public final class RecordType {
  /** What the file is; its first record. */
  public static final int FILE_HEADER = 1;

  /** Events. */
  public static final int BLOCK = 2;

  /** A copy of the file header, an index of the blocks since the last one, totals. */
  public static final int CHECKPOINT = 3;

  /** The last checkpoint. */
  public static final int FOOTER = 4;

  /** The end of a finished file; its header points to the footer. */
  public static final int TRAILER = 5;

  /** What a copy of a damaged file could not take over. */
  public static final int LOSS = 7;

  private RecordType() {}

  /** Returns false for types of a later version, and for experiments. */
  public static boolean isKnown(int type) {
    return (type >= FILE_HEADER && type <= TRAILER) || type == LOSS;
  }

  /** Returns the type's name for messages. */
  public static String nameOf(int type) {
    return switch (type) {
      case FILE_HEADER -> "file header";
      case BLOCK -> "block";
      case CHECKPOINT -> "checkpoint";
      case FOOTER -> "footer";
      case TRAILER -> "trailer";
      case LOSS -> "loss record";
      default -> "record of type " + type;
    };
  }
}
