// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.terminal.Human;
import dev.tapedeck.analyzer.terminal.Style;
import dev.tapedeck.analyzer.terminal.TextOutput;
import dev.tapedeck.analyzer.text.SafeText;
import dev.tapedeck.format.CopyReport;
import dev.tapedeck.format.Damage;
import java.io.IOException;
import java.nio.file.Path;

/** What a copy holds and lacks, for a person. */
final class CopyView {
  private final AnalyzerCommand root;
  private final TextOutput out;

  CopyView(AnalyzerCommand root, TextOutput out) {
    this.root = root;
    this.out = out;
  }

  /** Shows one copy, and warns of what was wrong with the file that was read. */
  void show(Path source, Path target, CopyReport report) throws IOException {
    for (Damage damage : report.damages()) {
      root.warn(Captures.describe(source, damage));
    }
    if (report.unknownRecords() > 0) {
      root.warn(
          "warning: "
              + source
              + ": "
              + Human.count(report.unknownRecords(), "record")
              + " of a later version left out");
    }
    out.line(out.style(Style.BOLD, SafeText.escape(target.toString())));
    out.fact(
        "kept",
        Human.count(report.events(), "event")
            + " in "
            + Human.count(report.blocks(), "block")
            + ", "
            + Human.bytes(report.dataBytes())
            + " of payload");
    out.fact("lost", lost(report));
    out.fact("file size", Human.bytes(report.fileBytes()));
  }

  private String lost(CopyReport report) {
    if (report.isLossless()) {
      String why = report.unfinished() ? "; the capture was not finished, the copy is" : "";
      return "nothing" + why;
    }
    String known =
        Human.count(report.lostEvents(), "event")
            + " in "
            + Human.count(report.lostBlocks(), "block")
            + ", "
            + Human.bytes(report.lostDataBytes())
            + " of payload";
    return out.style(
        Style.BAD,
        report.lossUnknown() ? known + ", and more of which nobody knows how much" : known);
  }
}
