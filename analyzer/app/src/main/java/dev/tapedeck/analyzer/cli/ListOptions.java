// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.export.BodyMode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a list is written. */
final class ListOptions {
  @Mixin private TableOptions table = new TableOptions();

  @Option(
      names = "--bodies",
      paramLabel = "WHAT",
      defaultValue = "sha256",
      description =
          "What json and ndjson say of bodies: ${COMPLETION-CANDIDATES}; sha256 by default.")
  private BodyMode bodies = BodyMode.SHA256;

  OutputFormat format() {
    return table.format();
  }

  BodyMode bodies() {
    return bodies;
  }

  long limit() {
    return table.limit();
  }

  int width(Terminal terminal) {
    return table.width(terminal.columns());
  }
}
