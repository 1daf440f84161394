// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import dev.tapedeck.analyzer.rules.RulesException;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.ReaderOptions;
import dev.tapedeck.replayer.TestMessages;
import dev.tapedeck.replayer.capture.BodyStore;
import dev.tapedeck.replayer.capture.CaptureLoader;
import dev.tapedeck.replayer.capture.RecordedCapture;
import dev.tapedeck.replayer.rules.RulesReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Captures of a service that calls others, in few words. */
final class Calls {
  private static final String PAY = "c%d: @ plain client 10.0.0.1:%d -> 10.0.0.2:80 by server";

  private final List<String> script = new ArrayList<>();
  private int connections;

  /** Adds a call to pay.example on a connection of its own; lines end with LF here. */
  Calls call(String request, String answer) {
    int number = ++connections;
    script.add(PAY.formatted(number, 40000 + number));
    script.add("c" + number + " >> " + EventScript.escaped(message(request)));
    if (!answer.isEmpty()) {
      script.add("c" + number + " << " + EventScript.escaped(message(answer)));
    }
    return this;
  }

  Calls line(String line) {
    script.add(line);
    return this;
  }

  /** A head whose lines end with CR LF, with a Host field and the length of the body. */
  static String message(String text) {
    int end = text.indexOf("\n\n");
    String head = end < 0 ? text.stripTrailing() : text.substring(0, end);
    String body = end < 0 ? "" : text.substring(end + 2);
    boolean request = !head.startsWith("HTTP/");
    String host = request && !head.contains("Host:") ? "\nHost: pay.example" : "";
    String length =
        (body.isEmpty() && request) || head.contains("Transfer-Encoding")
            ? ""
            : "\nContent-Length: " + body.length();
    return (head + host + length).replace("\n", "\r\n") + "\r\n\r\n" + body;
  }

  RecordedCapture load() throws IOException {
    Path file = Files.createTempFile("calls", ".tape");
    try {
      Files.delete(file);
      EventScript.parse(String.join("\n", script)).writeTo(file);
      return new CaptureLoader(ReaderOptions.defaults(), new BodyStore(Long.MAX_VALUE)).load(file);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  CallBook book(String... rules) throws IOException, RulesException {
    return book(UsedUp.AUTO, LiveCalls.NONE, rules);
  }

  CallBook book(UsedUp usedUp, LiveCalls live, String... rules) throws IOException, RulesException {
    String yaml = rules.length == 0 ? "" : "mock:\n  - " + String.join("\n  - ", rules) + "\n";
    return new CallBook(
        List.of(load()),
        new MockOptions(RulesReader.parse("rules", yaml).mock(), null, null, usedUp, 0, false),
        live);
  }

  /** What a book says to a request to pay.example: the answer's body, or why there is none. */
  static String ask(CallBook book, String request) {
    return ask(book, new Upstream("pay.example", 80), request);
  }

  static String ask(CallBook book, Upstream upstream, String request) {
    var asked = TestMessages.request(message(request));
    String url = MockUrl.of(upstream, "http", asked);
    Verdict verdict = book.answer(upstream, url, asked);
    if (verdict instanceof Verdict.Hit hit) {
      return hit.response().body().content().toBytes().toLatin1();
    }
    Miss miss = ((Verdict.None) verdict).miss();
    StringBuilder text = new StringBuilder(miss.reason().jsonName());
    for (Miss.Field field : miss.fields()) {
      text.append(' ').append(field.path());
    }
    return text.toString();
  }
}
