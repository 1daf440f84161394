// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class PinnedFileTest {
  @TempDir Path folder;

  @Test
  void path_fileReplacedMeanwhile_leadsToTheFirstOne() throws Exception {
    Path file = Files.writeString(folder.resolve("libssl.so.3"), "first");
    Object first = Files.getAttribute(file, "unix:ino");

    try (PinnedFile pinned = PinnedFile.open(file)) {
      Files.move(file, folder.resolve("elsewhere"));
      Files.writeString(file, "second");

      assertThat(pinned.path()).hasContent("first");
      assertThat(Files.getAttribute(pinned.path(), "unix:ino")).isEqualTo(first);
    }
  }

  @Test
  @Timeout(30)
  void open_pipe_doesNotWait() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    try (PinnedFile pinned = PinnedFile.open(pipe)) {
      assertThat(Files.isRegularFile(pinned.path())).isFalse();
    }
  }

  @Test
  void open_nothing_fails() {
    assertThatThrownBy(() -> PinnedFile.open(folder.resolve("none")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot be opened");
  }
}
