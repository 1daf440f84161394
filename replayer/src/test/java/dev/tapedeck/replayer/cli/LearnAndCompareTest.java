// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.TestObjects;
import dev.tapedeck.replayer.RawServer;
import dev.tapedeck.replayer.cli.Bakery.Fault;
import dev.tapedeck.replayer.rules.ReplayRules;
import dev.tapedeck.replayer.rules.RulesReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A program full of noise is recorded, its noise is learnt from another instance of it, and each of
 * twelve regressions of a third one is found, once, and nothing else.
 */
final class LearnAndCompareTest {
  private static final JsonMapper JSON = new JsonMapper();

  /** That much slower than recorded an endpoint may be: timing is no part of these tests. */
  private static final String LATENCY =
      "latency: [{endpoint: /search, add: 3s, samples: 4}, {add: 60s, samples: 1000}]\n";

  @TempDir private static Path directory;
  private static final List<String> SCRIPT = new ArrayList<>();
  private static Path capture;
  private static Path rules;
  private static String learnt;
  private static Ran learning;

  @BeforeAll
  static void recordAndLearn() throws Exception {
    Bakery bakery =
        new Bakery(
            1,
            Clock.fixed(Instant.ofEpochSecond(0, TestObjects.START_REAL_NANOS), ZoneOffset.UTC),
            Fault.NONE);
    List<String> names = List.of("a", "b", "c", "d");
    for (int i = 0; i < names.size(); i++) {
      SCRIPT.add(names.get(i) + ": @ plain server 192.0.2.2:80 <- 192.0.2.1:" + (40000 + i));
    }
    for (String name : names) {
      exchange(bakery, name, "GET /search?q=" + name, "");
    }
    exchange(bakery, "a", "GET /login", "");
    exchange(bakery, "a", "GET /cakes", "");
    exchange(bakery, "b", "GET /page", "");
    exchange(bakery, "b", "GET /feed", "");
    exchange(bakery, "c", "GET /metrics", "");
    exchange(bakery, "c", "GET /note", "");
    for (String name : List.of("a", "d")) {
      String answer = exchange(bakery, name, "POST /orders", "{\"cake\":\"" + name + "\"}");
      Matcher id = Pattern.compile("/orders/(\\S+)").matcher(answer);
      assertThat(id.find()).isTrue();
      exchange(bakery, name, "GET /orders/" + id.group(1), "");
    }
    capture = directory.resolve("bakery.tape");
    EventScript.parse(String.join("\n", SCRIPT)).writeTo(capture);
    rules = directory.resolve("rules.yaml");
    try (RawServer server = new Bakery(2, Clock.systemUTC(), Fault.NONE).open()) {
      learning = run("learn", server, "--pace", "max", "--allow-unsafe", "-o", rules.toString());
    }
    learnt = Files.readString(rules);
    Files.writeString(rules, learnt + LATENCY);
  }

  private static String exchange(Bakery bakery, String connection, String line, String body) {
    String length = body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n";
    String request = line + " HTTP/1.1\r\nHost: bakery.example\r\n" + length + "\r\n" + body;
    String answer = bakery.answer(request);
    SCRIPT.add(connection + " >> " + EventScript.escaped(request));
    SCRIPT.add(connection + " << " + EventScript.escaped(answer));
    return answer;
  }

  @Test
  void learn_noisyProgram_writesRulesWithoutValues() throws Exception {
    assertThat(learning.code()).as(learning.err()).isEqualTo(ExitCode.OK);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(rules)))
        .isEqualTo("rw-------");
    ReplayRules read = RulesReader.read(rules);
    assertThat(read.volatiles()).hasSizeGreaterThan(10);
    assertThat(learnt)
        .contains("type: jwt", "type: uuid", "type: time", "type: hex", "type: integer")
        .contains("samples: two sendings")
        .contains("header:location path[1]");
    Matcher values =
        Pattern.compile("[0-9a-f]{16,}|[0-9a-f]{8}-[0-9a-f]{4}|eyJ|ann|\"7\"").matcher(learnt);
    assertThat(values.results().map(found -> found.group()).toList()).isEmpty();
  }

  @Test
  void run_withoutRules_isFullOfDifferences() throws Exception {
    try (RawServer server = new Bakery(3, Clock.systemUTC(), Fault.NONE).open()) {
      Ran result = run("run", server, "--pace", "max", "--allow-unsafe", "--format", "json");
      assertThat(JSON.readTree(result.out()).get("different").asInt()).isGreaterThan(8);
    }
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void run_afterLearning_findsEachRegressionOnceAndNothingElse(Fault fault) throws Exception {
    try (RawServer server = new Bakery(4, Clock.systemUTC(), fault).open()) {
      Ran result =
          run(
              "run",
              server,
              "--pace",
              "max",
              "--allow-unsafe",
              "--rules",
              rules.toString(),
              "--format",
              "json");
      JsonNode report = JSON.readTree(result.out());
      assertThat(report.get("sent").asInt()).isEqualTo(report.get("recorded").asInt());
      List<String> found = new ArrayList<>();
      for (JsonNode one : report.get("differences")) {
        found.add(
            one.get("kind").asString()
                + " "
                + one.get("path").asString()
                + " "
                + one.get("change").asString());
      }
      assertThat(found).as(result.out()).containsExactlyElementsOf(expected(fault));
      assertThat(report.get("groups").size()).isEqualTo(found.size());
      assertThat(result.code()).isEqualTo(fault == Fault.NONE ? ExitCode.OK : ExitCode.DIFFERENT);
    }
  }

  private static List<String> expected(Fault fault) {
    return switch (fault) {
      case NONE -> List.of();
      case STATUS -> List.of("status status value");
      case MISSING_HEADER -> List.of("header header:x-content-type-options missing");
      case CHANGED_VALUE -> List.of("json $.cakes[2].price value");
      case TYPE_CHANGE -> List.of("json $.cakes[1].stock type");
      case LOST_ELEMENT -> List.of("json $.cakes[2] missing");
      case REORDERED_LIST -> List.of("json $.cakes order");
      case WRONG_ID -> List.of("json $.id value");
      case SLOW_ENDPOINT -> List.of("latency latency value");
      case TRUNCATED_BODY -> List.of("html / truncated");
      case CHARSET -> List.of("header header:content-type@charset value");
      case COOKIE_FLAG -> List.of("header header:set-cookie[sid]@httponly missing");
      case BROKEN_NOISY_FIELD -> List.of("json $.as_of type");
    };
  }

  @Test
  void run_withBaseline_findsTheRegressionWithoutRules() throws Exception {
    for (Fault fault : List.of(Fault.NONE, Fault.CHANGED_VALUE, Fault.BROKEN_NOISY_FIELD)) {
      try (RawServer good = new Bakery(5, Clock.systemUTC(), Fault.NONE).open();
          RawServer server = new Bakery(6, Clock.systemUTC(), fault).open()) {
        Ran result =
            run(
                "run",
                server,
                "--pace",
                "max",
                "--allow-unsafe",
                "--baseline",
                "http://127.0.0.1:" + good.port(),
                "--format",
                "json");
        JsonNode report = JSON.readTree(result.out());
        assertThat(report.get("differences").valueStream().map(d -> d.get("path").asString()))
            .as(result.out())
            .containsExactlyElementsOf(
                switch (fault) {
                  case CHANGED_VALUE -> List.of("$.cakes[2].price");
                  case BROKEN_NOISY_FIELD -> List.of("$.as_of");
                  default -> List.of();
                });
      }
    }
  }

  private static Ran run(String command, RawServer server, String... more) throws IOException {
    String[] words =
        Stream.concat(
                Stream.of(
                    command, capture.toString(), "--target", "http://127.0.0.1:" + server.port()),
                Arrays.stream(more))
            .toArray(String[]::new);
    return Ran.command(words);
  }
}
