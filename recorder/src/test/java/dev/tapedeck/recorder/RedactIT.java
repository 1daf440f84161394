// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.ReaderOptions;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.recorder.cli.RecorderRun;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --redact} leaves of the traffic of real programs. */
@BpfTest
final class RedactIT {
  private static final String CANARY = "Canary7Secret";

  @TempDir Path folder;
  private Path root;
  private Path capture;

  @BeforeEach
  void makeFiles() throws Exception {
    root = Files.createDirectory(folder.resolve("root"));
    capture = folder.resolve("capture.tape");
    Files.writeString(root.resolve("login"), "{\"user\":\"ann\",\"password\":\"" + CANARY + "\"}");
    Files.writeString(root.resolve("page"), "nothing to hide");
  }

  private static String[] curl(String base) {
    return new String[] {
      "curl",
      "-sk",
      "--no-progress-meter",
      "--http1.1",
      "-o",
      "/dev/null",
      "-o",
      "/dev/null",
      "-H",
      "Authorization: Bearer " + CANARY,
      "-b",
      "sid=" + CANARY,
      base + "/login?token=" + CANARY,
      base + "/page"
    };
  }

  private void assertRedacted(String comm) throws Exception {
    CapturedStreams streams = CapturedStreams.read(capture);
    Direction asking = comm.equals("curl") ? Direction.EGRESS : Direction.INGRESS;
    Direction answering = asking == Direction.EGRESS ? Direction.INGRESS : Direction.EGRESS;
    assertThat(text(streams, comm, asking))
        .contains("GET /login?token=MASKED", "Authorization: Bearer MASKED", "sid=MASKED")
        .contains("GET /page HTTP/1.1\r\n")
        .doesNotContain("Canary", "7Secret");
    assertThat(text(streams, comm, answering))
        .contains("HTTP/1.1 200 OK\r\n", "\"user\":\"ann\",\"password\":\"MASKED")
        .endsWith("nothing to hide")
        .doesNotContain("Canary", "7Secret");
    assertThat(Files.readString(capture, StandardCharsets.ISO_8859_1)).doesNotContain(CANARY);
    try (CaptureReader reader = CaptureReader.open(capture, ReaderOptions.defaults())) {
      assertThat(reader.header().attributes()).containsEntry("redaction", "default");
    }
  }

  private static String text(CapturedStreams streams, String comm, Direction direction) {
    StringBuilder text = new StringBuilder();
    for (StreamId id : streams.streams(comm, direction, true)) {
      text.append(new String(streams.bytes(id), StandardCharsets.ISO_8859_1));
    }
    return text.toString();
  }

  @Test
  void record_curlWithSecrets_noneReachesTheDisk() throws Exception {
    try (TestServers.Server server = TestServers.nginx(folder, root)) {
      String[] curl = curl("https://127.0.0.1:" + server.port());
      String[] command = new String[6 + curl.length];
      System.arraycopy(
          new String[] {"record", "-o", capture.toString(), "--redact", "default", "--"},
          0,
          command,
          0,
          6);
      System.arraycopy(curl, 0, command, 6, curl.length);
      RecorderRun.Result result = RecorderRun.run(command);
      assertThat(result.exitCode()).as(result.errors()).isZero();
      assertThat(result.errors()).doesNotContain("stored unprotected", CANARY);
      assertRedacted("curl");
    }
  }

  @Test
  void record_nginxThatGetsSecrets_noneReachesTheDisk() throws Exception {
    try (TestServers.Server server = TestServers.nginx(folder, root);
        RecorderRun run =
            RecorderRun.start(
                "record",
                "-o",
                capture.toString(),
                "--redact",
                "default",
                "--tree",
                "--pid",
                Integer.toString(server.pid()))) {
      assertThat(TestServers.run(folder, curl("https://127.0.0.1:" + server.port()))).isZero();
      server.awaitIdle();
      RecorderRun.Result result = run.stop();
      assertThat(result.exitCode()).as(result.errors()).isZero();
      assertRedacted("nginx");
    }
  }
}
