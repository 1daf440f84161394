// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.IOException;

/**
 * Takes what a {@link CaptureReader} finds, in the file's order.
 *
 * <p><b>Threads:</b> called on the reading thread only.
 *
 * <p><b>Errors:</b> an exception ends the reading and reaches its caller.
 */
public interface CaptureVisitor {
  /**
   * Takes one event.
   *
   * <p><b>Ownership:</b> the event may be kept. A payload shares the memory of its block's whole
   * payload plane (about 1 MiB): copy what is kept long.
   */
  void event(CaptureEvent event) throws IOException;

  /**
   * Takes one data event, without an object for it; who does not care gets it as {@link #event}.
   *
   * <p><b>Ownership:</b> the row holds these values until the method returns.
   */
  default void data(DataRow row) throws IOException {
    event(row.toEvent());
  }

  /** Takes a part of the file that could not be read; reading goes on after it. */
  default void damage(Damage damage) throws IOException {}

  /**
   * Takes what the recorder promised with the events up to here: none with an earlier exit time
   * follows.
   *
   * @param monotonicNanos on the clock of the events; 0 promises nothing
   */
  default void watermark(long monotonicNanos) throws IOException {}

  /** Takes what the file says was lost when it was copied from a damaged one. */
  default void loss(CopyLoss loss) throws IOException {}
}
