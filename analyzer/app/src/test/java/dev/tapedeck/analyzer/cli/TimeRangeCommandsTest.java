// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureWriter;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.WriterOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** With --from and --to, commands give what a full scan does, and leave other payload unread. */
class TimeRangeCommandsTest {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final int SECONDS = 12;
  private static final int HEADER_BYTES = 160;
  private static final int PAYLOAD_STORED_AT = 76;

  private static final EventScript SCRIPT = EventScript.parse(script());

  @TempDir Path folder;

  private Path inBlocks = Path.of("");
  private Path inOneBlock = Path.of("");

  private static String script() {
    StringBuilder script =
        new StringBuilder(
            """
            c1: @ tls server 10.0.0.2:8443 <- 10.0.0.1:40001
            c2: @ plain client 10.0.0.2:50000 -> 10.0.0.3:80
            """);
    for (int second = 0; second < SECONDS; second++) {
      script.append("c1 >> request ").append(second).append("\n");
      script.append("c2 << answer ").append(second).append("\n+ 1s\n");
    }
    return script.append("close c1\nclose c2\n").toString();
  }

  @BeforeEach
  void writeCaptures() throws IOException {
    inBlocks = write("blocks.tape", 5);
    inOneBlock = write("one.tape", Integer.MAX_VALUE);
  }

  private Path write(String name, int eventsOfABlock) throws IOException {
    Path file = folder.resolve(name);
    WriterOptions options = WriterOptions.newBuilder().blockAge(Duration.ofHours(1)).build();
    try (CaptureWriter writer = CaptureWriter.create(file, SCRIPT.header(), options)) {
      int events = 0;
      for (CaptureEvent event : SCRIPT.events()) {
        writer.write(event);
        if (++events % eventsOfABlock == 0) {
          writer.flush();
        }
      }
    }
    return file;
  }

  private static List<JsonNode> lines(String ndjson) {
    return ndjson.lines().map(MAPPER::readTree).toList();
  }

  @Test
  void span_thatEndsBeforeItBegins_isRefused() {
    Path out = folder.resolve("out.tape");
    CliRun cat = CliRun.of("cat", inBlocks, "--from", "+7s", "--to", "+3s");
    CliRun filter = CliRun.of("filter", inBlocks, "-o", out, "--from", "+7s", "--to", "+3s");
    assertThat(cat.exitCode()).isEqualTo(2);
    assertThat(cat.out()).isEmpty();
    assertThat(filter.exitCode()).isEqualTo(2);
    assertThat(filter.err())
        .contains("ends before it begins: --from, --to: give an earlier --from");
    assertThat(out).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "1ms, 3000ms",
    "3000ms, 7000ms",
    "11000ms, 99000ms",
    "1ms, 99000ms",
    "50000ms, 60000ms",
    "5000ms, 5000ms"
  })
  void cat_ofASpan_isThatOfTheFullScan(String from, String to) {
    List<JsonNode> all = lines(CliRun.of("cat", inBlocks).out());
    long start = all.stream().mapToLong(event -> event.get("exit_ns").asLong()).min().orElseThrow();
    List<JsonNode> expected =
        all.stream()
            .filter(event -> event.get("exit_ns").asLong() >= start + nanos(from))
            .filter(event -> event.get("exit_ns").asLong() < start + nanos(to))
            .toList();

    CliRun run = CliRun.of("cat", inBlocks, "--from", "+" + from, "--to", "+" + to);

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(lines(run.out())).isEqualTo(expected);
  }

  private static long nanos(String millis) {
    return Long.parseLong(millis.replace("ms", "")) * 1_000_000;
  }

  @ParameterizedTest
  @CsvSource({"1ms, 3000ms", "3000ms, 7000ms", "11000ms, 99000ms", "1ms, 99000ms"})
  void filter_ofASpan_isThatOfTheFullScan(String from, String to) {
    for (String[] more : new String[][] {{}, {"--port", "8443"}, {"--port", "80", "--invert"}}) {
      // Of one block all is read.
      assertThat(filtered(inBlocks, from, to, 0, more))
          .isNotEmpty()
          .isEqualTo(filtered(inOneBlock, from, to, 0, more));
    }
  }

  private String filtered(Path file, String from, String to, int exitCode, String... more) {
    Path out = folder.resolve("out.tape");
    Object[] words = new Object[8 + more.length];
    System.arraycopy(
        new Object[] {"filter", file, "-o", out, "--from", "+" + from, "--to", "+" + to},
        0,
        words,
        0,
        8);
    System.arraycopy(more, 0, words, 8, more.length);
    CliRun run = CliRun.of(words);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
    return CliRun.of("cat", out).out();
  }

  @Test
  void spans_payloadOutsideThem_isNotRead() throws IOException {
    String sound = filtered(inBlocks, "1ms", "3s", 0);
    String printed = CliRun.of("cat", inBlocks, "--to", "+3s").out();
    damageLastPayload(inBlocks);

    assertThat(filtered(inBlocks, "1ms", "3s", 0)).isEqualTo(sound);
    CliRun before = CliRun.of("cat", inBlocks, "--to", "+3s");
    assertThat(before.exitCode()).as(before.err()).isZero();
    assertThat(before.out()).isEqualTo(printed);

    assertThat(filtered(inBlocks, "3s", "99s", 1)).contains("damaged_input");
    CliRun with = CliRun.of("cat", inBlocks, "--from", "+3s");
    assertThat(with.exitCode()).isEqualTo(1);
    assertThat(with.err()).contains("damage: ").hasLineCount(1);
  }

  @Test
  void cat_damagedMetadataOutsideTheSpan_isToldOnce() throws IOException {
    byte[] bytes = Files.readAllBytes(inBlocks);
    int block = offsetOfRecord(bytes, 3);
    bytes[block + HEADER_BYTES + 1] ^= 1;
    Files.write(inBlocks, bytes);
    for (String option : new String[] {"--from", "--to"}) {
      CliRun run = CliRun.of("cat", inBlocks, option, "+6s");
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).contains("damage: ").hasLineCount(1);
    }
  }

  private static int offsetOfRecord(byte[] bytes, int number) {
    int offset = 0;
    for (int record = 0; record < number; record++) {
      offset += HEADER_BYTES + intAt(bytes, offset + 64) + intAt(bytes, offset + PAYLOAD_STORED_AT);
    }
    return offset;
  }

  private static int intAt(byte[] bytes, int at) {
    return ByteBuffer.wrap(bytes).order(LITTLE_ENDIAN).getInt(at);
  }

  /** Changes a byte of the last payload plane that there is. */
  private static void damageLastPayload(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int last = -1;
    for (int at = 0; at < bytes.length; ) {
      int payloadBytes = intAt(bytes, at + PAYLOAD_STORED_AT);
      at += HEADER_BYTES + intAt(bytes, at + 64) + payloadBytes;
      last = payloadBytes > 0 ? at - 1 : last;
    }
    bytes[last] ^= 1;
    Files.write(file, bytes);
  }
}
