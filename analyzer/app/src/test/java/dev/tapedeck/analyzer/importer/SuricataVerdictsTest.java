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
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Suricata's packet captures: as many exchanges and bodies as its tests count, with the values that
 * they name. What differs is listed with the reason; checks of alerts are not ours.
 */
class SuricataVerdictsTest {
  @Test
  void events_ofEveryTest_areAsManyAsItCounts() throws IOException {
    Map<String, String> differences = new TreeMap<>();
    int checks = 0;
    Path tests = Imports.corpus("suricata-verify").resolve("tests");
    for (Path test : tests(tests)) {
      Path capture = capture(test);
      if (capture == null) {
        continue;
      }
      List<Map<String, String>> events = new ArrayList<>();
      Imports imported = Imports.of(capture);
      imported.exchanges().forEach(exchange -> add(events, exchange));
      for (Check check : checks(test.resolve("test.yaml"))) {
        checks++;
        long count = events.stream().filter(check::matches).count();
        if (count != check.count()) {
          differences.put(tests.relativize(test) + " " + check + " but " + count, "");
        }
      }
    }
    Verdicts.assertListed("suricata-differences.txt", differences);
    assertThat(checks).isGreaterThan(20);
  }

  /** A number of events that have values. */
  private record Check(Map<String, String> match, long count) {
    boolean matches(Map<String, String> event) {
      return match.entrySet().stream()
          .allMatch(wanted -> wanted.getValue().equals(event.get(wanted.getKey())));
    }

    @Override
    public String toString() {
      return count + " x " + match;
    }
  }

  /** What of Suricata's log an exchange has. */
  private static void add(List<Map<String, String>> events, Exchange exchange) {
    Map<String, String> values = new TreeMap<>();
    HttpRequest request = exchange.request();
    HttpResponse response = exchange.response();
    values.put("dest_ip", exchange.connection().server().address());
    values.put("dest_port", Integer.toString(exchange.connection().server().port()));
    values.put("src_port", Integer.toString(exchange.connection().client().port()));
    if (request != null) {
      values.put("http.http_method", request.method());
      values.put("http.url", request.target());
      values.put("http.protocol", request.version());
      put(values, "http.hostname", request.headers().first("host"));
      values.computeIfPresent("http.hostname", (name, host) -> host.replaceFirst(":\\d+$", ""));
      put(values, "http.http_user_agent", request.headers().first("user-agent"));
    }
    if (response != null) {
      values.putIfAbsent("http.protocol", response.version());
      values.put("http.status", Integer.toString(response.status()));
      values.put("http.status_string", Integer.toString(response.status()));
      put(values, "http.content_range.raw", response.headers().first("content-range"));
    }
    Map<String, String> http = new TreeMap<>(values);
    http.put("event_type", "http");
    events.add(http);
    addFile(events, values, request);
    addFile(events, values, response);
  }

  private static void addFile(
      List<Map<String, String>> events, Map<String, String> values, @Nullable HttpMessage message) {
    if (message == null || message.body().content().length() == 0) {
      return;
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      message.body().content().updateDigest(digest);
      Map<String, String> file = new TreeMap<>(values);
      file.put("event_type", "fileinfo");
      file.put("fileinfo.size", Long.toString(message.body().content().length()));
      file.put("fileinfo.sha256", HexFormat.of().formatHex(digest.digest()));
      events.add(file);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static void put(Map<String, String> values, String name, @Nullable HeaderField field) {
    if (field != null) {
      values.put(name, field.value());
    }
  }

  /** The checks that name only what an exchange has. */
  private static List<Check> checks(Path yaml) throws IOException {
    Object document;
    try (InputStream in = Files.newInputStream(yaml)) {
      document = new Load(LoadSettings.builder().build()).loadFromInputStream(in);
    }
    List<Check> checks = new ArrayList<>();
    if (document instanceof Map<?, ?> map && map.get("checks") instanceof List<?> list) {
      for (Object item : list) {
        if (item instanceof Map<?, ?> check
            && check.get("filter") instanceof Map<?, ?> filter
            && filter.get("match") instanceof Map<?, ?> match
            && filter.get("count") instanceof Integer count
            && isOfVersion8(filter)) {
          Map<String, String> wanted = new TreeMap<>();
          match.forEach((name, value) -> wanted.put(name.toString(), String.valueOf(value)));
          // Suricata's own numbers: of transactions and packets.
          wanted.keySet().removeAll(List.of("tx_id", "pcap_cnt", "proto", "app_proto"));
          if (isOurs(wanted)) {
            checks.add(new Check(wanted, count));
          }
        }
      }
    }
    return checks;
  }

  private static boolean isOfVersion8(Map<?, ?> filter) {
    return !(filter.get("requires") instanceof Map<?, ?> requires)
        || !requires.containsKey("lt-version");
  }

  private static boolean isOurs(Map<String, String> wanted) {
    return List.of("http", "fileinfo").contains(wanted.getOrDefault("event_type", ""))
        && List.of(
                "event_type",
                "dest_ip",
                "dest_port",
                "src_port",
                "http.http_method",
                "http.url",
                "http.protocol",
                "http.hostname",
                "http.http_user_agent",
                "http.status",
                "http.status_string",
                "http.content_range.raw",
                "fileinfo.size",
                "fileinfo.sha256")
            .containsAll(wanted.keySet());
  }

  private static List<Path> tests(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root, 3)) {
      return files
          .filter(file -> file.endsWith("test.yaml"))
          .filter(file -> !file.toString().contains("/http-evader/"))
          .map(Path::getParent)
          .sorted()
          .toList();
    }
  }

  private static @Nullable Path capture(Path test) throws IOException {
    try (Stream<Path> files = Files.list(test)) {
      return files
          .filter(file -> file.getFileName().toString().matches(".*\\.pcap(ng)?"))
          .sorted()
          .findFirst()
          .orElse(null);
    }
  }
}
