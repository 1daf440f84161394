// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import dev.tapedeck.format.Identities;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder of the format's conformance corpus.
 *
 * @param group {@code valid} or {@code fault}
 * @param name of the case
 */
record FormatCase(String group, String name) {
  static final Path ROOT = Repository.CAPTURES.resolve("format");
  static final Path TABLE = ROOT.resolve("CASES.md");
  static final String TABLE_HEAD =
      """
      <!-- SPDX-FileCopyrightText: The Tapedeck authors -->
      <!-- SPDX-License-Identifier: Apache-2.0 -->
      # The cases

      Written by the generator; see [README.md](README.md).

      | case | what it is |
      |---|---|
      """;

  /** Returns the cases that are committed. */
  static List<FormatCase> committed() throws IOException {
    List<FormatCase> cases = new ArrayList<>(committed("valid"));
    cases.addAll(committed("fault"));
    return cases;
  }

  static List<FormatCase> committed(String group) throws IOException {
    try (Stream<Path> entries = Files.list(ROOT.resolve(group))) {
      return entries
          .map(directory -> new FormatCase(group, directory.getFileName().toString()))
          .sorted((a, b) -> a.name.compareTo(b.name))
          .toList();
    }
  }

  Path directory() {
    return ROOT.resolve(group).resolve(name);
  }

  Path capture() {
    return directory().resolve("capture.tape");
  }

  Path expected() {
    return directory().resolve("expected.json");
  }

  /** Returns where the key is with which the capture is read, if there is one. */
  Path identity() {
    return directory().resolve("identity.txt");
  }

  /** Returns the keys with which the capture is read. */
  Identities identities() throws IOException {
    return Files.exists(identity()) ? Identities.read(List.of(identity())) : Identities.none();
  }

  String tableLine(String purpose) {
    return "| [" + this + "](" + this + ") | " + purpose + " |\n";
  }

  @Override
  public String toString() {
    return group + "/" + name;
  }
}
