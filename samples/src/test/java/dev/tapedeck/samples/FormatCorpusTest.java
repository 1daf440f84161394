// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.ByteRange;
import dev.tapedeck.format.FormatCorpus;
import dev.tapedeck.format.Projection;
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
  private static final int WORKERS = 2;
  private static final int PARTS = 3;
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
        Files.deleteIfExists(committed.identity());
        if (!made.secretKey().isEmpty()) {
          Files.writeString(committed.identity(), keyFile(made));
        }
      }
      assertThat(committed.capture())
          .as("%s", committed)
          .hasBinaryContent(made.capture().toArray());
      assertThat(Files.exists(committed.identity())).isEqualTo(!made.secretKey().isEmpty());
      if (!made.secretKey().isEmpty()) {
        assertThat(committed.identity()).hasContent(keyFile(made));
      }
    }
    if (UPDATE) {
      Files.writeString(FormatCase.TABLE, table);
    }
    assertThat(FormatCase.TABLE).hasContent(table.toString());
  }

  private static String keyFile(FormatCorpus.Case made) {
    return "# for tests: everybody knows this key\n" + made.secretKey() + "\n";
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
    JsonNode actual = FormatReading.of(each.capture(), each.identities());
    if (UPDATE) {
      FormatReading.write(actual, each.expected());
    }
    FormatReading.assertEqual(actual, FormatReading.parse(each.expected()));
  }

  @ParameterizedTest
  @MethodSource("committed")
  void reading_inParallel_givesTheSame(FormatCase each) throws IOException {
    JsonNode parallel =
        FormatReading.of(
            each.capture(),
            each.identities(),
            (reader, visitor) -> reader.readParallel(Projection.ALL, WORKERS, visitor));
    FormatReading.assertEqual(parallel, FormatReading.of(each.capture(), each.identities()));
  }

  @ParameterizedTest
  @MethodSource("committed")
  void reading_inParts_givesTheSame(FormatCase each) throws IOException {
    long size = Files.size(each.capture());
    long step = size / PARTS + 1;
    JsonNode parts =
        FormatReading.of(
            each.capture(),
            each.identities(),
            (reader, visitor) -> {
              for (long from = 0; from < size; from += step) {
                ByteRange part = new ByteRange(from, Math.min(size, from + step));
                reader.read(Projection.ALL, part, visitor);
              }
            });
    FormatReading.assertEqual(parts, FormatReading.of(each.capture(), each.identities()));
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
