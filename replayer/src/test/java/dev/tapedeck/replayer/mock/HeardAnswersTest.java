// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import static dev.tapedeck.replayer.mock.Calls.ask;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Calls that only ids tell apart, which nobody repeats in another call: whose they were is heard
 * from what the service answers.
 */
final class HeardAnswersTest {
  private static final Pattern CHARGE = Pattern.compile("\"charge\":\"([^\"]*)\"");

  private static String uuid(String name) {
    String any = UUID.nameUUIDFromBytes(name.getBytes(UTF_8)).toString();
    return any.substring(0, 14) + "4" + any.substring(15);
  }

  private static String charge(int number) {
    return uuid("charge" + number);
  }

  /**
   * A request to the bank.
   *
   * @param made the id that the service makes up for it; empty when it makes up none
   */
  private static String call(String made, int cents) {
    String reference = made.isEmpty() ? "" : "\"reference\":\"" + made + "\",";
    return "POST /charges HTTP/1.1\nContent-Type: application/json\n\n{%s\"cents\":%d}"
        .formatted(reference, cents);
  }

  /** A bank that was asked by so many customers, for the same but for what the service made up. */
  private static CallBook book(int customers, boolean made, int step) throws Exception {
    Calls calls = new Calls();
    for (int i = 0; i < customers; i++) {
      calls.call(
          call(made ? uuid("then" + i) : "", 5 + i * step),
          "HTTP/1.1 200 OK\nContent-Type: application/json\n\n{\"charge\":\"%s\"}"
              .formatted(charge(i)));
    }
    return calls.book(UsedUp.MISS, LiveCalls.NONE);
  }

  /** Lets a customer's request be served; returns the charge that the service was told. */
  private static String serve(CallBook book, int customer, boolean made, int step) {
    String answer = ask(book, call(made ? uuid("now" + customer) : "", 5 + customer * step));
    Matcher matcher = CHARGE.matcher(answer);
    assertThat(matcher.find()).as(answer).isTrue();
    return matcher.group(1);
  }

  /** What the comparison makes of a charge in the answer to a customer. */
  private static boolean isAsRecorded(CallBook book, int customer, String shown) {
    String recorded = charge(customer);
    return book.namesOf(recorded).contains(shown)
        || (recorded.equals(shown) && book.stays(recorded));
  }

  @ParameterizedTest
  @CsvSource({"2,true", "2,false", "3,true", "3,false", "40,true", "40,false"})
  void answersToAll_inAnyOrder_tellWhoseEachCallWas(int customers, boolean made) throws Exception {
    CallBook book = book(customers, made, 0);
    for (int seed = 0; seed < 10; seed++) {
      book.startOver();
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < customers; i++) {
        order.add(i);
      }
      Random random = new Random(seed);
      Collections.shuffle(order, random);
      Map<Integer, String> shown = new HashMap<>();
      order.forEach(one -> shown.put(one, serve(book, one, made, 0)));
      Collections.shuffle(order, random);
      order.forEach(one -> book.hear(Map.of(charge(one), shown.get(one))));
      assertThat(order)
          .as("seed %d", seed)
          .allMatch(one -> isAsRecorded(book, one, shown.get(one)));
    }
  }

  /** Each hears of a charge before the next one's call is made. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void answerBeforeTheOthersCall_tellsWhoseItsCallWas(boolean made) throws Exception {
    CallBook book = book(2, made, 0);
    String ofSecond = serve(book, 1, made, 0);
    book.hear(Map.of(charge(1), ofSecond));
    String ofFirst = serve(book, 0, made, 0);
    book.hear(Map.of(charge(0), ofFirst));
    assertThat(ofFirst).isNotEqualTo(ofSecond);
    assertThat(isAsRecorded(book, 0, ofFirst)).isTrue();
    assertThat(isAsRecorded(book, 1, ofSecond)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"0,true", "1,true", "0,false", "1,false"})
  void oneChargeShownToBoth_isNotAsRecordedForOneOfThem(int whose, boolean made) throws Exception {
    for (int first = 0; first < 2; first++) {
      CallBook book = book(2, made, 0);
      Map<Integer, String> told = new HashMap<>();
      told.put(1, serve(book, 1, made, 0));
      told.put(0, serve(book, 0, made, 0));
      String shown = told.get(whose);
      book.hear(Map.of(charge(first), shown));
      book.hear(Map.of(charge(1 - first), shown));
      assertThat(List.of(0, 1)).filteredOn(one -> isAsRecorded(book, one, shown)).hasSize(1);
    }
  }

  /** The calls differ in more than ids, so each charge can only be that of its own customer. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void chargesThatAreCrossed_ofCallsThatDiffer_areNotAsRecorded(boolean made) throws Exception {
    CallBook book = book(2, made, 1);
    String ofSecond = serve(book, 1, made, 1);
    String ofFirst = serve(book, 0, made, 1);
    book.hear(Map.of(charge(0), ofSecond));
    book.hear(Map.of(charge(1), ofFirst));
    assertThat(isAsRecorded(book, 0, ofSecond)).isFalse();
    assertThat(isAsRecorded(book, 1, ofFirst)).isFalse();
    assertThat(isAsRecorded(book, 0, ofFirst)).isTrue();
  }

  /** An answer that says which reference was made for it shows which charge has to be beside it. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void chargesThatAreCrossed_besideTheirReferences_areNotAsRecorded(boolean crossed)
      throws Exception {
    CallBook book = book(2, true, 0);
    String ofSecond = serve(book, 1, true, 0);
    String ofFirst = serve(book, 0, true, 0);
    String first = crossed ? ofSecond : ofFirst;
    String second = crossed ? ofFirst : ofSecond;
    book.hear(Map.of(uuid("then0"), uuid("now0"), charge(0), first));
    book.hear(Map.of(uuid("then1"), uuid("now1"), charge(1), second));
    boolean firstFits =
        isAsRecorded(book, 0, first) && book.namesOf(uuid("then0")).contains(uuid("now0"));
    boolean secondFits =
        isAsRecorded(book, 1, second) && book.namesOf(uuid("then1")).contains(uuid("now1"));
    assertThat(firstFits).isEqualTo(!crossed);
    assertThat(secondFits).isEqualTo(!crossed);
  }
}
