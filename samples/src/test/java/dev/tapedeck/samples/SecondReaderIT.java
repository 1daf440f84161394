// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.Identities;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The reader in Python, which shares no code with this project's, reads every capture of the corpus
 * as that one does.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SecondReaderIT {
  private static final List<String> OTHER_CAPTURES =
      List.of("simple-get", "gap-in-body", "content-codings");

  private static final Map<String, String> ARRAYS =
      Map.of("event", "events", "loss", "losses", "damage", "damages");

  private final Map<Path, ObjectNode> readings = new HashMap<>();

  static List<FormatCase> cases() throws IOException {
    return FormatCase.committed();
  }

  static List<String> otherCaptures() {
    return OTHER_CAPTURES;
  }

  @BeforeAll
  void readAll(@TempDir Path output) throws IOException, InterruptedException {
    Map<String, List<String>> captures = new TreeMap<>();
    for (FormatCase each : cases()) {
      String key = Files.exists(each.identity()) ? Files.readString(each.identity()) : "";
      captures.computeIfAbsent(key, none -> new ArrayList<>()).add(each.capture().toString());
    }
    OTHER_CAPTURES.forEach(name -> captures.get("").add(otherCapture(name).toString()));
    for (Map.Entry<String, List<String>> ofKey : captures.entrySet()) {
      take(readWith(ofKey.getKey(), ofKey.getValue(), output));
    }
  }

  private static List<String> readWith(String key, List<String> captures, Path output)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("/usr/bin/python3", "-B"));
    command.add(Repository.ROOT.resolve("samples/reader/read_tape.py").toString());
    if (!key.isEmpty()) {
      command.add("--identity");
      command.add(Files.writeString(output.resolve("identity.txt"), key).toString());
    }
    command.addAll(captures);
    RunningProgram.Result result = RunningProgram.run(output, "second-reader", command);
    assertThat(result.errors()).isEmpty();
    assertThat(result.exitCode()).as("nothing, damaged, refused").isIn(0, 1, 3);
    return result.output().lines().toList();
  }

  private void take(List<String> lines) {
    ObjectNode reading = FormatReading.JSON.createObjectNode();
    for (String line : lines) {
      ObjectNode value = (ObjectNode) FormatReading.JSON.readTree(line);
      String kind = value.remove("line").asString();
      switch (kind) {
        case "file" -> {
          reading = FormatReading.JSON.createObjectNode();
          ARRAYS.values().forEach(reading::putArray);
          readings.put(Path.of(value.get("path").asString()), reading);
        }
        case "event", "loss", "damage" -> ((ArrayNode) reading.get(ARRAYS.get(kind))).add(value);
        default -> reading.set(kind, value);
      }
    }
  }

  private static Path otherCapture(String name) {
    return Repository.CAPTURES.resolve(name).resolve("capture.tape");
  }

  private JsonNode reading(Path capture) {
    assertThat(readings).containsKey(capture);
    return Objects.requireNonNull(readings.get(capture));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void corpus_isReadAsExpected(FormatCase each) throws IOException {
    FormatReading.assertEqual(reading(each.capture()), FormatReading.parse(each.expected()));
  }

  @ParameterizedTest
  @MethodSource("otherCaptures")
  void otherCaptures_areReadAlike(String name) throws IOException {
    Path capture = otherCapture(name);
    JsonNode own = FormatReading.of(capture, Identities.none());
    assertThat(own.get("events")).isNotEmpty();
    FormatReading.assertEqual(reading(capture), own);
  }

  @Test
  void unknown_isCounted() throws IOException {
    for (FormatCase each : FormatCase.committed("valid")) {
      boolean counted = reading(each.capture()).has("unknown");
      assertThat(counted || !each.name().startsWith("unknown-")).as("%s", each).isTrue();
    }
  }
}
