// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.CaptureEvent;
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
}
