// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class CaptureFileTest {
  @TempDir Path folder;

  @Test
  void usableBytes_fileOnADisk_isWhatTheFileStoreSays() throws IOException {
    CaptureFile file = new CaptureFile(folder.resolve("a.tape"));
    file.create().close();
    assertThat(file.usableBytes())
        .isPositive()
        .isLessThanOrEqualTo(Files.getFileStore(folder).getTotalSpace());
  }

  /** As in a chroot, where the mount that the file is on is not listed. */
  @Test
  void usableBytes_noFileStoreIsFound_isNoLimit() {
    Path nowhere = folder.resolve("gone/a.tape");
    assertThatThrownBy(() -> Files.getFileStore(nowhere)).isInstanceOf(IOException.class);
    assertThat(new CaptureFile(nowhere).usableBytes()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void usableBytes_fileSystemWithoutSize_isNoLimit() {
    assertThat(new CaptureFile(Path.of("/proc/self/a.tape")).usableBytes())
        .isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void discard_partialFile_isGone() throws IOException {
    CaptureFile file = new CaptureFile(folder.resolve("a.tape"));
    try (FileChannel channel = file.create()) {
      file.discard(new IOException("no space"));
      assertThat(channel.isOpen()).isTrue();
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void discard_nothingToDelete_keepsTheFailureAsItIs() {
    IOException failure = new IOException("no space");
    new CaptureFile(folder.resolve("a.tape")).discard(failure);
    assertThat(failure).hasNoSuppressedExceptions();
  }
}
