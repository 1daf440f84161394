// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.AnalysisStats;
import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.analyzer.ExchangeVisitor;
import dev.tapedeck.analyzer.SessionVisitor;
import dev.tapedeck.analyzer.stream.CaptureIndex;
import dev.tapedeck.format.Projection;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reconstructs the sessions of a capture.
 *
 * <p>Reads the source twice. The first reading takes no payload: it links TLS sessions to sockets,
 * finds roles, the two recorded ends of one connection, and which bytes are missing. The second one
 * puts the streams in order and parses them. Damage that only the payload shows makes both readings
 * start again with it: what was handed out before stands.
 *
 * <p>Streams in which no HTTP was found, such as other protocols' first bytes, are no sessions;
 * they keep their number and are counted. A connection of which the capture says that its bytes
 * were lost, all of them, is a session without exchanges, and so is a TLS session that was left
 * out.
 *
 * <p><b>Deterministic:</b> the same events give the same exchanges in the same order.
 *
 * <p><b>Limits:</b> memory holds one small record for each connection of the capture and the
 * messages that are open at the same time, however large it is and however long its connections
 * last. Messages keep the blocks that their bytes lie in.
 *
 * <p><b>Threads:</b> an analyzer holds no state between analyses; each analysis runs on the
 * caller's thread, which also calls the source and the visitor, and on as many helpers as the
 * options say. These have ended when it returns. The sections of a source are decoded on any of
 * them.
 */
public final class SessionAnalyzer {
  private final AnalyzerOptions options;

  /** Makes an analyzer. */
  public SessionAnalyzer(AnalyzerOptions options) {
    this.options = options;
  }

  /**
   * Reconstructs the exchanges and hands each to the visitor as soon as it is complete.
   *
   * @throws IOException when the source cannot be read, or from the visitor
   */
  public AnalysisStats analyze(EventSource source, ExchangeVisitor visitor) throws IOException {
    return analyze(source, new LegJoiner(visitor, true));
  }

  private AnalysisStats analyze(EventSource source, LegJoiner legs) throws IOException {
    try (Crew crew = options.threads() == 1 ? null : Crew.start(options.threads())) {
      Delivery delivery = new Delivery(legs);
      AnalysisStats stats = read(source, Projection.METADATA, delivery, legs, crew);
      if (stats == null) {
        delivery.again();
        stats = read(source, Projection.ALL, delivery, legs, crew);
      }
      if (stats == null) {
        throw new IOException("the source gives another damage each time that it is read");
      }
      legs.finish();
      return stats;
    }
  }

  /**
   * Reads the source twice.
   *
   * @param first what the first reading takes
   * @return null when the source is damaged in a way that the first reading did not meet
   */
  private @Nullable AnalysisStats read(
      EventSource source, Projection first, Delivery delivery, LegJoiner legs, @Nullable Crew crew)
      throws IOException {
    CaptureIndex index = FirstReading.read(source, first, options.maxReorderBytes(), crew);
    legs.use(index);
    return crew == null
        ? SecondReading.read(source, options, index, delivery)
        : ShardedReading.read(crew, source, options, index, delivery);
  }

  /**
   * Reconstructs the sessions and hands them to the visitor in ascending number.
   *
   * <p><b>Limits:</b> holds all sessions with all their exchanges until the whole source was read.
   *
   * @throws IOException when the source cannot be read, or from the visitor
   */
  public AnalysisStats analyze(EventSource source, SessionVisitor visitor) throws IOException {
    SessionCollector collector = new SessionCollector(visitor);
    AnalysisStats stats = analyze(source, new LegJoiner(collector, false));
    collector.handOut();
    return stats;
  }
}
