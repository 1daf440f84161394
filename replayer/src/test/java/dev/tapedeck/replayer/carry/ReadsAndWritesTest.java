// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.carry;

import static dev.tapedeck.replayer.TestMessages.exchange;
import static dev.tapedeck.replayer.TestMessages.request;
import static dev.tapedeck.replayer.TestMessages.response;
import static dev.tapedeck.replayer.TestMessages.session;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.replayer.TestMessages;
import dev.tapedeck.replayer.TestPlans;
import dev.tapedeck.replayer.plan.PlanOptions;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.plan.ReplayPlan;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests of one minted session on connections of their own, and what each of them waits for. */
final class ReadsAndWritesTest {
  private static final String SID = "5f3a9c0e7b1d48226af09c3d5e7b8a10";
  private static final String OTHER = "0c44d1b7a9e35f6682bb7d10f9e2c3a4";
  private static final long MILLI = 1_000_000;

  private final List<Session> sessions = new ArrayList<>();

  /** Adds a request on a connection of its own; times in milliseconds; returns its number. */
  private int add(long started, long ended, String line, String fields, String answer) {
    int number = sessions.size() + 1;
    ConnectionInfo info =
        TestMessages.connection(1, new Endpoint("192.0.2.1", 40000 + number), TestMessages.SERVER);
    sessions.add(
        session(
            number,
            info,
            exchange(
                number,
                0,
                info,
                started * MILLI,
                ended * MILLI,
                request(line + " HTTP/1.1\r\nHost: shop.example\r\n" + fields + "\r\n"),
                response(answer))));
    return number - 1;
  }

  private int login(long started, String sid) {
    return add(
        started,
        started + 1,
        "GET /login",
        "",
        "HTTP/1.1 200 OK\r\nSet-Cookie: sid=" + sid + "\r\nContent-Length: 2\r\n\r\nok");
  }

  private int ask(long started, long ended, String line, String sid) {
    return add(started, ended, line, "Cookie: sid=" + sid + "\r\n", TestPlans.OK);
  }

  private List<List<Integer>> waits() throws Exception {
    ReplayPlan plan =
        TestPlans.plan(
            PlanOptions.newBuilder().allowUnsafe(true).build(), sessions.toArray(Session[]::new));
    return PlannedFlows.of(plan).plan().requests().stream().map(PlannedRequest::dependsOn).toList();
  }

  @Test
  void of_readsAndWritesOfOneSession_keepTheirOrder() throws Exception {
    int login = login(0, SID);
    int page = ask(10, 12, "GET /shop", SID);
    int image = ask(20, 22, "GET /logo", SID);
    int add = ask(30, 32, "POST /cart", SID);
    int cart = ask(40, 42, "GET /cart", SID);
    int order = ask(50, 52, "POST /orders", SID);
    assertThat(waits())
        .containsExactly(
            List.of(),
            List.of(login),
            List.of(login),
            List.of(login, page, image),
            List.of(login, add),
            List.of(login, add, cart));
    assertThat(order).isEqualTo(5);
  }

  @Test
  void of_requestsAtTheSameTime_areSentAtTheSameTime() throws Exception {
    int login = login(0, SID);
    ask(10, 20, "POST /cart", SID);
    ask(15, 25, "POST /wishes", SID);
    ask(19, 30, "GET /cart", SID);
    assertThat(waits()).containsExactly(List.of(), List.of(login), List.of(login), List.of(login));
  }

  @Test
  void of_otherSessions_doNotWaitForEachOther() throws Exception {
    int login = login(0, SID);
    int other = login(5, OTHER);
    ask(10, 12, "POST /cart", SID);
    ask(20, 22, "POST /cart", OTHER);
    assertThat(waits()).containsExactly(List.of(), List.of(), List.of(login), List.of(other));
  }

  private int anybody(long started, long ended, String line, String body) {
    String answer = "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    return add(started, ended, line, "", answer);
  }

  @Test
  void of_resourceThatAnybodyReplaces_isReadAndWrittenInItsOrder() throws Exception {
    int before = anybody(0, 2, "GET /stock/7?full", "{}");
    int put = anybody(10, 12, "PUT /stock/7", "{}");
    int after = anybody(20, 22, "GET /stock/7", "{}");
    int together = anybody(21, 23, "GET /stock/7", "{}");
    anybody(30, 32, "GET /stock/8", "{}");
    int delete = anybody(40, 42, "DELETE /stock/7", "");
    assertThat(waits())
        .containsExactly(
            List.of(),
            List.of(before),
            List.of(put),
            List.of(put),
            List.of(),
            List.of(put, after, together));
    assertThat(delete).isEqualTo(5);
  }

  @Test
  void of_collectionThatChanged_isReadBehindWhatChangedIt() throws Exception {
    anybody(0, 2, "GET /orders", "[]");
    int post = anybody(10, 12, "POST /orders", "{}");
    anybody(20, 22, "GET /orders", "[1]");
    int put = anybody(30, 32, "PUT /orders/1", "{}");
    anybody(40, 42, "GET /orders", "[2]");
    List<List<Integer>> waits = waits();
    assertThat(waits.get(post)).containsExactly(0);
    assertThat(waits.get(2)).containsExactly(post);
    assertThat(waits.get(put)).containsExactly(post, 2);
    assertThat(waits.get(4)).contains(put);
  }

  /** Nothing that was read shows that anything had been written, but for a value made up anew. */
  @Test
  void of_resourceThatNeverChanged_isReadAndWrittenAtOnce() throws Exception {
    anybody(0, 2, "GET /login", "<input name=token value=" + SID + ">");
    anybody(10, 12, "POST /login", "{}");
    anybody(20, 22, "GET /login", "<input name=token value=" + OTHER + ">");
    anybody(30, 32, "POST /login", "{}");
    assertThat(waits()).containsOnly(List.of());
  }

  /** What other people do in their sessions is no matter of anybody else's. */
  @Test
  void of_resourcesOfSessions_areNotOrderedByTheirPath() throws Exception {
    int login = login(0, SID);
    int other = login(5, OTHER);
    ask(10, 12, "PUT /cart", SID);
    ask(20, 22, "GET /cart", OTHER);
    anybody(30, 32, "GET /cart", "{}");
    assertThat(waits())
        .containsExactly(List.of(), List.of(), List.of(login), List.of(other), List.of());
  }

  /** What is in the root is everything. */
  @Test
  void of_rootThatChanges_waitsForItsOwnWritesAlone() throws Exception {
    anybody(0, 2, "GET /", "1");
    anybody(10, 12, "POST /login", "{}");
    anybody(20, 22, "GET /", "2");
    assertThat(waits()).containsOnly(List.of());
  }

  @Test
  void of_longSession_waitsForTheLastWritesAlone() throws Exception {
    login(0, SID);
    for (int i = 1; i < 300; i++) {
      ask(10L * i, 10L * i + 2, (i % 3 == 0 ? "PUT /cart/" : "GET /cart/") + i, SID);
    }
    List<List<Integer>> waits = waits();
    // The login, the write before, and the two reads behind that.
    assertThat(waits.get(297)).containsExactly(0, 294, 295, 296);
    assertThat(waits.get(299)).containsExactly(0, 297);
  }
}
