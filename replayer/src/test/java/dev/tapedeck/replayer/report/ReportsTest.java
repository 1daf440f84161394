// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapedeck.replayer.Golden;
import dev.tapedeck.replayer.TestReports;
import dev.tapedeck.replayer.result.ReplayReport;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class ReportsTest {
  @Test
  void junitXml_everyOutcome_isGolden() throws Exception {
    StringWriter xml = new StringWriter();
    JUnitXml.write(TestReports.report(), xml);
    Golden.check("junit.xml", xml.toString());
    Document document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(xml.toString())));
    assertThat(document.getElementsByTagName("testcase").getLength()).isEqualTo(6);
    assertThat(document.getElementsByTagName("failure").getLength()).isEqualTo(2);
    assertThat(document.getElementsByTagName("error").getLength()).isEqualTo(1);
    assertThat(document.getElementsByTagName("skipped").getLength()).isEqualTo(2);
  }

  @Test
  void junitXml_everyOutcome_isWhatSurefireAndJenkinsAllow() throws Exception {
    StringWriter xml = new StringWriter();
    JUnitXml.write(TestReports.report(), xml);

    JUnitSchema.check(xml.toString());
  }

  /** The schema has teeth: what this report once held is not allowed. */
  @ParameterizedTest
  @CsvSource({
    "'time=\"2.500\"', 'time=\"2.500000\"'",
    "'<skipped ', '<skipped type=\"unsafe_method\" '",
    "'</testsuite>', '<system-out/></testsuite>'",
    "' errors=\"1\"', ''"
  })
  void junitXml_changedOtherwise_isRefusedByTheSchema(String what, String with) throws Exception {
    StringWriter xml = new StringWriter();
    JUnitXml.write(TestReports.report(), xml);
    String changed = xml.toString().replace(what, with);

    assertThat(changed).isNotEqualTo(xml.toString());
    assertThatThrownBy(() -> JUnitSchema.check(changed)).isInstanceOf(SAXException.class);
  }

  @Test
  void reportJson_everyOutcome_isGolden() throws Exception {
    String json = ReportJson.report(TestReports.report());
    Golden.check("report.json", json + "\n");
    JsonNode node = new JsonMapper().readTree(json);
    for (String field :
        List.of(
            "recorded",
            "sent",
            "skipped",
            "failed",
            "compared",
            "equal",
            "different",
            "connections_recorded",
            "connections_opened",
            "differences")) {
      assertThat(node.has(field)).as(field).isTrue();
    }
    assertThat(node.at("/pace/lateness_us/p99").asDouble()).isEqualTo(900);
    assertThat(node.at("/latency_us/from_due/max").asDouble()).isEqualTo(2_000_000);
  }

  @Test
  void reportText_everyOutcome_isGoldenAndHarmless() throws Exception {
    ReplayReport report = TestReports.report();
    String text =
        String.join("\n", ReportText.summary(report))
            + "\n\n"
            + String.join("\n", ReportText.result(report, false))
            + "\n";
    Golden.check("report.txt", text);
    assertThat(text).doesNotContain("\u001b");
    assertThat(text.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
  }

  @Test
  void reportText_colorful_paintsWhatWasAndWhatIs() throws Exception {
    assertThat(ReportText.result(TestReports.report(), true))
        .contains("\033[32m    recorded: no-store\033[0m", "\033[31m    now:      -\033[0m");
  }

  @Test
  void folder_ofReport_holdsThreePrivateFiles(@TempDir Path directory) throws Exception {
    Path folder = directory.resolve("out/report");
    ReportFolder.write(folder, TestReports.report());
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> all = files.sorted().toList();
      assertThat(all)
          .extracting(file -> file.getFileName().toString())
          .containsExactly("report.json", "report.txt", "requests.ndjson");
      for (Path file : all) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .isEqualTo("rw-------");
      }
    }
    List<String> lines = Files.readAllLines(folder.resolve("requests.ndjson"));
    assertThat(lines).hasSize(5);
    JsonNode third = new JsonMapper().readTree(lines.get(2));
    assertThat(third.get("outcome").asString()).isEqualTo("failed");
    assertThat(third.get("reason").asString()).isEqualTo("timeout");
    assertThat(third.get("ended_us").isNull()).isTrue();
  }
}
