// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.FormatCorpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Walks the format's conformance corpus ({@code samples/captures/format/README.md}). With {@code
 * -Dgolden.update=true} captures and expectations are written instead of compared.
 */
final class FormatCorpusTest {
  private static final boolean UPDATE = Boolean.getBoolean("golden.update");

  static List<FormatCase> committed() throws IOException {
    return UPDATE ? generated() : FormatCase.committed();
  }

  private static List<FormatCase> generated() {
    return FormatCorpus.cases().stream()
        .map(made -> new FormatCase(made.group(), made.name()))
        .toList();
  }

  @Test
  void corpus_isWhatTheGeneratorMakes() throws IOException {
    StringBuilder table = new StringBuilder(FormatCase.TABLE_HEAD);
    for (FormatCorpus.Case made : FormatCorpus.cases()) {
      FormatCase committed = new FormatCase(made.group(), made.name());
      table.append(committed.tableLine(made.purpose()));
      if (UPDATE) {
        Files.createDirectories(committed.directory());
        Files.write(committed.capture(), made.capture().toArray());
      }
      assertThat(committed.capture())
          .as("%s", committed)
          .hasBinaryContent(made.capture().toArray());
    }
    if (UPDATE) {
      Files.writeString(FormatCase.TABLE, table);
    }
    assertThat(FormatCase.TABLE).hasContent(table.toString());
  }

  @Test
  void corpus_hasNoOtherCases() throws IOException {
    assertThat(FormatCase.committed())
        .isNotEmpty()
        .containsExactlyInAnyOrderElementsOf(generated());
    Set<String> groups = new TreeSet<>();
    try (Stream<Path> entries = Files.list(FormatCase.ROOT)) {
      entries.filter(Files::isDirectory).forEach(path -> groups.add(path.getFileName().toString()));
    }
    assertThat(groups).containsExactly("fault", "valid");
  }

  @ParameterizedTest
  @MethodSource("committed")
  void reading_givesWhatIsExpected(FormatCase each) throws IOException {
    JsonNode actual = FormatReading.of(each.capture());
    if (UPDATE) {
      FormatReading.write(actual, each.expected());
    }
    FormatReading.assertEqual(actual, FormatReading.parse(each.expected()));
  }

  @Test
  void valid_hasNoDamageAndIsNotRefused() throws IOException {
    for (FormatCase each : FormatCase.committed("valid")) {
      JsonNode expected = FormatReading.parse(each.expected());
      assertThat(expected.get("damages")).as("%s", each).isEmpty();
      assertThat(expected.has("refused")).as("%s", each).isFalse();
      assertThat(expected.get("summary").get("events").asInt())
          .as("%s", each)
          .isEqualTo(expected.get("events").size());
    }
  }

  @Test
  void fault_givesOnlyEventsThatWereWritten() throws IOException {
    Set<JsonNode> written = new HashSet<>();
    for (FormatCase each : FormatCase.committed("valid")) {
      for (JsonNode event : FormatReading.parse(each.expected()).get("events")) {
        written.add(event);
        written.add(withoutPayload(event));
      }
    }
    List<FormatCase> withWrongEvents = new ArrayList<>();
    for (FormatCase each : FormatCase.committed("fault")) {
      for (JsonNode event : FormatReading.parse(each.expected()).get("events")) {
        if (!written.contains(event)) {
          withWrongEvents.add(each);
        }
      }
    }
    assertThat(withWrongEvents).isEmpty();
  }

  private static JsonNode withoutPayload(JsonNode event) {
    ObjectNode copy = (ObjectNode) event.deepCopy();
    copy.remove(List.of("payload", "payload_sha256"));
    return copy;
  }
}
