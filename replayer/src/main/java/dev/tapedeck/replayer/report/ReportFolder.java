// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.report;

import dev.tapedeck.replayer.plan.SkippedExchange;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.result.RequestResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A folder with everything about a replay: {@code report.json}, {@code requests.ndjson} with one
 * line for each exchange and its times, {@code report.txt} for people.
 */
public final class ReportFolder {
  private ReportFolder() {}

  /**
   * Writes the folder's files.
   *
   * @throws IOException when one cannot be written
   */
  public static void write(Path folder, ReplayReport report) throws IOException {
    PrivateFiles.createFolder(folder);
    PrivateFiles.write(folder.resolve("report.json"), ReportJson.report(report) + "\n");
    StringBuilder requests = new StringBuilder();
    for (RequestResult result : report.results()) {
      requests.append(ReportJson.result(result)).append('\n');
    }
    for (SkippedExchange skipped : report.skippedExchanges()) {
      requests.append(ReportJson.skipped(skipped)).append('\n');
    }
    PrivateFiles.write(folder.resolve("requests.ndjson"), requests.toString());
    List<String> text = ReportText.summary(report);
    String all =
        String.join("\n", text) + "\n\n" + String.join("\n", ReportText.result(report, false));
    PrivateFiles.write(folder.resolve("report.txt"), all + "\n");
  }
}
