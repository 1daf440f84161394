// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import java.nio.file.Path;

/** Where things are in the source tree. */
final class Repository {
  /** The root, given by the build; the module's parent when a test is started from an editor. */
  static final Path ROOT =
      Path.of(System.getProperty("tapedeck.root", "..")).toAbsolutePath().normalize();

  static final Path CAPTURES = ROOT.resolve("samples/captures");

  private Repository() {}

  /** Returns the path of one of the three launchers. */
  static String launcher(String tool) {
    return ROOT.resolve("bin").resolve(tool).toString();
  }

  /** Returns the path of a sample program. */
  static String app(String path) {
    return ROOT.resolve("samples/apps").resolve(path).toString();
  }
}
