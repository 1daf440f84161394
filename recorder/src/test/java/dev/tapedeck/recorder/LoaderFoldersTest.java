// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LoaderFoldersTest {
  @TempDir Path root;

  @Test
  void read_configurationWithIncludes_givesFoldersThatAreThere() throws Exception {
    Path included = Files.createDirectories(root.resolve("etc/ld.so.conf.d"));
    Files.writeString(root.resolve("etc/ld.so.conf"), "include /etc/ld.so.conf.d/*.conf\n");
    Files.writeString(included.resolve("a.conf"), "# first\n/opt/a/lib # why\n/nowhere\n");
    Files.writeString(included.resolve("b.txt"), "/opt/b/lib\n");
    Files.createDirectories(root.resolve("opt/a/lib"));
    Files.createDirectories(root.resolve("opt/b/lib"));
    Files.createDirectories(root.resolve("usr/lib"));
    Files.createSymbolicLink(root.resolve("lib"), Path.of("/usr/lib"));

    assertThat(LoaderFolders.read(root))
        .containsExactly(root.resolve("opt/a/lib"), root.resolve("usr/lib"));
  }

  @Test
  void read_includeThatIncludesItself_ends() throws Exception {
    Files.createDirectories(root.resolve("etc"));
    Files.writeString(root.resolve("etc/ld.so.conf"), "include /etc/ld.so.conf\n");

    assertThat(LoaderFolders.read(root)).isEmpty();
  }

  @Test
  void read_noConfiguration_givesTrustedFolders() throws Exception {
    Files.createDirectories(root.resolve("usr/lib64"));

    assertThat(LoaderFolders.read(root)).containsExactly(root.resolve("usr/lib64"));
  }

  @Test
  void read_hostileConfiguration_givesTheFoldersThatCanBeHad() throws Exception {
    Path included = Files.createDirectories(root.resolve("etc/more"));
    Files.createDirectories(root.resolve("opt/lib"));
    Files.writeString(
        root.resolve("etc/ld.so.conf"),
        "include [\n/opt\0/lib\ninclude more/*\ninclude \0\n/opt/lib\n");
    try (var endless = new RandomAccessFile(included.resolve("a").toFile(), "rw")) {
      endless.setLength(1L << 40);
    }
    for (int i = 0; i < 300; i++) {
      Files.writeString(included.resolve("circle" + i), "include more/*\n");
    }

    assertThat(LoaderFolders.read(root)).containsExactly(root.resolve("opt/lib"));
  }
}
