// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.ExchangeVisitor;
import dev.tapedeck.analyzer.Leg;
import dev.tapedeck.analyzer.Link;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.FlowKey;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.TestObjects;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A proxy in front of a service, and what tells which request caused which. */
class LegsTest {
  private static final ProcessKey PROXY = new ProcessKey(TestObjects.HOST_ID, 10, 1);
  private static final ProcessKey SERVICE = new ProcessKey(TestObjects.HOST_ID, 20, 1);
  private static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

  private final EventList events = new EventList();

  private static ConnectionId socket(int number) {
    return new ConnectionId(TestObjects.HOST_ID, number, 1);
  }

  private static FlowKey flow(int port, String server, int serverPort) {
    return new FlowKey(new Endpoint(server, serverPort), new Endpoint("10.0.0.9", port), 7);
  }

  private static String get(String target, String... fields) {
    return "GET " + target + " HTTP/1.1\r\nhost: x\r\n" + fields(fields) + "\r\n";
  }

  private static String fields(String... fields) {
    return fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
  }

  /** A client's connection to the proxy. */
  private void front(int number) {
    events.accept(PROXY, socket(number), number, flow(40000 + number, "10.0.0.1", 80));
  }

  /** A connection of the proxy to the service, of which both ends are recorded. */
  private void back(int number) {
    events.connect(PROXY, socket(number), number, flow(50000 + number, "10.0.0.2", 81).reversed());
    backUnseen(number);
  }

  /** A connection to the service, of which the caller is not recorded. */
  private void backUnseen(int number) {
    events.accept(SERVICE, socket(100 + number), number, flow(50000 + number, "10.0.0.2", 81));
  }

  private void asked(int number, String request) {
    events.moved(PROXY, socket(number), Direction.INGRESS, request);
  }

  private void answered(int number) {
    events.moved(PROXY, socket(number), Direction.EGRESS, OK);
  }

  /** The service's side of a call, which the proxy's own bytes enclose where they are recorded. */
  private void forwarded(int number, String request) {
    events.moved(SERVICE, socket(100 + number), Direction.INGRESS, request);
  }

  private void returned(int number) {
    events.moved(SERVICE, socket(100 + number), Direction.EGRESS, OK);
  }

  private void called(int number, String request) {
    forwarded(number, request);
    returned(number);
  }

  /** Returns the legs by what was asked of the service, the same for sessions and exchanges. */
  private Map<String, Leg> legs() {
    Map<String, Leg> legs = new TreeMap<>();
    for (Session session : Analyses.analyze(events.events(), AnalyzerOptions.defaults())) {
      session.exchanges().forEach(exchange -> add(exchange, legs));
    }
    Map<String, Leg> streamed = new TreeMap<>();
    try {
      new SessionAnalyzer(AnalyzerOptions.defaults())
          .analyze(
              Analyses.source(events.events()),
              new ExchangeVisitor() {
                @Override
                public void exchange(Exchange exchange) {
                  add(exchange, streamed);
                }

                @Override
                public void session(SessionSummary session) {}
              });
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    assertThat(streamed).isEqualTo(legs);
    return legs;
  }

  private static void add(Exchange exchange, Map<String, Leg> legs) {
    if (exchange.leg() != null) {
      legs.put(exchange.id() + " " + exchange.request().target(), exchange.leg());
    }
  }

  private Leg only() {
    Map<String, Leg> legs = legs();
    assertThat(legs).hasSize(1);
    return legs.values().iterator().next();
  }

  @Test
  void forwarded_sameContentByTheServingProcess_isProven() {
    front(1);
    back(2);
    asked(1, get("/a"));
    called(2, get("/a"));
    answered(1);
    Leg leg = only();
    assertThat(leg.outerId()).isEqualTo("1.1");
    assertThat(leg.method()).isEqualTo(Leg.Method.CONTENT);
    assertThat(leg.confidence()).isEqualTo(Link.Confidence.PROVEN);
  }

  @Test
  void rewritten_byTheServingProcess_isNoLeg() {
    front(1);
    back(2);
    asked(1, get("/a"));
    called(2, get("/app/a"));
    answered(1);
    assertThat(legs()).isEmpty();
  }

  /** A job of the process's own sends what every client sends. */
  @Test
  void rewritten_withCommonHeaders_isNoLeg() {
    front(1);
    back(2);
    asked(1, get("/a", "accept: application/json"));
    called(2, get("/job", "accept: application/json"));
    answered(1);
    assertThat(legs()).isEmpty();
  }

  @Test
  void rewritten_withTheHeadersOfTheOuterOne_isLikely() {
    front(1);
    back(2);
    asked(1, get("/a", "user-agent: curl/8.5.0-test"));
    called(2, get("/app/a", "user-agent: curl/8.5.0-test"));
    answered(1);
    Leg leg = only();
    assertThat(leg.outerId()).isEqualTo("1.1");
    assertThat(leg.method()).isEqualTo(Leg.Method.HEADER);
    assertThat(leg.confidence()).isEqualTo(Link.Confidence.LIKELY);
  }

  @Test
  void called_whenNothingIsServed_isNoLeg() {
    front(1);
    back(2);
    asked(1, get("/a"));
    answered(1);
    called(2, get("/a"));
    assertThat(legs()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x-request-id: 0%d",
        "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e473%d-00f067aa0ba902b7-01",
        "cookie: session=abcdef-%d",
      })
  void concurrent_fieldsOfTheirOwn_tellThemApart(String field) {
    for (int i = 1; i <= 3; i++) {
      front(i);
      back(10 + i);
    }
    for (int i = 1; i <= 3; i++) {
      asked(i, get("/same", field.formatted(i)));
    }
    for (int i = 3; i >= 1; i--) {
      called(10 + i, get("/same", field.formatted(i), "via: 1.1 proxy"));
    }
    for (int i = 1; i <= 3; i++) {
      answered(i);
    }
    Map<String, Leg> legs = legs();
    assertThat(legs).hasSize(3);
    List<String> outer = new ArrayList<>();
    legs.values().forEach(leg -> outer.add(leg.outerId()));
    // Sessions are numbered as they begin: the fronts are 1, 3 and 5, the backs in between.
    assertThat(outer).containsExactly("1.1", "3.1", "5.1");
    assertThat(legs.values())
        .allSatisfy(leg -> assertThat(leg.confidence()).isEqualTo(Link.Confidence.PROVEN));
  }

  @Test
  void concurrent_equalRequests_areNotGuessed() {
    front(1);
    front(2);
    back(11);
    back(12);
    asked(1, get("/same"));
    asked(2, get("/same"));
    called(11, get("/same"));
    called(12, get("/same"));
    answered(1);
    answered(2);
    Map<String, Leg> legs = legs();
    assertThat(legs).hasSize(2);
    assertThat(legs.values())
        .allSatisfy(
            leg -> {
              assertThat(leg.outerId()).isNull();
              assertThat(leg.outer()).containsExactlyInAnyOrder("1.1", "2.1");
            });
  }

  @Test
  void callerNotRecorded_sameContentWithin_isLikely() {
    front(1);
    backUnseen(2);
    asked(1, get("/a"));
    called(2, get("/a"));
    answered(1);
    Leg leg = only();
    assertThat(leg.outerId()).isEqualTo("1.1");
    assertThat(leg.confidence()).isEqualTo(Link.Confidence.LIKELY);
  }

  @Test
  void callerNotRecorded_oneOuterExplainsOneInner() {
    front(1);
    backUnseen(2);
    backUnseen(3);
    asked(1, get("/a"));
    called(2, get("/a"));
    called(3, get("/a"));
    answered(1);
    assertThat(legs()).hasSize(1);
  }

  @Test
  void callerNotRecorded_otherContent_isNoLeg() {
    front(1);
    backUnseen(2);
    asked(1, get("/a"));
    called(2, get("/b"));
    answered(1);
    assertThat(legs()).isEmpty();
  }

  /** Which of the two is whose nobody can tell: naming the second one's would be a guess too. */
  @Test
  void callerNotRecorded_equalOuters_areNotGuessed() {
    front(1);
    front(2);
    for (int i = 3; i <= 5; i++) {
      backUnseen(i);
    }
    asked(1, get("/same"));
    asked(2, get("/same"));
    called(3, get("/same"));
    called(4, get("/same"));
    called(5, get("/same"));
    answered(1);
    answered(2);
    Map<String, Leg> legs = legs();
    assertThat(legs).hasSize(2); // Two outer ones explain two.
    assertThat(legs.values())
        .allSatisfy(leg -> assertThat(leg.outer()).containsExactlyInAnyOrder("1.1", "2.1"));
  }

  @Test
  void serviceThatCallsItself_isLegOfTheOuter() {
    front(1);
    FlowKey own = flow(60000, "10.0.0.1", 80);
    events.connect(PROXY, socket(2), 2, own.reversed());
    events.accept(PROXY, socket(3), 3, own);
    asked(1, get("/a", "x-request-id: 17"));
    events.moved(PROXY, socket(3), Direction.INGRESS, get("/b", "x-request-id: 17"));
    events.moved(PROXY, socket(3), Direction.EGRESS, OK);
    answered(1);
    Leg leg = only();
    assertThat(leg.outerId()).isEqualTo("1.1");
    assertThat(leg.method()).isEqualTo(Leg.Method.REQUEST_ID);
  }

  /** The same numbers of processes on two hosts mean nothing. */
  @Test
  void called_bySameNumberOnAnotherHost_isNoLeg() {
    ProcessKey stranger = new ProcessKey(TestObjects.HOST_ID + 1, PROXY.pid(), 1);
    ConnectionId call = new ConnectionId(TestObjects.HOST_ID + 1, 2, 1);
    front(1);
    events.connect(stranger, call, 2, flow(50002, "10.0.0.2", 81).reversed());
    asked(1, get("/a"));
    events.moved(stranger, call, Direction.EGRESS, get("/a"));
    events.moved(stranger, call, Direction.INGRESS, OK);
    answered(1);
    assertThat(legs()).isEmpty();
  }

  /** Returns the legs of exchanges as they leave, when only so many are held. */
  private List<Leg> streamed() throws IOException {
    List<Leg> found = new ArrayList<>();
    new SessionAnalyzer(AnalyzerOptions.defaults())
        .analyze(
            Analyses.source(events.events()),
            new ExchangeVisitor() {
              @Override
              public void exchange(Exchange exchange) {
                if (exchange.leg() != null) {
                  found.add(exchange.leg());
                }
              }

              @Override
              public void session(SessionSummary session) {}
            });
    return found;
  }

  /**
   * The outer exchange is open for longer than anything is held, and equals others: naming those
   * would be a guess.
   */
  @ParameterizedTest
  @ValueSource(strings = {"/same", "/long"})
  void outerOpenForLong_mayBeMeantEqually_isNull(String target) throws IOException {
    String trace = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    front(1);
    front(3);
    back(2);
    asked(1, get(target, trace));
    for (int i = 0; i < 3000; i++) {
      asked(3, get("/same", trace, "cookie: id=" + (1_000_000 + i)));
      called(2, get("/same", trace, "cookie: id=" + (1_000_000 + i)));
      answered(3);
    }
    answered(1);
    List<Leg> found = streamed();
    assertThat(found).hasSize(3000);
    assertThat(found.subList(0, 2000))
        .allSatisfy(
            leg -> {
              assertThat(leg.outerId()).isNull();
              assertThat(leg.othersPossible()).isTrue();
              assertThat(leg.confidence()).isEqualTo(Link.Confidence.LIKELY);
            });
  }

  /** Where nothing is open that is not known, what leaves early is named all the same. */
  @Test
  void moreThanIsHeld_nothingElseOpen_isProven() throws IOException {
    front(1);
    back(2);
    for (int i = 0; i < 3000; i++) {
      asked(1, get("/same"));
      called(2, get("/same"));
      answered(1);
    }
    List<Leg> found = streamed();
    assertThat(found).hasSize(3000);
    for (int i = 0; i < found.size(); i++) {
      assertThat(found.get(i).outerId()).isEqualTo("1." + (i + 1));
      assertThat(found.get(i).confidence()).isEqualTo(Link.Confidence.PROVEN);
    }
  }

  /** More were open at once than are looked at: the only one that was seen proves nothing. */
  @Test
  void outerOpenForLong_tooManyBetween_isNull() {
    front(1);
    front(3);
    back(2);
    asked(1, get("/long"));
    for (int i = 0; i < 1200; i++) {
      asked(3, get("/" + i));
      if (i == 1150) {
        called(2, get("/1150"));
      }
      answered(3);
    }
    answered(1);
    Leg leg =
        Analyses.analyze(events.events(), AnalyzerOptions.defaults()).stream()
            .flatMap(session -> session.exchanges().stream())
            .map(Exchange::leg)
            .filter(Objects::nonNull)
            .findFirst()
            .orElseThrow();
    assertThat(leg.outerId()).isNull();
    assertThat(leg.othersPossible()).isTrue();
  }

  /** Without recorded callers every request is looked up among those of the other server. */
  @Test
  @Timeout(60)
  void manyEqualRequests_areFoundQuickly() throws IOException {
    front(1);
    backUnseen(2);
    for (int i = 0; i < 100_000; i++) {
      asked(1, get("/same"));
      called(2, get("/same"));
      answered(1);
    }
    assertThat(streamed()).hasSize(100_000).allMatch(leg -> leg.outerId() != null);
  }
}
