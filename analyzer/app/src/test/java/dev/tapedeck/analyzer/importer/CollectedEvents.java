// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.session.SessionAnalyzer;
import dev.tapedeck.format.CaptureEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Events of an import, kept. */
final class CollectedEvents implements EventSink {
  private final List<CaptureEvent> events = new ArrayList<>();
  private long watermarkNanos;

  /** Events that came although a watermark had promised that none would. */
  private long late;

  @Override
  public void write(CaptureEvent event) {
    late += event.stamp().exitNanos() < watermarkNanos ? 1 : 0;
    events.add(event);
  }

  @Override
  public void watermark(long monotonicNanos) {
    watermarkNanos = monotonicNanos;
  }

  List<CaptureEvent> events() {
    return List.copyOf(events);
  }

  long late() {
    return late;
  }

  List<Session> sessions() throws IOException {
    EventSource source =
        (projection, visitor) -> {
          for (CaptureEvent event : events) {
            visitor.event(event);
          }
        };
    List<Session> sessions = new ArrayList<>();
    new SessionAnalyzer(AnalyzerOptions.newBuilder().bothEnds(true).build())
        .analyze(source, sessions::add);
    return sessions;
  }
}
