// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.IOException;

/**
 * Changes events on their way into a capture. It may hold some back, and has to hold back promises
 * about time with them.
 *
 * <p><b>Lifecycle:</b> any number of events and watermarks, then {@link #end} once. <b>Threads:</b>
 * confined to one.
 */
public interface EventStage {
  /** Takes events. */
  @FunctionalInterface
  interface Sink {
    /** Takes an event. */
    void event(CaptureEvent event) throws IOException;
  }

  /** Takes an event, and gives those that can be written now. */
  void event(CaptureEvent event, Sink sink) throws IOException;

  /**
   * Takes a promise that no earlier event comes, and gives events that need not wait longer.
   *
   * @param monotonicNanos on the clock of the events
   * @return the promise that holds for what is given from now on
   */
  long watermark(long monotonicNanos, Sink sink) throws IOException;

  /** Gives all that is held. */
  void end(Sink sink) throws IOException;
}
