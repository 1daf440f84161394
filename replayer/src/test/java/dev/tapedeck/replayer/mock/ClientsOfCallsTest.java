// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import static dev.tapedeck.replayer.mock.Calls.ask;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two clients at once, for each of whom the service asks by what that client said: what was
 * recorded for the one is never taken for the other's, even if all of it is exchanged.
 */
final class ClientsOfCallsTest {
  private static String uuid(String name) {
    String any = UUID.nameUUIDFromBytes(name.getBytes(UTF_8)).toString();
    return any.substring(0, 14) + "4" + any.substring(15);
  }

  private static String account(int client) {
    return uuid("account" + client);
  }

  private static String token(int client) {
    return uuid("token" + client);
  }

  private static Calls clients(String field) {
    Calls calls = new Calls();
    for (int i = 0; i < 2; i++) {
      String request =
          field.isEmpty()
              ? "GET /me/" + account(i) + " HTTP/1.1"
              : "GET /me HTTP/1.1\n" + field.formatted(i, account(i));
      calls
          .line("s%d: @ plain server 10.0.0.1:8080 <- 10.9.9.9:%d".formatted(i, 40001 + i))
          .line("s" + i + " >> " + EventScript.escaped(Calls.message(request)));
    }
    return calls;
  }

  private static String json(String body) {
    return "HTTP/1.1 200 OK\nContent-Type: application/json\n\n" + body;
  }

  private static boolean isAsRecorded(CallBook book, String recorded, String shown) {
    return book.namesOf(recorded).contains(shown)
        || (recorded.equals(shown) && book.stays(recorded));
  }

  private static CallBook byAccount() throws Exception {
    Calls calls = clients("");
    for (int i = 0; i < 2; i++) {
      String answer = "{\"account\":\"%s\",\"token\":\"%s\"}".formatted(account(i), token(i));
      calls.call("GET /accounts/" + account(i) + " HTTP/1.1", json(answer));
    }
    CallBook book = calls.book(UsedUp.MISS, LiveCalls.NONE);
    for (int i = 1; i >= 0; i--) {
      assertThat(ask(book, "GET /accounts/" + account(i) + " HTTP/1.1")).contains(token(i));
    }
    return book;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void accountsOfClients_thatAreExchangedWithAllInThem_areNotAsRecorded(boolean exchanged)
      throws Exception {
    CallBook book = byAccount();
    for (int i = 0; i < 2; i++) {
      int shown = exchanged ? 1 - i : i;
      book.hear(Map.of(account(i), account(shown), token(i), token(shown)));
    }
    for (int i = 0; i < 2; i++) {
      int shown = exchanged ? 1 - i : i;
      assertThat(isAsRecorded(book, account(i), account(shown))).isEqualTo(!exchanged);
      assertThat(isAsRecorded(book, token(i), token(shown))).isEqualTo(!exchanged);
    }
  }

  private static CallBook byCredentials(String field) throws Exception {
    Calls calls = clients(field);
    for (int i = 0; i < 2; i++) {
      calls.call(whoami(field, i), json("{\"token\":\"%s\"}".formatted(token(i))));
    }
    return calls.book(UsedUp.MISS, LiveCalls.NONE);
  }

  private static String whoami(String field, int client) {
    return "GET /whoami HTTP/1.1\n" + field.formatted(client, account(client));
  }

  @ParameterizedTest
  @CsvSource({
    "Authorization: Bearer %2$s, true",
    "Authorization: Bearer %2$s, false",
    "Authorization: Basic YTox%1$d, true",
    "Authorization: Basic YTox%1$d, false",
    "Cookie: client=%1$d, true",
    "X-Api-Key: %2$s, true"
  })
  void tokens_thatAreExchanged_ofCallsWithClientsCredentials_areNotAsRecorded(
      String field, boolean exchanged) throws Exception {
    CallBook book = byCredentials(field);
    for (int i = 1; i >= 0; i--) {
      assertThat(ask(book, whoami(field, i))).contains(token(i));
    }
    for (int i = 0; i < 2; i++) {
      book.hear(Map.of(token(i), token(exchanged ? 1 - i : i)));
    }
    for (int i = 0; i < 2; i++) {
      assertThat(isAsRecorded(book, token(i), token(exchanged ? 1 - i : i))).isEqualTo(!exchanged);
    }
  }

  @Test
  void credentialsOfOneClient_usedForBoth_doNotGetTheAnswerOfTheOther() throws Exception {
    String field = "Authorization: Bearer %2$s";
    CallBook book = byCredentials(field);
    assertThat(ask(book, whoami(field, 0))).contains(token(0));
    assertThat(ask(book, whoami(field, 0))).isEqualTo("used_up");
    assertThat(ask(book, whoami(field, 1))).contains(token(1));
  }

  /** A service may get other credentials of its own at any time. */
  @Test
  void credentialsOfTheService_usedAgain_getTheNextAnswer() throws Exception {
    Calls calls = new Calls();
    String field = "Authorization: Bearer %2$s";
    for (int i = 0; i < 2; i++) {
      calls.call(whoami(field, i), json("{\"token\":\"%s\"}".formatted(token(i))));
    }
    CallBook book = calls.book(UsedUp.MISS, LiveCalls.NONE);
    assertThat(ask(book, whoami(field, 0))).contains(token(0));
    assertThat(ask(book, whoami(field, 0))).contains(token(1));
  }
}
