// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.EventOrigin;
import dev.tapedeck.format.EventStage;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.ProcessEvent;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.format.StreamOwner;
import dev.tapedeck.format.TlsEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Masks secrets in events before they are written.
 *
 * <p>Of HTTP/1 connections that are known from their first byte, heads and bodies are masked in
 * place, whatever calls their bytes came in; lengths stay. What cannot be masked is dropped: data
 * events keep their place and original length and hold no bytes, and a {@link LossEvent} of cause
 * {@link LossEvent.Cause#REDACTED} says how many went. That is all of a connection that was joined
 * late, from a gap outside a body on, from the first byte that is not strictly HTTP/1 on (HTTP/2,
 * upgrades, tunnels), bodies that are coded, too long or not what they say. Arguments of commands
 * are left out.
 *
 * <p><b>Limits</b>
 *
 * <table>
 *   <caption>What is held; beyond, the connection at hand is dropped</caption>
 *   <tr><td>a head</td><td>64 KiB</td></tr>
 *   <tr><td>a body</td><td>{@link RedactionRules#maxBodyBytes}</td></tr>
 *   <tr><td>all connections</td><td>{@value #MAX_HELD_BYTES} bytes</td></tr>
 *   <tr><td>an event</td><td>10 s by the watermark</td></tr>
 *   <tr><td>open connections</td><td>{@value #MAX_CONNECTIONS}; others are dropped whole</td></tr>
 * </table>
 *
 * <p><b>Threads:</b> confined to one thread. <b>Ownership:</b> payloads that are given are copies.
 */
public final class Redactor implements EventStage {
  /** The attribute of a capture's header that says by which rules it was redacted. */
  public static final String ATTRIBUTE = "redaction";

  /**
   * Returns whether an {@link #ATTRIBUTE} says that the default rules were among those by which a
   * capture was redacted.
   *
   * @param attribute its text; empty when the capture has none
   */
  public static boolean followedDefaults(String attribute) {
    String name = RedactionRules.DEFAULT.name();
    return Arrays.stream(attribute.split(" \\| ", -1))
        .map(run -> run.split("; ", 3))
        .anyMatch(run -> run[0].equals(name) || (run.length > 1 && run[1].equals(name)));
  }

  /** Most bytes that are held. */
  public static final int MAX_HELD_BYTES = 16 << 20;

  /** Most connections that are followed. */
  public static final int MAX_CONNECTIONS = 1 << 16;

  private static final long MAX_HELD_NANOS = 10_000_000_000L;
  private static final long LOSS_BYTES = 1 << 20;
  private static final int MAX_LOSSES = 10_000;

  private final RedactionRules rules;
  private final Mask mask;
  private final Map<StreamOwner, ConnectionMasker> maskers = new HashMap<>();
  private final Set<ConnectionMasker> holding = new LinkedHashSet<>();
  private final Map<StreamId, Loss> losses = new HashMap<>();
  private long heldBytes;
  private long droppedBytes;
  private long maskedValues;
  private long sequence;
  private long watermarkNanos;

  /** Bytes dropped of a stream, not stated yet. */
  private static final class Loss {
    private long bytes;
    private EventStamp stamp;

    Loss(EventStamp stamp) {
      this.stamp = stamp;
    }
  }

  /** Masks by rules, with tokens under a key. */
  public Redactor(RedactionRules rules, Tokens tokens) {
    this(rules, (Mask) tokens);
  }

  private Redactor(RedactionRules rules, Mask mask) {
    this.rules = rules;
    this.mask = mask;
  }

  /**
   * Returns one for output that is shared: default rules, and the mask of {@link ExchangeMasker}.
   */
  public static Redactor forSharing() {
    return new Redactor(RedactionRules.DEFAULT, FixedMask.INSTANCE);
  }

  /** Returns the rules by name, as the header of a capture states them. */
  public String describe() {
    return rules.describe();
  }

  /** Returns how many values were masked so far. */
  public long maskedValues() {
    long open = maskers.values().stream().mapToLong(ConnectionMasker::maskedValues).sum();
    return maskedValues + open;
  }

  /** Returns how many bytes were dropped so far. */
  public long droppedBytes() {
    return droppedBytes;
  }

  @Override
  public void event(CaptureEvent event, Sink sink) throws IOException {
    if (event instanceof StreamEvent stream && !(event instanceof StreamEvent.CipherRecord)) {
      ConnectionMasker masker = maskers.get(stream.stream().owner());
      if (masker == null) {
        HeldEvent held = new HeldEvent(event);
        held.drop(Long.MAX_VALUE);
        give(held, sink);
      } else {
        add(masker, event, sink);
      }
      return;
    }
    StreamOwner begun = begun(event);
    StreamOwner ended = ended(event);
    if (begun != null) {
      end(begun, null, sink);
      if (maskers.size() < MAX_CONNECTIONS) {
        maskers.put(begun, new ConnectionMasker(rules, mask, true));
      }
    }
    if (ended != null) {
      end(ended, event, sink);
    } else if (event instanceof ProcessEvent.Exec exec) {
      sink.event(withoutArguments(exec));
    } else {
      sink.event(event);
    }
  }

  private static @Nullable StreamOwner begun(CaptureEvent event) {
    if (event instanceof SocketEvent.Accept accept) {
      return accept.connection();
    } else if (event instanceof SocketEvent.Connect connect) {
      return connect.connection();
    } else if (event instanceof TlsEvent.New made) {
      return made.session();
    }
    return event instanceof TlsEvent.Clear clear ? clear.session() : null;
  }

  private static @Nullable StreamOwner ended(CaptureEvent event) {
    if (event instanceof SocketEvent.Close close) {
      return close.end().last() ? close.connection() : null;
    }
    return event instanceof TlsEvent.Free free ? free.session() : null;
  }

  private static ProcessEvent.Exec withoutArguments(ProcessEvent.Exec exec) {
    ProcessEvent.ProgramInfo program = exec.program();
    return new ProcessEvent.Exec(
        exec.stamp(),
        new ProcessEvent.ProgramInfo(
            program.comm(), program.exe(), program.parentPid(), program.cgroup(), List.of()),
        exec.existing());
  }

  private void add(ConnectionMasker masker, CaptureEvent event, Sink sink) throws IOException {
    heldBytes -= masker.heldBytes();
    masker.add(event);
    heldBytes += masker.heldBytes();
    give(masker, sink);
    if (heldBytes > MAX_HELD_BYTES) {
      masker.lose();
      give(masker, sink);
    }
  }

  private void end(StreamOwner owner, @Nullable CaptureEvent last, Sink sink) throws IOException {
    ConnectionMasker masker = maskers.remove(owner);
    if (masker != null) {
      masker.end();
      give(masker, sink);
      maskedValues += masker.maskedValues();
    }
    for (Direction direction : Direction.values()) {
      state(new StreamId(owner, direction), sink);
    }
    if (last != null) {
      sink.event(last);
    }
  }

  private void give(ConnectionMasker masker, Sink sink) throws IOException {
    heldBytes -= masker.heldBytes();
    for (HeldEvent held = masker.poll(); held != null; held = masker.poll()) {
      give(held, sink);
    }
    heldBytes += masker.heldBytes();
    if (masker.oldestNanos() == Long.MAX_VALUE) {
      holding.remove(masker);
    } else {
      holding.add(masker);
    }
  }

  private void give(HeldEvent held, Sink sink) throws IOException {
    for (CaptureEvent event : held.written()) {
      sink.event(event);
    }
    long dropped = held.droppedBytes();
    if (dropped > 0 && held.event() instanceof StreamEvent event) {
      droppedBytes += dropped;
      Loss loss = losses.computeIfAbsent(event.stream(), unused -> new Loss(event.stamp()));
      loss.bytes += dropped;
      loss.stamp = event.stamp();
      if (loss.bytes >= LOSS_BYTES || losses.size() > MAX_LOSSES) {
        state(event.stream(), sink);
      }
    }
  }

  private void state(StreamId stream, Sink sink) throws IOException {
    Loss loss = losses.remove(stream);
    if (loss != null) {
      EventStamp stamp = loss.stamp;
      sink.event(
          new LossEvent(
              new EventStamp(
                  stamp.process(),
                  0,
                  0,
                  Math.max(stamp.exitNanos(), watermarkNanos),
                  EventOrigin.userSpace(sequence++)),
              LossEvent.Cause.REDACTED,
              0,
              loss.bytes,
              stream));
    }
  }

  @Override
  public long watermark(long monotonicNanos, Sink sink) throws IOException {
    long oldest = monotonicNanos;
    for (ConnectionMasker masker : new ArrayList<>(holding)) {
      if (masker.oldestNanos() < monotonicNanos - MAX_HELD_NANOS) {
        masker.giveUpWaiting();
        give(masker, sink);
      }
      oldest = Math.min(oldest, masker.oldestNanos());
    }
    watermarkNanos = Math.max(watermarkNanos, oldest);
    return oldest;
  }

  @Override
  public void end(Sink sink) throws IOException {
    for (StreamOwner owner : new ArrayList<>(maskers.keySet())) {
      end(owner, null, sink);
    }
    for (StreamId stream : new ArrayList<>(losses.keySet())) {
      state(stream, sink);
    }
  }
}
