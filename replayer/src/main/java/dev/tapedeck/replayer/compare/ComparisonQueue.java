// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.compare;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.http.ContentDecoder;
import dev.tapedeck.replayer.diff.AnswerComparator;
import dev.tapedeck.replayer.diff.Comparison;
import dev.tapedeck.replayer.diff.Moments;
import dev.tapedeck.replayer.diff.Renaming;
import dev.tapedeck.replayer.diff.Synonyms;
import dev.tapedeck.replayer.engine.AnswerListener;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.plan.SelectedExchange;
import dev.tapedeck.replayer.target.Target;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Compares answers away from the event loops, because decoding a large body would make requests
 * late. Answers that are byte for byte what was recorded are settled at once.
 *
 * <p><b>Threads:</b> any; comparisons run on one thread of this object.
 *
 * <p><b>Limits:</b> at most {@value #MAX_WAITING} answers of together {@value #MAX_WAITING_BYTES}
 * bytes, or an eighth of the heap if that is less, wait; beyond, an answer is compared on the
 * thread that brought it.
 */
public final class ComparisonQueue implements AnswerListener, AutoCloseable {
  private static final int MAX_WAITING = 4096;
  private static final long MAX_WAITING_BYTES = 256L << 20;

  private final long maxWaitingBytes =
      Math.min(MAX_WAITING_BYTES, Runtime.getRuntime().maxMemory() / 8);
  private final Target target;
  private final boolean keepHost;
  private final Synonyms synonyms;
  private final AnswerComparator comparator;
  private final Clock clock = Clock.systemUTC();
  private final ContentDecoder decoder = new ContentDecoder(AnalyzerOptions.defaults());
  private final ExecutorService executor;
  private final AtomicLong waitingBytes = new AtomicLong();
  private final AtomicInteger equal = new AtomicInteger();
  private final AtomicInteger noBaseline = new AtomicInteger();
  private final Map<Integer, Comparison> different = new ConcurrentHashMap<>();
  private final Map<Integer, List<String>> notes = new ConcurrentHashMap<>();
  private final AtomicInteger ignored = new AtomicInteger();
  private final AtomicReference<@Nullable RuntimeException> defect = new AtomicReference<>();
  private final AtomicReference<@Nullable OutOfMemoryError> exhausted = new AtomicReference<>();

  /**
   * Starts the thread that compares.
   *
   * @param synonyms what values of recorded answers are called now
   */
  public ComparisonQueue(ReplayOptions options, Synonyms synonyms) {
    this.synonyms = synonyms;
    this.target = options.target();
    this.keepHost = options.keepHost();
    this.comparator = new AnswerComparator(options.comparison());
    this.executor =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING),
            task -> {
              Thread thread = new Thread(task, "replayer-compare");
              thread.setDaemon(true);
              return thread;
            },
            new ThreadPoolExecutor.CallerRunsPolicy());
  }

  @Override
  public void answered(PlannedRequest request, HttpResponse answer) {
    HttpResponse baseline = request.exchange().exchange().response();
    if (baseline == null
        || baseline.status() == 0
        || baseline.completeness() == Completeness.TRUNCATED_START) {
      noBaseline.incrementAndGet();
      return;
    }
    boolean setAside = request.exchange().isSetAside();
    if (!setAside && comparator.sameBytes(baseline, answer)) {
      equal.incrementAndGet();
      return;
    }
    long came = epochNanos();
    long bytes = answer.body().wire().length();
    if (waitingBytes.addAndGet(bytes) > maxWaitingBytes) {
      waitingBytes.addAndGet(-bytes);
      compare(request, baseline, answer, came);
    } else {
      executor.execute(
          () -> {
            compare(request, baseline, answer, came);
            waitingBytes.addAndGet(-bytes);
          });
    }
  }

  private long epochNanos() {
    Instant now = clock.instant();
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }

  private void compare(
      PlannedRequest request, HttpResponse baseline, HttpResponse answer, long cameEpochNanos) {
    try {
      SelectedExchange sent = request.exchange();
      HttpResponse whole = sent.bodies().response(sent.exchange());
      Comparison comparison =
          comparator.compare(
              sent.method(),
              sent.target(),
              renaming(request),
              new Moments(sent.exchange().endedEpochNanos(), cameEpochNanos),
              whole == null ? baseline : whole,
              decoded(answer));
      ignored.addAndGet(comparison.ignored());
      if (comparison.equal()) {
        equal.incrementAndGet();
      } else {
        different.put(request.number(), comparison);
      }
      if (!comparison.notes().isEmpty()) {
        notes.put(request.number(), comparison.notes());
      }
    } catch (RuntimeException e) {
      defect.compareAndSet(null, e);
    } catch (OutOfMemoryError e) {
      exhausted.compareAndSet(null, e);
    }
  }

  /** What was rewritten comes back in links, redirects and cookies. */
  private Renaming renaming(PlannedRequest request) {
    HttpRequest sent = request.exchange().exchange().request();
    String recorded = sent == null ? null : sent.authority();
    if (keepHost || recorded == null) {
      return new Renaming(List.of(), synonyms);
    }
    String scheme = request.exchange().exchange().connection().scheme();
    return new Renaming(
        List.of(
            new Renaming.Pair(scheme + "://" + recorded, target.toString()),
            new Renaming.Pair(recorded, target.authority())),
        synonyms);
  }

  private HttpResponse decoded(HttpResponse answer) {
    List<String> codings = new ArrayList<>();
    for (HeaderField field : answer.headers().all("content-encoding")) {
      codings.add(field.value());
    }
    if (codings.isEmpty()) {
      return answer;
    }
    Body body = answer.body();
    ContentDecoder.Decoded decoded;
    synchronized (decoder) {
      decoded = decoder.decode(body.wire(), Long.MAX_VALUE, codings);
    }
    return new HttpResponse(
        answer.status(),
        answer.reason(),
        answer.version(),
        answer.head(),
        answer.headers(),
        answer.trailers(),
        new Body(
            body.framing(), body.framed(), body.wire(), decoded.content(), decoded.anomalies()),
        answer.span(),
        answer.completeness(),
        answer.anomalies());
  }

  /**
   * Waits for what is not compared yet; then the results stand.
   *
   * @throws OutOfMemoryError when an answer could not be compared for want of memory
   */
  public void finish() throws InterruptedException {
    executor.shutdown();
    if (!executor.awaitTermination(1, TimeUnit.HOURS)) {
      throw new IllegalStateException("comparisons do not end");
    }
    OutOfMemoryError shortage = exhausted.get();
    if (shortage != null) {
      throw shortage;
    }
    RuntimeException failure = defect.get();
    if (failure != null) {
      throw failure;
    }
  }

  /** Returns how many answers are as recorded. */
  public int equal() {
    return equal.get();
  }

  /** Returns how many answers have no recorded one. */
  public int noBaseline() {
    return noBaseline.get();
  }

  /** Returns how many mismatches the rules excused. */
  public int ignored() {
    return ignored.get();
  }

  /** Returns what differs, by the requests' numbers. */
  public Map<Integer, Comparison> different() {
    return different;
  }

  /** Returns what was not compared, by the requests' numbers. */
  public Map<Integer, List<String>> notes() {
    return notes;
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
