// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Lists of where this project deliberately, or still, differs from a third party's expectations.
 */
final class Verdicts {
  private Verdicts() {}

  /**
   * Asserts that what differs is what a list says: nothing else, and nothing less.
   *
   * @param differences as keys
   */
  static void assertListed(String resource, Map<String, String> differences) throws IOException {
    assertThat(differences.keySet())
        .as("differences, each of which " + resource + " must list with its reason")
        .containsExactlyInAnyOrderElementsOf(reasons(resource).keySet());
  }

  /** Reads a list: what differs, a tab, and the reason. */
  static Map<String, String> reasons(String resource) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(Verdicts.class.getResourceAsStream(resource), resource)) {
      Map<String, String> reasons = new TreeMap<>();
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .forEach(
              line -> {
                String[] parts = line.split("\t", 2);
                if (parts.length < 2 || parts[1].isBlank()) {
                  throw new IllegalArgumentException(resource + " gives no reason: " + line);
                }
                reasons.put(parts[0].strip(), parts[1].strip());
              });
      return reasons;
    }
  }
}
