// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A container's links lead to the container's files, wherever they point. */
final class RootedPathTest {
  @TempDir Path root;
  private Path library;

  @BeforeEach
  void makeFile() throws Exception {
    library = Files.createDirectories(root.resolve("usr/lib")).resolve("libssl.so.3");
    Files.writeString(library, "x");
  }

  @Test
  void resolve_relativeAndAbsoluteLinks_stayBelowTheRoot() throws Exception {
    Files.createSymbolicLink(root.resolve("lib"), Path.of("usr/lib"));
    Files.createSymbolicLink(root.resolve("lib64"), Path.of("/usr/lib"));

    assertThat(RootedPath.resolve(root, "/lib/libssl.so.3")).isEqualTo(library);
    assertThat(RootedPath.resolve(root, "lib64/./libssl.so.3")).isEqualTo(library);
  }

  @Test
  void resolve_linkThatClimbs_doesNotLeaveTheRoot() throws Exception {
    Files.createSymbolicLink(
        root.resolve("usr/lib/up"), Path.of("../../../../../../usr/lib/libssl.so.3"));

    assertThat(RootedPath.resolve(root, "/usr/lib/up")).isEqualTo(library);
  }

  @Test
  void resolve_linksInACircle_leadNowhere() throws Exception {
    Files.createSymbolicLink(root.resolve("a"), Path.of("b"));
    Files.createSymbolicLink(root.resolve("b"), Path.of("a"));

    assertThatThrownBy(() -> RootedPath.resolve(root, "/a")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> RootedPath.resolve(root, "/none")).isInstanceOf(IOException.class);
  }

  @Test
  void resolve_nameThatIsNoPath_leadsNowhere() {
    assertThatThrownBy(() -> RootedPath.resolve(root, "/usr\0/lib"))
        .isInstanceOf(IOException.class);
  }

  @Test
  @Timeout(30)
  void read_pipe_isNoFileAndWaitsForNobody() throws Exception {
    Path pipe = root.resolve("ld.so.cache");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertThatThrownBy(() -> RootedPath.read(root, "ld.so.cache", 10))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is no file");
    assertThat(RootedPath.read(root, "usr/lib/libssl.so.3", 10)).containsExactly('x');
  }
}
