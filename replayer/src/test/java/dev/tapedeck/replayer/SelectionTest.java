// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import static dev.tapedeck.replayer.TestMessages.connection;
import static dev.tapedeck.replayer.TestMessages.exchange;
import static dev.tapedeck.replayer.TestMessages.request;
import static dev.tapedeck.replayer.TestMessages.response;
import static dev.tapedeck.replayer.TestMessages.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.filter.Filter;
import dev.tapedeck.analyzer.filter.FilterSyntaxException;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.Role;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class SelectionTest {
  private static final int NGINX = 10;
  private static final int APP = 20;
  private static final Endpoint FRONT = new Endpoint("192.0.2.2", 443);
  private static final Endpoint BACK = new Endpoint("127.0.0.1", 9000);
  private static final Endpoint CURL = new Endpoint("192.0.2.1", 40000);
  private static final Endpoint UPSTREAM = new Endpoint("127.0.0.1", 50000);
  private static final HttpResponse OK = response("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

  /** The outer exchange runs from 100 to 200, the inner one from 120 to 180. */
  private final Session outer = served(1, NGINX, CURL, FRONT, "/a", 100, 200);

  private final Session inner = served(2, APP, UPSTREAM, BACK, "/app/a", 120, 180);

  @Test
  void of_innerLegCalledByTheOuterServer_sendsTheOuterOnly() throws Exception {
    Selection selection = select(capture(Map.of(ends(UPSTREAM, BACK), NGINX), outer, inner));
    assertThat(selection.exchanges())
        .extracting(SelectedExchange::id, SelectedExchange::innerLeg)
        .containsExactly(tuple("1.1", false), tuple("2.1", true));
  }

  @Test
  void of_callByAnUnrelatedProcess_isNoInnerLeg() {
    assertThatThrownBy(() -> select(capture(Map.of(ends(UPSTREAM, BACK), 99), outer, inner)))
        .isInstanceOf(SelectionException.class)
        .hasMessageContaining("several recorded servers")
        .hasMessageContaining("127.0.0.1:9000 (1 exchange)")
        .hasMessageContaining("192.0.2.2:443 (1 exchange)")
        .hasMessageContaining("--server");
  }

  @Test
  void of_callOutsideTheOuterExchange_isNoInnerLeg() {
    Session later = served(2, APP, UPSTREAM, BACK, "/health", 300, 310);
    assertThatThrownBy(() -> select(capture(Map.of(ends(UPSTREAM, BACK), NGINX), outer, later)))
        .isInstanceOf(SelectionException.class);
  }

  @Test
  void of_forwardedRequestWithoutRecordedCaller_isAnInnerLeg() throws Exception {
    Session forwarded = served(2, APP, UPSTREAM, BACK, "/a", 120, 180);
    Selection selection = select(capture(Map.of(), outer, forwarded));
    assertThat(selection.exchanges()).extracting(SelectedExchange::innerLeg).contains(true);
  }

  @Test
  void of_oneOuterExchange_explainsOneForwardedRequestOnly() {
    Session first = served(2, APP, UPSTREAM, BACK, "/a", 120, 140);
    Session second = served(3, APP, new Endpoint("127.0.0.1", 50001), BACK, "/a", 150, 180);
    assertThatThrownBy(() -> select(capture(Map.of(), outer, first, second)))
        .isInstanceOf(SelectionException.class);
  }

  @Test
  void of_chosenInnerServer_sendsItsExchanges() throws Exception {
    Selection selection =
        Selection.of(
            List.of(capture(Map.of(ends(UPSTREAM, BACK), NGINX), outer, inner)),
            new SelectionOptions(
                Role.SERVER, ServerPattern.parse(":9000"), Integer.MAX_VALUE, null));
    assertThat(selection.exchanges())
        .extracting(SelectedExchange::id, SelectedExchange::innerLeg)
        .containsExactly(tuple("2.1", false));
  }

  @Test
  void of_serviceThatCallsItself_sendsTheOuterOnly() throws Exception {
    Session own = served(2, NGINX, UPSTREAM, FRONT, "/b", 120, 180);
    Selection selection = select(capture(Map.of(ends(UPSTREAM, FRONT), NGINX), outer, own));
    assertThat(selection.exchanges())
        .extracting(SelectedExchange::innerLeg)
        .containsExactly(false, true);
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

  /** Without recorded callers every request is looked up among those of the other server. */
  @Test
  @Timeout(20)
  void of_manyEqualRequests_isQuick() throws Exception {
    Session[] sessions = new Session[2];
    for (int s = 0; s < sessions.length; s++) {
      Endpoint client = new Endpoint("192.0.2.1", 40000 + s);
      ConnectionInfo connection = connection(NGINX + s, client, s == 0 ? FRONT : BACK);
      HttpRequest request = get("/same");
      Exchange[] exchanges = new Exchange[100_000];
      for (int i = 0; i < exchanges.length; i++) {
        long started = i * 100L + s * 10L;
        exchanges[i] = exchange(s + 1, i, connection, started, started + 50 - s * 20L, request, OK);
      }
      sessions[s] = session(s + 1, connection, exchanges);
    }
    Selection selection = select(capture(Map.of(), sessions));
    assertThat(selection.exchanges().stream().filter(SelectedExchange::innerLeg)).hasSize(100_000);
  }

  private static Selection select(RecordedCapture capture) throws SelectionException {
    return Selection.of(List.of(capture), SelectionOptions.defaults());
  }

  private static RecordedCapture capture(
      Map<RecordedCapture.Ends, Integer> callers, Session... sessions) {
    return new RecordedCapture("test.tape", 1, "host", 0, List.of(sessions), callers);
  }

  private static RecordedCapture.Ends ends(Endpoint client, Endpoint server) {
    return new RecordedCapture.Ends(client, server);
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
