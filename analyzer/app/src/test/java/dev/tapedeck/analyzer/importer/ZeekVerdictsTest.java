// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Zeek's packet captures: for each line of its logs an exchange with the same method, host, URI,
 * status and lengths of content. What differs is listed with the reason.
 */
class ZeekVerdictsTest {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final String NOT_IN_LOG = "?";
  private static final String HIDDEN_TIME = "XXXXXXXXXX.XXXXXX";
  private static final Pattern ESCAPE = Pattern.compile("\\\\x([0-9a-fA-F]{2})");
  private static final List<String> FIELDS =
      List.of(
          "id.orig_p",
          "method",
          "host",
          "uri",
          "status_code",
          "request_body_len",
          "response_body_len");

  @Test
  void exchanges_ofEveryTrace_areThoseOfTheLog() throws IOException {
    Path zeek = Imports.corpus("zeek");
    Map<String, String> differences = new TreeMap<>();
    Map<String, Path> logs = new TreeMap<>();
    for (String line : Files.readAllLines(zeek.resolve("trace-to-test.tsv"))) {
      String[] columns = line.split("\t", -1);
      String test =
          columns[1]
              .replaceFirst("^testing/btest/", "")
              .replaceFirst("\\.[a-z]+$", "")
              .replace('/', '.');
      Path log = zeek.resolve("Baseline").resolve(test).resolve("http.log");
      if (Files.exists(log) && Files.exists(trace(zeek, columns[0]))) {
        logs.putIfAbsent(columns[0], log);
      }
    }
    int rows = 0;
    for (Map.Entry<String, Path> trace : logs.entrySet()) {
      List<String> expected = rows(trace.getValue());
      rows += expected.size();
      compare(
          differences,
          trace.getKey(),
          expected,
          Imports.of(trace(zeek, trace.getKey())).exchanges());
    }
    Path spicy = Imports.corpus("spicy-http").resolve("tests");
    compare(
        differences,
        "http-post.pcap",
        rows(spicy.resolve("baseline/analyzer.basic/http.log")),
        Imports.of(spicy.resolve("traces/http-post.pcap")).exchanges());
    compare(
        differences,
        "http-non-default-port.pcap",
        rows(spicy.resolve("baseline/analyzer.dpd/http.log")),
        Imports.of(spicy.resolve("traces/http-non-default-port.pcap")).exchanges());
    Verdicts.assertListed("zeek-differences.txt", differences);
    assertThat(logs).hasSizeGreaterThan(30);
    assertThat(rows).isGreaterThan(90);
  }

  private static Path trace(Path zeek, String name) {
    return zeek.resolve("testing/btest/Traces").resolve(name);
  }

  /** Takes equal lines away; what is left differs. */
  private static void compare(
      Map<String, String> differences, String trace, List<String> expected, List<Exchange> actual) {
    List<String> missing = new ArrayList<>(expected);
    List<String> extra = new ArrayList<>();
    for (Exchange exchange : actual) {
      String row = printable(row(exchange));
      Optional<String> same = missing.stream().filter(wanted -> isSame(wanted, row)).findFirst();
      if (same.isPresent()) {
        missing.remove(same.get());
      } else {
        extra.add(row);
      }
    }
    missing.forEach(row -> differences.put(trace + " - " + printable(row), ""));
    extra.forEach(row -> differences.put(trace + " + " + row, ""));
  }

  /** Compares the fields that a log has; some of Zeek's baselines have a few columns only. */
  private static boolean isSame(String wanted, String row) {
    String[] expected = wanted.split(" ", -1);
    String[] actual = row.split(" ", -1);
    for (int i = 0; i < expected.length; i++) {
      boolean open = expected[i].equals(NOT_IN_LOG);
      if (!open && (i >= actual.length || !expected[i].equals(actual[i]))) {
        return false;
      }
    }
    return expected.length == actual.length;
  }

  private static String printable(String text) {
    StringBuilder printable = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      printable.append(
          c >= ' ' && c < 0x7f ? String.valueOf(c) : String.format("\\x%02x", (int) c));
    }
    return printable.toString();
  }

  private static String row(Exchange exchange) {
    HttpRequest request = exchange.request();
    HttpResponse response = exchange.response();
    HeaderField host = request == null ? null : request.headers().first("host");
    return String.join(
        " ",
        Integer.toString(exchange.connection().client().port()),
        request == null ? "-" : request.method(),
        host == null ? "-" : host.value(),
        request == null ? "-" : request.target(),
        response == null ? "-" : Integer.toString(response.status()),
        length(request),
        length(response));
  }

  private static String length(@Nullable HttpMessage message) {
    return message == null ? "0" : Long.toString(message.body().content().length());
  }

  /** A log's rows with the fields that are compared. */
  private static List<String> rows(Path log) throws IOException {
    List<String> rows = new ArrayList<>();
    List<String> names = List.of();
    for (String line : Files.readAllLines(log, StandardCharsets.ISO_8859_1)) {
      if (line.startsWith("#fields")) {
        names = List.of(line.substring("#fields\t".length()).split("\t", -1));
      } else if (line.startsWith("ts\tuid\t") || line.startsWith("uid\t")) {
        names = List.of(line.split("\t", -1));
      } else if (line.startsWith("{")) {
        JsonNode json = MAPPER.readTree(line.replace(HIDDEN_TIME, "0"));
        rows.add(
            String.join(" ", FIELDS.stream().map(name -> json.path(name).asString("-")).toList()));
      } else if (!line.startsWith("#") && !line.isBlank()) {
        List<String> header = names;
        String[] columns = line.split("\t", -1);
        rows.add(
            String.join(
                " ",
                FIELDS.stream()
                    .map(header::indexOf)
                    .map(at -> at < 0 ? NOT_IN_LOG : unescape(columns[at]))
                    .toList()));
      }
    }
    return rows;
  }

  private static String unescape(String text) {
    Matcher escape = ESCAPE.matcher(text.equals("(empty)") ? "" : text);
    return escape.replaceAll(
        found ->
            Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(found.group(1), 16))));
  }
}
