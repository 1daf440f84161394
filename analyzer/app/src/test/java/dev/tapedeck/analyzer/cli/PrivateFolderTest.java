// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What does not fit into memory: seen by its owner alone, and gone afterwards. */
class PrivateFolderTest {
  /** No process has that number: it is beyond what Linux gives. */
  private static final String ABANDONED = "tapedeck-4194999-1";

  @TempDir Path parent;

  private Path folder(String name, boolean isLocked, Duration age) throws IOException {
    Path folder = Files.createDirectory(parent.resolve(name));
    Files.writeString(folder.resolve("duckdb_temp_storage.tmp"), "SECRET");
    if (isLocked) {
      Files.createFile(folder.resolve("lock"));
    }
    Files.setLastModifiedTime(folder, FileTime.from(Instant.now().minus(age)));
    return folder;
  }

  @Test
  void folder_whileItIsUsed_isItsOwnersAndGoneAfterwards() throws IOException {
    try (PrivateFolder folder = PrivateFolder.createIn(parent)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.path())))
          .isEqualTo("rwx------");
      Files.writeString(folder.path().resolve("rows"), "x");
    }
    try (Stream<Path> left = Files.list(parent)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void folder_ofAProcessThatWasKilled_isRemovedByTheNext() throws IOException {
    Path abandoned = folder(ABANDONED, true, Duration.ofMinutes(5));
    Path young = folder("tapedeck-4194999-2", true, Duration.ofSeconds(5));
    Path other = folder("tapedeck-4194999-3", false, Duration.ofMinutes(5));
    Path elsewhere = Files.createTempDirectory("other");
    Path target = Files.createFile(elsewhere.resolve("lock"));
    Path link = Files.createSymbolicLink(parent.resolve("tapedeck-4194999-4"), elsewhere);

    PrivateFolder.createIn(parent).close();

    assertThat(abandoned).doesNotExist();
    assertThat(young.resolve("duckdb_temp_storage.tmp")).exists();
    assertThat(other.resolve("duckdb_temp_storage.tmp")).exists();
    assertThat(link).exists();
    assertThat(target).exists();
    Files.delete(target);
    Files.delete(elsewhere);
  }

  @Test
  void folder_ofAProcessThatRuns_stays() throws Exception {
    Path used = folder(ABANDONED, true, Duration.ofMinutes(5));
    Process holder =
        new ProcessBuilder(
                "python3",
                "-c",
                "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.lockf(f, fcntl.LOCK_EX);"
                    + " print('held', flush=True); sys.stdin.read()",
                used.resolve("lock").toString())
            .start();
    try {
      assertThat(holder.getInputStream().read()).isEqualTo('h');
      Files.setLastModifiedTime(used, FileTime.from(Instant.now().minusSeconds(300)));
      PrivateFolder.createIn(parent).close();
      assertThat(used.resolve("duckdb_temp_storage.tmp")).exists();
    } finally {
      holder.destroyForcibly().waitFor();
    }
    PrivateFolder.createIn(parent).close();
    assertThat(used).doesNotExist();
  }

  @Test
  void folder_whereNothingCanBeWritten_isOneLine() {
    assertThatThrownBy(() -> PrivateFolder.createIn(parent.resolve("missing")))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("nothing can be written to the folder");
  }
}
