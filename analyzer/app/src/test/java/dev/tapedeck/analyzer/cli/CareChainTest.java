// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureWriter;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.WriterOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Care commands one after the other: what a capture held is there at the end, or stated as lost.
 */
class CareChainTest {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final int CONNECTIONS = 5;
  private static final int ROUNDS = 17;
  private static final int BLOCK_EVENTS = 7;
  private static final int HEADER_BYTES = 160;

  private static final EventScript SCRIPT = EventScript.parse(script());

  @TempDir Path folder;

  private static String script() {
    StringBuilder script = new StringBuilder();
    for (int c = 1; c <= CONNECTIONS; c++) {
      script.append(
          "c%d: @ %s server 10.0.0.2:8443 <- 10.0.0.1:%d\n"
              .formatted(c, c % 2 == 0 ? "plain" : "tls", 40_000 + c));
    }
    for (int round = 0; round < ROUNDS; round++) {
      for (int c = 1; c <= CONNECTIONS; c++) {
        script.append(
            "c%d >> GET /%d/%d HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n\n".formatted(c, c, round));
      }
      for (int c = CONNECTIONS; c >= 1; c--) {
        script.append(
            "c%d << HTTP/1.1 200 OK\\r\\ncontent-length: 9\\r\\n\\r\\n%d-%07d\n"
                .formatted(c, c, 31 * round + c));
      }
      script.append("+ 100ms\n");
    }
    for (int c = 1; c <= CONNECTIONS; c++) {
      script.append("close c").append(c).append('\n');
    }
    return script.toString();
  }

  private Path write(String name, int id, List<CaptureEvent> events) throws IOException {
    Path file = folder.resolve(name);
    try (CaptureWriter writer =
        CaptureWriter.create(
            file,
            SCRIPT.header().toBuilder().fileId(Bytes.latin1("%016d".formatted(id))).build(),
            WriterOptions.defaults())) {
      int written = 0;
      for (CaptureEvent event : events) {
        writer.write(event);
        if (++written % BLOCK_EVENTS == 0) {
          writer.flush();
        }
      }
    }
    return file;
  }

  /** Writes the events as a recorder does that rotates its files. */
  private List<Path> rotated() throws IOException {
    List<CaptureEvent> events = SCRIPT.events();
    List<Path> files = new ArrayList<>();
    int each = events.size() / 3 + 1;
    for (int i = 0; i < 3; i++) {
      List<CaptureEvent> part = events.subList(i * each, Math.min(events.size(), (i + 1) * each));
      files.add(write("rotated-" + i + ".tape", i, part));
    }
    return files;
  }

  private Path merged(int exitCode, List<Path> files) {
    Path out = folder.resolve("merged.tape");
    List<Object> words = new ArrayList<>(List.of("merge", "-o", out));
    words.addAll(files);
    CliRun run = CliRun.of(words.toArray());
    assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
    return out;
  }

  private static String cat(Path file) {
    CliRun run = CliRun.of("cat", file);
    assertThat(run.exitCode()).as(run.err()).isZero();
    return run.out();
  }

  @Test
  void splitBySizeThenMerge_isTheOriginal() throws IOException {
    Path whole = write("whole.tape", 9, SCRIPT.events());
    Path parts = Files.createDirectory(folder.resolve("parts"));
    CliRun split = CliRun.of("split", whole, "-o", parts, "--size", "8KiB");
    assertThat(split.exitCode()).as(split.err()).isZero();
    List<Path> files;
    try (Stream<Path> listed = Files.list(parts)) {
      files = listed.sorted().toList();
    }
    assertThat(files).hasSizeGreaterThan(2);

    assertThat(cat(merged(0, files))).isEqualTo(cat(whole));
  }

  @Test
  void mergeOfRotatedFiles_hasTheExchangesOfTheWhole() throws IOException {
    Path whole = write("whole.tape", 9, SCRIPT.events());
    String exchanges = CliRun.of("exchanges", whole, "--format", "ndjson").out();
    assertThat(exchanges.lines()).hasSize(CONNECTIONS * ROUNDS);

    Path merged = merged(0, rotated());

    assertThat(cat(merged)).isEqualTo(cat(whole));
    assertThat(CliRun.of("exchanges", merged, "--format", "ndjson").out()).isEqualTo(exchanges);
  }

  @Test
  void recoverOfDamagedRotatedFilesThenMerge_isTheRestAndStatesTheLoss() throws IOException {
    String all = cat(write("whole.tape", 9, SCRIPT.events()));
    List<Path> sound = new ArrayList<>();
    for (Path file : rotated()) {
      damageSecondBlock(file);
      Path copy = folder.resolve("sound-" + file.getFileName());
      assertThat(CliRun.of("recover", file, "-o", copy).exitCode()).isEqualTo(1);
      assertThat(CliRun.of("doctor", copy).exitCode()).isZero();
      sound.add(copy);
    }

    // What was lost is known and stated, so nothing is wrong with what is merged now.
    List<String> merged = cat(merged(0, sound)).lines().toList();
    List<String> kept = merged.stream().filter(line -> !isStated(line)).toList();
    long lost =
        merged.stream()
            .filter(CareChainTest::isStated)
            .mapToLong(line -> MAPPER.readTree(line).get("lost_events").asLong())
            .sum();

    assertThat(all.lines().toList()).containsSubsequence(kept);
    assertThat(lost).isEqualTo(3 * BLOCK_EVENTS);
    assertThat(kept.size() + lost).isEqualTo(SCRIPT.events().size());
  }

  private static boolean isStated(String line) {
    JsonNode event = MAPPER.readTree(line);
    return event.get("event").asString().equals("loss")
        && event.get("cause").asString().equals("damaged_input");
  }

  private static void damageSecondBlock(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer numbers = ByteBuffer.wrap(bytes).order(LITTLE_ENDIAN);
    int at = 0;
    for (int record = 0; record < 2; record++) {
      at += HEADER_BYTES + numbers.getInt(at + 64) + numbers.getInt(at + 76);
    }
    bytes[at + HEADER_BYTES + 1] ^= 1;
    Files.write(file, bytes);
  }
}
