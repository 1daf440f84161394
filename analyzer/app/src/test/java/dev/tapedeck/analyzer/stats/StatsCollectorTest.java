// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.endpoint.EndpointLearner;
import dev.tapedeck.analyzer.session.SessionAnalyzer;
import dev.tapedeck.format.EventScript;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Figures of groups against figures computed from all values. */
final class StatsCollectorTest {
  @Test
  void percentile_manyTimes_isWithinOnePercent() {
    Random random = new Random(7);
    Latencies latencies = new Latencies();
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      long time = (long) Math.exp(random.nextDouble() * 17);
      times.add(time);
      latencies.add(time);
    }
    times.sort(null);
    for (double percent : new double[] {50, 90, 99}) {
      long exact = times.get((int) Math.ceil(percent / 100 * times.size()) - 1);
      assertThat((double) latencies.percentile(percent))
          .isBetween(exact * 0.99 - 1, exact * 1.01 + 1);
    }
    assertThat(latencies.max()).isEqualTo(times.get(times.size() - 1));
    assertThat(latencies.steps().stream().mapToLong(Latencies.Step::count).sum())
        .isEqualTo(times.size());
  }

  @Test
  void add_timeThatWentBack_countsAsNone() {
    Latencies latencies = new Latencies();
    latencies.add(-5);
    assertThat(latencies.max()).isZero();
    assertThat(latencies.steps()).containsExactly(new Latencies.Step(1, 1));
  }

  @Test
  void groups_exchanges_areCountedWhereTheyBelong() throws IOException {
    List<Exchange> exchanges =
        exchanges(
            """
            >> GET /orders/1 HTTP/1.1\\r\\nhost: a\\r\\n\\r\\n
            + 1ms
            << HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\n\\r\\nok
            >> GET /orders/2 HTTP/1.1\\r\\nhost: a\\r\\n\\r\\n
            << HTTP/1.1 503 No\\r\\ncontent-length: 0\\r\\n\\r\\n
            >> POST /orders HTTP/1.1\\r\\nhost: a\\r\\ncontent-length: 1\\r\\n\\r\\nx
            close
            """);
    EndpointLearner learner = new EndpointLearner();
    exchanges.forEach(learner::add);
    StatsCollector collector = new StatsCollector(Grouping.ENDPOINT, learner.learned());
    exchanges.forEach(collector::add);

    List<GroupStats> groups = collector.groups();
    assertThat(groups).hasSize(2);
    GroupStats orders = groups.get(0);
    assertThat(orders.key().endpoint()).isEqualTo("/orders/{id}");
    assertThat(orders.count()).isEqualTo(2);
    assertThat(orders.errors()).isEqualTo(1);
    assertThat(orders.statuses()).containsEntry(200, 1L).containsEntry(503, 1L).hasSize(2);
    assertThat(orders.responseBytes()).isEqualTo(38 + 2 + 38);
    assertThat(orders.duration().count()).isEqualTo(2);
    GroupStats post = groups.get(1);
    assertThat(post.unanswered()).isEqualTo(1);
    assertThat(post.errors()).isZero();
    assertThat(post.duration().count()).isZero();
    assertThat(post.requestBytes()).isEqualTo(53 + 1);
  }

  @Test
  void groups_moreThanTheLimit_areOneMore() throws IOException {
    StringBuilder script = new StringBuilder();
    for (int i = 0; i < 5; i++) {
      script
          .append(">> GET /" + "abcde".charAt(i) + " HTTP/1.1\\r\\nhost: a\\r\\n\\r\\n\n")
          .append("<< HTTP/1.1 204 No\\r\\n\\r\\n\n");
    }
    StatsCollector collector =
        new StatsCollector(Grouping.ENDPOINT, new EndpointLearner().learned(), 3);
    exchanges(script.toString()).forEach(collector::add);

    assertThat(collector.groups()).hasSize(4);
    assertThat(collector.groups().get(3).isRest()).isTrue();
    assertThat(collector.groups().get(3).count()).isEqualTo(2);
  }

  private static List<Exchange> exchanges(String script) throws IOException {
    List<Exchange> exchanges = new ArrayList<>();
    new SessionAnalyzer(AnalyzerOptions.defaults())
        .analyze(
            (projection, visitor) -> {
              for (var event : EventScript.parse(script).events()) {
                visitor.event(event);
              }
            },
            (Session session) -> exchanges.addAll(session.exchanges()));
    return exchanges;
  }
}
