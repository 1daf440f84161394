// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OutputFileTest {
  private static final Instant NOW = Instant.parse("2026-02-03T04:05:06Z");

  @TempDir Path folder;

  @Test
  void resolve_folder_makesNameOfHostAndTime() throws Exception {
    assertThat(OutputFile.resolve(folder.toString(), "web 1", NOW))
        .isEqualTo(folder.resolve("web_1-20260203T040506Z.tape"));
  }

  @Test
  void resolve_file_isTaken() throws Exception {
    String file = folder.resolve("x.tape").toString();

    assertThat(OutputFile.resolve(file, "web1", NOW)).isEqualTo(Path.of(file));
  }

  @Test
  void resolve_fileInMissingFolder_isRefused() {
    assertThatThrownBy(
            () -> OutputFile.resolve(folder.resolve("no/x.tape").toString(), "web1", NOW))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("no such folder");
  }

  @Test
  void resolve_missingFolder_isRefused() {
    assertThatThrownBy(() -> OutputFile.resolve(folder.resolve("no") + "/", "web1", NOW))
        .hasMessageContaining("no such folder");
  }

  @Test
  void resolve_device_isRefused() {
    assertThatThrownBy(() -> OutputFile.resolve("/dev/null", "web1", NOW))
        .hasMessageContaining("not a regular file");
  }

  @Test
  void resolve_standardOutput_isRefused() {
    assertThatThrownBy(() -> OutputFile.resolve("-", "web1", NOW))
        .hasMessageContaining("standard output");
  }

  @Test
  void resolve_emptyName_isRefusedAndNotTakenForTheCurrentFolder() {
    assertThatThrownBy(() -> OutputFile.resolve("", "web1", NOW))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("--output is empty");
    assertThatThrownBy(() -> OutputFile.resolveSeries("", "web1"))
        .hasMessageContaining("--output is empty");
  }

  @Test
  void moveEarlier_captureAndLeftover_keepBoth() throws Exception {
    Path capture = folder.resolve("x.tape");
    Files.writeString(capture, "complete");
    Files.writeString(folder.resolve("x.tape.partial"), "killed");

    assertThat(OutputFile.moveEarlier(capture))
        .containsExactly(folder.resolve("x.tape.old"), folder.resolve("x.tape.partial.old"));
    assertThat(folder.resolve("x.tape.old")).hasContent("complete");
    assertThat(folder.resolve("x.tape.partial.old")).hasContent("killed");
    assertThat(capture).doesNotExist();
    assertThat(OutputFile.moveEarlier(capture)).isEmpty();
  }
}
