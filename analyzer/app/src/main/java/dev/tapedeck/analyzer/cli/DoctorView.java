// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.BlindSpot;
import dev.tapedeck.analyzer.terminal.Human;
import dev.tapedeck.analyzer.terminal.Style;
import dev.tapedeck.analyzer.terminal.TextOutput;
import dev.tapedeck.analyzer.text.SafeText;
import dev.tapedeck.format.CheckReport;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.Finding;
import java.io.IOException;
import java.nio.file.Path;

/** What a check found, for a person. */
final class DoctorView {
  private final TextOutput out;
  private boolean first = true;

  DoctorView(TextOutput out) {
    this.out = out;
  }

  void show(DoctorCommand.Checked checked) throws IOException {
    Path file = checked.file();
    CheckReport report = checked.report();
    if (!first) {
      out.line("");
    }
    first = false;
    out.line(out.style(Style.BOLD, SafeText.escape(file.toString())));
    out.fact("health", health(report));
    out.fact(
        "checked",
        Human.count(report.blocks(), "block")
            + " with "
            + Human.count(report.events(), "event")
            + ", "
            + Human.bytes(report.fileBytes())
            + ": "
            + depth(report.depth()));
    for (Finding finding : report.findings()) {
      boolean error = finding.severity() == Finding.Severity.ERROR;
      out.fact(
          error ? "error" : "warning",
          out.style(error ? Style.BAD : Style.WARNING, describe(finding)));
    }
    String next = DoctorAdvice.of(file, report);
    if (next != null) {
      out.fact("next", SafeText.escape(next));
    } else if (report.blocks() == 0 && !(report.isHealthy() && report.complete())) {
      out.fact("next", "record again: the file holds no block that could be recovered");
    }
    if (checked.blindSpots() != null) {
      for (BlindSpot spot : checked.blindSpots()) {
        show(spot);
      }
    }
  }

  private void show(BlindSpot spot) throws IOException {
    String process =
        (spot.process().comm().isEmpty() ? "?" : spot.process().comm())
            + "["
            + spot.process().pid()
            + "]";
    String server = spot.server().equals(Endpoint.UNKNOWN) ? "not known" : spot.server().toString();
    out.fact(
        "not seen",
        out.style(
            Style.WARNING,
            SafeText.escape(process + ", server " + server)
                + ": "
                + Human.bytes(spot.egressBytes())
                + " sent, "
                + Human.bytes(spot.ingressBytes())
                + " received, "
                + Human.count(spot.connections(), "connection")));
    out.fact("  because", spot.cause().reason());
    out.fact("  do", spot.cause().advice());
  }

  private String health(CheckReport report) {
    if (!report.isHealthy()) {
      return out.style(Style.BAD, "damaged");
    }
    return report.complete()
        ? out.style(Style.GOOD, "sound")
        : out.style(Style.WARNING, "sound as far as it was written");
  }

  private static String depth(CheckReport.Depth depth) {
    return switch (depth) {
      case HEADERS -> "headers and index, not the content";
      case CHECKSUMS -> "all checksums; not all of what is encrypted was opened";
      case EVENTS -> "everything";
    };
  }

  private static String describe(Finding finding) {
    StringBuilder text = new StringBuilder("offset ").append(finding.offset());
    if (finding.lengthBytes() > 0) {
      text.append(", ").append(Human.count(finding.lengthBytes(), "byte"));
    }
    text.append(": ").append(SafeText.escape(finding.text()));
    if (finding.lostEvents() != 0) {
      text.append("; ")
          .append(
              finding.lostEvents() < 0
                  ? "an unknown number of events"
                  : Human.count(finding.lostEvents(), "event"))
          .append(" lost");
    }
    return text.toString();
  }
}
