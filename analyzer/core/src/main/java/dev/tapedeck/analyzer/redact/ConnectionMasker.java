// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Masks one connection: puts its bytes in order, has each direction masked, and gives its events in
 * the order in which they came as soon as they are settled.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class ConnectionMasker implements MessageMasker.Peer {
  private static final int MAX_PIPELINED = 4096;
  private static final int MAX_EARLY_EVENTS = 256;
  private static final int MAX_EARLY_BYTES = 1 << 20;
  private static final String ANSWER = "HTTP/";

  private final RedactionRules rules;
  private final Mask mask;
  private final Side egress = new Side();
  private final Side ingress = new Side();
  private final Deque<HeldEvent> order = new ArrayDeque<>();
  private final Deque<String> methods = new ArrayDeque<>();
  private boolean lost;
  private long heldBytes;

  /** One direction: its events that are in order, and those that came early. */
  private static final class Side implements MessageMasker.Outcome {
    private final Deque<HeldEvent> open = new ArrayDeque<>();
    private final TreeMap<Long, HeldEvent> early = new TreeMap<>();
    private long position;
    private int earlyBytes;
    private byte[] undecided = new byte[0];
    private @Nullable MessageMasker masker;

    @Override
    public void settled(byte[] bytes, int from, int to) {
      int at = from;
      while (at < to) {
        at += next().settle(bytes, at, to);
      }
    }

    @Override
    public void dropped(long count) {
      long left = count;
      while (left > 0) {
        left -= next().drop(left);
      }
    }

    private HeldEvent next() {
      while (open.getFirst().open() == 0) {
        open.removeFirst();
      }
      return open.getFirst();
    }
  }

  /**
   * Makes a masker.
   *
   * @param fromStart whether the connection is known from its first byte; else all of it is dropped
   */
  ConnectionMasker(RedactionRules rules, Mask mask, boolean fromStart) {
    this.rules = rules;
    this.mask = mask;
    this.lost = !fromStart;
  }

  /** Takes an event; everything that is held counts in {@link #heldBytes}. */
  void add(CaptureEvent event) {
    HeldEvent held = new HeldEvent(event);
    order.addLast(held);
    heldBytes += held.bytes().length;
    if (!(event instanceof StreamEvent stream) || event instanceof StreamEvent.CipherRecord) {
      held.take();
      return;
    }
    Side side = side(stream.stream());
    if (lost || stream.position() < side.position || side.early.containsKey(stream.position())) {
      // Late or twice: where it belongs is written already.
      held.take();
      held.drop(Long.MAX_VALUE);
    } else if (stream.position() > side.position) {
      side.early.put(stream.position(), held);
      side.earlyBytes += held.bytes().length;
      if (side.early.size() > MAX_EARLY_EVENTS || side.earlyBytes > MAX_EARLY_BYTES) {
        skipGaps(side);
      }
    } else {
      take(side, held);
      takeEarly(side);
    }
  }

  private Side side(StreamId stream) {
    return stream.direction() == Direction.EGRESS ? egress : ingress;
  }

  private void takeEarly(Side side) {
    while (!side.early.isEmpty() && side.early.firstKey() <= side.position && !lost) {
      HeldEvent held = side.early.pollFirstEntry().getValue();
      side.earlyBytes -= held.bytes().length;
      if (((StreamEvent) held.event()).position() < side.position) {
        held.take();
        held.drop(Long.MAX_VALUE);
      } else {
        take(side, held);
      }
    }
  }

  /** What has not come before the bytes that wait is missing. */
  private void skipGaps(Side side) {
    while (!side.early.isEmpty() && !lost) {
      long from = side.position;
      side.position = side.early.firstKey();
      if (side.masker == null) {
        lose();
      } else {
        side.masker.gap(side.position - from);
        takeEarly(side);
      }
    }
  }

  private void take(Side side, HeldEvent held) {
    long length =
        held.event() instanceof StreamEvent.Data data
            ? data.originalLength()
            : ((StreamEvent.Transfer) held.event()).lengthBytes();
    byte[] bytes = held.bytes().clone();
    held.take();
    side.position += length;
    if (bytes.length > 0) {
      side.open.addLast(held);
      feed(side, bytes);
    }
    if (length > bytes.length && !lost) {
      if (side.masker == null) {
        lose();
      } else {
        side.masker.gap(length - bytes.length);
      }
    }
    if (!lost) {
      advance(egress);
      advance(ingress);
    }
  }

  private static void advance(Side side) {
    if (side.masker != null) {
      side.masker.advance();
    }
  }

  private void feed(Side side, byte[] bytes) {
    if (side.masker != null) {
      side.masker.feed(bytes, 0, bytes.length);
      return;
    }
    int before = side.undecided.length;
    side.undecided = Arrays.copyOf(side.undecided, before + bytes.length);
    System.arraycopy(bytes, 0, side.undecided, before, bytes.length);
    if (side.undecided.length >= ANSWER.length()) {
      decide(side);
    }
  }

  /** The first bytes say which direction asks. */
  private void decide(Side side) {
    String start = new String(side.undecided, 0, ANSWER.length(), StandardCharsets.ISO_8859_1);
    boolean asks = !start.equals(ANSWER);
    Side other = side == egress ? ingress : egress;
    Side asking = asks ? side : other;
    Side answering = asks ? other : side;
    asking.masker = new MessageMasker(rules, mask, true, this, asking);
    answering.masker = new MessageMasker(rules, mask, false, this, answering);
    feedUndecided(asking);
    feedUndecided(answering);
  }

  private static void feedUndecided(Side side) {
    byte[] bytes = side.undecided;
    side.undecided = new byte[0];
    if (bytes.length > 0 && side.masker != null) {
      side.masker.feed(bytes, 0, bytes.length);
    }
  }

  @Override
  public void requested(String method) {
    methods.addLast(method);
    if (methods.size() > MAX_PIPELINED) {
      lose();
    }
  }

  @Override
  public @Nullable String awaited() {
    return methods.peekFirst();
  }

  @Override
  public void answered() {
    methods.removeFirst();
  }

  @Override
  public void lost() {
    lose();
  }

  /** Drops what is held, and all that follows. */
  void lose() {
    lost = true;
    for (Side side : List.of(egress, ingress)) {
      if (side.masker != null) {
        side.masker.drop();
      }
      side.dropped(side.undecided.length);
      side.undecided = new byte[0];
      for (HeldEvent held : side.early.values()) {
        held.take();
        held.drop(Long.MAX_VALUE);
      }
      side.early.clear();
      side.earlyBytes = 0;
    }
  }

  /** No byte follows: settles everything. */
  void end() {
    for (Side side : List.of(egress, ingress)) {
      skipGaps(side);
      if (side.masker != null) {
        side.masker.end();
      }
    }
    lose();
  }

  /** Waits no longer: for bytes that have not come, or else for the end of a message. */
  void giveUpWaiting() {
    if (egress.early.isEmpty() && ingress.early.isEmpty()) {
      lose();
    } else {
      skipGaps(egress);
      skipGaps(ingress);
    }
  }

  /** Returns the next event that is settled; null when there is none. */
  @Nullable HeldEvent poll() {
    HeldEvent first = order.peekFirst();
    if (first == null || !first.isSettled()) {
      return null;
    }
    heldBytes -= first.bytes().length;
    return order.removeFirst();
  }

  /** Returns the bytes of events that are held. */
  long heldBytes() {
    return heldBytes;
  }

  /** Returns when the first event that is held happened; {@link Long#MAX_VALUE} for none. */
  long oldestNanos() {
    HeldEvent first = order.peekFirst();
    return first == null ? Long.MAX_VALUE : first.event().stamp().exitNanos();
  }

  /** Returns how many values were masked. */
  long maskedValues() {
    return maskedOf(egress) + maskedOf(ingress);
  }

  private static long maskedOf(Side side) {
    return side.masker == null ? 0 : side.masker.maskedValues();
  }
}
