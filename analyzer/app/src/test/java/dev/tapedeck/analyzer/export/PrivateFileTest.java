// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFileTest {
  @TempDir Path folder;

  @Test
  void commit_newFile_appearsWholeAndPrivate() throws IOException {
    Path target = folder.resolve("a.har");
    try (PrivateFile file = PrivateFile.create(target)) {
      file.stream().write("x".getBytes(StandardCharsets.UTF_8));
      assertThat(target).doesNotExist();
      file.commit();
    }
    assertThat(target).hasContent("x");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
        .isEqualTo("rw-------");
    assertThat(names()).containsExactly("a.har");
  }

  @Test
  void close_withoutCommit_leavesTheOldFile() throws IOException {
    Path target = Files.writeString(folder.resolve("a.har"), "old");
    try (PrivateFile file = PrivateFile.create(target)) {
      file.stream().write(1);
    }
    assertThat(target).hasContent("old");
    assertThat(names()).containsExactly("a.har");
  }

  /** The kernel does not follow it either, but who asks where it points to is not stopped. */
  @Test
  void create_linkOfAnotherUserWhereEverybodyWrites_isRefused() throws IOException {
    assumeThat(Files.getOwner(folder).getName()).as("only root gives files away").isEqualTo("root");
    Path everybodys = Files.createDirectory(folder.resolve("everybodys"));
    Files.setPosixFilePermissions(everybodys, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path real = Files.writeString(folder.resolve("real"), "precious");
    Path link = Files.createSymbolicLink(everybodys.resolve("link"), real);
    UserPrincipal nobody =
        link.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
    Files.getFileAttributeView(link, FileOwnerAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .setOwner(nobody);

    assertThatThrownBy(() -> PrivateFile.create(link)).hasMessageContaining("nobody");

    Files.setOwner(everybodys, nobody);
    PrivateFile.create(link).close();
    assertThat(real).hasContent("precious");
  }

  @Test
  void commit_symbolicLink_replacesWhatItPointsTo() throws IOException {
    Path real = Files.writeString(folder.resolve("real"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    try (PrivateFile file = PrivateFile.create(link)) {
      file.stream().write("new".getBytes(StandardCharsets.UTF_8));
      file.commit();
    }
    assertThat(link).isSymbolicLink();
    assertThat(real).hasContent("new");
  }

  @Test
  void commit_device_stays() throws IOException {
    try (PrivateFile file = PrivateFile.create(Path.of("/dev/null"))) {
      file.stream().write(1);
      file.commit();
    }
    assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();
  }

  @Test
  void write_fullDevice_namesTheFile() throws IOException {
    try (PrivateFile file = PrivateFile.create(Path.of("/dev/full"))) {
      file.stream().write(1);
      assertThatThrownBy(file::commit).hasMessageStartingWith("/dev/full: No space left");
    }
  }

  @Test
  void create_folder_refused() {
    assertThatThrownBy(() -> PrivateFile.create(folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is a directory");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
