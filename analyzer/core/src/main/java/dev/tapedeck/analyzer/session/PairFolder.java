// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.format.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Folds what both ends of a connection recorded into the server's side, so that each exchange is
 * shown once.
 *
 * <p>The exchanges of the client are looked for among those of the server in their order. An
 * exchange leaves when it is known whether the other end saw it too: that is when a later one was
 * found, when the other end's next one began after it had ended, or when the other end has ended.
 *
 * <p><b>Threads:</b> one at a time. <b>Limits:</b> {@value #MAX_WAITING} exchanges of a side, or
 * {@value #MAX_WAITING_BYTES} bytes of them, wait for the other one; beyond, the oldest is shown as
 * its own end saw it.
 */
final class PairFolder {
  private static final int MAX_WAITING = 256;
  private static final long MAX_WAITING_BYTES = 4 << 20;

  private final Outbox out;
  private final Side one;
  private final Side other;
  private @Nullable Side server;
  private @Nullable Side client;
  private boolean apart;

  /** For the shard: what {@link #waitingBytes} was when the shard last looked. */
  long heldBefore;

  /** Exchanges of the server that the client's oldest one was compared with. */
  private int compared;

  PairFolder(Outbox out) {
    this.out = out;
    this.one = new Side(out);
    this.other = new Side(out);
  }

  ChannelSink one() {
    return one;
  }

  ChannelSink other() {
    return other;
  }

  /** Lets go of the blocks that what waits lies in. */
  void detach() {
    one.detach();
    other.detach();
  }

  /** Lets nothing wait any more. */
  void relieve() {
    one.releaseAll();
    other.releaseAll();
    compared = 0;
    fold();
  }

  /** Returns whether both ends have ended. */
  boolean isFinished() {
    return one.ended && other.ended;
  }

  /** Returns how many bytes of the capture wait. */
  long waitingBytes() {
    return one.waitingBytes + other.waitingBytes;
  }

  private void fold() {
    if (server == null && !apart) {
      decideSides();
    }
    Side serving = server;
    Side asking = client;
    if (apart) {
      one.releaseAll();
      other.releaseAll();
    } else if (serving != null && asking != null) {
      while (!asking.waiting.isEmpty() && foldOldest(serving, asking)) {
        compared = 0;
      }
      if (asking.waiting.isEmpty() && asking.end != null) {
        serving.releaseAll();
      }
    }
    boundWaiting(one);
    boundWaiting(other);
    one.finish(asking == one);
    other.finish(asking == other);
  }

  private void decideSides() {
    if (one.role == null || other.role == null) {
      return;
    }
    if (one.role == other.role) {
      apart = true;
      return;
    }
    server = one.role == Role.SERVER ? one : other;
    client = one.role == Role.SERVER ? other : one;
  }

  /** Returns whether it is known what becomes of the client's oldest exchange, which then left. */
  private boolean foldOldest(Side serving, Side asking) {
    if (!asking.isLatestKnown(0)) {
      return false;
    }
    for (; compared < serving.waiting.size(); compared++) {
      if (!serving.isLatestKnown(compared)) {
        return false;
      }
      if (isSame(serving, compared, asking)) {
        for (int i = 0; i < compared; i++) {
          serving.release(false);
        }
        serving.release(true);
        asking.drop();
        out.folded();
        return true;
      }
      if (serving.earliest(compared) > asking.latest(0)) {
        asking.release(false);
        return true;
      }
    }
    if (serving.end != null) {
      asking.release(false);
      return true;
    }
    return false;
  }

  private void boundWaiting(Side side) {
    while (side.waiting.size() > MAX_WAITING
        || (side.waiting.size() > 1 && side.waitingBytes > MAX_WAITING_BYTES)) {
      side.release(false);
      compared = 0;
    }
  }

  /** The same bytes at overlapping times: the clocks are one host's. */
  private static boolean isSame(Side serving, int index, Side asking) {
    Exchange seen = serving.waiting.get(index);
    Exchange sent = asking.waiting.get(0);
    return serving.earliest(index) <= asking.latest(0)
        && asking.earliest(0) <= serving.latest(index)
        && sameHead(seen.request(), sent.request())
        && sameHead(seen.response(), sent.response());
  }

  /** An end that lost a message does not contradict the one that has it. */
  private static boolean sameHead(@Nullable HttpMessage left, @Nullable HttpMessage right) {
    return left == null || right == null || left.head().equals(right.head());
  }

  private static Exchange seenByClient(Exchange exchange) {
    return exchange.toBuilder().alsoSeenBy(Set.of(Role.CLIENT)).build();
  }

  private static long bytes(Exchange exchange) {
    return bytes(exchange.request()) + bytes(exchange.response());
  }

  private static long bytes(@Nullable HttpMessage message) {
    return message == null ? 0 : message.keptBytes();
  }

  /** One end: what of it waits, and where the rest went. */
  private final class Side implements ChannelSink {
    private final Outlet outlet;
    private final List<Exchange> waiting = new ArrayList<>();
    private long waitingBytes;

    /** How many of those that wait are in storage of their own. */
    private int detached;

    private @Nullable Role role;
    private @Nullable Exchange before;
    private @Nullable End end;
    private boolean ended;

    Side(Outbox out) {
      this.outlet = new Outlet(out);
    }

    @Override
    public void exchange(Exchange exchange) {
      if (apart) {
        outlet.exchange(exchange);
        return;
      }
      role = exchange.connection().role();
      waiting.add(exchange);
      waitingBytes += bytes(exchange);
      fold();
    }

    @Override
    public void end(End itsEnd) {
      end = itsEnd;
      role = itsEnd.connection().role();
      apart |= !itsEnd.isHttp();
      fold();
    }

    /** Hands out the oldest exchange. */
    void release(boolean seenByOther) {
      Exchange oldest = drop();
      outlet.exchange(seenByOther ? seenByClient(oldest) : oldest);
    }

    void detach() {
      for (; detached < waiting.size(); detached++) {
        waiting.set(detached, waiting.get(detached).detached());
      }
    }

    void releaseAll() {
      while (!waiting.isEmpty()) {
        release(false);
      }
    }

    /** Removes the oldest exchange. */
    Exchange drop() {
      Exchange oldest = waiting.remove(0);
      detached = Math.max(0, detached - 1);
      waitingBytes -= bytes(oldest);
      before = oldest;
      return oldest;
    }

    /** Returns when it began; without its request, some time after the one before had begun. */
    long earliest(int index) {
      Exchange exchange = waiting.get(index);
      if (exchange.request() != null) {
        return exchange.startedEpochNanos();
      }
      Exchange previous = index == 0 ? before : waiting.get(index - 1);
      return previous == null ? Long.MIN_VALUE : previous.startedEpochNanos();
    }

    /** Returns whether {@link #latest} can be told yet. */
    boolean isLatestKnown(int index) {
      return waiting.get(index).response() != null || index + 1 < waiting.size() || end != null;
    }

    /** Returns when it ended; without its answer, some time before the next one ended. */
    long latest(int index) {
      Exchange exchange = waiting.get(index);
      if (exchange.response() != null) {
        return exchange.endedEpochNanos();
      }
      return index + 1 == waiting.size()
          ? Long.MAX_VALUE
          : waiting.get(index + 1).endedEpochNanos();
    }

    /**
     * Ends the session when nothing of it waits.
     *
     * @param isClient whether it is not shown when all of its exchanges are the server's
     */
    void finish(boolean isClient) {
      if (end == null || ended || !waiting.isEmpty() || !(apart || server != null)) {
        return;
      }
      ended = true;
      if (apart || !isClient || outlet.exchanges() > 0) {
        outlet.end(end);
      } else {
        out.addNone(end.number());
      }
    }
  }
}
