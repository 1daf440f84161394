// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.replayer.TestMessages;
import dev.tapedeck.replayer.TestPlans;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.plan.PlanOptions;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.target.Target;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What values are called now may be found out after the answers that show them came. */
final class ComparisonQueueTest {
  private static final int MOST_HELD = 4096;
  private static final String ONE = "0b8f0a52-6a5c-4d8e-9c1f-1f2e3d4c5b6a";
  private static final String OTHER = "7d1f3a60-1111-4222-8333-444455556666";

  private final Map<String, Set<String>> names = new ConcurrentHashMap<>();

  private static HttpResponse answer(String body) {
    return TestMessages.response(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body);
  }

  /** So many requests that were answered with {@code ok}. */
  private static ReplayPlan plan(int requests) throws Exception {
    return plan(requests, "ok");
  }

  private static ReplayPlan plan(int requests, String body) throws Exception {
    ConnectionInfo info = TestMessages.connection(1, TestMessages.CLIENT, TestMessages.SERVER);
    Exchange[] exchanges = new Exchange[requests];
    for (int i = 0; i < requests; i++) {
      HttpRequest request = TestMessages.request(TestPlans.get("/" + i));
      exchanges[i] = TestMessages.exchange(1, i, info, i, i + 1, request, answer(body));
    }
    Session session = TestMessages.session(1, info, exchanges);
    return TestPlans.plan(PlanOptions.defaults(), session);
  }

  private ComparisonQueue queue(@Nullable Consumer<Map<String, String>> heard) throws Exception {
    ReplayOptions options = ReplayOptions.newBuilder(Target.parse("http://127.0.0.1:8080")).build();
    return new ComparisonQueue(
        options,
        new RecordedBaseline(options, recorded -> names.getOrDefault(recorded, Set.of())),
        heard);
  }

  @Test
  void answered_withNamesThatChange_isComparedByTheLastOnes() throws Exception {
    ReplayPlan plan = plan(2);
    PlannedRequest first = plan.requests().get(0);
    PlannedRequest second = plan.requests().get(1);
    try (ComparisonQueue queue = queue(shown -> {})) {
      names.put("ok", Set.of("k2"));
      queue.answered(first, answer("k1"));
      queue.answered(second, answer("k2"));
      names.put("ok", Set.of("k1"));
      queue.finish();
      assertThat(queue.equal()).isEqualTo(1);
      assertThat(queue.different().keySet()).containsExactly(second.number());
    }
  }

  @Test
  void answered_beyondWhatIsHeld_comparesTheOldestAtOnce() throws Exception {
    ReplayPlan plan = plan(MOST_HELD + 2);
    try (ComparisonQueue queue = queue(shown -> {})) {
      names.put("ok", Set.of("k1"));
      for (PlannedRequest request : plan.requests()) {
        queue.answered(request, answer("k1"));
      }
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(queue.equal()).isEqualTo(2));
      names.clear();
      queue.finish();
      assertThat(queue.equal()).isEqualTo(2);
      assertThat(queue.different()).hasSize(MOST_HELD);
    }
  }

  /** Also of an answer that is the recorded one, byte for byte. */
  @Test
  void answered_withNamesThatChange_tellsWhatStandsWhereSomethingWasRecorded() throws Exception {
    String recorded = "{\"a\": \"" + ONE + "\", \"n\": [1, \"" + OTHER + "\"]}";
    String now =
        "{\"n\": [2, \"" + ONE + "\"], \"new\": \"" + ONE + "\", \"a\": \"" + OTHER + "\"}";
    List<Map<String, String>> told = new CopyOnWriteArrayList<>();
    PlannedRequest request = plan(1, recorded).requests().get(0);
    try (ComparisonQueue queue = queue(told::add)) {
      queue.answered(request, answer(now));
      queue.answered(request, answer(recorded));
      queue.answered(request, answer(recorded.replace(OTHER, ONE)));
      queue.finish();
      assertThat(told)
          .containsExactly(
              Map.of(ONE, OTHER, OTHER, ONE), Map.of(ONE, ONE, OTHER, OTHER), Map.of());
      assertThat(queue.equal()).isEqualTo(1);
    }
  }

  @Test
  void heldComparisons_beyondTheirBytes_goOldestFirst() {
    HeldComparisons held = new HeldComparisons(3, 100);
    Runnable[] tasks = IntStream.range(0, 5).mapToObj(i -> new Task()).toArray(Runnable[]::new);
    assertThat(held.add(60, tasks[0])).isEmpty();
    assertThat(held.add(40, tasks[1])).isEmpty();
    assertThat(held.add(10, tasks[2])).containsExactly(tasks[0]);
    assertThat(held.add(1000, tasks[3])).containsExactly(tasks[1], tasks[2], tasks[3]);
    assertThat(held.add(1, tasks[4])).isEmpty();
    assertThat(held.release()).containsExactly(tasks[4]);
    assertThat(held.release()).isEmpty();
  }

  private static final class Task implements Runnable {
    @Override
    public void run() {
      throw new IllegalStateException("nobody asked for it");
    }
  }
}
