// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tapedeck.format.internal.proto.Capture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A capture is never a prison: Debian's zstd and protoc read it. */
class StockToolsIT {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(Codec.class)
  void zstdAndProtoc_readTheWholeCapture(Codec codec) throws Exception {
    List<CaptureEvent> events = new EventGenerator(1).events(2_000);
    WriterOptions options =
        WriterOptions.newBuilder().codec(codec).blockBytes(64 << 10).checkpointBytes(1).build();
    Path file = folder.resolve("a.tape");
    Files.write(file, Captures.writeAll(options, events));

    assertThat(run(folder.resolve("test.out"), "zstd", "-t", file.toString())).isZero();
    Path raw = folder.resolve("raw");
    assertThat(run(raw, "zstd", "-dc", file.toString())).isZero();

    Capture capture = Capture.parseFrom(Files.readAllBytes(raw));
    assertThat(capture.getBlockCount()).isGreaterThan(2);
    assertThat(capture.getBlockList().stream().mapToInt(block -> block.getEvents().getRows()).sum())
        .isEqualTo(2_000);
    Path text = folder.resolve("text");
    assertThat(
            runWithInput(
                raw,
                text,
                "protoc",
                "--decode",
                "tapedeck.capture.v1.Capture",
                "-I",
                root().resolve("format/src/main/protobuf").toString(),
                "tapedeck/capture.proto"))
        .isZero();
    assertThat(Files.readString(text))
        .contains("text: \"nginx\"")
        .contains("cipher_records {")
        .contains("run: ");
  }

  @Test
  void zstd_copies_areSound() throws Exception {
    byte[] capture =
        Captures.writeAll(
            WriterOptions.newBuilder().blockBytes(64 << 10).build(),
            new EventGenerator(3).events(4_000));
    capture[Captures.blocks(capture).get(1).end() - 1] ^= 1;
    int files = 0;
    for (byte[] part :
        Copies.copy(capture, "a.tape", new SplitRule(SplitRule.Unit.PARTS, 3)).files()) {
      Path file = Files.write(folder.resolve("part" + files++), part);
      assertThat(run(folder.resolve("test.out"), "zstd", "-t", file.toString())).isZero();
      Path raw = folder.resolve("raw");
      assertThat(run(raw, "zstd", "-dc", file.toString())).isZero();
      assertThat(Capture.parseFrom(Files.readAllBytes(raw)).getBlockCount())
          .isEqualTo((int) Captures.summary(part).blocks());
    }
    assertThat(files).isEqualTo(3);
  }

  @Test
  void zstd_damagedPlane_isFound() throws Exception {
    byte[] capture =
        Captures.writeAll(WriterOptions.defaults(), new EventGenerator(3).events(2_000));
    capture[Captures.blocks(capture).get(0).end() - 1] ^= 1;
    Path file = folder.resolve("a.tape");
    Files.write(file, capture);
    assertThat(run(folder.resolve("test.out"), "zstd", "-t", file.toString())).isNotZero();
  }

  private static Path root() {
    return Path.of(System.getProperty("tapedeck.root", ".."));
  }

  private int run(Path output, String... command) throws Exception {
    return runWithInput(null, output, command);
  }

  private int runWithInput(Path input, Path output, String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(output.toFile());
    builder.redirectError(folder.resolve("errors").toFile());
    if (input != null) {
      builder.redirectInput(input.toFile());
    }
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      // Continuous integration installs the tools; a laptop may lack them.
      assumeTrue(System.getenv("CI") != null, command[0] + " is not installed");
      throw e;
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }
}
