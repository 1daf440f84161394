// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.export.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DoctorTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  @TempDir Path folder;

  @Test
  void doctor_soundCapture_codeZeroAndNothingToDo() throws IOException {
    Path file = TestCaptures.blocks(folder, "orders.tape");
    CliRun run = CliRun.of("doctor", file).without(folder);
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    Golden.assertMatches("cli/doctor-sound.txt", run.out());
    assertThat(CliRun.of("doctor", "--fast", file).out()).contains("not the content");
  }

  @Test
  void doctor_damagedCapture_codeOneAndTheCommandThatHelps() throws IOException {
    Path file = TestCaptures.damagedBlock(folder, "orders.tape");
    CliRun run = CliRun.of("doctor", file);
    assertThat(run.exitCode()).isEqualTo(1);
    Golden.assertMatches("cli/doctor-damaged.txt", run.without(folder).out());
    Golden.assertMatches(
        "cli/doctor-damaged.ndjson",
        CliRun.of("doctor", file, "--format", "ndjson").without(folder).out());
    assertThat(CliRun.of("doctor", "--fast", file).exitCode()).isZero();

    String next = run.out().substring(run.out().indexOf("analyzer recover ")).strip();
    Object[] words = next.substring("analyzer ".length()).split(" ");
    assertThat(CliRun.of(words).exitCode()).isEqualTo(1);
    CliRun healed = CliRun.of("doctor", folder.resolve("orders.recovered.tape"));
    assertThat(healed.exitCode()).isZero();
    assertThat(healed.out()).contains("had lost this; 4 events lost");
  }

  @Test
  void doctor_unfinishedAndCut_areTwoThings() throws IOException {
    byte[] whole = Files.readAllBytes(TestCaptures.blocks(folder, "orders.tape"));
    byte[] cut = Arrays.copyOf(whole, whole.length - 400);
    Path unfinished = Files.write(folder.resolve("a b.tape.partial"), cut);
    CliRun run = CliRun.of("doctor", unfinished).without(folder);
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("next", "recover 'DIR/a b.tape.partial'");
    assertThat(CliRun.of("doctor", Files.write(folder.resolve("a.tape"), cut)).exitCode())
        .isEqualTo(1);
  }

  @Test
  void doctor_severalFiles_oneObjectEach() throws IOException {
    Path sound = TestCaptures.blocks(folder, "sound.tape");
    Path damaged = TestCaptures.damagedBlock(folder, "damaged.tape");
    CliRun run = CliRun.of("doctor", sound, damaged, "--format", "json");
    assertThat(run.exitCode()).isEqualTo(1);
    JsonNode reports = MAPPER.readTree(run.out());
    assertThat(reports).hasSize(2);
    assertThat(reports.get(0).get("healthy").asBoolean()).isTrue();
    assertThat(reports.get(1).get("healthy").asBoolean()).isFalse();
    assertThat(reports.get(1).get("findings").get(0).get("lost_events").asLong()).isEqualTo(4);
  }

  @Test
  void doctor_noCapture_codeThree() throws IOException {
    Path text = Files.writeString(folder.resolve("text.tape"), "no capture".repeat(99));
    assertThat(CliRun.of("doctor", text).exitCode()).isEqualTo(3);
  }

  @Test
  void doctor_bothDepths_isUsage() throws IOException {
    Path file = TestCaptures.blocks(folder, "orders.tape");
    assertThat(CliRun.of("doctor", file, "--fast", "--full").exitCode()).isEqualTo(2);
  }
}
