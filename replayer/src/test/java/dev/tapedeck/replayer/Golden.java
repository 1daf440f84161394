// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Texts that are compared with files; {@code -Dgolden.update=true} writes the files instead. */
public final class Golden {
  private Golden() {}

  public static void check(String name, String actual) throws IOException {
    Path file =
        Path.of(System.getProperty("tapedeck.root"), "replayer/src/test/resources/golden/" + name);
    if (Boolean.getBoolean("golden.update")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, actual);
    }
    assertThat(file).as("run once with -Dgolden.update=true").exists();
    assertThat(actual).isEqualTo(Files.readString(file));
  }
}
