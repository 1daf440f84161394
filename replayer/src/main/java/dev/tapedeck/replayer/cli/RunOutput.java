// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.replayer.mock.server.MockAccount;
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
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Where the results of a replay go. */
final class RunOutput {
  private final ReplayerCommand root;
  private final OutputFormat format;
  private final @Nullable Path folder;
  private final @Nullable Path junitXml;
  private final @Nullable Path html;
  private @Nullable MockAccount mock;

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

  /** Adds what a mock was asked meanwhile; null when there was none. */
  RunOutput mocked(@Nullable MockAccount account) {
    mock = account;
    return this;
  }

  private String json(ReplayReport report) {
    String json = ReportJson.report(report);
    if (mock == null) {
      return json;
    }
    JsonMapper mapper = new JsonMapper();
    ObjectNode all = (ObjectNode) mapper.readTree(json);
    all.set("mock", MockOutput.json(mock));
    return mapper.writeValueAsString(all);
  }

  void write(ReplayReport report) throws IOException {
    ReportText.summary(report).forEach(root::tell);
    PrintStream out = root.terminal().out();
    switch (format) {
      case TABLE -> ReportText.result(report, root.colorful()).forEach(out::println);
      case JSON -> out.println(json(report));
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
