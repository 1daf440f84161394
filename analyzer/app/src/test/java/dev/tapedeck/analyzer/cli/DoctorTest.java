// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.export.Golden;
import dev.tapedeck.format.BlindSpotEvent;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CaptureWriter;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.DescriptorRef;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.FlowKey;
import dev.tapedeck.format.ProcessEvent;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.format.TestObjects;
import dev.tapedeck.format.WriterOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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
  void doctor_nothingLeft_advisesNoRecovery() throws IOException {
    byte[] whole = Files.readAllBytes(TestCaptures.blocks(folder, "orders.tape"));
    Path file = folder.resolve("begin.tape");
    Files.write(file, Arrays.copyOf(whole, 512));
    CliRun run = CliRun.of("doctor", file);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).contains("0 blocks", "record again").doesNotContain("recover ");
    assertThat(CliRun.of("doctor", file, "--format", "ndjson").out())
        .contains("\"next_command\":null");
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

  /** What the recorder told of, and TLS records on a socket that no session used. */
  private Path unseen() throws IOException {
    Path file = folder.resolve("unseen.tape");
    ProcessKey legacy = new ProcessKey(TestObjects.HOST_ID, 3003, 7);
    ConnectionId hooked = new ConnectionId(TestObjects.HOST_ID, 61, 1);
    ConnectionId silent = new ConnectionId(TestObjects.HOST_ID, 62, 1);
    FlowKey flow =
        new FlowKey(new Endpoint("192.0.2.2", 8443), new Endpoint("192.0.2.1", 40000), 0);
    try (CaptureWriter writer =
        CaptureWriter.create(file, TestObjects.header(), WriterOptions.defaults())) {
      writer.write(
          new ProcessEvent.Exec(
              stamp(legacy, 1),
              new ProcessEvent.ProgramInfo("legacy", "/opt/legacy", 1, "", List.of()),
              true));
      for (ConnectionId socket : List.of(hooked, silent)) {
        writer.write(
            new SocketEvent.Accept(stamp(legacy, 2), socket, new DescriptorRef(legacy, 5), flow));
      }
      writer.write(
          new BlindSpotEvent(stamp(legacy, 3), BlindSpotEvent.What.KTLS, hooked, 1, 5_000, 90_000));
      writer.write(
          new BlindSpotEvent(stamp(legacy, 4), BlindSpotEvent.What.UDP_443, null, 0, 1_200, 3_400));
      writer.write(
          new StreamEvent.CipherRecord(
              stamp(legacy, 5),
              new StreamId(silent, Direction.EGRESS),
              0,
              995,
              Bytes.copyOf(HexFormat.of().parseHex("17030303e300112233445566778899aa"))));
    }
    return file;
  }

  private static EventStamp stamp(ProcessKey process, long sequence) {
    EventStamp at = TestObjects.stamp(TestObjects.START_NANOS + sequence, sequence);
    return new EventStamp(process, at.tid(), at.enterNanos(), at.exitNanos(), at.origin());
  }

  @Test
  void doctor_trafficThatIsNotInTheCapture_isToldWithWhatToDo() throws IOException {
    Path file = unseen();
    CliRun run = CliRun.of("doctor", file).without(folder);
    assertThat(run.exitCode()).isZero();
    Golden.assertMatches("cli/doctor-unseen.txt", run.out());
    Golden.assertMatches(
        "cli/doctor-unseen.ndjson",
        CliRun.of("doctor", file, "--format", "ndjson").without(folder).out());
    assertThat(CliRun.of("doctor", "--fast", file).out()).doesNotContain("not seen");
  }

  @ParameterizedTest
  @ValueSource(strings = {"doctor", "info"})
  void severalFiles_oneIsNoCapture_theOthersAreReported(String command) throws IOException {
    Path text = Files.writeString(folder.resolve("text.tape"), "no capture".repeat(99));
    Path sound = TestCaptures.blocks(folder, "sound.tape");
    Path absent = folder.resolve("absent.tape");
    CliRun run = CliRun.of(command, text, sound, absent, "--format", "json");
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err().lines()).hasSize(2);
    assertThat(run.err()).contains("text.tape").contains("absent.tape");
    JsonNode reports = MAPPER.readTree(run.out());
    assertThat(reports).hasSize(1);
    assertThat(reports.get(0).get("file").asString()).endsWith("sound.tape");
    assertThat(CliRun.of(command, text, sound).out()).contains("sound.tape");
  }
}
