// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.LossEvent;
import dev.tapedeck.recorder.cli.RecorderRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk fills up while recording: the recording ends, and says what is missing. */
@BpfTest
final class DiskFullIT {
  @TempDir Path folder;

  @Test
  void record_diskFillsUp_endsWithReadableFileAndSaysTheLoss() throws Exception {
    Path root = Files.createDirectory(folder.resolve("root"));
    byte[] body = new byte[8_000_000];
    new Random(7).nextBytes(body);
    Files.write(root.resolve("body"), body);
    Path disk = Files.createDirectory(folder.resolve("disk"));
    assertThat(
            TestServers.run(
                folder, "mount", "-t", "tmpfs", "-o", "size=40M", "none", disk.toString()))
        .isZero();
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
    } finally {
      assertThat(TestServers.run(folder, "umount", disk.toString())).isZero();
    }
  }
}
