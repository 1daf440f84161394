// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.plan;

import static dev.tapedeck.replayer.TestMessages.connection;
import static dev.tapedeck.replayer.TestMessages.exchange;
import static dev.tapedeck.replayer.TestMessages.request;
import static dev.tapedeck.replayer.TestMessages.response;
import static dev.tapedeck.replayer.TestMessages.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.Leg;
import dev.tapedeck.analyzer.Link;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.filter.Filter;
import dev.tapedeck.analyzer.filter.FilterSyntaxException;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.Role;
import dev.tapedeck.replayer.TestMessages;
import dev.tapedeck.replayer.capture.RecordedCapture;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SelectionTest {
  private static final int NGINX = 10;
  private static final int APP = 20;
  private static final Endpoint FRONT = new Endpoint("192.0.2.2", 443);
  private static final Endpoint BACK = new Endpoint("127.0.0.1", 9000);
  private static final Endpoint CURL = new Endpoint("192.0.2.1", 40000);
  private static final Endpoint UPSTREAM = new Endpoint("127.0.0.1", 50000);
  private static final HttpResponse OK = response("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

  private final Session outer = served(1, NGINX, CURL, FRONT, "/a", 100, 200);
  private final Session inner = served(2, APP, UPSTREAM, BACK, "/app/a", 120, 180);

  @Test
  void of_innerLeg_sendsTheOuterOnly() throws Exception {
    Selection selection = select(TestMessages.capture(outer, legOf(inner, "1.1")));
    assertThat(selection.exchanges())
        .extracting(SelectedExchange::id, SelectedExchange::innerLeg)
        .containsExactly(tuple("1.1", false), tuple("2.1", true));
  }

  @Test
  void of_innerLegOfOneOfSeveral_isSentByNoneOfThem() throws Exception {
    Selection selection = select(TestMessages.capture(outer, legOf(inner, "1.1", "7.1")));
    assertThat(selection.exchanges())
        .extracting(SelectedExchange::innerLeg)
        .containsExactly(false, true);
  }

  @Test
  void of_twoServersThatAreNoLegs_listsThem() {
    assertThatThrownBy(() -> select(TestMessages.capture(outer, inner)))
        .isInstanceOf(SelectionException.class)
        .hasMessageContaining("several recorded servers")
        .hasMessageContaining("127.0.0.1:9000 (1 exchange)")
        .hasMessageContaining("192.0.2.2:443 (1 exchange)")
        .hasMessageContaining("--server");
  }

  @Test
  void of_chosenInnerServer_sendsItsExchanges() throws Exception {
    Selection selection =
        Selection.of(
            List.of(TestMessages.capture(outer, legOf(inner, "1.1"))),
            new SelectionOptions(
                Role.SERVER, ServerPattern.parse(":9000"), Integer.MAX_VALUE, null));
    assertThat(selection.exchanges())
        .extracting(SelectedExchange::id, SelectedExchange::innerLeg)
        .containsExactly(tuple("2.1", false));
  }

  private static Session legOf(Session session, String... outer) {
    Leg leg =
        new Leg(
            List.of(outer), false, Leg.Method.CONTENT, Link.Confidence.LIKELY, "as the test says");
    return session.toBuilder()
        .exchanges(
            session.exchanges().stream()
                .map(exchange -> exchange.toBuilder().leg(leg).build())
                .toList())
        .build();
  }

  @Test
  void of_onlyClientSide_saysWhatThereIs() {
    ConnectionInfo client = connection(Role.CLIENT, 5, CURL, FRONT);
    Session session = session(1, client, exchange(1, 0, client, 1, 2, get("/"), OK));
    assertThatThrownBy(() -> select(TestMessages.capture(session)))
        .isInstanceOf(SelectionException.class)
        .hasMessageContaining("client of 192.0.2.2:443 (1 exchange)")
        .hasMessageContaining("--role");
  }

  @Test
  void of_severalCaptures_prefixesIdsAndSortsByTime() throws Exception {
    RecordedCapture first = TestMessages.capture(served(1, APP, CURL, FRONT, "/late", 500, 600));
    RecordedCapture second = TestMessages.capture(served(1, APP, CURL, FRONT, "/early", 100, 200));
    Selection selection = Selection.of(List.of(first, second), SelectionOptions.defaults());
    assertThat(selection.exchanges())
        .extracting(SelectedExchange::id)
        .containsExactly("2:1.1", "1:1.1");
  }

  @Test
  void of_limit_keepsTheEarliestSessions() throws Exception {
    Selection selection =
        Selection.of(
            List.of(
                TestMessages.capture(
                    served(1, APP, CURL, FRONT, "/1", 300, 310),
                    served(2, APP, CURL, FRONT, "/2", 100, 110),
                    served(3, APP, CURL, FRONT, "/3", 200, 210))),
            new SelectionOptions(Role.SERVER, null, 2, null));
    assertThat(selection.exchanges())
        .extracting(SelectedExchange::target)
        .containsExactly("/2", "/3");
  }

  @Test
  void of_filter_takesExchangesThatItMeans() throws Exception {
    RecordedCapture capture =
        TestMessages.capture(
            served(1, APP, CURL, FRONT, "/orders/1", 300, 310),
            served(2, APP, CURL, FRONT, "/menu", 100, 110),
            served(3, APP, CURL, FRONT, "/orders/2", 200, 210));
    assertThat(Selection.of(List.of(capture), filtered("path ~ '^/orders'")).exchanges())
        .extracting(SelectedExchange::target)
        .containsExactly("/orders/2", "/orders/1");
    assertThatThrownBy(() -> Selection.of(List.of(capture), filtered("path == /none")))
        .isInstanceOf(SelectionException.class)
        .hasMessageContaining("nothing to replay")
        .hasMessageContaining("that --filter means");
  }

  private static SelectionOptions filtered(String expression) throws FilterSyntaxException {
    return new SelectionOptions(Role.SERVER, null, Integer.MAX_VALUE, Filter.parse(expression));
  }

  private static Selection select(RecordedCapture capture) throws SelectionException {
    return Selection.of(List.of(capture), SelectionOptions.defaults());
  }

  private static Session served(
      int number, int pid, Endpoint client, Endpoint server, String target, long from, long to) {
    ConnectionInfo connection = connection(pid, client, server);
    return session(number, connection, exchange(number, 0, connection, from, to, get(target), OK));
  }

  private static HttpRequest get(String target) {
    return request("GET " + target + " HTTP/1.1\r\nHost: a.example\r\n\r\n");
  }
}
