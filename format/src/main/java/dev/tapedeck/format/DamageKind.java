// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/** What is wrong with a part of a capture. */
public enum DamageKind {
  /** The file's header cannot be read; a copy further on was used, or none was found. */
  HEADER,
  /** Bytes that are no record of this file, up to the next one that is. */
  RECORD,
  /** A block whose header is sound and whose content is not. */
  BLOCK,
  /** A checkpoint, footer or loss record whose content is damaged; no event is lost. */
  INDEX,
  /** Bytes were inserted or removed before this place; what follows reads on. */
  SHIFT,
  /** Blocks are missing though nothing here is damaged. */
  MISSING,
  /**
   * An encrypted capture holds what its writer did not put there: checksums hold and encryption
   * shows that something was changed, moved, dropped or added on purpose. No event comes of it.
   */
  TAMPERED,
  /** The file ends inside a record: it was cut, or is still being written. */
  TRUNCATED,
  /** Bytes after the end of the capture. */
  TRAILING
}
