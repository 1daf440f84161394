// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.util.List;
import java.util.Objects;

/**
 * How a capture was made from others.
 *
 * <p><b>Threads:</b> immutable.
 *
 * @param verb the command, such as {@code recover}; not empty in what this version writes
 * @param producer the program and its version
 * @param origins the captures that were read, in the order in which they were named
 */
public record Derivation(String verb, String producer, List<Origin> origins) {
  public Derivation {
    Objects.requireNonNull(verb, "verb");
    Objects.requireNonNull(producer, "producer");
    origins = List.copyOf(origins);
  }

  /**
   * A capture that was read.
   *
   * @param fileId its 16 bytes
   * @param firstSequence of a copy: the first block from which on it took what was sound; else 0
   * @param endSequence of a copy: the block before which it ended; else 0
   */
  public record Origin(Bytes fileId, long firstSequence, long endSequence) {
    public Origin {
      if (fileId.length() != CaptureHeader.FILE_ID_BYTES) {
        throw new IllegalArgumentException("fileIdLength=" + fileId.length());
      }
      if (firstSequence < 0 || endSequence < firstSequence) {
        throw new IllegalArgumentException(
            "firstSequence=" + firstSequence + " endSequence=" + endSequence);
      }
    }

    /** Returns the origin of a file that holds the events of another in blocks of its own. */
    public static Origin ofWhole(Bytes fileId) {
      return new Origin(fileId, 0, 0);
    }
  }
}
