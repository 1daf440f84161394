// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.export.BodyMode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a list is written. */
final class ListOptions {
  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}; table by default.")
  private OutputFormat format = OutputFormat.TABLE;

  @Option(
      names = "--bodies",
      paramLabel = "WHAT",
      defaultValue = "sha256",
      description =
          "What json and ndjson say of bodies: ${COMPLETION-CANDIDATES}; sha256 by default.")
  private BodyMode bodies = BodyMode.SHA256;

  @Option(
      names = "--limit",
      paramLabel = "N",
      converter = Count.OfLong.class,
      description = "At most that many.")
  private long limit = Long.MAX_VALUE;

  @Option(
      names = "--width",
      paramLabel = "COLUMNS",
      converter = Count.OfInt.class,
      description = "Width of a table, 0 for no limit; that of the terminal by default.")
  private @Nullable Integer width;

  OutputFormat format() {
    return format;
  }

  BodyMode bodies() {
    return bodies;
  }

  long limit() {
    return limit;
  }

  int width(Terminal terminal) {
    return width == null ? terminal.columns() : width;
  }
}
