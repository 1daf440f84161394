// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.AnalysisStats;
import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.SessionVisitor;
import dev.tapedeck.analyzer.stream.CaptureIndex;
import dev.tapedeck.analyzer.stream.CaptureIndexer;
import dev.tapedeck.analyzer.stream.Channel;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.Projection;
import dev.tapedeck.format.Role;
import dev.tapedeck.format.StreamEvent;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reconstructs the sessions of a capture.
 *
 * <p>Reads the source twice. The first reading takes no payload: it links TLS sessions to sockets,
 * finds roles, the two recorded ends of one connection, and which bytes are missing. The second one
 * puts the streams in order and parses them.
 *
 * <p>Streams in which no HTTP was found, such as other protocols' first bytes, are no sessions;
 * they keep their number and are counted.
 *
 * <p><b>Deterministic:</b> the same events give the same sessions.
 *
 * <p><b>Limits:</b> memory holds one small record for each connection of the capture, the exchanges
 * of connections that are open at the same time in the capture, and finished sessions for as long
 * as one with a lower number is open. Messages keep the blocks that their bytes lie in.
 *
 * <p><b>Threads:</b> an analyzer holds no state between analyses; each analysis runs on the
 * caller's thread.
 */
public final class SessionAnalyzer {
  private final AnalyzerOptions options;

  /** Makes an analyzer. */
  public SessionAnalyzer(AnalyzerOptions options) {
    this.options = options;
  }

  /**
   * Reconstructs the sessions and hands them to the visitor in ascending number.
   *
   * @throws IOException when the source cannot be read, or from the visitor
   */
  public AnalysisStats analyze(EventSource source, SessionVisitor visitor) throws IOException {
    CaptureIndexer indexer = new CaptureIndexer(options.maxReorderBytes());
    source.read(Projection.METADATA, indexer);
    SecondReading reading = new SecondReading(indexer.finish(), visitor);
    source.read(Projection.ALL, reading);
    return reading.finish();
  }

  /** Parses, and hands out sessions in order. */
  private final class SecondReading implements CaptureVisitor {
    private final CaptureIndex index;
    private final SessionVisitor visitor;
    private final Map<Integer, SessionBuilder> building = new HashMap<>();
    private final Map<Integer, @Nullable Session> finished = new HashMap<>();
    private @Nullable Channel lastChannel;
    private @Nullable SessionBuilder lastBuilder;
    private int nextNumber = 1;
    private long events;
    private long sessions;
    private long exchanges;
    private long foldedExchanges;
    private long otherStreams;
    private long otherBytes;
    private long lostBytes;
    private long damages;

    SecondReading(CaptureIndex index, SessionVisitor visitor) {
      this.index = index;
      this.visitor = visitor;
    }

    @Override
    public void event(CaptureEvent event) throws IOException {
      events++;
      if (!(event instanceof StreamEvent stream) || event instanceof StreamEvent.CipherRecord) {
        return;
      }
      Channel channel = index.channel(stream.stream().owner());
      if (channel == null) {
        return;
      }
      SessionBuilder builder = lastBuilder;
      if (channel != lastChannel || builder == null) {
        builder =
            building.computeIfAbsent(
                channel.number(), unused -> new SessionBuilder(options, channel, index.clock()));
        lastChannel = channel;
        lastBuilder = builder;
      }
      if (builder.add(stream)) {
        finish(channel, builder);
        handOut();
      }
    }

    @Override
    public void damage(Damage damage) throws IOException {
      damages++;
      visitor.damage(damage);
    }

    private void finish(Channel channel, SessionBuilder builder) {
      building.remove(channel.number());
      lastChannel = null;
      lastBuilder = null;
      Session session = builder.finish();
      if (builder.isHttp()) {
        finished.put(channel.number(), session);
        lostBytes += builder.lostBytes();
      } else {
        finished.put(channel.number(), null);
        otherStreams++;
        otherBytes += builder.capturedBytes();
      }
    }

    private void handOut() throws IOException {
      while (nextNumber <= index.channels().size() && finished.containsKey(nextNumber)) {
        Channel channel = index.channels().get(nextNumber - 1);
        Channel other = options.bothEnds() ? null : channel.otherEnd();
        if (other != null && other.number() > nextNumber) {
          if (!finished.containsKey(other.number())) {
            return;
          }
          fold(channel, other);
        }
        Session session = finished.remove(nextNumber);
        nextNumber++;
        if (session != null) {
          sessions++;
          exchanges += session.exchanges().size();
          visitor.session(session);
        }
      }
    }

    private void fold(Channel one, Channel other) {
      Session first = finished.get(one.number());
      Session second = finished.get(other.number());
      if (first == null || second == null) {
        return;
      }
      boolean firstServes = first.connection().role() == Role.SERVER;
      if (firstServes == (second.connection().role() == Role.SERVER)) {
        return;
      }
      EndFolder.Folded folded =
          firstServes ? EndFolder.fold(first, second) : EndFolder.fold(second, first);
      foldedExchanges += folded.folded();
      finished.put(firstServes ? one.number() : other.number(), folded.server());
      finished.put(firstServes ? other.number() : one.number(), folded.client());
    }

    AnalysisStats finish() throws IOException {
      for (Channel channel : index.channels()) {
        int number = channel.number();
        if (number >= nextNumber && !finished.containsKey(number)) {
          SessionBuilder builder = building.get(number);
          finish(
              channel,
              builder != null ? builder : new SessionBuilder(options, channel, index.clock()));
        }
      }
      handOut();
      return new AnalysisStats(
          events,
          sessions,
          exchanges,
          foldedExchanges,
          otherStreams,
          otherBytes,
          index.lostEvents(),
          lostBytes,
          damages);
    }
  }
}
