// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.importer.har.HarFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Archives of a third party: each gives its exchanges; one of pages alone has none. */
class HarSamplesTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  @Test
  void run_everySample_givesItsRequests() throws IOException {
    Map<String, String> refused = new TreeMap<>();
    int entries = 0;
    Path folder = Imports.corpus("har-samples");
    for (Path file : samples(folder)) {
      String text = Files.readString(file);
      JsonNode expected = MAPPER.readTree(text).path("log").path("entries");
      try {
        List<Exchange> exchanges = new ArrayList<>();
        HarImportTest.sessions(text).forEach(session -> exchanges.addAll(session.exchanges()));
        assertThat(exchanges).as(file.toString()).hasSize(expected.size());
        for (JsonNode entry : expected) {
          assertThat(exchanges)
              .as(file + " " + entry.path("request").path("url"))
              .anyMatch(exchange -> isOf(entry.path("request"), exchange));
          entries++;
        }
      } catch (HarFormatException e) {
        refused.put(file.getFileName().toString(), String.valueOf(e.getMessage()));
      }
    }
    assertThat(refused).isEmpty();
    assertThat(entries).isGreaterThan(80);
  }

  private static boolean isOf(JsonNode expected, Exchange exchange) {
    HttpRequest request = Objects.requireNonNull(exchange.request());
    String text = expected.path("postData").path("text").asString("");
    return request.method().equals(expected.path("method").asString())
        && expected.path("url").asString().replaceFirst("#.*", "").contains(pathOf(request))
        && expected.path("headers").valueStream().allMatch(header -> has(request, header))
        && request.body().content().toBytes().toUtf8().contains(text);
  }

  /** Without what a queryString list adds, and the slash of a URL that has no path. */
  private static String pathOf(HttpRequest request) {
    String path = request.target().replaceFirst("\\?.*", "");
    return path.equals("/") ? "" : path.replace("%7B", "{");
  }

  private static boolean has(HttpRequest request, JsonNode header) {
    String name = header.path("name").asString();
    if (name.startsWith(":")) {
      return true;
    }
    String value = header.path("value").asString("").strip();
    return request.headers().all(name).stream().map(HeaderField::value).anyMatch(value::equals);
  }

  private static List<Path> samples(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".har")).sorted().toList();
    }
  }
}
