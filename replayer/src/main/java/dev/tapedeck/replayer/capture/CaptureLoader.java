// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.capture;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.SessionVisitor;
import dev.tapedeck.analyzer.session.SessionAnalyzer;
import dev.tapedeck.analyzer.stream.HostTimes;
import dev.tapedeck.format.CaptureAccess;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.Projection;
import dev.tapedeck.format.ReaderOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads captures for replay. */
public final class CaptureLoader {
  private final ReaderOptions options;
  private final List<Damage> damages = new ArrayList<>();
  private boolean complete = true;

  /** Creates a loader. */
  public CaptureLoader(ReaderOptions options) {
    this.options = options;
  }

  /**
   * Reads a capture. What is damaged is left out, see {@link #damages()}.
   *
   * @throws IOException when it cannot be read or is no capture
   */
  public RecordedCapture load(Path file) throws IOException {
    try (CaptureReader reader = CaptureReader.open(file, options)) {
      if (reader.access() == CaptureAccess.METADATA) {
        throw new IOException(
            reader.name() + ": HTTP is payload, and the key opens metadata only; name another key");
      }
      HostTimes times = new HostTimes();
      reader.read(Projection.METADATA, times::add);
      List<Session> sessions = new ArrayList<>();
      SessionVisitor visitor =
          new SessionVisitor() {
            @Override
            public void session(Session session) {
              sessions.add(session);
            }

            @Override
            public void damage(Damage damage) {
              damages.add(damage);
            }
          };
      new SessionAnalyzer(AnalyzerOptions.defaults()).analyze(reader::read, visitor);
      complete &= reader.summary().complete();
      return new RecordedCapture(
          reader.name(),
          reader.header().hostId(),
          reader.header().hostName(),
          times.startRealNanos(),
          sessions);
    }
  }

  /** Returns the parts of the files loaded so far that could not be read. */
  public List<Damage> damages() {
    return List.copyOf(damages);
  }

  /** Returns whether the files loaded so far end as finished ones do. */
  public boolean complete() {
    return complete;
  }
}
