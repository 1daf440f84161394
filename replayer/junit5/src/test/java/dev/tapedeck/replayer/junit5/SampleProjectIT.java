// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * The sample project is built as a user builds it: its own Maven run, which takes the published jar
 * from a repository folder. What it needs besides comes from this build's local repository, or from
 * where that got it; nothing is written there.
 */
final class SampleProjectIT {
  private static final Path ROOT = Path.of(System.getProperty("tapedeck.root"));
  private static final Path SAMPLE = ROOT.resolve("samples/junit-orders");
  private static final Path WORK = Path.of(System.getProperty("it.directory"));
  private static final String CLASS = "orders.OrdersReplayTest";
  private static final String JUNIT_6 = System.getProperty("junit6.version");

  private static final String[] NAMES = {
    "exchanges_areAnsweredAsRecorded() exchange 1.1: POST /session",
    "exchanges_areAnsweredAsRecorded() exchange 1.2: POST /orders",
    "exchanges_areAnsweredAsRecorded() exchange 1.3: GET /orders/10172",
    "exchanges_areAnsweredAsRecorded() exchange 2.1: POST /session",
    "exchanges_areAnsweredAsRecorded() exchange 2.2: POST /orders",
    "exchanges_areAnsweredAsRecorded() exchange 2.3: GET /orders/10173",
    "exchanges_areAnsweredAsRecorded() exchange 2.4: POST /orders",
    "exchanges_areAnsweredAsRecorded() exchange 3.1: GET /orders/10173",
    "sessions_areAnsweredAsRecorded() session 1: POST /session and 2 more",
    "sessions_areAnsweredAsRecorded() session 2: POST /session and 3 more",
    "sessions_areAnsweredAsRecorded() session 3: GET /orders/10173",
    "sessions_areAnsweredAtAll(URI, RecordedSession, ReplayOutcome) session 1: POST /session and 2 more",
    "sessions_areAnsweredAtAll(URI, RecordedSession, ReplayOutcome) session 2: POST /session and 3 more",
    "sessions_areAnsweredAtAll(URI, RecordedSession, ReplayOutcome) session 3: GET /orders/10173",
    "wholeCapture_withoutTheAnnotation_isAnsweredAsRecorded",
  };

  @Test
  void sample_goodRelease_passesWithStableNames() throws Exception {
    Map<String, String> cases = build("good", 0, "-Dorders.release=1");

    assertThat(cases)
        .containsOnlyKeys(NAMES)
        .allSatisfy((name, result) -> assertThat(result).as(name).isEqualTo("passed"));
  }

  /** On the other JUnit: the names are the same. */
  @Test
  void sample_plantedChangeOnJUnit6_failsWhereItShows() throws Exception {
    Map<String, String> cases =
        build("change", 1, "-Dorders.release=2", "-Djunit.version=" + JUNIT_6);

    assertThat(cases).containsOnlyKeys(NAMES);
    assertThat(failed(cases))
        .containsExactly(
            "exchanges_areAnsweredAsRecorded() exchange 1.2: POST /orders",
            "exchanges_areAnsweredAsRecorded() exchange 1.3: GET /orders/10172",
            "sessions_areAnsweredAsRecorded() session 1: POST /session and 2 more",
            "wholeCapture_withoutTheAnnotation_isAnsweredAsRecorded");
    assertThat(cases.get("sessions_areAnsweredAsRecorded() session 1: POST /session and 2 more"))
        .contains(
            "orders.tape, session 1: 2 differences in 2 of 3 answers",
            "1.2 POST /orders\n  $.total_cents (value)\n    recorded: 5980\n    now:      2990")
        .doesNotContain("4f0d2b6e");
  }

  private static List<String> failed(Map<String, String> cases) {
    return cases.entrySet().stream()
        .filter(one -> !one.getValue().equals("passed"))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Returns what became of each test case, by its name in Surefire's report. */
  private static Map<String, String> build(String name, int status, String... properties)
      throws Exception {
    Path output = WORK.resolve(name);
    Files.createDirectories(WORK);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("maven.home"), "bin", "mvn").toString());
    command.addAll(List.of("-B", "-ntp", "-f", SAMPLE.resolve("pom.xml").toString()));
    command.addAll(List.of("-s", settings().toString()));
    command.add("-Dmaven.repo.local=" + WORK.resolve("local-repository"));
    command.add("-Dtapedeck.repository=" + uri(Path.of(System.getProperty("repository"))));
    command.add("-Dorders.build=" + output);
    command.addAll(List.of(properties));
    command.add("test");
    Path log = WORK.resolve(name + ".log");
    int ended =
        new ProcessBuilder(command)
            .directory(SAMPLE.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start()
            .waitFor();
    assertThat(ended).as(Files.readString(log)).isEqualTo(status);
    return cases(output.resolve("surefire-reports").resolve("TEST-" + CLASS + ".xml").toFile());
  }

  private static Map<String, String> cases(File report) throws Exception {
    Map<String, String> results = new TreeMap<>();
    NodeList cases =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(report)
            .getElementsByTagName("testcase");
    for (int i = 0; i < cases.getLength(); i++) {
      Element one = (Element) cases.item(i);
      NodeList failures = one.getElementsByTagName("failure");
      String result = failures.getLength() == 0 ? "passed" : failures.item(0).getTextContent();
      assertThat(results.put(one.getAttribute("name"), result)).as("a name twice").isNull();
    }
    return results;
  }

  /** The local repository of this build comes first, as one more remote one. */
  private static Path settings() throws IOException {
    Path settings = WORK.resolve("settings.xml");
    Files.writeString(
        settings,
        """
        <settings>
          <profiles>
            <profile>
              <id>home</id>
              <repositories>
                <repository><id>home</id><url>%1$s</url></repository>
              </repositories>
              <pluginRepositories>
                <pluginRepository><id>home</id><url>%1$s</url></pluginRepository>
              </pluginRepositories>
            </profile>
          </profiles>
          <activeProfiles><activeProfile>home</activeProfile></activeProfiles>
        </settings>
        """
            .formatted(uri(Path.of(System.getProperty("local.repository")))));
    return settings;
  }

  private static String uri(Path folder) {
    return "file://" + folder.toAbsolutePath();
  }
}
