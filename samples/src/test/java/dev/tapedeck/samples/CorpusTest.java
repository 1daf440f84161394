// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.Projection;
import dev.tapedeck.format.ReaderOptions;
import java.io.IOException;
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
          .filter(Files::isDirectory)
          .map(directory -> directory.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void corpus_hasCasesAndEachIsExplained() throws IOException {
    assertThat(cases()).hasSizeGreaterThanOrEqualTo(15);
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
}
