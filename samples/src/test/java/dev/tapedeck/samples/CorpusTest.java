// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.export.BodyMode;
import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.export.ExchangeJson;
import dev.tapedeck.analyzer.export.HarExporter;
import dev.tapedeck.analyzer.export.Json;
import dev.tapedeck.analyzer.session.SessionAnalyzer;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.Projection;
import dev.tapedeck.format.ReaderOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Walks the conformance corpus ({@code samples/captures/README.md}). With {@code
 * -Dgolden.update=true} captures and expectations are written instead of compared.
 */
final class CorpusTest {
  private static final boolean UPDATE = Boolean.getBoolean("golden.update");

  static List<String> cases() throws IOException {
    try (Stream<Path> entries = Files.list(Repository.CAPTURES)) {
      return entries
          .filter(directory -> Files.exists(directory.resolve("script.txt")))
          .map(directory -> directory.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void corpus_hasCasesAndEachIsExplained() throws IOException {
    assertThat(cases()).isNotEmpty();
    for (String name : cases()) {
      assertThat(Repository.CAPTURES.resolve(name).resolve("README.md"))
          .content()
          .contains("Origin:", "Expected anomalies:");
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void capture_holdsWhatTheScriptSays(String name) throws IOException {
    Path directory = Repository.CAPTURES.resolve(name);
    Path capture = directory.resolve("capture.tape");
    EventScript script =
        EventScript.parse(CorpusScript.read(directory.resolve("script.txt")).toEventScript());
    if (UPDATE) {
      Files.deleteIfExists(capture);
      script.writeTo(capture);
    }
    assertThat(events(capture)).containsExactlyElementsOf(script.events());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void exchanges_areAsExpected(String name) throws IOException {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (Exchange exchange : exchanges(name)) {
      Json.compact(
          lines, json -> new ExchangeJson(json, BodyMode.TEXT).exchange(CaptureRef.ONLY, exchange));
      lines.write('\n');
    }
    assertGolden(name, "exchanges.ndjson", lines.toString(StandardCharsets.US_ASCII));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void har_isAsExpected(String name) throws IOException {
    ByteArrayOutputStream har = new ByteArrayOutputStream();
    try (HarExporter exporter = new HarExporter(har, "corpus", false, 1)) {
      for (Exchange exchange : exchanges(name)) {
        exporter.exchange(CaptureRef.ONLY, exchange);
      }
      exporter.finish();
    }
    assertGolden(name, "exchanges.har", har.toString(StandardCharsets.US_ASCII));
  }

  private static List<CaptureEvent> events(Path capture) throws IOException {
    List<CaptureEvent> events = new ArrayList<>();
    try (CaptureReader reader = CaptureReader.open(capture, ReaderOptions.defaults())) {
      assertThat(reader.summary().complete()).isTrue();
      reader.read(
          Projection.ALL,
          new CaptureVisitor() {
            @Override
            public void event(CaptureEvent event) {
              events.add(event);
            }

            @Override
            public void damage(Damage damage) {
              throw new AssertionError("damage in " + capture + ": " + damage);
            }
          });
    }
    return events;
  }

  private static List<Exchange> exchanges(String name) throws IOException {
    List<Session> sessions = new ArrayList<>();
    Path capture = Repository.CAPTURES.resolve(name).resolve("capture.tape");
    try (CaptureReader reader = CaptureReader.open(capture, ReaderOptions.defaults())) {
      new SessionAnalyzer(AnalyzerOptions.defaults()).analyze(reader::read, sessions::add);
    }
    return sessions.stream().flatMap(session -> session.exchanges().stream()).toList();
  }

  private static void assertGolden(String name, String file, String actual) throws IOException {
    Path golden = Repository.CAPTURES.resolve(name).resolve("expected").resolve(file);
    if (UPDATE) {
      Files.createDirectories(golden.getParent());
      Files.writeString(golden, actual);
    }
    assertThat(actual).isEqualTo(Files.readString(golden));
  }
}
