// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.export.Golden;
import dev.tapedeck.analyzer.filter.Filter;
import dev.tapedeck.analyzer.filter.FilterSyntaxException;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureHeader;
import dev.tapedeck.format.CaptureWriter;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.WriterOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code --filter} wherever it is taken. */
class FilterOptionsTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  private static final EventScript MIXED =
      EventScript.parse(
          """
          c1: @ tls server 10.0.0.2:8443 <- 10.0.0.1:40001
          c2: @ plain client 10.0.0.2:50000 -> 10.0.0.3:8080
          c1 >> GET /a HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n
          c1 << HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\n\\r\\nok
          c1 >> GET /b HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n
          c1 << HTTP/1.1 500 No\\r\\ncontent-length: 2\\r\\n\\r\\nno
          c2 >> GET /c HTTP/1.1\\r\\nhost: y\\r\\n\\r\\n
          + 10s
          c2 << HTTP/1.1 200 OK\\r\\ncontent-length: 3\\r\\n\\r\\nyes
          close c1
          close c2
          """);

  @TempDir Path folder;
  private Path file = Path.of("");

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("mixed.tape");
    MIXED.writeTo(file);
  }

  private static String ids(Object... command) {
    CliRun run = CliRun.of(command);
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    return String.join(
        " ", run.out().lines().map(line -> MAPPER.readTree(line).get("id").asString()).toList());
  }

  private String exchanges(Path capture, String... filter) {
    Object[] words = new Object[4 + filter.length];
    words[0] = "exchanges";
    words[1] = capture;
    words[2] = "--format";
    words[3] = "ndjson";
    System.arraycopy(filter, 0, words, 4, filter.length);
    return ids(words);
  }

  @Test
  void exchanges_filter_listsThese() {
    assertThat(exchanges(file, "--filter", "status >= 500")).isEqualTo("1.2");
    assertThat(exchanges(file, "--filter", "duration > 5s")).isEqualTo("2.1");
    assertThat(exchanges(file, "--filter", "status == 200", "--limit", "1")).isEqualTo("1.1");
    assertThat(exchanges(file, "--filter", "started < +5ms")).isEqualTo("1.1");
    assertThat(exchanges(file, "--filter", "status == 404")).isEmpty();
  }

  @Test
  void sessions_filter_listsThoseWithSuchAnExchange() {
    assertThat(ids("sessions", file, "--format", "ndjson", "--filter", "path == /b"))
        .isEqualTo("1");
  }

  @Test
  void exportHar_filter_exportsThese() {
    CliRun run = CliRun.of("export", "har", file, "-o", "-", "--filter", "not status < 500");
    assertThat(MAPPER.readTree(run.out()).at("/log/entries")).hasSize(1);
  }

  @Test
  void filterCommand_filter_keepsTheirConnectionsWhole() {
    Path part = folder.resolve("part.tape");
    CliRun run = CliRun.of("filter", file, "-o", part, "--filter", "status == 500");
    assertThat(run.exitCode()).isZero();
    assertThat(exchanges(part)).isEqualTo("1.1 1.2");
    assertThat(ids("sessions", part, "--format", "ndjson")).isEqualTo("1");

    Path rest = folder.resolve("rest.tape");
    CliRun.of("filter", file, "-o", rest, "--filter", "status == 500", "--invert");
    assertThat(exchanges(rest, "--filter", "path == /c")).isEqualTo("1.1");
    assertThat(exchanges(rest, "--filter", "path != /c")).isEmpty();

    Path none = folder.resolve("none.tape");
    CliRun.of("filter", file, "-o", none, "--filter", "status == 500", "--port", "8080");
    assertThat(exchanges(none)).isEmpty();
  }

  @Test
  void merge_filter_takesTheirConnectionsFromEachCapture() throws IOException {
    EventScript script =
        EventScript.parse(
            """
            @ plain server 10.0.0.9:80 <- 10.0.0.1:40002
            >> GET /d HTTP/1.1\\r\\n\\r\\n
            << HTTP/1.1 502 No\\r\\ncontent-length: 0\\r\\n\\r\\n
            @ plain server 10.0.0.9:80 <- 10.0.0.1:40003
            >> GET /e HTTP/1.1\\r\\n\\r\\n
            << HTTP/1.1 200 OK\\r\\ncontent-length: 0\\r\\n\\r\\n
            """);
    Path other = folder.resolve("other.tape");
    CaptureHeader header =
        script.header().toBuilder().fileId(Bytes.latin1("fedcba9876543210")).hostId(7).build();
    try (CaptureWriter writer = CaptureWriter.create(other, header, WriterOptions.defaults())) {
      for (CaptureEvent event : script.events()) {
        writer.write(OtherHost.move(event, 7, 0));
      }
    }
    Path merged = folder.resolve("merged.tape");
    CliRun run = CliRun.of("merge", file, other, "-o", merged, "--filter", "status >= 500");
    assertThat(run.exitCode()).as(run.err()).isZero();
    CliRun list = CliRun.of("exchanges", merged, "--format", "ndjson");
    assertThat(
            list.out()
                .lines()
                .map(line -> MAPPER.readTree(line).at("/request/target").asString())
                .sorted())
        .containsExactly("/a", "/b", "/d");
  }

  @Test
  void filter_wrong_oneLineAndACaret() {
    CliRun run = CliRun.of("exchanges", file, "--filter", "status >= 500 and durtion > 1s");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .isEqualTo(
            """
            analyzer: Invalid value for option '--filter': unknown field 'durtion': did you \
            mean 'duration'?, at character 19: try 'analyzer --help filter'
              status >= 500 and durtion > 1s
                                ^
            """);
  }

  @Test
  void help_filter_explainsTheLanguage() throws IOException {
    CliRun run = CliRun.of("exchanges", "--help", "filter");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out().lines()).allMatch(line -> line.length() <= 80);
    assertThat(CliRun.of("--help", "filter").out()).isEqualTo(run.out());
    assertThat(CliRun.of("help", "filter").out()).isEqualTo(run.out());
    Golden.assertMatches("help/the-language.txt", run.out());
  }

  @Test
  void everyFieldOfTheLanguage_isDocumented() throws IOException {
    String documentation = Files.readString(Path.of("../../docs/FILTER.md"));
    String page = CliRun.of("--help", "filter").out();
    List<String> names =
        Pattern.compile("[a-z0-9_.]+")
            .matcher(page.substring(page.indexOf("Fields\n") + 7, page.indexOf("docs/")))
            .results()
            .map(MatchResult::group)
            .toList();
    assertThat(names).hasSizeGreaterThan(80);
    assertThat(names).allSatisfy(name -> assertThat(documentation).contains("`" + name + "`"));
  }

  @Test
  void everyFieldOfTheJson_isOneOfTheLanguage() throws IOException {
    Set<String> names = new TreeSet<>();
    Path shop = TestCaptures.shop(folder);
    CliRun.of("exchanges", shop, "--format", "ndjson")
        .out()
        .lines()
        .forEach(line -> collect(MAPPER.readTree(line), "", names));
    assertThat(names).hasSizeGreaterThan(40);
    for (String name : names) {
      assertThat(isField(name)).as(name).isTrue();
    }
  }

  private static boolean isField(String name) {
    try {
      return Filter.parse(name + " != null").expression().startsWith(name);
    } catch (FilterSyntaxException e) {
      // What the test asks.
      return false;
    }
  }

  /** Leaves; arrays of objects are asked for as a whole. */
  private static void collect(JsonNode node, String path, Set<String> names) {
    if (node.isObject() && !path.equals("interim")) {
      node.properties()
          .forEach(
              field ->
                  collect(
                      field.getValue(),
                      path.isEmpty() ? field.getKey() : path + "." + field.getKey(),
                      names));
    } else if (!path.equals("interim")) {
      names.add(path);
    }
  }
}
