// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.export.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Commands that copy captures. */
class CopyCommandsTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  @TempDir Path folder;

  @Test
  void recover_damagedCapture_saysWhatWasLostAndSoDoesTheCopy() throws IOException {
    Path damaged = TestCaptures.damagedBlock(folder, "orders.tape");
    Path copy = folder.resolve("sound.tape");

    CliRun run = CliRun.of("recover", damaged, "-o", copy).without(folder);

    assertThat(run.exitCode()).isEqualTo(1);
    Golden.assertMatches("cli/recover.txt", run.out() + run.err());
    assertThat(Files.getPosixFilePermissions(copy))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    CliRun info = CliRun.of("info", copy);
    assertThat(info.exitCode()).as(info.err()).isZero();
    assertThat(info.out())
        .contains("complete", "recover by tapedeck-analyzer")
        .contains("before copying, damaged block: 4 events");
    JsonNode json = MAPPER.readTree(CliRun.of("info", copy, "--format", "ndjson").out());
    assertThat(json.get("derivation").get("verb").asString()).isEqualTo("recover");
    assertThat(json.get("copy_losses").get(0).get("lost_events").asLong()).isEqualTo(4);
    assertThat(json.get("lost_events").asLong())
        .isEqualTo(
            4
                + MAPPER
                    .readTree(CliRun.of("info", damaged, "--format", "ndjson").out())
                    .get("lost_events")
                    .asLong());
    assertThat(CliRun.of("exchanges", copy).err()).contains("lost");
  }

  @Test
  void recover_copy_readsAsTheDamagedCaptureDoes() throws IOException {
    Path damaged = TestCaptures.damagedBlock(folder, "orders.tape");
    Path copy = folder.resolve("sound.tape");
    assertThat(CliRun.of("recover", damaged, "-o", copy).exitCode()).isEqualTo(1);
    for (String command : List.of("dump", "exchanges", "sessions")) {
      CliRun ofDamaged = CliRun.of(command, damaged, "--format", "ndjson");
      CliRun ofCopy = CliRun.of(command, copy, "--format", "ndjson");
      assertThat(ofDamaged.exitCode()).isEqualTo(1);
      assertThat(ofCopy.exitCode()).isZero();
      assertThat(ofCopy.out()).isEqualTo(ofDamaged.out());
    }
    Path again = folder.resolve("again.tape");
    assertThat(CliRun.of("recover", copy, "-o", again).exitCode()).isZero();
    assertThat(CliRun.of("dump", again).out()).isEqualTo(CliRun.of("dump", copy).out());
  }

  @Test
  void recover_unfinishedCapture_isCompleteAndCodeZero() throws IOException {
    byte[] whole = Files.readAllBytes(TestCaptures.blocks(folder, "orders.tape"));
    Path partial = folder.resolve("killed.tape.partial");
    Files.write(partial, Arrays.copyOf(whole, whole.length - 500));
    Path copy = folder.resolve("copy.tape");

    CliRun run = CliRun.of("recover", partial, "-o", copy);

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("nothing; the capture was not finished, the copy is");
    assertThat(CliRun.of("info", copy).out()).contains("complete");
    assertThat(CliRun.of("dump", copy).out()).isEqualTo(CliRun.of("dump", partial).out());
  }

  @Test
  void recover_intoTheNameThatIsRead_isRefused() throws IOException {
    byte[] whole = Files.readAllBytes(TestCaptures.blocks(folder, "orders.tape"));
    Path partial = Files.write(folder.resolve("killed.tape.partial"), whole);
    CliRun run = CliRun.of("recover", partial, "-o", folder.resolve("killed.tape"));
    assertThat(run.exitCode()).isEqualTo(2);
    Path advised = folder.resolve("killed.recovered.tape");
    assertThat(run.err()).contains("name another --output, such as " + advised);
    assertThat(Files.readAllBytes(partial)).isEqualTo(whole);
    assertThat(CliRun.of("recover", partial, "-o", advised).exitCode()).isZero();
  }

  @Test
  void recover_toStandardOutput_isRefused() throws IOException {
    CliRun run = CliRun.of("recover", TestCaptures.blocks(folder, "orders.tape"), "-o", "-");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).hasLineCount(1).contains("standard output");
    assertThat(Path.of("-")).doesNotExist();
  }

  @Test
  void split_intoFile_saysThatItIsNoFolder() throws IOException {
    Path source = TestCaptures.blocks(folder, "orders.tape");
    CliRun run = CliRun.of("split", source, "--blocks", "1", "-o", source);
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).hasLineCount(1).contains("is no folder");
  }

  @Test
  void recover_ontoEarlierFile_keepsThatAsOld() throws IOException {
    Path source = TestCaptures.blocks(folder, "orders.tape");
    Path target = Files.writeString(folder.resolve("copy.tape"), "earlier");
    CliRun run = CliRun.of("recover", source, "-o", target).without(folder);
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEqualTo("analyzer: moved DIR/copy.tape to DIR/copy.tape.old\n");
    assertThat(folder.resolve("copy.tape.old")).hasContent("earlier");
  }

  @ParameterizedTest
  @CsvSource({"--blocks, 2, 3", "--parts, 2, 2", "--size, 1500, 3", "--every, 5ms, 3"})
  void split_anyRule_partsAreTheCapture(String option, String value, int atLeast)
      throws IOException {
    Path source = TestCaptures.blocks(folder, "orders.tape");
    Path parts = Files.createDirectory(folder.resolve("parts"));

    CliRun run = CliRun.of("split", source, "-o", parts, option, value);

    assertThat(run.exitCode()).as(run.err()).isZero();
    List<Path> files = files(parts);
    assertThat(files).hasSizeGreaterThanOrEqualTo(atLeast);
    assertThat(files.get(0)).hasFileName("orders.001.tape");
    assertThat(files.get(1)).hasFileName("orders.002.tape");
    StringBuilder dumps = new StringBuilder();
    for (Path part : files) {
      assertThat(CliRun.of("info", part).exitCode()).isZero();
      dumps.append(CliRun.of("dump", part, "--format", "ndjson", "--bytes", "999").out());
      assertThat(run.out()).contains(part.toString());
    }
    assertThat(dumps.toString())
        .isEqualTo(CliRun.of("dump", source, "--format", "ndjson", "--bytes", "999").out());
  }

  @Test
  void split_damagedCapture_codeOneAndLossInItsPart() throws IOException {
    Path damaged = TestCaptures.damagedBlock(folder, "orders.tape");
    Path parts = Files.createDirectory(folder.resolve("parts"));
    assertThat(CliRun.of("split", damaged, "-o", parts, "--blocks", "2").exitCode()).isEqualTo(1);
    List<Path> files = files(parts);
    assertThat(CliRun.of("info", files.get(0)).out()).doesNotContain("before copying");
    assertThat(CliRun.of("info", files.get(1)).out()).contains("before copying");
  }

  private static List<Path> files(Path parts) throws IOException {
    try (Stream<Path> files = Files.list(parts)) {
      return new ArrayList<>(files.sorted().toList());
    }
  }
}
