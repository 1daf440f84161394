// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.Chunking;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** All scripts of libhtp's tests: no byte is dropped, and the messages are those it finds. */
class LibhtpScriptsTest {
  @Test
  void analyze_everyScript_givesTheExpectedExchanges() throws IOException {
    List<String> actual = new ArrayList<>();
    for (Conversation script : Conversation.libhtpScripts()) {
      List<Session> sessions = Analyses.analyzeEachEnd(script.events(Chunking.whole()));
      actual.add(script.name() + summary(sessions));
    }
    assertThat(actual).containsExactlyElementsOf(expected());
  }

  /** Methods, statuses, lengths of content, and how whole each exchange is. */
  private static String summary(List<Session> sessions) {
    StringBuilder text = new StringBuilder();
    for (Session session : sessions) {
      for (Exchange exchange : session.exchanges()) {
        HttpRequest request = exchange.request();
        HttpResponse response = exchange.response();
        text.append("; ").append(request == null ? "-" : request.method() + length(request));
        text.append(" > ").append(response == null ? "-" : response.status() + length(response));
        if (exchange.completeness() != Completeness.COMPLETE) {
          text.append(' ').append(exchange.completeness().jsonName());
        }
      }
    }
    return text.toString();
  }

  private static String length(HttpMessage message) {
    long length = message.body().content().length();
    return length == 0 ? "" : " " + length;
  }

  private static List<String> expected() throws IOException {
    try (InputStream in = LibhtpScriptsTest.class.getResourceAsStream("libhtp-expected.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .toList();
    }
  }
}
