// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 100 GB with 10^8 events open in a moment and in little memory, finished or cut. */
class HugeCaptureIT {
  private static final long EVENTS = 100_000_000;
  private static final long FILE_BYTES = 100_000_000_000L;

  /** What is promised is a second; a busy machine is given more. */
  private static final long MAX_MILLIS = 10_000;

  @TempDir Path folder;

  @Test
  void open_hundredGigabytes_takesAMoment() throws Exception {
    Path file = folder.resolve("huge.tape");
    HugeCapture.write(file, EVENTS, FILE_BYTES);
    long nearEnd = HugeCapture.FIRST_NANOS + (EVENTS - 1_000_000) * HugeCapture.STEP_NANOS;

    List<String> finished = probe(file, nearEnd, nearEnd + 5_000 * HugeCapture.STEP_NANOS);

    requireWithinTime(finished.get(0), EVENTS + " true");
    requireWithinTime(finished.get(1), "5000");

    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      assertThat(channel.size()).isGreaterThan(FILE_BYTES);
      channel.truncate(channel.size() - FILE_BYTES / 50);
    }
    List<String> cut =
        probe(file, HugeCapture.FIRST_NANOS, HugeCapture.FIRST_NANOS + 7 * HugeCapture.STEP_NANOS);
    long events = Long.parseLong(cut.get(0), 0, cut.get(0).indexOf(' '), 10);
    assertThat(events).isBetween(EVENTS / 100 * 95, EVENTS - HugeCapture.BLOCK_EVENTS);
    requireWithinTime(cut.get(0), events + " false");
    requireWithinTime(cut.get(1), "7");
  }

  private static void requireWithinTime(String line, String result) {
    int space = line.lastIndexOf(' ');
    assertThat(line.substring(0, space)).isEqualTo(result);
    assertThat(Long.parseLong(line.substring(space + 1))).isLessThan(MAX_MILLIS);
  }

  private static List<String> probe(Path file, long fromNanos, long toNanos)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                HugeCaptureProbe.class.getName(),
                file.toString(),
                Long.toString(fromNanos),
                Long.toString(toNanos))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader output = process.inputReader()) {
      List<String> lines = output.lines().toList();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
      System.out.println("100 GB: " + lines);
      return lines;
    } finally {
      process.destroyForcibly();
    }
  }
}
