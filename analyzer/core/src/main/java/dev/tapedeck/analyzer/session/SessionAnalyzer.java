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
 * puts the streams in order and parses them. Damage that only the payload shows makes both readings
 * start again with it: the sessions that were handed out before stand.
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
    SecondReading reading = new SecondReading(index(source, Projection.METADATA), visitor, null);
    source.read(Projection.ALL, reading);
    if (reading.isStale) {
      reading = new SecondReading(index(source, Projection.ALL), visitor, reading);
      source.read(Projection.ALL, reading);
    }
    return reading.finish();
  }

  private CaptureIndex index(EventSource source, Projection projection) throws IOException {
    CaptureIndexer indexer = new CaptureIndexer(options.maxReorderBytes());
    source.read(projection, indexer);
    return indexer.finish();
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
    private final int shownBefore;
    private final int damagesBefore;
    private int damages;

    /** Something is damaged that the index does not know of: what follows differs from it. */
    private boolean isStale;

    /**
     * Begins a reading.
     *
     * @param stale an earlier one, whose sessions and damages the visitor has seen; null when there
     *     is none
     */
    SecondReading(CaptureIndex index, SessionVisitor visitor, @Nullable SecondReading stale) {
      this.index = index;
      this.visitor = visitor;
      if (stale == null) {
        shownBefore = 0;
        damagesBefore = 0;
      } else {
        shownBefore = stale.nextNumber - 1;
        damagesBefore = stale.damages;
      }
    }

    @Override
    public void event(CaptureEvent event) throws IOException {
      if (isStale) {
        return;
      }
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
                channel.number(),
                unused -> new SessionBuilder(options, channel, index.clock(channel)));
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
      if (isStale) {
        return;
      }
      boolean foreseen =
          damages < index.damages().size() && index.damages().get(damages).equals(damage);
      damages++;
      if (damages > damagesBefore) {
        visitor.damage(damage);
      }
      isStale = !foreseen;
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
          if (session.number() > shownBefore) {
            visitor.session(session);
          }
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
              builder != null
                  ? builder
                  : new SessionBuilder(options, channel, index.clock(channel)));
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
