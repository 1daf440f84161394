// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.compare;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.analyzer.message.ByteTimes;
import dev.tapedeck.analyzer.message.EventStream;
import dev.tapedeck.format.Role;
import dev.tapedeck.replayer.diff.AnswerComparator;
import dev.tapedeck.replayer.diff.Comparison;
import dev.tapedeck.replayer.diff.Difference;
import dev.tapedeck.replayer.diff.Moments;
import dev.tapedeck.replayer.engine.AnswerListener;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.plan.EventStreams;
import dev.tapedeck.replayer.plan.PlannedRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Compares answers away from the event loops, because decoding a large body would make requests
 * late. Answers that are byte for byte what was recorded are settled at once.
 *
 * <p><b>Threads:</b> any; comparisons run on one thread of this object.
 *
 * <p><b>Limits:</b> at most {@value #MAX_WAITING} answers of together {@value #MAX_WAITING_BYTES}
 * bytes, or an eighth of the heap if that is less, wait; beyond, an answer is compared on the
 * thread that brought it. As many, of half the bytes, are held when names are found out later.
 */
public final class ComparisonQueue implements AnswerListener, AutoCloseable {
  private static final int MAX_WAITING = 4096;
  private static final long MAX_WAITING_BYTES = 256L << 20;

  private final long maxWaitingBytes =
      Math.min(MAX_WAITING_BYTES, Runtime.getRuntime().maxMemory() / 8);
  private final AnswerComparator comparator;
  private final Clock clock = Clock.systemUTC();
  private final Baseline baseline;
  private final ExecutorService executor;

  /** Null when what values are called now is known from the start, or from the replay itself. */
  private final @Nullable LateNames names;

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
   * @param baseline what answers are compared with
   * @param names is told which long values stand in answers where recorded ones stood, and may find
   *     out by it that values are called otherwise than was assumed: answers are compared as late
   *     as possible; null when nothing of that kind is found out
   */
  public ComparisonQueue(
      ReplayOptions options, Baseline baseline, @Nullable Consumer<Map<String, String>> names) {
    this.baseline = baseline;
    this.names = names == null ? null : new LateNames(maxWaitingBytes / 2, names);
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
    if (baseline instanceof RecordedBaseline) {
      HttpResponse recorded = RecordedBaseline.head(request);
      if (recorded == null) {
        noBaseline.incrementAndGet();
        return;
      } else if (names != null) {
        names.tell(request, answer);
      } else if (!request.exchange().isSetAside() && comparator.sameBytes(recorded, answer)) {
        equal.incrementAndGet();
        return;
      }
    }
    long came = epochNanos();
    long bytes = answer.body().wire().length();
    enqueueWhenNamed(bytes, () -> compare(request, answer, came));
  }

  private void enqueueWhenNamed(long bytes, Runnable comparison) {
    if (names == null) {
      enqueue(bytes, comparison);
    } else {
      names.hold(bytes, () -> enqueue(bytes, comparison)).forEach(Runnable::run);
    }
  }

  private void enqueue(long bytes, Runnable comparison) {
    if (waitingBytes.addAndGet(bytes) > maxWaitingBytes) {
      waitingBytes.addAndGet(-bytes);
      comparison.run();
    } else {
      executor.execute(
          () -> {
            comparison.run();
            waitingBytes.addAndGet(-bytes);
          });
    }
  }

  private long epochNanos() {
    Instant now = clock.instant();
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }

  /** Compares the messages of the target one by one with the recorded ones. */
  @Override
  public void conversed(PlannedRequest request, HttpResponse answer, List<StreamMessage> messages) {
    Exchange recorded = request.exchange().exchange();
    HttpResponse before = recorded.response();
    if (before == null) {
      noBaseline.incrementAndGet();
      return;
    }
    boolean openEnd =
        recorded.messages().stream()
            .noneMatch(
                said -> said.sender() == Role.SERVER && said.kind() == StreamMessage.Kind.CLOSE);
    Moments moments = new Moments(recorded.endedEpochNanos(), epochNanos());
    Judge judge =
        () ->
            comparator.compareConversation(
                request.exchange().method(),
                request.exchange().target(),
                baseline.renaming(request),
                moments,
                before,
                recorded.messages(),
                answer,
                messages,
                openEnd);
    long bytes = messages.stream().mapToLong(said -> said.payload().length()).sum();
    enqueueWhenNamed(bytes, () -> note(request, judge));
  }

  private void compare(PlannedRequest request, HttpResponse answer, long cameEpochNanos) {
    note(request, () -> compared(request, answer, cameEpochNanos));
  }

  private @Nullable Comparison compared(
      PlannedRequest request, HttpResponse answer, long cameEpochNanos) throws IOException {
    Baseline.Answer before = baseline.of(request);
    if (before == null) {
      return null;
    }
    Moments moments = new Moments(before.cameEpochNanos(), cameEpochNanos);
    HttpResponse recorded = before.response();
    HttpResponse now = Answers.decoded(answer);
    if (EventStreams.isOne(recorded) && EventStreams.isOne(now)) {
      return comparator.compareConversation(
          request.exchange().method(),
          request.exchange().target(),
          baseline.renaming(request),
          moments,
          recorded,
          events(recorded),
          now,
          events(now),
          recorded.completeness() != Completeness.COMPLETE);
    }
    return comparator.compare(
        request.exchange().method(),
        request.exchange().target(),
        baseline.renaming(request),
        moments,
        recorded,
        now);
  }

  private static List<StreamMessage> events(HttpResponse decoded) {
    return EventStream.read(
            decoded.body(), new ByteTimes(), AnalyzerOptions.defaults(), nanos -> nanos)
        .messages();
  }

  /** Compares; gives null where there is nothing to compare with. */
  private interface Judge {
    @Nullable Comparison judge() throws IOException;
  }

  private void note(PlannedRequest request, Judge judge) {
    try {
      Comparison comparison = judge.judge();
      if (comparison == null) {
        noBaseline.incrementAndGet();
        return;
      }
      ignored.addAndGet(comparison.ignored());
      if (comparison.equal()) {
        equal.incrementAndGet();
      } else {
        different.put(request.number(), comparison);
      }
      if (!comparison.notes().isEmpty()) {
        notes.put(request.number(), comparison.notes());
      }
    } catch (IOException e) {
      defect.compareAndSet(null, new UncheckedIOException("reading what to compare with", e));
    } catch (RuntimeException e) {
      defect.compareAndSet(null, e);
    } catch (OutOfMemoryError e) {
      exhausted.compareAndSet(null, e);
    }
  }

  /**
   * Compares what is not compared yet, and waits for it; then the results stand.
   *
   * @throws OutOfMemoryError when an answer could not be compared for want of memory
   */
  public void finish() throws InterruptedException {
    if (names != null) {
      names.release().forEach(Runnable::run);
    }
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

  /**
   * Leaves differences out of the results; answers without any other become equal ones. After
   * {@link #finish}.
   *
   * @param dismissed by the requests' numbers
   */
  public void dismiss(BiPredicate<Integer, Difference> dismissed) {
    for (Map.Entry<Integer, Comparison> entry : List.copyOf(different.entrySet())) {
      Comparison comparison = entry.getValue();
      List<Difference> left =
          comparison.differences().stream()
              .filter(difference -> !dismissed.test(entry.getKey(), difference))
              .toList();
      if (left.size() == comparison.differences().size()) {
        continue;
      }
      ignored.addAndGet(comparison.differences().size() - left.size());
      List<String> told = new ArrayList<>(notes.getOrDefault(entry.getKey(), List.of()));
      comparison.differences().stream()
          .filter(difference -> !left.contains(difference))
          .forEach(difference -> told.add("dismissed_as_noise: " + difference.path()));
      notes.put(entry.getKey(), told);
      if (left.isEmpty()) {
        different.remove(entry.getKey());
        equal.incrementAndGet();
      } else {
        different.put(
            entry.getKey(), new Comparison(left, comparison.notes(), comparison.ignored()));
      }
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
    if (names != null) {
      names.close();
    }
  }
}
