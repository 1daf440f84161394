// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer;

import dev.tapedeck.format.CaptureEvent;
import java.io.IOException;

/** Takes the events that an import makes; a capture's writer is one. */
public interface EventSink {
  /** Takes the next event. */
  void write(CaptureEvent event) throws IOException;

  /** Takes the promise that no event follows with an exit time before this one. */
  void watermark(long monotonicNanos) throws IOException;
}
