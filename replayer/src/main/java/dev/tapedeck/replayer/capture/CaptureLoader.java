// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.capture;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.ExchangeVisitor;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.SessionSummary;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads captures for replay. */
public final class CaptureLoader {
  private final ReaderOptions options;
  private final BodyStore bodies;
  private final List<Damage> damages = new ArrayList<>();
  private boolean complete = true;

  /**
   * Creates a loader.
   *
   * @param bodies takes the bodies of what is loaded; the caller closes it
   */
  public CaptureLoader(ReaderOptions options, BodyStore bodies) {
    this.options = options;
    this.bodies = bodies;
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
      Collector collector = new Collector();
      new SessionAnalyzer(AnalyzerOptions.newBuilder().keepFrames(true).build())
          .analyze(reader::read, collector);
      complete &= reader.summary().complete();
      return new RecordedCapture(
          reader.name(),
          reader.header().hostId(),
          reader.header().hostName(),
          times.startRealNanos(),
          collector.sessions(),
          bodies);
    }
  }

  /** Collects sessions whose bodies are in the store. */
  private final class Collector implements ExchangeVisitor {
    private final Map<Integer, List<Exchange>> open = new HashMap<>();
    private final Map<Integer, Session> sessions = new TreeMap<>();

    @Override
    public void exchange(Exchange exchange) throws IOException {
      open.computeIfAbsent(exchange.sessionNumber(), unused -> new ArrayList<>())
          .add(bodies.keep(exchange));
    }

    @Override
    public void session(SessionSummary summary) {
      List<Exchange> own = open.remove(summary.number());
      sessions.put(summary.number(), summary.with(own == null ? List.of() : own));
    }

    @Override
    public void damage(Damage damage) {
      damages.add(damage);
    }

    List<Session> sessions() {
      return List.copyOf(sessions.values());
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
