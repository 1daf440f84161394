// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.flow;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.replayer.TestMessages;
import dev.tapedeck.replayer.splice.EditableRequest;
import java.util.ArrayList;
import java.util.List;

/** Recorded exchanges, one after the other unless told otherwise, and the flows among them. */
final class Tape {
  private static final long STEP = 1_000_000;

  private final List<Exchange> exchanges = new ArrayList<>();
  private long now;

  /** Adds an exchange on connection 1; lines end with LF here, and there is an empty one. */
  Tape exchange(String request, String answer) {
    return exchange(1, request, answer);
  }

  Tape exchange(int session, String request, String answer) {
    now += 2 * STEP;
    return exchange(session, now, now + STEP, request, answer);
  }

  Tape exchange(int session, long from, long to, String request, String answer) {
    exchanges.add(
        TestMessages.exchange(
            session,
            exchanges.size(),
            TestMessages.connection(1, TestMessages.CLIENT, TestMessages.SERVER),
            from,
            to,
            TestMessages.request(message(request)),
            TestMessages.response(message(answer))));
    return this;
  }

  /** A head whose lines end with CR LF, an empty line, and the body if there is one. */
  static String message(String text) {
    int end = text.indexOf("\n\n");
    String head = end < 0 ? text.stripTrailing() : text.substring(0, end);
    String body = end < 0 ? "" : text.substring(end + 2);
    return head.replace("\n", "\r\n") + "\r\n\r\n" + body;
  }

  static HttpResponse answer(String text) {
    return TestMessages.response(message(text));
  }

  List<Flow> flows() {
    return FlowFinder.find(exchanges.size(), exchanges::get);
  }

  /** One line for each use: {@code 0 PLACE -> 1 PLACE}. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (Flow flow : flows()) {
      for (FlowUse use : flow.uses()) {
        lines.add(
            flow.mint()
                + " "
                + flow.extractors().get(0)
                + " -> "
                + use.exchange()
                + " "
                + use.place());
      }
    }
    return lines;
  }

  LiveFlows live() {
    return new LiveFlows(flows(), exchanges::get);
  }

  /** The request that is sent after these live answers of the exchanges before it. */
  String sent(int number, String... answers) {
    LiveFlows live = live();
    for (int i = 0; i < answers.length; i++) {
      live.answered(i, answer(answers[i]));
    }
    if (live.missing(number) != null) {
      return "missing: " + live.missing(number).extractors().get(0);
    }
    EditableRequest request = new EditableRequest(exchanges.get(number).request());
    live.write(number, request);
    StringBuilder sent = new StringBuilder();
    for (Bytes run : request.http1()) {
      sent.append(run.toLatin1());
    }
    return sent.toString().replace("\r\n", "\n");
  }
}
