// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Turns the ring records of some kinds into events. */
interface KindDecoder {
  /** Returns how long the fixed part of records of a kind is; −1 for kinds that are not its own. */
  int fixedBytes(int kind);

  /**
   * Turns a record into events, if it holds what it says.
   *
   * @param kind of the record, one of its own
   * @param memory where the record is
   * @param at where it begins; its header and fixed part are whole
   * @param variableBytes how many bytes the record has after its fixed part
   * @return false if the record does not hold what it says
   * @throws IOException when an event cannot be written
   */
  boolean decode(int kind, ByteBuffer memory, int at, int variableBytes) throws IOException;
}
