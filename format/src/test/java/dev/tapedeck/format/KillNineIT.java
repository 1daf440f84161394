// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A writer that is killed loses no block that it has acknowledged.
 *
 * <p>{@code -Dkill9.runs=1000} is the long form ({@code make kill9}). Each run is a process of its
 * own, killed by SIGKILL a random time after a random block, the first one included.
 */
class KillNineIT {
  private static final int RUNS = Integer.getInteger("kill9.runs", 12);
  private static final int AT_ONCE = 3;
  private static final int BLOCKS_IF_NOT_KILLED = 1_000_000;

  /** Few enough that most runs end while the JVM is still warming up, where writes are slow. */
  private static final int MAX_BLOCKS_BEFORE = 60;

  private static final int MAX_DELAY_MICROS = 3_000;

  /** Blocks are the same in each run, and cost more to make than to write. */
  private final ConcurrentHashMap<Integer, List<CaptureEvent>> blocks = new ConcurrentHashMap<>();

  @TempDir Path folder;

  /** What a run came to. */
  private record Kill(int seed, int acknowledged, int read, boolean cut) {}

  private static Process writer(Path file) throws IOException {
    Path unpacked = Files.createDirectory(unpacked(file));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m", "-XX:-UsePerfData"));
    // The native zstd library is unpacked to there, and a killed process does not clean up.
    command.add("-Djava.io.tmpdir=" + unpacked);
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            KilledWriter.class.getName(),
            file.toString(),
            Integer.toString(BLOCKS_IF_NOT_KILLED)));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static Path unpacked(Path file) {
    return file.resolveSibling(file.getFileName() + ".unpacked");
  }

  private static void deleteUnpacked(Path file) throws IOException {
    try (Stream<Path> files = Files.list(unpacked(file))) {
      for (Path library : files.toList()) {
        Files.delete(library);
      }
    }
    Files.delete(unpacked(file));
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.MINUTES)
  void kill_atRandomMoments_losesNoAcknowledgedBlock() throws Exception {
    ExecutorService runs = Executors.newFixedThreadPool(AT_ONCE);
    List<Kill> kills = new ArrayList<>();
    try {
      List<Future<Kill>> results = new ArrayList<>();
      for (int seed = 1; seed <= RUNS; seed++) {
        int number = seed;
        results.add(runs.submit(() -> writeAndKill(number)));
      }
      for (Future<Kill> result : results) {
        kills.add(result.get());
      }
    } catch (ExecutionException e) {
      throw new AssertionError("after " + kills.size() + " kills", e.getCause());
    } finally {
      runs.shutdownNow();
      assertThat(runs.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }
    assertThat(kills).hasSize(RUNS);
    long acknowledged = kills.stream().mapToLong(kill -> kill.acknowledged() + 1L).sum();
    long read = kills.stream().mapToLong(Kill::read).sum();
    assertThat(acknowledged).isPositive();
    assertThat(read).isGreaterThanOrEqualTo(acknowledged * KilledWriter.BLOCK_EVENTS);
    Files.writeString(
        Path.of("target", "kill9.txt"),
        "kills=%d acknowledged_blocks=%d events_read=%d files_cut_inside_a_record=%d%n"
            .formatted(kills.size(), acknowledged, read, kills.stream().filter(Kill::cut).count()));
  }

  private Kill writeAndKill(int seed) throws IOException, InterruptedException {
    Path file = folder.resolve(seed + ".tape");
    SplittableRandom random = new SplittableRandom(seed);
    int after = random.nextInt(-1, MAX_BLOCKS_BEFORE);
    Duration delay = Duration.ofNanos(1000L * random.nextInt(MAX_DELAY_MICROS));
    int acknowledged = acknowledgedBeforeKill(file, after, delay);
    Path partial = folder.resolve(seed + ".tape.partial");
    try {
      return check(seed, partial, acknowledged);
    } finally {
      Files.deleteIfExists(partial);
      deleteUnpacked(file);
    }
  }

  /** Returns the number of the last block that was acknowledged before the kill; -1 for none. */
  private static int acknowledgedBeforeKill(Path file, int after, Duration delay)
      throws IOException, InterruptedException {
    Process process = writer(file);
    int acknowledged = -1;
    try (BufferedReader lines = process.inputReader()) {
      if (after < 0) {
        // Somewhere between the start of the process and its first blocks.
        kill(process, delay.multipliedBy(100));
      }
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        acknowledged = Integer.parseInt(line);
        if (acknowledged == after) {
          kill(process, delay);
        }
      }
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.waitFor()).as("killed by SIGKILL").isEqualTo(128 + 9);
    assertThat(acknowledged).isGreaterThanOrEqualTo(after);
    return acknowledged;
  }

  private static void kill(Process process, Duration delay) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(delay.toNanos());
    // SIGKILL; unlike the process's own method, this leaves the pipe open to be read.
    process.toHandle().destroyForcibly();
  }

  private Kill check(int seed, Path partial, int acknowledged) throws IOException {
    if (acknowledged < 0 && (!Files.exists(partial) || Files.size(partial) == 0)) {
      return new Kill(seed, acknowledged, 0, false);
    }
    try (CaptureReader reader = CaptureReader.open(partial, ReaderOptions.defaults())) {
      Captures.Reading reading = Captures.read(reader, Projection.ALL);
      int read = reading.events().size();
      assertThat(read)
          .as("seed %d", seed)
          .isGreaterThanOrEqualTo((acknowledged + 1) * KilledWriter.BLOCK_EVENTS);
      int at = 0;
      for (int number = 0; at < read; number++) {
        List<CaptureEvent> block = blocks.computeIfAbsent(number, KilledWriter::block);
        int count = Math.min(block.size(), read - at);
        assertThat(reading.events().subList(at, at + count))
            .as("seed %d block %d", seed, number)
            .isEqualTo(block.subList(0, count));
        at += count;
      }
      assertThat(reader.summary().events()).isEqualTo(read);
      assertThat(reading.damages().size()).isLessThanOrEqualTo(1);
      assertThat(reader.summary().complete()).isFalse();
      return new Kill(seed, acknowledged, read, !reading.damages().isEmpty());
    } catch (CaptureFormatException e) {
      if (acknowledged >= 0) {
        throw e;
      }
      // Killed inside the file header.
      return new Kill(seed, acknowledged, 0, true);
    }
  }
}
