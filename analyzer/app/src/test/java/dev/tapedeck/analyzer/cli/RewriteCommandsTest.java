// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureHeader;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.CaptureWriter;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.Projection;
import dev.tapedeck.format.ReaderOptions;
import dev.tapedeck.format.TestKeys;
import dev.tapedeck.format.WriterOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The commands that write a capture anew. */
class RewriteCommandsTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  /** Connections of both kinds and roles, one after another and interleaved, with losses. */
  private static final EventScript BUSY =
      EventScript.parse(
          """
          c1: @ tls server 10.0.0.2:8443 <- 10.0.0.1:40001
          c2: @ plain client 10.0.0.2:50000 -> 10.0.0.3:8080
          c1 >> GET /a HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n
          c2 >> GET /b HTTP/1.1\\r\\nhost: y\\r\\n\\r\\n
          c2 << HTTP/1.1 200 OK\\r\\ncontent-length: 10\\r\\n\\r\\nabc
          c2 << lost 4
          c2 << hij
          c1 << HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\n\\r\\nok
          close c1
          + 5s
          c3: @ tls client 10.0.0.2:50002 -> 10.0.0.3:443
          c4: @ plain server 10.0.0.2:80 <- 10.0.0.1:40002
          c3 >> GET /c HTTP/1.1\\r\\nhost: z\\r\\n\\r\\n
          c4 >> GET /d HTTP/1.1\\r\\nhost: z\\r\\n\\r\\n
          loss RING_FULL 3 -1
          c4 << HTTP/1.1 204 No Content\\r\\n\\r\\n
          c3 << HTTP/1.1 200 OK\\r\\ncontent-length: 3\\r\\n\\r\\nyes
          c2 >> GET /e HTTP/1.1\\r\\nhost: y\\r\\n\\r\\n
          c2 << HTTP/1.1 200 OK\\r\\ncontent-length: 1\\r\\n\\r\\n!
          close c2
          close c3
          close c4
          """);

  @TempDir Path folder;

  private Path busy() throws IOException {
    Path file = folder.resolve("busy.tape");
    BUSY.writeTo(file);
    return file;
  }

  private static List<CaptureEvent> events(Path file) throws IOException {
    List<CaptureEvent> events = new ArrayList<>();
    try (CaptureReader reader = CaptureReader.open(file, ReaderOptions.defaults())) {
      reader.read(Projection.ALL, events::add);
    }
    return events;
  }

  private static CaptureHeader header(Path file) throws IOException {
    try (CaptureReader reader = CaptureReader.open(file, ReaderOptions.defaults())) {
      return reader.header();
    }
  }

  /** Returns exchanges as JSON, without what names their session. */
  private static List<String> exchanges(Path file) {
    List<String> exchanges = new ArrayList<>();
    CliRun.of("exchanges", file, "--format", "ndjson", "--bodies", "text", "-q")
        .out()
        .lines()
        .forEach(
            line -> {
              ObjectNode exchange = (ObjectNode) MAPPER.readTree(line);
              exchange.remove("id");
              exchange.remove("session_id");
              exchanges.add(exchange.toString());
            });
    return exchanges;
  }

  @ParameterizedTest
  @CsvSource({
    "--port 8443, 1, /a",
    "--port 8080, 2, /b",
    "--port 443, 1, /c",
    "--port 80, 1, /d",
    "--port 80 --port 443, 2, /c",
    "--connection 1, 1, /a",
    "--connection 2.1, 2, /e",
    "--connection 3 --port 443, 1, /c",
    "--port 8080 --invert, 3, /a",
    "--from +5s --port 80, 1, /d",
    "--to +5s --port 8443, 1, /a",
  })
  void filter_connections_exchangesAreThoseOfTheOriginal(String options, int count, String target)
      throws IOException {
    Path file = busy();
    Path out = folder.resolve("out.tape");
    List<Object> words = new ArrayList<>(List.of("filter", file, "-o", out));
    words.addAll(List.of(options.split(" ")));
    CliRun run = CliRun.of(words.toArray());
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.err()).startsWith("analyzer: wrote " + out + ": ").hasLineCount(1);
    assertThat(exchanges(out)).hasSize(count).isSubsetOf(exchanges(file));
    assertThat(exchanges(out)).anyMatch(line -> line.contains("\"target\":\"" + target + "\""));
    assertThat(events(out)).isSubsetOf(events(file));
    assertThat(header(out).derivation().verb()).isEqualTo("filter");
  }

  @Test
  void filter_process_keepsWhatRanInIt() throws IOException {
    Path file = busy();
    JsonNode process = MAPPER.readTree(exchanges(file).get(0)).get("process");
    Path byPid = folder.resolve("pid.tape");
    CliRun.of("filter", file, "-o", byPid, "--pid", process.get("pid").asInt());
    Path byName = folder.resolve("name.tape");
    CliRun.of("filter", file, "-o", byName, "--comm", process.get("comm").asString());
    assertThat(exchanges(byPid)).isNotEmpty().isSubsetOf(exchanges(file));
    assertThat(events(byName)).isEqualTo(events(byPid));
    assertThat(exchanges(byPid)).allMatch(line -> line.contains(process.toString()));
  }

  @Test
  void filter_timeThatCutsAConnection_leavesAGap() throws IOException {
    Path file = busy();
    Path out = folder.resolve("out.tape");
    CliRun run = CliRun.of("filter", file, "-o", out, "--from", "+4s");
    assertThat(run.exitCode()).isZero();
    assertThat(exchanges(out)).anyMatch(line -> line.contains("\"/e\""));
    assertThat(exchanges(out)).noneMatch(line -> line.contains("\"/a\""));
    JsonNode session =
        MAPPER
            .readTree(CliRun.of("sessions", out, "--format", "json", "--bodies", "none").out())
            .get(0);
    assertThat(session.get("client").get("port").asInt()).isEqualTo(50_000);
    assertThat(session.get("accounting").get("egress").get("lost_bytes").asInt()).isPositive();
  }

  @Test
  void filter_isoTime_isThatOfTheClock() throws IOException {
    Path file = busy();
    Path relative = folder.resolve("relative.tape");
    Path absolute = folder.resolve("absolute.tape");
    CliRun.of("filter", file, "-o", relative, "--from", "+4s");
    CliRun run = CliRun.of("filter", file, "-o", absolute, "--from", "2000-01-01T01:00:04+01:00");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(events(absolute)).isEqualTo(events(relative)).hasSizeLessThan(events(file).size());
  }

  @Test
  void filter_accounting_isExact() throws IOException {
    Path file = busy();
    Path out = folder.resolve("out.tape");
    CliRun run = CliRun.of("filter", file, "-o", out, "--port", "80");
    int leftOut = events(file).size() - events(out).size();
    assertThat(run.err())
        .contains(": " + events(out).size() + " events, " + leftOut + " left out; ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "filter FILE -o OUT",
        "filter FILE -o OUT --invert --from +1s",
        "filter FILE -o OUT --from yesterday",
        "filter FILE -o OUT --connection x",
        "filter FILE -o FILE --port 80",
        "filter FILE --port 80",
        "repack FILE -o OUT --level 20",
        "repack FILE -o OUT --block-size 8MiB",
        "repack FILE -o FILE",
        "merge FILE FILE -o OUT",
        "merge FILE -o FILE",
      })
  void usage_wrong_oneLineAndNoFile(String command) throws IOException {
    Path file = busy();
    byte[] before = Files.readAllBytes(file);
    CliRun run = CliRun.of(words(command, file));
    assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
    assertThat(run.err()).startsWith("analyzer: ").hasLineCount(1);
    assertThat(folder.resolve("out.tape")).doesNotExist();
    assertThat(folder.resolve("out.tape.partial")).doesNotExist();
    assertThat(file).hasBinaryContent(before);
  }

  @Test
  void filter_noSuchSession_said() throws IOException {
    CliRun run = CliRun.of(words("filter FILE -o OUT --connection 99", busy()));
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("no such session", "99");
    assertThat(folder.resolve("out.tape")).doesNotExist();
  }

  private Object[] words(String command, Path file) {
    return List.of(command.split(" ")).stream()
        .map(
            word ->
                switch (word) {
                  case "FILE" -> file.toString();
                  case "OUT" -> folder.resolve("out.tape").toString();
                  default -> word;
                })
        .toArray();
  }

  @Test
  void repack_sameEventsSmallerAndPrivate() throws IOException {
    Path file = folder.resolve("long.tape");
    EventScript.parse(">> GET / HTTP/1.1\\r\\nhost: example\\r\\n\\r\\n\n".repeat(5000))
        .writeTo(file);
    Path out = folder.resolve("out.tape");
    CliRun run = CliRun.of("repack", file, "-o", out);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).containsPattern("read \\([0-9.]+ %\\)\n");
    assertThat(events(out)).isEqualTo(events(file));
    assertThat(Files.size(out)).isLessThan(Files.size(file));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out)))
        .isEqualTo("rw-------");
    assertThat(header(out).fileId()).isNotEqualTo(header(file).fileId());
    assertThat(CliRun.of("repack", file, "-o", out, "-q").err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"repack FILE -o OUT", "merge FILE -o OUT", "filter FILE -o OUT --to +9s"})
  void damage_inTheInput_statedAndExitCode1(String command) throws IOException {
    Path damaged = TestCaptures.damaged(folder);
    CliRun run = CliRun.of(words(command, damaged));
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("damage: ", "offset", "1 of them say what damage took");
    Path out = folder.resolve("out.tape");
    JsonNode info = MAPPER.readTree(CliRun.of("info", out, "--format", "ndjson").out());
    assertThat(info.get("damaged").asBoolean()).isFalse();
    assertThat(info.get("lost_by_cause").get("damaged_input").get("events").asInt())
        .isEqualTo(TestCaptures.SHOP.events().size());
    Files.delete(out);
    CliRun strict = CliRun.of(words(command + " --strict", damaged));
    assertThat(strict.exitCode()).isEqualTo(3);
    assertThat(out).doesNotExist();
    assertThat(folder.resolve("out.tape.partial")).doesNotExist();
  }

  @Test
  void merge_severalHosts_eachKeepsItsTimes() throws IOException {
    Path here = busy();
    Path there = folder.resolve("there.tape");
    CaptureHeader other =
        header(here).toBuilder()
            .fileId(Bytes.latin1("fedcba9876543210"))
            .hostId(7)
            .hostName("there")
            .build();
    try (CaptureWriter writer = CaptureWriter.create(there, other, WriterOptions.defaults())) {
      for (CaptureEvent event : events(here)) {
        writer.write(OtherHost.move(event, 7, 3_600_000_000_000L));
      }
    }
    Path out = folder.resolve("all.tape");
    CliRun run = CliRun.of("merge", here, there, "-o", out, "--quiet");
    assertThat(run.exitCode()).as(run.err()).isZero();
    List<String> expected = new ArrayList<>(exchanges(here));
    expected.addAll(exchanges(there));
    assertThat(exchanges(out)).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(header(out).hosts()).hasSize(2);
  }

  @Test
  void merge_copiesOfOne_refused() throws IOException {
    Path file = busy();
    Path copy = Files.copy(file, folder.resolve("copy.tape"));
    CliRun run = CliRun.of("merge", file, copy, "-o", folder.resolve("out.tape"));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("busy.tape and ", "are the same capture", "one of them only");
    Path repacked = folder.resolve("repacked.tape");
    CliRun.of("repack", file, "-o", repacked);
    assertThat(CliRun.of("merge", file, repacked, "-o", folder.resolve("out.tape")).err())
        .contains("one was made from the other");
  }

  @ParameterizedTest
  @ValueSource(strings = {"repack FILE -o OUT", "merge FILE -o OUT", "filter FILE -o OUT --to +9s"})
  void encryptTo_plainInput_nothingReadableInTheOutput(String command) throws IOException {
    Path file = TestCaptures.shop(folder);
    CliRun run = CliRun.of(words(command + " --encrypt-to " + TestKeys.ALICE, file));
    assertThat(run.exitCode()).as(run.err()).isZero();
    Path out = folder.resolve("out.tape");
    try (CaptureReader reader =
        CaptureReader.open(out, ReaderOptions.defaults().withIdentities(TestKeys.alice()))) {
      List<CaptureEvent> read = new ArrayList<>();
      reader.read(Projection.ALL, read::add);
      assertThat(read).isEqualTo(TestCaptures.SHOP.events());
    }
    assertThat(Files.readString(out, StandardCharsets.ISO_8859_1))
        .doesNotContain("test-host", "/usr/bin/server");
    assertThat(CliRun.of("cat", out, "--blocks").exitCode()).isZero();
    assertThat(CliRun.of("exchanges", out).exitCode()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"repack FILE -o OUT", "merge FILE -o OUT"})
  void encryptedInput_withoutRecipients_refused(String command) throws IOException {
    Path plain = TestCaptures.shop(folder);
    Path encrypted = folder.resolve("encrypted.tape");
    CliRun.of("repack", plain, "-o", encrypted, "--encrypt-to", TestKeys.ALICE);
    CliRun run = CliRun.of(words(command, encrypted));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--encrypt-to", "analyzer decrypt").hasLineCount(1);
    assertThat(folder.resolve("out.tape")).doesNotExist();
  }

  @Test
  void decrypt_plainInput_refused() throws IOException {
    CliRun run = CliRun.of(words("decrypt FILE -o OUT", TestCaptures.shop(folder)));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("is not encrypted").hasLineCount(1);
  }

  @Test
  void encryptTo_noKey_refused() throws IOException {
    CliRun run =
        CliRun.of(words("repack FILE -o OUT --encrypt-to age1nobody", TestCaptures.shop(folder)));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("age1nobody").hasLineCount(1);
    assertThat(folder.resolve("out.tape")).doesNotExist();
  }
}
