// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.analyzer.stream.CaptureIndex;
import dev.tapedeck.analyzer.stream.Channel;
import dev.tapedeck.analyzer.stream.MissingCause;
import dev.tapedeck.analyzer.stream.SegmentSink;
import dev.tapedeck.analyzer.stream.StreamAssembler;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.ClockMap;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.Projection;
import dev.tapedeck.format.Role;
import dev.tapedeck.format.StreamEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Hands out a capture's streams as bytes in order, linked to their sockets, without parsing them.
 *
 * <p>Of a connection of which both ends were recorded the server's side is handed out.
 *
 * <p><b>Deterministic</b>, <b>Threads:</b> that of the caller. <b>Limits:</b> a small record for
 * each connection, and bytes that came before those in front of them.
 */
public final class StreamAnalyzer {
  private final long maxReorderBytes;

  /** Makes an analyzer that keeps so many bytes of a direction until those before them come. */
  public StreamAnalyzer(long maxReorderBytes) {
    this.maxReorderBytes = maxReorderBytes;
  }

  /**
   * Reads a source, twice.
   *
   * @throws IOException when it cannot be read, or from the visitor
   */
  public void analyze(EventSource source, StreamVisitor visitor) throws IOException {
    // With its payload already the first time, so that both readings meet the same damage.
    CaptureIndex index = FirstReading.read(source, Projection.ALL, maxReorderBytes, null);
    try {
      Reading reading = new Reading(index, visitor);
      source.read(Projection.ALL, reading);
      reading.finish();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private final class Reading implements CaptureVisitor {
    private final CaptureIndex index;
    private final StreamVisitor visitor;
    private final Map<Channel, Streams> open = new HashMap<>();
    private long place;

    Reading(CaptureIndex index, StreamVisitor visitor) {
      this.index = index;
      this.visitor = visitor;
    }

    @Override
    public void event(CaptureEvent event) throws IOException {
      if (!(event instanceof StreamEvent stream) || event instanceof StreamEvent.CipherRecord) {
        return;
      }
      Channel channel = index.channel(stream.stream().owner());
      if (channel == null || isOtherEnd(channel)) {
        return;
      }
      Streams streams =
          open.computeIfAbsent(
              channel, one -> new Streams(one, index.clock(one), visitor, maxReorderBytes));
      place += StreamAssembler.weight(stream);
      if (streams.add(stream, place)) {
        open.remove(channel);
        streams.finish();
      }
    }

    private static boolean isOtherEnd(Channel channel) {
      return channel.otherEnd() != null && channel.role() == Role.CLIENT;
    }

    @Override
    public void damage(Damage damage) throws IOException {
      visitor.damage(damage);
    }

    void finish() throws IOException {
      for (Channel channel : index.channels()) {
        Streams streams = open.remove(channel);
        if (streams != null) {
          streams.finish();
        }
      }
    }
  }

  /** The two directions of a channel. */
  private static final class Streams {
    private final Channel channel;
    private final ClockMap clock;
    private final StreamVisitor visitor;
    private final StreamAssembler egress;
    private final StreamAssembler ingress;
    private @Nullable ConnectionInfo connection;
    private long events;

    Streams(Channel channel, ClockMap clock, StreamVisitor visitor, long maxReorderBytes) {
      this.channel = channel;
      this.clock = clock;
      this.visitor = visitor;
      this.egress = assembler(Direction.EGRESS, maxReorderBytes);
      this.ingress = assembler(Direction.INGRESS, maxReorderBytes);
    }

    private StreamAssembler assembler(Direction direction, long maxReorderBytes) {
      return new StreamAssembler(
          direction,
          channel.facts(direction),
          maxReorderBytes,
          new SegmentSink() {
            @Override
            public void data(Bytes run, long position, long startNanos, long endNanos) {
              // Bytes that go out begin to move with the call, others are there when it returns.
              long nanos = direction == Direction.EGRESS ? startNanos : endNanos;
              Streams.this.data(direction, run, position, nanos);
            }

            @Override
            public void gap(long lengthBytes, MissingCause cause) {
              Streams.this.gap(direction, lengthBytes);
            }
          });
    }

    boolean add(StreamEvent event, long place) {
      if (events++ == 0) {
        egress.start();
        ingress.start();
      }
      (event.stream().direction() == Direction.EGRESS ? egress : ingress).add(event, place);
      egress.forget(place);
      ingress.forget(place);
      return events == channel.events();
    }

    private void data(Direction direction, Bytes run, long position, long nanos) {
      try {
        long epochNanos = clock.toEpochNanos(nanos);
        ConnectionInfo known = known(direction, run, epochNanos);
        visitor.data(channel.number(), isFromClient(known, direction), run, position, epochNanos);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void gap(Direction direction, long lengthBytes) {
      ConnectionInfo known = connection;
      if (known == null) {
        return;
      }
      try {
        visitor.gap(channel.number(), isFromClient(known, direction), lengthBytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static boolean isFromClient(ConnectionInfo connection, Direction direction) {
      return (connection.role() == Role.CLIENT) == (direction == Direction.EGRESS);
    }

    private ConnectionInfo known(Direction direction, Bytes run, long epochNanos)
        throws IOException {
      ConnectionInfo known = connection;
      if (known == null) {
        known = channel.info(role(direction, run), "", clock);
        connection = known;
        visitor.opened(channel.number(), known, channel.isFromStart(), epochNanos);
      }
      return known;
    }

    private Role role(Direction direction, Bytes run) {
      Role recorded = channel.role();
      if (recorded != null) {
        return recorded;
      }
      Role shown = RoleDecider.decide(direction, run);
      Role likely = channel.likelyRole();
      return shown != null ? shown : likely != null ? likely : Role.SERVER;
    }

    void finish() throws IOException {
      egress.finish();
      ingress.finish();
      ConnectionInfo known = connection;
      if (known != null) {
        visitor.ended(channel.number(), known, channel.isClosed() && !channel.isClosedInOrder());
      }
    }
  }
}
