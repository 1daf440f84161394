// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.HugeCapture;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built {@code analyzer info} answers in a moment and 256 MB for 100 GB, finished or cut. */
final class HugeInfoIT {
  private static final long EVENTS = 100_000_000;
  private static final long FILE_BYTES = 100_000_000_000L;

  /** What is promised is a second; a busy machine is given more. To read it all takes minutes. */
  private static final long MAX_MILLIS = 60_000;

  @TempDir Path folder;

  @Test
  void info_hundredGigabytes_takesAMoment() throws Exception {
    Path file = folder.resolve("huge.tape");
    HugeCapture.write(file, EVENTS, FILE_BYTES);

    RunningProgram.Result finished = info(file);
    assertThat(finished.exitCode()).as(finished.errors()).isZero();
    assertThat(finished.output())
        .contains("\"complete\":true", "\"scanned\":false", "\"events\":" + EVENTS + ",");

    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() - FILE_BYTES / 50);
    }
    RunningProgram.Result cut = info(file);
    assertThat(cut.exitCode()).as(cut.errors()).isEqualTo(1);
    assertThat(cut.output()).contains("\"complete\":false", "\"kind\":\"truncated\"");
  }

  private RunningProgram.Result info(Path file) throws Exception {
    long started = System.nanoTime();
    RunningProgram.Result result =
        RunningProgram.run(
            folder,
            "info",
            List.of(
                "env",
                "TAPEDECK_JAVA_OPTS=-Xmx256m",
                Repository.launcher("analyzer"),
                "info",
                "--format",
                "ndjson",
                file.toString()));
    long millis = (System.nanoTime() - started) / 1_000_000;
    System.out.println("analyzer info of 100 GB: " + millis + " ms");
    assertThat(millis).isLessThan(MAX_MILLIS);
    return result;
  }
}
