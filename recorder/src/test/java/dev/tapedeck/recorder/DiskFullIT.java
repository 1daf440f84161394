// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureWriter;
import dev.tapedeck.format.ClockEvent;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.EventOrigin;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.format.TestObjects;
import dev.tapedeck.format.WriterOptions;
import dev.tapedeck.recorder.cli.RecorderRun;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real disk fills up while recording: what is missing is said, and nothing else is missing. */
@BpfTest
final class DiskFullIT {
  private static final int BODY_BYTES = 8_000_000;

  @TempDir Path folder;
  private Path disk;

  private void mount(String size) throws Exception {
    disk = Files.createDirectory(folder.resolve("disk"));
    assertThat(
            TestServers.run(
                folder, "mount", "-t", "tmpfs", "-o", "size=" + size, "none", disk.toString()))
        .isZero();
  }

  @AfterEach
  void unmount() throws Exception {
    if (disk != null) {
      assertThat(TestServers.run(folder, "umount", disk.toString())).isZero();
    }
  }

  private Path serveBody() throws IOException {
    Path root = Files.createDirectory(folder.resolve("root"));
    byte[] body = new byte[BODY_BYTES];
    new Random(7).nextBytes(body);
    Files.write(root.resolve("body"), body);
    return root;
  }

  @Test
  void record_diskFillsUp_endsWithReadableFileAndSaysTheLoss() throws Exception {
    Path root = serveBody();
    mount("40M");
    try (TestServers.Server server = TestServers.plain(folder, root)) {
      Path capture = disk.resolve("capture.tape");
      String url = "http://127.0.0.1:" + server.port() + "/body";

      RecorderRun.Result result =
          RecorderRun.run(
              "record",
              "-o",
              capture.toString(),
              "--ring-size",
              "64MiB",
              "--",
              "sh",
              "-c",
              "for i in 1 2 3 4 5; do curl -s -o /dev/null " + url + "; done");

      assertThat(result.exitCode()).as(result.errors()).isEqualTo(3);
      assertThat(result.lastErrorLine()).startsWith("recorder: ").contains("says what is missing");
      assertThat(capture).exists();
      CapturedStreams streams = CapturedStreams.read(capture);
      assertThat(streams.summary().complete()).isTrue();
      assertThat(streams.summary().payloadBytes()).isGreaterThan(10_000_000);
      assertThat(streams.losses())
          .anySatisfy(
              loss -> {
                assertThat(loss.cause()).isEqualTo(LossEvent.Cause.WRITE_FAILED);
                assertThat(loss.lostBytes()).isPositive();
              });
    }
  }

  @Test
  void record_diskFullForAWhile_goesOnAndCapturedAndLostIsAllThereWas() throws Exception {
    Path root = serveBody();
    mount("60M");
    Path filler = Files.write(disk.resolve("filler"), new byte[30 << 20]);
    try (TestServers.Server server = TestServers.plain(folder, root)) {
      Path capture = disk.resolve("capture.tape");
      String curl = "curl -s -o /dev/null http://127.0.0.1:" + server.port() + "/body";
      // The disk takes half of three bodies. Past that, the file grows by its clocks only.
      String size = "$(stat -c %s " + capture + ".partial)";
      String untilFull =
          "until s="
              + size
              + "; sleep 3; [ $s -gt 8000000 ] && [ $(("
              + size
              + " - s)) -lt 100000 ]; do :; done";

      RecorderRun.Result result =
          RecorderRun.run(
              "record",
              "-o",
              capture.toString(),
              "--on-write-error",
              "continue",
              "--ring-size",
              "64MiB",
              "--",
              "sh",
              "-c",
              String.join("; ", curl, curl, curl, untilFull, "rm " + filler, curl));

      assertThat(result.exitCode()).as(result.errors()).isEqualTo(3);
      assertThat(result.lastErrorLine()).contains("bytes left", "says what is missing");
      CapturedStreams streams = CapturedStreams.read(capture);
      assertThat(streams.summary().complete()).isTrue();
      StreamId lastIn = last(streams, Direction.INGRESS);
      StreamId lastOut = last(streams, Direction.EGRESS);
      long each = streams.capturedBytes(lastIn) + streams.capturedBytes(lastOut);
      assertThat(each).isGreaterThan(BODY_BYTES);
      assertThat(streams.losses())
          .extracting(LossEvent::cause)
          .contains(LossEvent.Cause.WRITE_FAILED);
      long lost = streams.losses().stream().mapToLong(LossEvent::lostBytes).sum();
      assertThat(lost).isPositive();
      assertThat(streams.summary().payloadBytes() + lost).isEqualTo(4 * each);
    }
  }

  private static StreamId last(CapturedStreams streams, Direction direction) {
    List<StreamId> all = streams.streams("curl", direction, false);
    return all.get(all.size() - 1);
  }

  @Test
  void write_diskFullForAWhile_everyEventIsThereOrCounted() throws Exception {
    mount("4M");
    Path filler = Files.write(disk.resolve("filler"), new byte[2 << 20]);
    List<CaptureEvent> produced = new ArrayList<>();
    FileOptions options = new FileOptions(Duration.ofMillis(5), true, null);
    Path capture = disk.resolve("capture.tape");
    CaptureFiles files = CaptureFiles.open(capture, options, new OnThatDisk());
    int afterFull = 0;
    try (files) {
      Random random = new Random(3);
      while (afterFull < 300) {
        afterFull += files.failure() == null ? 0 : 1;
        if (afterFull == 150) {
          Files.delete(filler);
        }
        byte[] payload = new byte[1 + random.nextInt(5_000)];
        random.nextBytes(payload);
        CaptureEvent event =
            TestObjects.data(
                TestObjects.START_NANOS + produced.size(),
                produced.size(),
                0,
                Bytes.wrap(payload, 0, payload.length));
        produced.add(event);
        files.write(event);
      }
    }

    assertThat(files.failure()).hasMessageContaining("No space left on device");
    List<CaptureEvent> kept = new ArrayList<>(CapturedStreams.read(capture).events());
    List<LossEvent> losses = CapturedStreams.read(capture).losses();
    kept.removeAll(losses);
    assertThat(losses).isNotEmpty();
    assertThat(kept.size() + losses.stream().mapToLong(LossEvent::events).sum())
        .isEqualTo(produced.size());
    assertThat(bytes(kept) + losses.stream().mapToLong(LossEvent::lostBytes).sum())
        .isEqualTo(bytes(produced));
    assertThat(produced).containsSubsequence(kept).endsWith(kept.get(kept.size() - 1));
  }

  private static long bytes(List<CaptureEvent> events) {
    return events.stream().mapToLong(event -> ((StreamEvent.Data) event).capturedLength()).sum();
  }

  @Test
  void create_diskIsFull_leavesNoEmptyFile() throws Exception {
    mount("1M");
    assertThatThrownBy(
            () -> {
              try (OutputStream filler = Files.newOutputStream(disk.resolve("filler"))) {
                while (true) {
                  filler.write(new byte[1 << 12]);
                }
              }
            })
        .isInstanceOf(IOException.class);

    assertThatThrownBy(() -> new OnThatDisk().newWriter(disk.resolve("a.tape"), 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot write a file header")
        .hasMessageContaining("No space left on device");

    assertThat(disk).isDirectoryNotContaining("glob:**.partial");
  }

  /** Uses all of a disk. */
  private static final class OnThatDisk implements CaptureFiles.FileSource {
    @Override
    public CaptureWriter newWriter(Path file, int number) throws IOException {
      return CaptureWriter.create(
          file,
          TestObjects.header(),
          WriterOptions.newBuilder().blockBytes(100_000).freeSpaceFloorBytes(0).build());
    }

    @Override
    public ClockEvent readClocks() {
      EventStamp stamp =
          new EventStamp(
              TestObjects.NO_PROCESS, 0, 0, TestObjects.START_NANOS, EventOrigin.userSpace(0));
      return new ClockEvent(stamp, TestObjects.START_NANOS, TestObjects.START_REAL_NANOS);
    }
  }
}
