// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files under {@code src/test/resources/golden}; {@code -Dgolden.update=true} rewrites them. */
public final class Golden {
  private static final Path ROOT = Path.of("src/test/resources/golden").toAbsolutePath();

  private Golden() {}

  /** Asserts that the text is what the golden file of that name holds. */
  public static void assertMatches(String name, String actual) throws IOException {
    Path file = ROOT.resolve(name);
    if (Boolean.getBoolean("golden.update")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, actual);
    }
    assertThat(file).as("make it with -Dgolden.update=true").exists();
    assertThat(actual).as(name).isEqualTo(Files.readString(file));
  }
}
