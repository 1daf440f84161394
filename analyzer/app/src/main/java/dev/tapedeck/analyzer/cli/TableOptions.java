// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How lines are written, and how many. */
final class TableOptions {
  @Mixin private FormatOption format = new FormatOption();

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
    return format.get();
  }

  long limit() {
    return limit;
  }

  /**
   * Returns how wide a table may be, 0 for any width.
   *
   * @param usual where none was given
   */
  int width(int usual) {
    return width == null ? usual : width;
  }
}
