// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.DataRecord;
import dev.tapedeck.format.StreamId;
import java.io.IOException;

/** Takes events, in the order in which they were read. */
@FunctionalInterface
interface EventSink {
  /**
   * Takes one event.
   *
   * @throws IOException when it cannot be written
   */
  void accept(CaptureEvent event) throws IOException;

  /**
   * Takes one data event as a record of its values, which holds until this returns.
   *
   * @throws IOException when it cannot be written
   */
  default void accept(DataRecord data) throws IOException {
    accept(data.toEvent());
  }

  /** Notes a stream of which data will come: at its first, and now and then again. */
  default void noteStream(StreamId stream) {}
}
