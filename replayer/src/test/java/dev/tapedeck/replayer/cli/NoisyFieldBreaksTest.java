// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.TestObjects;
import dev.tapedeck.replayer.RawServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Fields that are another one in every answer, each broken in a way that noise must not hide: with
 * learnt rules, and beside a baseline without any.
 */
final class NoisyFieldBreaksTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int ANSWERS = 8;

  /** Timing is no part of these tests. */
  private static final String NO_LATENCY = "latency: [{add: 60s, samples: 1000}]\n";

  @TempDir private static Path directory;
  private static Path capture;
  private static Path rules;

  @BeforeAll
  static void recordAndLearn() throws Exception {
    NoisyProgram program = new NoisyProgram(1, false);
    Instant recorded = Instant.ofEpochSecond(0, TestObjects.START_REAL_NANOS);
    List<String> script = new ArrayList<>();
    script.add("a: @ plain server 192.0.2.2:80 <- 192.0.2.1:40000");
    for (int i = 0; i < ANSWERS; i++) {
      for (NoisyProgram.Field field : NoisyProgram.Field.values()) {
        String request =
            "GET " + field.path() + "?n=" + i + " HTTP/1.1\r\nHost: noisy.example\r\n\r\n";
        script.add("a >> " + EventScript.escaped(request));
        script.add("a << " + EventScript.escaped(program.answer(request, recorded)));
      }
    }
    capture = directory.resolve("noisy.tape");
    EventScript.parse(String.join("\n", script)).writeTo(capture);
    rules = directory.resolve("rules.yaml");
    try (RawServer server = new NoisyProgram(2, false).open()) {
      execute("learn", server, "-o", rules.toString());
    }
    Files.writeString(rules, Files.readString(rules) + NO_LATENCY);
  }

  @Test
  void run_nothingBroken_isCleanWithRulesAndBesideABaseline() throws Exception {
    assertThat(differences(false, "--rules", rules.toString())).isEmpty();
    assertThat(besideBaseline(false)).isEmpty();
  }

  @Test
  void run_brokenNoisyFields_areEachSeenWithLearntRules() throws Exception {
    assertThat(differences(true, "--rules", rules.toString())).isEqualTo(expected());
  }

  @Test
  void run_brokenNoisyFields_areEachSeenBesideABaseline() throws Exception {
    assertThat(besideBaseline(true)).isEqualTo(expected());
  }

  private static Map<String, Set<String>> expected() {
    Map<String, Set<String>> expected = new TreeMap<>();
    for (NoisyProgram.Field field : NoisyProgram.Field.values()) {
      expected.put(field.path(), Set.of(field.difference()));
    }
    return expected;
  }

  private static Map<String, Set<String>> besideBaseline(boolean broken) throws Exception {
    try (RawServer good = new NoisyProgram(3, false).open()) {
      return differences(broken, "--baseline", "http://127.0.0.1:" + good.port());
    }
  }

  /** Returns what differs, by the endpoint: place and change, numbers of elements left out. */
  private static Map<String, Set<String>> differences(boolean broken, String... how)
      throws Exception {
    try (RawServer server = new NoisyProgram(4, broken).open()) {
      JsonNode report = JSON.readTree(execute("run", server, how));
      assertThat(report.get("sent").asInt()).isEqualTo(report.get("recorded").asInt());
      Map<String, Set<String>> found = new TreeMap<>();
      for (JsonNode group : report.get("groups")) {
        found
            .computeIfAbsent(
                group.get("endpoint").asString().substring("GET ".length()),
                unused -> new TreeSet<>())
            .add(group.get("path").asString() + " " + group.get("change").asString());
      }
      return found;
    }
  }

  private static String execute(String command, RawServer server, String... more)
      throws IOException {
    List<String> words = new ArrayList<>();
    words.addAll(List.of(command, capture.toString()));
    words.addAll(List.of("--target", "http://127.0.0.1:" + server.port(), "--pace", "max"));
    words.addAll(command.equals("run") ? List.of("--format", "json") : List.of());
    words.addAll(List.of(more));
    Ran ran = Ran.command(words);
    assertThat(ran.code()).as(ran.err()).isIn(ExitCode.OK, ExitCode.DIFFERENT);
    return ran.out();
  }
}
