// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock.server;

import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.replayer.mock.CallBook;
import dev.tapedeck.replayer.mock.Miss;
import dev.tapedeck.replayer.mock.MockOptions;
import dev.tapedeck.replayer.mock.MockUrl;
import dev.tapedeck.replayer.mock.Upstream;
import dev.tapedeck.replayer.mock.Verdict;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where all connections of a mock ask for answers, and what is counted of them.
 *
 * <p><b>Threads:</b> any.
 */
final class Desk {
  /** Of the memory that this process may take, bodies that are still coming get so much. */
  private static final int SHARE_OF_BODIES = 4;

  private final CallBook book;
  private final MockOptions options;
  private final Consumer<Miss> onMiss;
  private final long maxHeldBytes = Runtime.getRuntime().maxMemory() / SHARE_OF_BODIES;
  private final AtomicLong heldBytes = new AtomicLong();
  private final LongAdder requests = new LongAdder();
  private final LongAdder answered = new LongAdder();
  private final LongAdder repeated = new LongAdder();
  private final LongAdder elsewhere = new LongAdder();
  private final Map<Miss.Reason, LongAdder> misses = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable RuntimeException> defect = new AtomicReference<>();

  Desk(CallBook book, MockOptions options, Consumer<Miss> onMiss) {
    this.book = book;
    this.options = options;
    this.onMiss = onMiss;
  }

  CallBook book() {
    return book;
  }

  /** Returns how many nanoseconds a recorded wait takes. */
  long waitNanos(long recordedNanos) {
    return options.latencyScale() == 0 ? 0 : Math.round(recordedNanos / options.latencyScale());
  }

  /**
   * Answers a whole request.
   *
   * @param meant whom it is for; null when it does not say
   */
  Verdict answer(@Nullable Upstream meant, boolean tls, HttpRequest request) {
    requests.increment();
    String scheme = tls || request.target().startsWith("https://") ? "https" : "http";
    String url = meant == null ? request.target() : MockUrl.of(meant, scheme, request);
    Verdict verdict = book.answer(meant, url, request);
    count(verdict);
    return verdict;
  }

  private void count(Verdict verdict) {
    if (verdict instanceof Verdict.Talk talk) {
      count(talk.hit());
    } else if (verdict instanceof Verdict.Hit hit) {
      answered.increment();
      if (hit.repeated()) {
        repeated.increment();
      }
      if (hit.elsewhere()) {
        elsewhere.increment();
      }
    } else if (verdict instanceof Verdict.None none) {
      tell(none.miss());
    }
  }

  /**
   * Answers a call in which both sides may talk at once.
   *
   * @param head of the request
   * @param said what the client has said already
   * @param certainly whether there is nothing to wait for any more
   * @return null when more has to be said first
   */
  @Nullable Verdict talk(
      @Nullable Upstream meant,
      boolean tls,
      HttpRequest head,
      List<StreamMessage> said,
      boolean certainly) {
    String url = meant == null ? head.target() : MockUrl.of(meant, tls ? "https" : "http", head);
    Verdict verdict = book.talk(meant, url, head, said, certainly);
    if (verdict != null) {
      requests.increment();
      count(verdict);
    }
    return verdict;
  }

  /**
   * Takes note of how much more, or less, is held of bodies that are not whole.
   *
   * @return whether all connections together hold no more than they may
   */
  boolean hold(long bytes) {
    return heldBytes.addAndGet(bytes) <= maxHeldBytes || bytes <= 0;
  }

  /** Counts what came instead of a whole request. */
  Miss refuse(Miss.Reason reason, @Nullable Upstream meant) {
    if (reason != Miss.Reason.TLS_FAILED) {
      requests.increment();
    }
    Miss miss = Miss.of(reason, "-", meant == null ? "-" : meant.name());
    tell(miss);
    return miss;
  }

  /** Counts a CONNECT to what was not recorded. */
  Miss refuseTunnel(Upstream named) {
    Miss miss = Miss.of(Miss.Reason.UNKNOWN_UPSTREAM, "CONNECT", named.name());
    refuseRequest(miss);
    return miss;
  }

  /** Counts a request that is refused before it is whole. */
  void refuseRequest(Miss miss) {
    requests.increment();
    tell(miss);
  }

  /** Counts what was said on a WebSocket and has no answer. */
  void refuse(Miss miss) {
    tell(miss);
  }

  private void tell(Miss miss) {
    misses.computeIfAbsent(miss.reason(), unused -> new LongAdder()).increment();
    onMiss.accept(miss);
  }

  /** Keeps a defect of ours for whoever ends the mock. */
  void crash(RuntimeException e) {
    defect.compareAndSet(null, e);
  }

  @Nullable RuntimeException defect() {
    return defect.get();
  }

  MockAccount account() {
    Map<String, Long> counts = new ConcurrentHashMap<>();
    misses.forEach((reason, count) -> counts.put(reason.jsonName(), count.sum()));
    return new MockAccount(
        requests.sum(), answered.sum(), repeated.sum(), elsewhere.sum(), counts, book.unasked());
  }
}
