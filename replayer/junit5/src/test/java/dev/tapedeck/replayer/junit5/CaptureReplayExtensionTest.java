// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.junit5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectUniqueId;

import dev.tapedeck.replayer.RecordedExchange;
import dev.tapedeck.replayer.RecordedSession;
import dev.tapedeck.replayer.ReplayOutcome;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.net.URI;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.opentest4j.AssertionFailedError;

final class CaptureReplayExtensionTest {
  private static final List<String> SEEN = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void record() throws Exception {
    OrderTape.write();
  }

  @BeforeEach
  void forget() {
    SEEN.clear();
    OrderServer.STARTED.set(0);
    OrderServer.RUNNING.set(0);
  }

  static final class Good implements TargetFactory {
    @Override
    public ReplayTarget start() throws Exception {
      OrderServer server = OrderServer.start("12.5", 9100, "now-44ab11ce-");
      return ReplayTarget.of(server.url(), server);
    }
  }

  static final class Dearer implements TargetFactory {
    @Override
    public ReplayTarget start() throws Exception {
      OrderServer server = OrderServer.start("13.5", 9100, "now-44ab11ce-");
      return ReplayTarget.of(server.url(), server);
    }
  }

  static final class GoodCase {
    @CaptureReplayTest(value = "orders.tape", targetFactory = Good.class, allowUnsafe = true)
    void same(URI uri, URL url, RecordedSession session, ReplayOutcome outcome) {
      SEEN.add(session.id() + " " + outcome.answered() + " " + uri.equals(URI.create("" + url)));
    }
  }

  @Test
  void sessions_answeredAsRecorded_passOnceEach() {
    EngineExecutionResults results = run(selectClass(GoodCase.class));

    results.testEvents().assertStatistics(s -> s.started(3).succeeded(3));
    assertThat(SEEN).containsExactly("1 3 true", "2 3 true", "3 1 true");
    assertThat(OrderServer.STARTED).hasValue(1);
    assertThat(OrderServer.RUNNING).hasValue(0);
    assertThat(names(results))
        .containsExactly(
            "session 1: GET /login?password=MA and 2 more",
            "session 2: GET /login?password=MA and 2 more",
            "session 3: GET /orders/5001");
  }

  @Test
  void invocation_selectedByUniqueId_runsAlone() {
    String id = ids(run(selectClass(GoodCase.class))).get(1);
    SEEN.clear();

    run(selectUniqueId(id)).testEvents().assertStatistics(s -> s.started(1).succeeded(1));

    assertThat(SEEN).containsExactly("2 3 true");
  }

  static final class DearerCase {
    @CaptureReplayTest(value = "/orders.tape", targetFactory = Dearer.class, allowUnsafe = true)
    void same() {
      SEEN.add("body");
    }
  }

  @Test
  void session_withADifference_failsWithBaselineAndActualBeforeTheBody() {
    EngineExecutionResults results = run(selectClass(DearerCase.class));

    results.testEvents().assertStatistics(s -> s.started(3).succeeded(1).failed(2));
    assertThat(SEEN).containsExactly("body");
    AssertionFailedError failure = (AssertionFailedError) failures(results).get(0);
    assertThat(failure.getMessage())
        .isEqualTo(
            """
            orders.tape, session 1: 1 difference in 1 of 3 answers
            1.3 GET /orders/5001
              $.total (value)
                recorded: 12.5
                now:      13.5""");
    assertThat(failure.getExpected().getStringRepresentation()).isEqualTo("12.5");
    assertThat(failure.getActual().getStringRepresentation()).isEqualTo("13.5");
  }

  static final class NoFlowsCase {
    @CaptureReplayTest(
        value = "orders.tape",
        targetFactory = Good.class,
        allowUnsafe = true,
        flows = false,
        maxSessions = 1)
    void same() {}
  }

  @Test
  void session_withSeveralDifferences_failsOnceWithALineForEachAndNoSecret() {
    EngineExecutionResults results = run(selectClass(NoFlowsCase.class));

    AssertionFailedError failure = (AssertionFailedError) failures(results).get(0);
    assertThat(failures(results)).hasSize(1);
    assertThat(failure.getExpected().getStringRepresentation().lines())
        .contains("1.2 POST /orders status: 201", "1.3 GET /orders/5001 status: 200");
    assertThat(failure.getActual().getStringRepresentation().lines())
        .contains("1.2 POST /orders status: 401", "1.3 GET /orders/5001 status: 401");
    assertThat(failure.getMessage())
        .contains("header:set-cookie[sid]")
        .doesNotContain("8f31c5d2", "44ab11ce", "=aa");
  }

  static final class ExchangesCase {
    @CaptureReplayTest(
        value = "orders.tape",
        each = Each.EXCHANGE,
        targetFactory = Dearer.class,
        allowUnsafe = true,
        filter = "path ~ \"orders\"")
    void same(RecordedExchange exchange) {
      SEEN.add(exchange.id());
    }
  }

  @Test
  void exchanges_filtered_areInvocationsOfTheirOwn() {
    EngineExecutionResults results = run(selectClass(ExchangesCase.class));

    assertThat(names(results))
        .containsExactly(
            "exchange 1.2: POST /orders",
            "exchange 1.3: GET /orders/5001",
            "exchange 2.2: POST /orders",
            "exchange 2.3: GET /orders/5008",
            "exchange 3.1: GET /orders/5001");
    // Without the logins there is no cookie to carry over: nobody may order, so there is no id.
    results.testEvents().assertStatistics(s -> s.failed(5));
    assertThat(failures(results).get(4)).hasMessageContaining("no answer: flow_missing");
  }

  static final class FreshCase {
    @CaptureReplayTest(
        value = "orders.tape",
        targetFactory = Good.class,
        lifecycle = TargetLifecycle.SESSION,
        allowUnsafe = true)
    void same(ReplayOutcome outcome) {
      SEEN.add(outcome.report().recorded() + " running " + OrderServer.RUNNING);
    }
  }

  @Test
  void sessions_withAFreshTargetEach_areSentAlone() {
    run(selectClass(FreshCase.class)).testEvents().assertStatistics(s -> s.succeeded(3));

    assertThat(OrderServer.STARTED).hasValue(3);
    assertThat(OrderServer.RUNNING).hasValue(0);
    // The visitor asks for an order that another session made: that one comes first.
    assertThat(SEEN).containsExactly("3 running 1", "3 running 1", "3 running 1");
  }

  static final class SharedCase {
    @CaptureReplayTest(
        value = "orders.tape",
        targetFactory = Good.class,
        lifecycle = TargetLifecycle.CLASS,
        allowUnsafe = true)
    void first() {}

    @CaptureReplayTest(
        value = "orders.tape",
        targetFactory = Good.class,
        lifecycle = TargetLifecycle.CLASS,
        allowUnsafe = true)
    void second() {}
  }

  @Test
  void methods_withATargetOfTheClass_shareIt() {
    run(selectClass(SharedCase.class)).testEvents().assertStatistics(s -> s.succeeded(6));

    assertThat(OrderServer.STARTED).hasValue(1);
    assertThat(OrderServer.RUNNING).hasValue(0);
  }

  static final class SafeCase {
    @CaptureReplayTest(value = "orders.tape", targetFactory = Good.class, filter = "method == POST")
    void nothing() {}

    @CaptureReplayTest(
        value = "orders.tape",
        each = Each.EXCHANGE,
        targetFactory = Good.class,
        filter = "status == 201 or status == 401")
    void some() {}
  }

  @Test
  void exchanges_thatMayNotBeSent_areAbortedAndNothingAtAllFails() {
    EngineExecutionResults results = run(selectClass(SafeCase.class));

    results.testEvents().assertStatistics(s -> s.failed(2).aborted(2).succeeded(1));
    assertThat(failures(results).get(0).getMessage())
        .contains("nothing was tested", "unsafe_method", "allowUnsafe = true");
  }

  static final class EmptyCase {
    @CaptureReplayTest(
        value = "orders.tape",
        targetFactory = Good.class,
        filter = "path ~ \"nowhere\"")
    void nothing() {}
  }

  @Test
  void selection_withoutExchanges_failsAndSaysWhy() {
    EngineExecutionResults results = run(selectClass(EmptyCase.class));

    results.testEvents().assertStatistics(s -> s.started(0));
    assertThat(containerFailures(results))
        .singleElement()
        .satisfies(f -> assertThat(f).hasMessageContaining("nothing to replay: no exchange"));
  }

  static final class MissingCase {
    @CaptureReplayTest(value = "absent.tape", targetFactory = Good.class)
    void nothing() {}
  }

  @Test
  void capture_thatIsMissing_failsAndSaysWhereItWasLookedFor() {
    EngineExecutionResults results = run(selectClass(MissingCase.class));

    assertThat(containerFailures(results))
        .singleElement()
        .satisfies(
            f ->
                assertThat(f)
                    .hasMessageContaining("absent.tape")
                    .hasMessageContaining("nor a file"));
  }

  /** The test class starts the application and takes part in the judgement. */
  static final class OwnCase {
    private static OrderServer server;

    @BeforeAll
    static void start() throws Exception {
      server = OrderServer.start("13.5", 1, "own-77aa00ff-");
    }

    @AfterAll
    static void stop() {
      server.close();
    }

    URI url() {
      return server.url();
    }

    @BeforeEach
    void prepare(URI target) {
      SEEN.add("prepare " + target.equals(server.url()));
    }

    @CaptureReplayTest(
        value = "orders.tape",
        targetMethod = "url",
        allowUnsafe = true,
        judge = false,
        maxSessions = 1)
    void judges(ReplayOutcome outcome) {
      SEEN.add("differences " + outcome.differences().size());
    }
  }

  @Test
  void method_thatJudges_getsTheOutcome() {
    run(selectClass(OwnCase.class)).testEvents().assertStatistics(s -> s.succeeded(1));

    assertThat(SEEN).containsExactly("prepare true", "differences 1");
  }

  @Retention(RetentionPolicy.RUNTIME)
  @CaptureReplayTest(
      value = "orders.tape",
      target = "http://127.0.0.1:${tapedeck.test.port:1}",
      allowUnsafe = true)
  @interface OrdersReplay {}

  static final class ComposedCase {
    @OrdersReplay
    void same() {}
  }

  @Test
  void target_ofASystemPropertyOnAComposedAnnotation_isUsed() throws Exception {
    try (OrderServer server = OrderServer.start("12.5", 4, "prop-12ff34aa-")) {
      System.setProperty("tapedeck.test.port", "" + server.url().getPort());
      run(selectClass(ComposedCase.class)).testEvents().assertStatistics(s -> s.succeeded(3));
    } finally {
      System.clearProperty("tapedeck.test.port");
    }
    EngineExecutionResults refused = run(selectClass(ComposedCase.class));

    refused.testEvents().assertStatistics(s -> s.failed(3));
    assertThat(failures(refused).get(0)).hasMessageContaining("no answer: connect_refused");
  }

  static final class NoTargetCase {
    @CaptureReplayTest("orders.tape")
    void same() {}
  }

  @Test
  void test_withoutTarget_failsAndSaysHowToNameOne() {
    EngineExecutionResults results = run(selectClass(NoTargetCase.class));

    assertThat(failures(results).get(0)).hasMessageContaining("-Dtapedeck.target=");
    assertThat(failures(results).get(1)).hasMessageContaining("the replay could not be held");
  }

  private static EngineExecutionResults run(DiscoverySelector selector) {
    return EngineTestKit.engine("junit-jupiter").selectors(selector).execute();
  }

  private static List<String> names(EngineExecutionResults results) {
    return results.testEvents().started().map(e -> e.getTestDescriptor().getDisplayName()).toList();
  }

  private static List<String> ids(EngineExecutionResults results) {
    return results
        .testEvents()
        .started()
        .map(e -> e.getTestDescriptor().getUniqueId().toString())
        .toList();
  }

  private static List<Throwable> failures(EngineExecutionResults results) {
    return thrown(results.testEvents().failed().list());
  }

  private static List<Throwable> containerFailures(EngineExecutionResults results) {
    return thrown(results.containerEvents().failed().list());
  }

  private static List<Throwable> thrown(List<Event> events) {
    List<Throwable> thrown = new ArrayList<>();
    for (Event event : events) {
      event
          .getPayload(TestExecutionResult.class)
          .flatMap(TestExecutionResult::getThrowable)
          .ifPresent(thrown::add);
    }
    return thrown;
  }
}
