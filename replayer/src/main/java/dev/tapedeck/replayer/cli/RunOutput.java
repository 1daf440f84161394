// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.replayer.plan.SkippedExchange;
import dev.tapedeck.replayer.report.HtmlReport;
import dev.tapedeck.replayer.report.JUnitXml;
import dev.tapedeck.replayer.report.PrivateFiles;
import dev.tapedeck.replayer.report.ReportFolder;
import dev.tapedeck.replayer.report.ReportJson;
import dev.tapedeck.replayer.report.ReportText;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.result.RequestResult;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.file.Path;
import javax.xml.stream.XMLStreamException;
import org.jspecify.annotations.Nullable;

/** Where the results of a replay go. */
final class RunOutput {
  private final ReplayerCommand root;
  private final OutputFormat format;
  private final @Nullable Path folder;
  private final @Nullable Path junitXml;
  private final @Nullable Path html;

  RunOutput(
      ReplayerCommand root,
      OutputFormat format,
      @Nullable Path folder,
      @Nullable Path junitXml,
      @Nullable Path html) {
    this.root = root;
    this.format = format;
    this.folder = folder;
    this.junitXml = junitXml;
    this.html = html;
  }

  void write(ReplayReport report) throws IOException {
    ReportText.summary(report).forEach(root::tell);
    PrintStream out = root.terminal().out();
    switch (format) {
      case TABLE -> ReportText.result(report, root.colorful()).forEach(out::println);
      case JSON -> out.println(ReportJson.report(report));
      case NDJSON -> {
        for (RequestResult result : report.results()) {
          out.println(ReportJson.result(result));
        }
        for (SkippedExchange skipped : report.skippedExchanges()) {
          out.println(ReportJson.skipped(skipped));
        }
      }
    }
    out.flush();
    if (folder != null) {
      ReportFolder.write(folder, report);
    }
    if (junitXml != null) {
      PrivateFiles.write(junitXml, xml(report));
    }
    if (html != null) {
      PrivateFiles.write(html, HtmlReport.page(report));
    }
  }

  private static String xml(ReplayReport report) throws IOException {
    StringWriter xml = new StringWriter();
    try {
      JUnitXml.write(report, xml);
    } catch (XMLStreamException e) {
      throw new IOException("JUnit report cannot be written", e);
    }
    return xml.toString();
  }
}
