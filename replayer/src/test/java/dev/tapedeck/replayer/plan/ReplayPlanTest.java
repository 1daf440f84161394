// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.plan;

import static dev.tapedeck.replayer.TestMessages.exchange;
import static dev.tapedeck.replayer.TestMessages.request;
import static dev.tapedeck.replayer.TestMessages.response;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.replayer.TestMessages;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ReplayPlanTest {
  private static final long MILLI = 1_000_000;
  private static final HttpResponse OK = response("HTTP/1.1 200 OK\r\n\r\n");

  @Test
  void of_interleavedSessions_sortsByTimeAndKeepsConnections() throws Exception {
    ReplayPlan plan =
        plan(
            PlanOptions.defaults(),
            session(1, get("/a", 10), get("/c", 30)),
            session(2, get("/b", 20)));
    assertThat(plan.requests())
        .extracting(
            r -> r.exchange().target(), PlannedRequest::dueNanos, PlannedRequest::connection)
        .containsExactly(
            tuple("/a", 0L, 0), tuple("/b", 10 * MILLI, 1), tuple("/c", 20 * MILLI, 0));
    assertThat(plan.connections()).hasSize(2);
    assertThat(plan.connections().get(0).requests()).hasSize(2);
  }

  @Test
  void of_unsafeMethods_areSkippedUnlessAllowed() throws Exception {
    Session session = session(1, get("/a", 0), message("DELETE", "/a", 10), get("/b", 20));
    ReplayPlan plan = plan(PlanOptions.defaults(), session);
    assertThat(plan.skippedByReason()).isEqualTo(Map.of(SkipReason.UNSAFE_METHOD, 1));
    assertThat(plan.recorded()).isEqualTo(3);
    ReplayPlan all =
        plan(PlanOptions.newBuilder().pace(Pace.ORIGINAL).allowUnsafe(true).build(), session);
    assertThat(all.requests()).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "TRACE"})
  void of_safeMethods_areSent(String method) throws Exception {
    assertThat(plan(PlanOptions.defaults(), session(1, message(method, "/", 0))).requests())
        .hasSize(1);
  }

  @Test
  void of_unsendable_areSkippedWithTheirReasons() throws Exception {
    Session session =
        session(
            1,
            new Step(null, OK, 0),
            new Step(request("GET / HTTP/1.1\r\nHost: a\r\n\r\n", Completeness.GAP), OK, 10),
            new Step(request("GET / HTTP/2\r\nHost: a\r\n\r\n"), OK, 20),
            new Step(request("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"), OK, 30),
            new Step(
                request("GET /ws HTTP/1.1\r\nHost: a\r\n\r\n"),
                response("HTTP/1.1 101 Switching\r\n\r\n"),
                40));
    ReplayPlan plan = plan(PlanOptions.defaults(), session);
    assertThat(plan.requests()).isEmpty();
    assertThat(plan.skipped())
        .extracting(SkippedExchange::reason)
        .containsExactly(
            SkipReason.NO_REQUEST,
            SkipReason.INCOMPLETE_REQUEST,
            SkipReason.UNSUPPORTED_PROTOCOL,
            SkipReason.TUNNEL,
            SkipReason.UNSUPPORTED_PROTOCOL);
    assertThat(plan.recorded()).isEqualTo(5);
  }

  @Test
  void of_budget_skipsWhatIsDueLater() throws Exception {
    ReplayPlan plan =
        plan(
            PlanOptions.newBuilder().pace(new Pace.Times(2)).budget(Duration.ofMillis(10)).build(),
            session(1, get("/a", 0), get("/b", 20), get("/c", 21)));
    assertThat(plan.requests()).extracting(r -> r.exchange().target()).containsExactly("/a", "/b");
    assertThat(plan.skippedByReason()).isEqualTo(Map.of(SkipReason.OVER_BUDGET, 1));
  }

  @Test
  void of_openAndCloseTimes_keepTheRecordedDistances() throws Exception {
    ConnectionInfo base = connection(1);
    ConnectionInfo timed =
        ConnectionInfo.newBuilder(base.role())
            .process(base.process())
            .client(base.client())
            .server(base.server())
            .link(base.link())
            .openedEpochNanos(80 * MILLI)
            .closedEpochNanos(300 * MILLI)
            .build();
    Session session =
        TestMessages.session(
            1,
            timed,
            exchange(1, 0, timed, 100 * MILLI, 101 * MILLI, request("GET / HTTP/1.1\r\n\r\n"), OK));
    PlannedConnection connection = plan(PlanOptions.defaults(), session).connections().get(0);
    assertThat(connection.openNanos()).isEqualTo(-20 * MILLI);
    assertThat(connection.closeNanos()).isEqualTo(200 * MILLI);
    PlannedConnection fast =
        plan(PlanOptions.newBuilder().pace(Pace.MAX).build(), session).connections().get(0);
    assertThat(fast.openNanos()).isZero();
    assertThat(fast.closeNanos()).isZero();
  }

  @Test
  void of_unknownOpenTime_opensAMomentBefore() throws Exception {
    PlannedConnection connection =
        plan(PlanOptions.defaults(), session(1, get("/", 0))).connections().get(0);
    assertThat(connection.openNanos()).isEqualTo(-5 * MILLI);
    assertThat(connection.closeNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void of_pipelinedAfterSkipped_waits() throws Exception {
    Session recorded = session(1, message("POST", "/a", 0), get("/b", 1), get("/c", 2));
    Session pipelined =
        TestMessages.session(
            1,
            recorded.connection(),
            recorded.exchanges().get(0),
            TestMessages.pipelined(recorded.exchanges().get(1)),
            TestMessages.pipelined(recorded.exchanges().get(2)));
    assertThat(plan(PlanOptions.defaults(), pipelined).requests())
        .extracting(PlannedRequest::pipelined)
        .containsExactly(false, true);
  }

  @Test
  void of_clocksThatDisagree_keepsTheOrderOnTheConnection() throws Exception {
    ReplayPlan plan =
        plan(
            PlanOptions.defaults(),
            session(1, get("/a", 10), get("/b", 7), get("/c", 30)),
            session(2, get("/d", 8)));
    assertThat(plan.requests())
        .extracting(r -> r.exchange().target(), PlannedRequest::dueNanos)
        .containsExactly(
            tuple("/d", 0L),
            tuple("/a", 2 * MILLI),
            tuple("/b", 2 * MILLI),
            tuple("/c", 22 * MILLI));
  }

  @Test
  void withDependencies_ofLesserNumbers_areInPlanAndConnections() throws Exception {
    ReplayPlan plan =
        plan(PlanOptions.defaults(), session(1, get("/a", 0)), session(2, get("/b", 1)))
            .withDependencies(request -> request.number() == 1 ? Set.of(0) : Set.of());
    assertThat(plan.requests().get(1).dependsOn()).containsExactly(0);
    assertThat(plan.connections().get(1).requests().get(0)).isSameAs(plan.requests().get(1));
    assertThatThrownBy(() -> plan.withDependencies(request -> Set.of(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void of_pool_sharesConnectionsAmongSessions() throws Exception {
    ReplayPlan plan =
        plan(
            PlanOptions.newBuilder().pace(Pace.ORIGINAL).pooledConnections(2).build(),
            session(1, get("/1", 0)),
            session(2, get("/2", 1)),
            session(3, get("/3", 2)));
    assertThat(plan.connections()).hasSize(2);
    assertThat(plan.recordedConnections()).isEqualTo(3);
  }

  private record Step(HttpRequest request, HttpResponse response, long millis) {}

  private static Step get(String target, long millis) {
    return message("GET", target, millis);
  }

  private static Step message(String method, String target, long millis) {
    return new Step(request(method + " " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"), OK, millis);
  }

  private static ConnectionInfo connection(int number) {
    return TestMessages.connection(
        1, new Endpoint("192.0.2.1", 40000 + number), TestMessages.SERVER);
  }

  private static Session session(int number, Step... steps) {
    ConnectionInfo connection = connection(number);
    List<Exchange> exchanges = new ArrayList<>();
    for (Step step : steps) {
      long started = step.millis() * MILLI;
      exchanges.add(
          exchange(
              number,
              exchanges.size(),
              connection,
              started,
              started + 1,
              step.request(),
              step.response()));
    }
    return TestMessages.session(number, connection, exchanges.toArray(new Exchange[0]));
  }

  private static ReplayPlan plan(PlanOptions options, Session... sessions)
      throws SelectionException {
    return ReplayPlan.of(
        Selection.of(List.of(TestMessages.capture(sessions)), SelectionOptions.defaults()),
        options);
  }
}
