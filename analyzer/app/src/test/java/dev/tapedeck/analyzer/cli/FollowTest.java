// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureWriter;
import dev.tapedeck.format.WriterOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code dump --follow} prints what a dump of the finished file does, as it is written. */
class FollowTest {
  @TempDir Path folder;

  @Test
  void dump_followOfFinishedFile_isTheDump() throws IOException {
    Path file = TestCaptures.shop(folder);
    CliRun plain = CliRun.of("dump", file);
    CliRun followed = CliRun.of("dump", file, "--follow");
    assertThat(followed).isEqualTo(plain);
    assertThat(plain.exitCode()).isZero();
  }

  @Test
  void dump_followByFinalName_printsEachBlockAsItIsWritten() throws IOException {
    List<CaptureEvent> events = TestCaptures.SHOP.events();
    Path file = folder.resolve("live.tape");
    CaptureWriter writer =
        CaptureWriter.create(file, TestCaptures.SHOP.header(), WriterOptions.defaults());
    int half = events.size() / 2;
    for (CaptureEvent event : events.subList(0, half)) {
      writer.write(event);
    }
    writer.flush();
    ByteArrayOutputStream printed =
        new ByteArrayOutputStream() {
          private boolean written;

          @Override
          public void flush() throws IOException {
            if (!written) {
              written = true;
              assertThat(toString(StandardCharsets.UTF_8).lines()).hasSize(half);
              for (CaptureEvent event : events.subList(half, events.size())) {
                writer.write(event);
              }
              writer.close();
            }
          }
        };

    CliRun run = CliRun.into(printed, "dump", file, "--follow");

    assertThat(run.exitCode()).isZero();
    assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo(CliRun.of("dump", file).out());
  }

  @Test
  void exchanges_followOfFinishedFile_isTheList() throws IOException {
    Path file = TestCaptures.shop(folder);
    CliRun plain = CliRun.of("exchanges", file, "--format", "ndjson");
    CliRun followed = CliRun.of("exchanges", file, "--format", "ndjson", "--follow");
    assertThat(followed.out()).isEqualTo(plain.out());
    assertThat(followed.exitCode()).isZero();
    assertThat(CliRun.of("exchanges", file, "--follow", "--limit", "1").out()).hasLineCount(2);
  }

  @Test
  void exchanges_followByFinalName_listsEachWhenItIsComplete() throws IOException {
    List<CaptureEvent> events = TestCaptures.SHOP.events();
    Path file = folder.resolve("live.tape");
    CaptureWriter writer =
        CaptureWriter.create(file, TestCaptures.SHOP.header(), WriterOptions.defaults());
    int part = events.size() * 2 / 3;
    for (CaptureEvent event : events.subList(0, part)) {
      writer.write(event);
    }
    writer.flush();
    ByteArrayOutputStream printed =
        new ByteArrayOutputStream() {
          private boolean written;

          @Override
          public void flush() throws IOException {
            if (!written) {
              written = true;
              assertThat(toString(StandardCharsets.UTF_8))
                  .contains("/backend")
                  .doesNotContain("red");
              for (CaptureEvent event : events.subList(part, events.size())) {
                writer.write(event);
              }
              writer.close();
            }
          }
        };

    CliRun run = CliRun.into(printed, "exchanges", file, "--follow", "--width", "0");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(printed.toString(StandardCharsets.UTF_8).lines())
        .containsExactlyInAnyOrderElementsOf(
            CliRun.of("exchanges", file, "--width", "0").out().lines().toList());
  }

  @Test
  void exchanges_followOfDeadRecorder_listsWhatThereIs() throws IOException {
    byte[] whole = Files.readAllBytes(TestCaptures.shop(folder));
    Path partial = folder.resolve("gone.tape.partial");
    Files.write(partial, whole);
    CliRun run = CliRun.of("exchanges", partial, "--follow-timeout", "1ms");
    assertThat(run.out()).contains("/backend", "shop.example");
  }

  @Test
  void exchanges_followAndSort_isRefused() throws IOException {
    CliRun run =
        CliRun.of("exchanges", TestCaptures.shop(folder), "--follow", "--sort", "duration");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).hasLineCount(1);
  }

  @Test
  void dump_followOfWhatIsNoFile_isRefused() {
    for (Path file : List.of(Path.of("/dev/null"), folder)) {
      CliRun run = CliRun.of("dump", file, "--follow");
      assertThat(run.exitCode()).isEqualTo(3);
      assertThat(run.err()).hasLineCount(1).contains(file.toString());
    }
  }

  @Test
  void dump_followOfDeadRecorder_givesUpAfterItsTimeout() throws IOException {
    byte[] whole = Files.readAllBytes(TestCaptures.shop(folder));
    Path partial = folder.resolve("dead.tape.partial");
    Files.write(partial, Arrays.copyOf(whole, whole.length - 400));
    CliRun run = CliRun.of("dump", folder.resolve("dead.tape"), "--follow-timeout", "1ms");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).isEqualTo(CliRun.of("dump", partial).out());

    Path cut = folder.resolve("cut.tape");
    Files.write(cut, Arrays.copyOf(whole, whole.length - 160));
    CliRun damaged = CliRun.of("dump", cut, "--follow-timeout", "1ms");
    assertThat(damaged.exitCode()).isEqualTo(1);
    assertThat(damaged.err()).contains("ends without a trailer");
  }

  @Test
  void dump_followOfNothing_saysWhatIsMissing() {
    CliRun run = CliRun.of("dump", folder.resolve("no.tape"), "--follow");
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("no.tape").contains("does not exist").hasLineCount(1);
  }
}
