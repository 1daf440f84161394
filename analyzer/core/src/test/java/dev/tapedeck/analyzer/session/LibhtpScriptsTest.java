// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.Direction;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** All scripts of libhtp's tests: no byte is dropped, and the messages are those it finds. */
class LibhtpScriptsTest {
  private static final Pattern MARKER = Pattern.compile("(?m)^(>>>|<<<)\r?\n");

  @Test
  void analyze_everyScript_givesTheExpectedExchanges() throws IOException {
    Path folder = folder();
    List<String> actual = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(LibhtpScriptsTest::isScript).sorted().toList()) {
        List<Session> sessions =
            Analyses.analyze(
                events(Files.readString(file, StandardCharsets.ISO_8859_1)),
                AnalyzerOptions.newBuilder().bothEnds(true).build());
        actual.add(file.getFileName() + summary(sessions));
      }
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

  private static boolean isScript(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".t") || name.endsWith("missing");
  }

  private static Path folder() {
    Path root = Path.of(System.getProperty("tapedeck.root", "../.."));
    Path folder = root.resolve("../shared/corpora/libhtp").normalize();
    if (!"true".equals(System.getenv("CI"))) {
      assumeThat(folder).as("third-party corpus, not part of the project").isDirectory();
    }
    return folder;
  }

  private static List<CaptureEvent> events(String script) {
    EventList events = new EventList().accept(EventList.socket(1), 5);
    Matcher marker = MARKER.matcher(script);
    int[] positions = new int[2];
    int from = -1;
    boolean request = false;
    while (marker.find()) {
      if (from >= 0) {
        // One line end before a marker belongs to the script.
        String content = script.substring(from, marker.start()).replaceFirst("\r?\n$", "");
        add(events, request, content, positions);
      }
      request = marker.group(1).equals(">>>");
      from = marker.end();
    }
    add(events, request, script.substring(from), positions);
    return events.close(EventList.socket(1), 5).events();
  }

  private static void add(EventList events, boolean request, String bytes, int[] positions) {
    int side = request ? 0 : 1;
    events.data(
        EventList.socket(1),
        request ? Direction.INGRESS : Direction.EGRESS,
        positions[side],
        bytes);
    positions[side] += bytes.length();
  }
}
