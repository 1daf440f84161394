// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.LibraryEvent;
import dev.tapedeck.format.ProcessEvent;
import dev.tapedeck.format.Projection;
import dev.tapedeck.format.ReaderOptions;
import dev.tapedeck.format.SocketEvent;
import dev.tapedeck.format.StreamEnds;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.format.TlsEvent;
import dev.tapedeck.recorder.cli.RecorderRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files rotate under load, and together hold every byte once. */
@BpfTest
final class RotationIT {
  private static final int BODY_BYTES = 300_000;
  private static final int KEY_CHARACTERS = 16;
  private static final int REQUESTS = 211;

  @TempDir Path folder;
  private Path captures;
  private Path root;

  /** Every body by its first characters. All differ, since what repeats itself fills no file. */
  private final Map<String, String> bodies = new HashMap<>();

  @BeforeEach
  void makeFiles() throws IOException {
    root = Files.createDirectory(folder.resolve("root"));
    captures = Files.createDirectory(folder.resolve("captures"));
    byte[] body = new byte[BODY_BYTES];
    Random random = new Random(7);
    for (int i = 1; i <= REQUESTS; i++) {
      random.nextBytes(body);
      Files.write(root.resolve("body" + i), body);
      String text = new String(body, StandardCharsets.ISO_8859_1);
      bodies.put(text.substring(0, KEY_CHARACTERS), text);
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> listed = Files.list(captures)) {
      return listed.sorted().toList();
    }
  }

  @Test
  void record_rotatesUnderLoad_filesTogetherHoldEveryByteOnce() throws Exception {
    try (TestServers.Server server = TestServers.nginx(folder, root);
        RecorderRun run =
            RecorderRun.start(
                "record",
                "-o",
                captures.toString(),
                "--rotate-size",
                "4MiB",
                "--ring-size",
                "128MiB",
                "--tree",
                "--pid",
                Integer.toString(server.pid()),
                "--sources",
                "tls",
                "--stats-format",
                "json")) {
      assertThat(
              TestServers.run(
                  folder,
                  "curl",
                  "-sk",
                  "--parallel",
                  "--parallel-max",
                  "3",
                  "-o",
                  "/dev/null",
                  "https://127.0.0.1:" + server.port() + "/body[1-" + REQUESTS + "]"))
          .isZero();
      server.awaitIdle();
      RecorderRun.Result result = run.stop();
      assertThat(result.exitCode()).as(result.errors()).isZero();

      List<Path> files = files();
      assertThat(files).hasSizeGreaterThan(2);
      assertThat(files)
          .allSatisfy(
              file ->
                  assertThat(file.getFileName().toString())
                      .matches(".+-\\d{8}T\\d{6}Z-\\d{4}\\.tape"));
      assertThat(result.lastErrorLine())
          .contains("\"files\":" + files.size(), "\"deleted_files\":0", "\"lost_events\":0");
      CapturedStreams streams = CapturedStreams.read(files);
      assertBytes(streams);
      assertAlone(files.get(files.size() / 2));
      assertIds(files);
    }
  }

  /** Every stream is without gap or overlap up to the end that the kernel side states. */
  private void assertBytes(CapturedStreams streams) throws IOException {
    long produced = 0;
    for (String line : Files.readAllLines(folder.resolve("access.log"))) {
      produced += Long.parseLong(line.split(" ", -1)[2]);
    }
    long captured = 0;
    Set<String> answered = new HashSet<>();
    int answers = 0;
    for (StreamId id : streams.streams("nginx", Direction.EGRESS, true)) {
      byte[] bytes = streams.bytes(id);
      captured += bytes.length;
      StreamEnds end = streams.end(id.owner());
      assertThat(end).as("end of " + id).isNotNull();
      assertThat(end.egressPosition()).isEqualTo(bytes.length);
      assertThat(end.egressLostBytes()).isZero();
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      int at = 0;
      while (at < text.length()) {
        assertThat(text.startsWith("HTTP/1.1 200 OK\r\n", at)).isTrue();
        at = text.indexOf("\r\n\r\n", at) + 4;
        String key = text.substring(at, at + KEY_CHARACTERS);
        assertThat(text.startsWith(bodies.get(key), at)).as("body at " + at + " of " + id).isTrue();
        answered.add(key);
        at += BODY_BYTES;
        answers++;
      }
    }
    assertThat(answers).isEqualTo(REQUESTS);
    assertThat(answered).isEqualTo(bodies.keySet());
    assertThat(captured).isEqualTo(produced);
  }

  /** A file in the middle says by itself who spoke with whom. */
  private static void assertAlone(Path file) throws IOException {
    CapturedStreams alone = CapturedStreams.read(file);
    assertThat(alone.summary().complete()).isTrue();
    assertThat(alone.streams("nginx", Direction.EGRESS, true)).isNotEmpty();
    assertThat(alone.events())
        .hasAtLeastOneElementOfType(LibraryEvent.class)
        .hasAtLeastOneElementOfType(TlsEvent.Binding.class)
        .hasAtLeastOneElementOfType(SocketEvent.Existing.class);
    assertThat(alone.events())
        .filteredOn(ProcessEvent.Exec.class::isInstance)
        .isNotEmpty()
        .allSatisfy(event -> assertThat(((ProcessEvent.Exec) event).existing()).isTrue());
  }

  private static void assertIds(List<Path> files) throws IOException {
    List<Object> ids = new ArrayList<>();
    List<String> firsts = new ArrayList<>();
    for (Path file : files) {
      try (CaptureReader reader = CaptureReader.open(file, ReaderOptions.defaults())) {
        ids.add(reader.header().fileId());
        firsts.add(reader.header().attributes().get("rotation.first_file_id"));
        assertThat(reader.header().attributes())
            .containsEntry("rotation.number", Integer.toString(ids.size()));
      }
    }
    assertThat(ids).doesNotHaveDuplicates();
    assertThat(firsts).containsOnly(ids.get(0).toString());
  }

  @Test
  void record_keep_leavesTheYoungestAndCtrlCFinishesTheLast() throws Exception {
    Path foreign = Files.writeString(captures.resolve("a-foreign.tape"), "foreign");
    try (TestServers.Server server = TestServers.plain(folder, root);
        RecorderRun run =
            RecorderRun.start(
                "record",
                "-o",
                captures.toString(),
                "--rotate-size",
                "1MiB",
                "--rotate-interval",
                "1h",
                "--keep",
                "3",
                "--ring-size",
                "128MiB",
                "--pid",
                Integer.toString(server.pid()))) {
      TestServers.run(
          folder,
          "curl",
          "-s",
          "-o",
          "/dev/null",
          "http://127.0.0.1:" + server.port() + "/body[1-61]");
      server.awaitIdle();
      RecorderRun.Result result = run.stop();

      assertThat(result.exitCode()).as(result.errors()).isZero();
      assertThat(result.errors()).contains(" files, of which the oldest ", "lost nothing");
      assertThat(foreign).hasContent("foreign");
      List<Path> left = new ArrayList<>(files());
      left.remove(foreign);
      assertThat(left).hasSize(3);
      List<CaptureEvent> last = new ArrayList<>();
      try (CaptureReader reader = CaptureReader.open(left.get(2), ReaderOptions.defaults())) {
        assertThat(reader.summary().complete()).isTrue();
        reader.read(Projection.METADATA, last::add);
      }
      assertThat(last).hasAtLeastOneElementOfType(SocketEvent.Close.class);
    }
  }

  @Test
  void record_rotationIntoAFile_isAMistake() {
    RecorderRun.Result result =
        RecorderRun.run(
            "record", "-o", folder.resolve("x.tape").toString(), "--rotate-size", "1MiB");
    assertThat(result.exitCode()).as(result.errors()).isEqualTo(3);
    assertThat(result.lastErrorLine()).startsWith("recorder: no such folder: ");
  }
}
