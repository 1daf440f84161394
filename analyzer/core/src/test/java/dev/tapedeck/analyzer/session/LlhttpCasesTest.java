// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.Direction;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * All cases of llhttp's tests: where it reads a message, so do we, with the same parts at the same
 * offsets. Where it stops with an error we read what it had read, and go on; the file of deviations
 * says for each of its errors and for each other difference why.
 */
class LlhttpCasesTest {
  private static final String REQUEST = "GET / HTTP/1.1\r\n\r\n";
  private static final int REQUESTS = 12;

  @Test
  void analyze_everyCase_tellsWhatLlhttpTells() throws IOException {
    Map<String, String> expected = deviations();
    Map<String, String> actual = new TreeMap<>();
    for (LlhttpCase each : cases()) {
      List<String> ours = ours(each);
      boolean goesOn = each.error() != null || each.endsInMessage();
      boolean same = goesOn ? isPrefix(each.told(), ours) : ours.equals(each.told());
      if (same && each.error() != null) {
        actual.put("error: " + each.error(), "");
      } else if (!same) {
        actual.put("case: " + each.name(), "\n  " + each.told() + "\n  " + ours);
      }
    }
    Map<String, String> unexpected = new TreeMap<>(actual);
    unexpected.keySet().removeAll(expected.keySet());
    assertThat(unexpected).as("deviations without a reason").isEmpty();
    assertThat(actual.keySet()).as("deviations").containsAll(expected.keySet());
  }

  /** After an error and at the input's end, llhttp tells no more of the message; we do. */
  private static boolean isPrefix(List<String> told, List<String> ours) {
    int last = told.size() - 1;
    if (last < 0 || ours.size() <= last || !ours.subList(0, last).equals(told.subList(0, last))) {
      return last < 0;
    }
    String toldLast = told.get(last);
    return toldLast.startsWith("body ")
        ? ours.get(last).startsWith(toldLast)
        : ours.get(last).equals(toldLast);
  }

  private static List<LlhttpCase> cases() throws IOException {
    Path folder = Conversation.corpus("llhttp/test");
    List<LlhttpCase> cases = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String text = Files.readString(file, StandardCharsets.UTF_8);
        cases.addAll(LlhttpCase.parse(folder.relativize(file).toString(), text));
      }
    }
    assertThat(cases).hasSizeGreaterThan(200);
    return cases;
  }

  private static Map<String, String> deviations() throws IOException {
    Map<String, String> reasons = new LinkedHashMap<>();
    try (InputStream in = LlhttpCasesTest.class.getResourceAsStream("llhttp-deviations.txt")) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .forEach(
              line -> {
                String[] parts = line.split(" \\| ", -1);
                assertThat(parts).as(line).hasSize(2);
                reasons.put(parts[0], parts[1]);
              });
    }
    return reasons;
  }

  private static List<String> ours(LlhttpCase each) {
    EventList events = new EventList().accept(EventList.socket(1), 5);
    if (!each.isRequest()) {
      events.data(EventList.socket(1), Direction.INGRESS, 0, REQUEST.repeat(REQUESTS));
    }
    Direction direction = each.isRequest() ? Direction.INGRESS : Direction.EGRESS;
    events.data(EventList.socket(1), direction, 0, each.input());
    events.close(EventList.socket(1), 5);
    List<String> told = new ArrayList<>();
    for (Session session : Analyses.analyzeEachEnd(events.events())) {
      for (Exchange exchange : session.exchanges()) {
        if (each.isRequest() && exchange.request() != null) {
          tell(exchange.request(), told);
        } else if (!each.isRequest()) {
          exchange.interim().forEach(response -> tell(response, told));
          if (exchange.response() != null) {
            tell(exchange.response(), told);
          }
        }
      }
    }
    return told;
  }

  private static void tell(HttpMessage message, List<String> told) {
    told.add("begin");
    String version = message.version().replaceFirst("(?i)HTTP/", "");
    if (message instanceof HttpRequest request) {
      told.add("method " + request.method());
      told.add("url " + request.target());
      if (message.head().toLatin1().contains(message.version())) {
        told.add("version " + version);
      }
    } else if (message instanceof HttpResponse response) {
      told.add("version " + version);
      told.add("status " + response.reason());
    }
    long from = message.span().from();
    tell(message.headers(), from, told);
    String head = message.head().toLatin1();
    if (head.endsWith("\n\r\n") || head.endsWith("\n\n")) {
      told.add("head @" + (from + message.head().length()));
    }
    if (message.body().framing() == Body.Framing.CHUNKED) {
      tellChunks(message.body().framed().toBytes().toLatin1(), told);
    }
    long end = message.span().to();
    if (message.trailers().size() > 0) {
      String framed = message.body().framed().toBytes().toLatin1();
      HeaderField first = message.trailers().get(0);
      int trailers = framed.lastIndexOf(first.name()) - first.nameOffset();
      tell(message.trailers(), from + message.head().length() + trailers, told);
    }
    String body = message.body().wire().toBytes().toLatin1();
    boolean complete = message.completeness() == Completeness.COMPLETE;
    if (complete || !body.isEmpty()) {
      told.add("body " + body);
    }
    if (complete) {
      told.add("complete @" + end);
    }
  }

  private static void tell(HeaderFields fields, long from, List<String> told) {
    for (HeaderField field : fields.toList()) {
      // A folded line's value comes without its line ends.
      String value = field.value().replaceAll("[\r\n]", "").strip();
      told.add(
          "field "
              + field.name()
              + " @"
              + (from + field.nameOffset())
              + ": "
              + value
              + (value.isEmpty() ? "" : " @" + (from + field.valueOffset())));
    }
  }

  private static void tellChunks(String framed, List<String> told) {
    int at = 0;
    while (at < framed.length()) {
      int line = framed.indexOf('\n', at);
      String digits = framed.substring(at, line < 0 ? framed.length() : line);
      digits = digits.strip().replaceFirst("(?s)[^0-9a-fA-F].*", "");
      if (line < 0 || digits.isEmpty()) {
        return;
      }
      int size = Integer.parseInt(digits, 16);
      told.add("chunk " + size);
      if (size == 0) {
        return;
      }
      at = line + 1 + size;
      at += framed.startsWith("\r", at) ? 1 : 0;
      at += framed.startsWith("\n", at) ? 1 : 0;
    }
  }
}
