// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import dev.tapedeck.replayer.RawServer;
import dev.tapedeck.replayer.StreamsServer;
import dev.tapedeck.replayer.TestCertificate;
import dev.tapedeck.replayer.report.JUnitSchema;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/**
 * A TLS target that is gone in the middle of a replay: all is accounted for, and the replay ends.
 */
final class DyingTlsTargetTest {
  private static final int CONNECTIONS = 20;
  private static final int REQUESTS = 3;

  /** More than there are connections: whoever asks again has read the answer before. */
  private static final int ANSWERED = 25;

  @TempDir private Path folder;
  private TestCertificate certificate;

  @BeforeEach
  void makeCertificate() throws Exception {
    certificate = TestCertificate.create(folder, "ip:127.0.0.1");
  }

  @ParameterizedTest
  @CsvSource({"original, 0, 1", "max, 0, 1", "original, 5, 5"})
  void run_http1TargetThatDies_accountsForAll(String pace, int maxErrors, int exit)
      throws Exception {
    AtomicInteger answered = new AtomicInteger();
    AtomicReference<RawServer> self = new AtomicReference<>();
    RawServer.Behaviour dying =
        conversation -> {
          while (conversation.readRequest() != null) {
            if (answered.incrementAndGet() > ANSWERED) {
              self.get().close();
              return;
            }
            conversation.write("HTTP/1.1 204 No Content\r\n\r\n");
          }
        };
    List<String> script = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      script.add("c%d: @ plain server 192.0.2.2:80 <- 192.0.2.1:%d".formatted(i, 30_000 + i));
    }
    for (int j = 0; j < REQUESTS; j++) {
      for (int i = 0; i < CONNECTIONS; i++) {
        script.add("c" + i + " >> GET /" + i + " HTTP/1.1\\r\\nHost: a.example\\r\\n\\r\\n");
        script.add("c" + i + " << HTTP/1.1 204 No Content\\r\\n\\r\\n");
      }
    }
    try (RawServer server = new RawServer(certificate.serverSockets(), dying)) {
      self.set(server);
      assertAccounts(run(script, server.port(), pace, maxErrors, exit), maxErrors);
    }
  }

  @ParameterizedTest
  @CsvSource({"original, 0, 1", "max, 0, 1", "original, 5, 5"})
  void run_http2TargetThatDies_accountsForAll(String pace, int maxErrors, int exit)
      throws Exception {
    AtomicInteger answered = new AtomicInteger();
    AtomicReference<StreamsServer> self = new AtomicReference<>();
    try (StreamsServer server =
        new StreamsServer(
            certificate.server("h2").build(),
            asked -> {
              if (answered.incrementAndGet() > ANSWERED) {
                self.get().die();
              } else {
                asked.answerAs("HTTP/1.1 204 No Content\r\n\r\n");
              }
            })) {
      self.set(server);
      List<String> script = StreamLines.asked(CONNECTIONS, REQUESTS);
      assertAccounts(run(script, server.port(), pace, maxErrors, exit), maxErrors);
    }
  }

  private static void assertAccounts(JsonNode report, int maxErrors) {
    int failed = sum(report.get("failed"));
    int skipped = sum(report.get("skipped"));
    int sent = report.get("sent").asInt();
    assertThat(report.get("recorded").asInt()).isEqualTo(CONNECTIONS * REQUESTS);
    assertThat(sent + failed + skipped).as(report.toPrettyString()).isEqualTo(60);
    assertThat(sent).isBetween(1, ANSWERED);
    if (maxErrors == 0) {
      assertThat(skipped).isZero();
      assertThat(report.at("/failed/connect_refused").asInt()).isPositive();
    } else {
      assertThat(failed).isGreaterThanOrEqualTo(maxErrors);
      assertThat(report.get("stopped").asString()).isEqualTo("stopped_by_errors");
      assertThat(report.at("/skipped/stopped_by_errors").asInt()).isEqualTo(skipped);
    }
  }

  private static int sum(JsonNode counts) {
    int sum = 0;
    for (JsonNode count : counts) {
      sum += count.asInt();
    }
    return sum;
  }

  private JsonNode run(List<String> script, int port, String pace, int maxErrors, int exit)
      throws Exception {
    Path capture = folder.resolve("dying.tape");
    EventScript.parse(String.join("\n", script)).writeTo(capture);
    Path junit = folder.resolve("junit.xml");
    String[] words = {
      "run",
      capture.toString(),
      "--target",
      "https://127.0.0.1:" + port,
      "--ca",
      certificate.pem().toString(),
      "--pace",
      pace,
      "--max-errors",
      Integer.toString(maxErrors),
      "--junit-xml",
      junit.toString(),
      "--format",
      "json"
    };
    Ran ran = Ran.command(words);
    assertThat(ran.code()).as(ran.err()).isEqualTo(exit);
    JUnitSchema.check(Files.readString(junit));
    return ran.json();
  }
}
