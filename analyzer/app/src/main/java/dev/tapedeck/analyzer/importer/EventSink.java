// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureWriter;
import java.io.IOException;

/** Takes the events that an import makes. */
public interface EventSink {
  /** Takes the next event. */
  void write(CaptureEvent event) throws IOException;

  /** Takes the promise that no event follows with an exit time before this one. */
  void watermark(long monotonicNanos) throws IOException;

  /** Returns one that writes a capture. */
  static EventSink to(CaptureWriter writer) {
    return new EventSink() {
      @Override
      public void write(CaptureEvent event) throws IOException {
        writer.write(event);
      }

      @Override
      public void watermark(long monotonicNanos) {
        writer.watermark(monotonicNanos);
      }
    };
  }
}
