// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import static dev.tapedeck.replayer.mock.Calls.ask;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.replayer.diff.Synonyms;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Requests that are served at once make the service ask for the same kind of thing with ids that it
 * makes up, in every order in which their calls can come.
 */
final class ConcurrentCallsTest {
  private static final String OK = "HTTP/1.1 200 OK\nContent-Type: application/json\n\n";
  private static final int STEPS = 3;

  /** What the bank knows of one order. */
  private record Order(String id, String charge, String article, int cents) {}

  private static Order order(int number, String kind, String article, int cents) {
    return new Order(uuid("order" + kind + number), uuid("charge" + number), article, cents);
  }

  /** A UUID of version 4 that is the same in each run. */
  private static String uuid(String name) {
    String any = UUID.nameUUIDFromBytes(name.getBytes(UTF_8)).toString();
    return any.substring(0, 14) + "4" + any.substring(15);
  }

  private static String post(String path, String json) {
    return "POST " + path + " HTTP/1.1\nContent-Type: application/json\n\n" + json;
  }

  private static String charge(String order, int cents) {
    return post("/charges", "{\"order\":\"%s\",\"cents\":%d}".formatted(order, cents));
  }

  private static String charged(Order order) {
    return "{\"charge\":\"%s\",\"order\":\"%s\",\"receipt\":\"/r/%s?of=%s\"}"
        .formatted(order.charge(), order.id(), order.id(), order.charge());
  }

  private static String note(String order, String charge, String article) {
    return post(
        "/notes",
        "{\"order\":\"%s\",\"charge\":\"%s\",\"article\":\"%s\"}"
            .formatted(order, charge, article));
  }

  private static Calls record(List<Order> orders) {
    Calls calls = new Calls();
    for (Order order : orders) {
      calls
          .call(charge(order.id(), order.cents()), OK + charged(order))
          .call("GET /charges/" + order.charge() + " HTTP/1.1", OK + charged(order))
          .call(
              note(order.id(), order.charge(), order.article()),
              OK + "{\"noted\":\"" + order.id() + "\",\"article\":\"" + order.article() + "\"}");
    }
    return calls;
  }

  /** A service that serves one request: it checks that it hears of its own order only. */
  private static final class Serving {
    private final CallBook book;
    private final String id;
    private final Order recorded;
    private String charge = "";
    private int step;

    Serving(CallBook book, Order recorded, String id) {
      this.book = book;
      this.recorded = recorded;
      this.id = id;
    }

    /** Returns what is wrong; null when nothing is. */
    @Nullable String next() {
      String request =
          switch (step++) {
            case 0 -> charge(id, recorded.cents());
            case 1 -> "GET /charges/" + charge + " HTTP/1.1";
            default -> note(id, charge, recorded.article());
          };
      String answer = ask(book, request);
      if (step == 1) {
        charge = field(answer, "charge");
      }
      boolean own =
          step < STEPS
              ? field(answer, "order").equals(id)
                  && field(answer, "charge").equals(charge)
                  && field(answer, "receipt").equals("/r/" + id + "?of=" + charge)
              : field(answer, "noted").equals(id)
                  && field(answer, "article").equals(recorded.article());
      return own ? null : request + " -> " + answer;
    }
  }

  private static String field(String json, String name) {
    Matcher matcher = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
    return matcher.find() ? matcher.group(1) : "";
  }

  /** Returns the orders in which the steps of so many can come. */
  private static List<List<Integer>> interleavings(int count) {
    List<List<Integer>> all = new ArrayList<>();
    interleave(new int[count], new ArrayList<>(), all);
    return all;
  }

  private static void interleave(int[] done, List<Integer> order, List<List<Integer>> all) {
    if (order.size() == done.length * STEPS) {
      all.add(List.copyOf(order));
      return;
    }
    for (int i = 0; i < done.length; i++) {
      if (done[i] < STEPS) {
        done[i]++;
        order.add(i);
        interleave(done, order, all);
        order.remove(order.size() - 1);
        done[i]--;
      }
    }
  }

  /** What a replay beside the mock says. */
  private static final class Told implements LiveCalls {
    private final Map<String, String> names = new HashMap<>();

    @Override
    public Set<String> inFlight() {
      return Set.of();
    }

    @Override
    public Synonyms synonyms() {
      return recorded -> names.containsKey(recorded) ? Set.of(names.get(recorded)) : Set.of();
    }
  }

  /** Articles and amounts of the orders, and whether a replay tells what orders are called. */
  @ParameterizedTest
  @CsvSource({
    "lamp 5,vase 5,,false",
    "lamp 5,lamp 5,,false",
    "lamp 5,vase 6,,false",
    "lamp 5,vase 5,,true",
    "lamp 5,lamp 5,,true",
    "lamp 5,vase 5,chair 5,false",
    "lamp 5,vase 5,lamp 5,false",
    "lamp 5,lamp 5,lamp 5,true"
  })
  void callsForSeveralRequests_inEveryOrder_areAnsweredEachForItsOwn(
      String first, String second, @Nullable String third, boolean told) throws Exception {
    List<Order> orders = new ArrayList<>();
    for (String one : new String[] {first, second, third}) {
      if (one != null) {
        String[] parts = one.split(" ", 2);
        orders.add(order(orders.size(), "then", parts[0], Integer.parseInt(parts[1])));
      }
    }
    Told replay = new Told();
    CallBook book = record(orders).book(UsedUp.MISS, replay);
    for (List<Integer> interleaving : interleavings(orders.size())) {
      book.startOver();
      replay.names.clear();
      List<Serving> serving = new ArrayList<>();
      for (int i = 0; i < orders.size(); i++) {
        serving.add(new Serving(book, orders.get(i), uuid("now" + i)));
      }
      for (int index : interleaving) {
        Serving one = serving.get(index);
        assertThat(one.next()).as("%s at step %d of %d", interleaving, one.step, index).isNull();
        if (told && one.step == 1) {
          replay.names.put(one.recorded.id(), one.id);
        }
      }
      assertThat(book.unasked()).as("%s", interleaving).isZero();
    }
  }

  /** The replay hears what orders are called when the last call for them was answered. */
  @Test
  void nameThatIsToldBehindTheLastCall_movesWhatWasCalledForItToo() throws Exception {
    Order lamp = order(0, "then", "lamp", 5);
    Order vase = order(1, "then", "vase", 5);
    Told replay = new Told();
    CallBook book = record(List.of(lamp, vase)).book(UsedUp.MISS, replay);
    ask(book, charge(uuid("vaseNow"), 5));
    ask(book, charge(uuid("lampNow"), 5));
    assertThat(book.namesOf(lamp.id())).containsExactly(uuid("vaseNow"));

    replay.names.put(lamp.id(), uuid("lampNow"));
    book.reconcile();
    assertThat(book.namesOf(lamp.id())).containsExactly(uuid("lampNow"));
    assertThat(book.namesOf(vase.id())).containsExactly(uuid("vaseNow"));
    // The charge that was given for the vase was recorded for the lamp.
    assertThat(book.namesOf(vase.charge())).containsExactly(lamp.charge());
    assertThat(book.namesOf(lamp.charge())).containsExactly(vase.charge());
  }

  private static CallBook twoCharged(String one, String other) throws Exception {
    CallBook book =
        record(List.of(order(0, "then", "lamp", 5), order(1, "then", "vase", 5))).book();
    ask(book, charge(one, 5));
    ask(book, charge(other, 5));
    return book;
  }

  @Test
  void wrongValue_isAMissThatNamesIt() throws Exception {
    String one = uuid("one");
    String other = uuid("other");
    String charge = uuid("charge0");
    // An article that was in neither, an order that nobody heard of, and the charge of the other.
    assertThat(ask(twoCharged(one, other), note(one, charge, "sofa")))
        .isEqualTo("no_such_request $.order $.article");
    assertThat(ask(twoCharged(one, other), note(uuid("none"), charge, "lamp")))
        .isEqualTo("no_such_request $.order");
    assertThat(ask(twoCharged(one, other), note(one, uuid("charge1"), "lamp")))
        .startsWith("no_such_request $.order");
    assertThat(ask(twoCharged(one, other), charge(uuid("none"), 5)))
        .startsWith("no_such_request $.order");
    assertThat(ask(twoCharged(one, other), note(one, charge, "lamp"))).contains(one);
    // The charge that it was told of belongs to the other recorded order now.
    assertThat(ask(twoCharged(other, one), note(one, uuid("charge1"), "lamp"))).contains(one);
  }

  @Test
  void valueThatIsMadeUpAnew_whereTheRecordedOneWasRepeated_isAMiss() throws Exception {
    CallBook book =
        record(List.of(order(0, "then", "lamp", 5), order(1, "then", "lamp", 5))).book();
    ask(book, charge(uuid("one"), 5));
    assertThat(ask(book, note(uuid("none"), uuid("charge0"), "lamp")))
        .startsWith("no_such_request $.order");
    assertThat(ask(book, note(uuid("one"), uuid("charge0"), "lamp"))).contains(uuid("one"));
  }

  @Test
  void runThatBeginsAnew_hasNewNames() throws Exception {
    Order order = order(0, "then", "lamp", 5);
    CallBook book = record(List.of(order)).book(UsedUp.AGAIN, LiveCalls.NONE);
    for (int run = 0; run < 3; run++) {
      Serving one = new Serving(book, order, uuid("run" + run));
      for (int step = 0; step < STEPS; step++) {
        assertThat(one.next()).as("run %d", run).isNull();
      }
    }
  }
}
