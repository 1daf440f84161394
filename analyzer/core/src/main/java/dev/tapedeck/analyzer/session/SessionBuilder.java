// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.ByteAccounting;
import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.http.ConnectionParser;
import dev.tapedeck.analyzer.http.SessionContext;
import dev.tapedeck.analyzer.stream.Channel;
import dev.tapedeck.analyzer.stream.MissingCause;
import dev.tapedeck.analyzer.stream.SegmentSink;
import dev.tapedeck.analyzer.stream.StreamAssembler;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.ClockMap;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.Role;
import dev.tapedeck.format.StreamEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes one channel's session: puts its streams in order, decides the role where only the bytes
 * tell, and has the exchanges parsed.
 */
final class SessionBuilder {
  private static final int MAX_UNDECIDED_RUNS = 64;

  /** Of so many the other direction must have said something. */
  private static final int MAX_CONTRADICTING_BYTES = 1 << 16;

  private final AnalyzerOptions options;
  private final Channel channel;
  private final ClockMap clock;
  private final StreamAssembler egress;
  private final StreamAssembler ingress;
  private final ChannelSink sink;
  private List<Undecided> undecided = new ArrayList<>(0);
  private @Nullable ConnectionParser parser;
  private @Nullable Role role;
  private long seenEvents;
  private long exchanges;

  /** Where bytes came of which the recorded role can't be; null without such. */
  private @Nullable Direction contradicting;

  private boolean contradictsRole;
  private long undecidedBytes;

  /** The first bytes of a direction, while it is not clear whether they contradict the role. */
  private Bytes lead = Bytes.empty();

  private @Nullable Direction leadDirection;

  /** For the shard: whether it took anything since the shard last looked. */
  boolean touched;

  /** For the shard: what {@link #heldBytes} was when the shard last looked. */
  long heldBefore;

  /** For the shard: its place among those that are open. */
  int openIndex;

  /** For the shard: what folds both ends of the connection; null when only one is shown. */
  @Nullable PairFolder pair;

  /**
   * Begins a session.
   *
   * @param sink takes its exchanges as they are complete, and its end
   */
  SessionBuilder(AnalyzerOptions options, Channel channel, ClockMap clock, ChannelSink sink) {
    this.sink = sink;
    this.options = options;
    this.channel = channel;
    this.clock = clock;
    this.egress = assembler(Direction.EGRESS);
    this.ingress = assembler(Direction.INGRESS);
  }

  /** A run or gap that came before the role was known. */
  private record Undecided(
      Direction direction,
      @Nullable Bytes run,
      long position,
      long startNanos,
      long endNanos,
      long length,
      MissingCause cause) {
    Undecided detached() {
      return run == null
          ? this
          : new Undecided(direction, run.detached(), position, startNanos, endNanos, length, cause);
    }
  }

  private StreamAssembler assembler(Direction direction) {
    return new StreamAssembler(
        direction,
        channel.facts(direction),
        options.maxReorderBytes(),
        new SegmentSink() {
          @Override
          public void data(Bytes run, long position, long startNanos, long endNanos) {
            SessionBuilder.this.data(direction, run, position, startNanos, endNanos);
          }

          @Override
          public void gap(long lengthBytes, MissingCause cause) {
            SessionBuilder.this.gap(direction, lengthBytes, cause);
          }
        });
  }

  /**
   * Takes an event of the channel; returns whether it was the last one.
   *
   * @param place as in {@link StreamAssembler}
   */
  boolean add(StreamEvent event, long place) {
    begin();
    of(event.stream().direction()).add(event, place);
    return seenEvents == channel.events();
  }

  /**
   * Takes the bytes of a call, as {@link StreamAssembler} does; returns whether it was the last.
   */
  boolean add(
      Direction direction,
      long position,
      long originalLength,
      int capturedLength,
      @Nullable Bytes payload,
      long startNanos,
      long exitNanos,
      long place) {
    begin();
    of(direction)
        .add(position, originalLength, capturedLength, payload, startNanos, exitNanos, place);
    return seenEvents == channel.events();
  }

  private void begin() {
    if (seenEvents++ == 0) {
      egress.start();
      ingress.start();
    }
  }

  private StreamAssembler of(Direction direction) {
    return direction == Direction.EGRESS ? egress : ingress;
  }

  /** Returns the channel. */
  Channel channel() {
    return channel;
  }

  /** Lets go of what nothing can be compared with any more that comes from a place on. */
  void forget(long place) {
    egress.forget(place);
    ingress.forget(place);
  }

  private void data(Direction direction, Bytes run, long position, long startNanos, long endNanos) {
    if (parser != null) {
      parser.data(isRequest(direction), run, position, startNanos, endNanos);
      return;
    }
    undecided.add(
        new Undecided(
            direction, run, position, startNanos, endNanos, run.length(), MissingCause.LOST));
    if (channel.role() != null) {
      check(channel.role(), direction, run);
      return;
    }
    Role decided = RoleDecider.decide(direction, run);
    if (decided != null) {
      decide(decided, "The role follows from the side that sent the first request.");
    } else if (undecided.size() >= MAX_UNDECIDED_RUNS) {
      decideByPorts();
    }
  }

  /**
   * Takes the recorded role unless the bytes prove the other one: the first ones of a connection do
   * that by themselves; later ones may be quoted in a body, so that both directions' must.
   */
  private void check(Role recorded, Direction direction, Bytes run) {
    undecidedBytes += run.length();
    if (direction == contradicting && undecidedBytes < MAX_CONTRADICTING_BYTES) {
      return;
    }
    lead = direction == leadDirection ? lead.plus(run) : run;
    leadDirection = direction;
    RoleDecider.Contradiction found = RoleDecider.contradicts(recorded, direction, lead);
    if (found == RoleDecider.Contradiction.NO || undecidedBytes >= MAX_CONTRADICTING_BYTES) {
      decide(recorded, "");
    } else if (found == RoleDecider.Contradiction.YES
        && (channel.isFromStart() || contradicting != null)) {
      contradictsRole = true;
      decide(
          recorded == Role.CLIENT ? Role.SERVER : Role.CLIENT,
          "The bytes show this role, and another one was recorded.");
    } else if (found == RoleDecider.Contradiction.YES) {
      contradicting = direction;
    }
  }

  private void gap(Direction direction, long lengthBytes, MissingCause cause) {
    if (parser == null) {
      undecided.add(new Undecided(direction, null, 0, 0, 0, lengthBytes, cause));
      if (leadDirection != null && channel.role() != null) {
        decide(channel.role(), "");
      }
    } else {
      parser.gap(isRequest(direction), lengthBytes, cause);
    }
  }

  private boolean isRequest(Direction direction) {
    return (role == Role.CLIENT) == (direction == Direction.EGRESS);
  }

  private void decideByPorts() {
    Role likely = channel.likelyRole();
    if (channel.role() != null) {
      decide(channel.role(), "");
    } else if (likely == null) {
      decide(Role.SERVER, "The role is not known.");
    } else {
      decide(likely, "The role is guessed from the ports.");
    }
  }

  private void decide(Role decided, String reason) {
    role = decided;
    ConnectionInfo info = channel.info(decided, reason, clock);
    ConnectionParser made =
        new ConnectionParser(
            options,
            new SessionContext(channel.number(), info, channel.isFromStart(), clock::toEpochNanos),
            this::exchange);
    parser = made;
    for (Undecided item : undecided) {
      if (item.run() == null) {
        made.gap(isRequest(item.direction()), item.length(), item.cause());
      } else {
        made.data(
            isRequest(item.direction()),
            item.run(),
            item.position(),
            item.startNanos(),
            item.endNanos());
      }
    }
    undecided = List.of();
    lead = Bytes.empty();
  }

  /** Lets go of the blocks that were taken in, but for {@link #forget}: copies what is needed. */
  void detach() {
    egress.detach();
    ingress.detach();
    for (int i = 0; i < undecided.size(); i++) {
      undecided.set(i, undecided.get(i).detached());
    }
    if (parser != null) {
      parser.detach();
    }
  }

  /** Returns how many bytes are kept for what is open. */
  long heldBytes() {
    long held = egress.pendingBytes() + ingress.pendingBytes();
    for (Undecided item : undecided) {
      held += item.run() == null ? 0 : item.length();
    }
    return parser == null ? held : held + parser.heldBytes();
  }

  /** Frees what is kept, but for so many bytes, as far as that goes. */
  void relieve(long keptBytes) {
    egress.giveUp();
    ingress.giveUp();
    if (parser == null) {
      decideByPorts();
    } else {
      parser.relieve(keptBytes);
    }
  }

  private void exchange(Exchange exchange) {
    exchanges++;
    sink.exchange(exchange);
  }

  /** Ends the session. */
  void finish() {
    egress.finish();
    ingress.finish();
    if (parser == null) {
      decideByPorts();
    }
    ConnectionParser used = Objects.requireNonNull(parser, "parser");
    used.end(channel.isClosedInOrder());
    sink.end(
        new ChannelSink.End(
            channel.number(),
            used.connection(),
            exchanges > 0 || used.isHttp() || channel.isWithoutBytes(),
            new ByteAccounting(
                account(egress, used, Direction.EGRESS), account(ingress, used, Direction.INGRESS)),
            captured(egress) + captured(ingress),
            egress.lostBytes() + ingress.lostBytes(),
            channel.coverage(egress, ingress),
            anomalies(used)));
  }

  private static long captured(StreamAssembler assembler) {
    return assembler.deliveredBytes() + assembler.duplicateBytes() + assembler.lateBytes();
  }

  private ByteAccounting.Account account(
      StreamAssembler assembler, ConnectionParser used, Direction direction) {
    boolean request = isRequest(direction);
    return new ByteAccounting.Account(
        used.inMessages(request),
        used.outsideMessages(request) + assembler.lateBytes(),
        assembler.lostBytes(),
        assembler.duplicateBytes());
  }

  private List<Anomaly> anomalies(ConnectionParser used) {
    List<Anomaly> found = new ArrayList<>(channel.anomalies());
    long conflicting = egress.conflictingBytes() + ingress.conflictingBytes();
    if (conflicting > 0) {
      found.add(new Anomaly(AnomalyKind.CONFLICTING_BYTES, Long.toString(conflicting)));
    }
    if (contradictsRole) {
      found.add(
          new Anomaly(
              AnomalyKind.ROLE_CONTRADICTION,
              "recorded as "
                  + Objects.requireNonNull(channel.role(), "role")
                      .name()
                      .toLowerCase(Locale.ROOT)));
    }
    found.addAll(used.anomalies());
    return found;
  }
}
