// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A writer that is killed loses no block that it has acknowledged. */
class KillNineIT {
  private static final int KILLS = 8;

  @TempDir Path folder;

  @Test
  void kill_atRandomMoments_losesNoAcknowledgedBlock() throws Exception {
    for (int seed = 1; seed <= KILLS; seed++) {
      Path file = folder.resolve(seed + ".tape");
      int lastSeen = new SplittableRandom(seed).nextInt(0, 400);
      int acknowledged = writeAndKill(file, lastSeen);

      Path partial = folder.resolve(seed + ".tape.partial");
      try (CaptureReader reader = CaptureReader.open(partial, ReaderOptions.defaults())) {
        Captures.Reading reading = Captures.read(reader, Projection.ALL);
        List<CaptureEvent> expected = new ArrayList<>();
        for (int number = 0; expected.size() < reading.events().size(); number++) {
          expected.addAll(KilledWriter.block(number));
        }
        assertThat(reading.events().size())
            .as("seed %d", seed)
            .isGreaterThanOrEqualTo((acknowledged + 1) * KilledWriter.BLOCK_EVENTS);
        assertThat(reading.events())
            .as("seed %d", seed)
            .isEqualTo(expected.subList(0, reading.events().size()));
        assertThat(reader.summary().events()).isEqualTo(reading.events().size());
        assertThat(reading.damages().size()).isLessThanOrEqualTo(1);
        assertThat(reader.summary().complete()).isFalse();
      }
    }
  }

  /** Returns the number of the last block that was acknowledged before the kill. */
  private static int writeAndKill(Path file, int after) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                KilledWriter.class.getName(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    int acknowledged = -1;
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        acknowledged = Integer.parseInt(line);
        if (acknowledged == after) {
          // SIGKILL; unlike the process's own method, this leaves the pipe open to be read.
          process.toHandle().destroyForcibly();
        }
      }
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(acknowledged).isGreaterThanOrEqualTo(after);
    return acknowledged;
  }
}
