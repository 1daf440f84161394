// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import dev.tapedeck.replayer.RawServer;
import dev.tapedeck.replayer.StreamsServer;
import dev.tapedeck.replayer.report.JUnitSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A replay that somebody ends in its middle says what became of every exchange. */
final class InterruptedRunIT {
  private static final int CONNECTIONS = 1000;
  private static final int ANSWERED = 300;
  private static final long SECONDS = 60;

  @TempDir private Path folder;

  /** The target answers some and is silent then, so that nothing would end by itself. */
  @ParameterizedTest
  @CsvSource({"INT, max", "TERM, original"})
  void run_signalInTheMiddle_writesEveryReport(String signal, String pace) throws Exception {
    CountDownLatch enough = new CountDownLatch(ANSWERED);
    try (RawServer server =
        new RawServer(
            conversation -> {
              while (conversation.readRequest() != null && enough.getCount() > 0) {
                conversation.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                enough.countDown();
              }
              // Until the replayer gives the connection up.
              conversation.readRequest();
            })) {
      interrupt(http1(), server.port(), signal, pace, enough);

      assertAccount(2 * CONNECTIONS);
    }
  }

  @ParameterizedTest
  @CsvSource({"TERM, max", "INT, original"})
  void run_signalInTheMiddleOfHttp2_writesEveryReport(String signal, String pace) throws Exception {
    CountDownLatch enough = new CountDownLatch(ANSWERED);
    try (StreamsServer server =
        new StreamsServer(
            null,
            asked -> {
              if (enough.getCount() > 0) {
                asked.answerAs("HTTP/1.1 204 No Content\r\n\r\n");
                enough.countDown();
              }
            })) {
      interrupt(StreamLines.asked(60, 20), server.port(), signal, pace, enough);

      assertAccount(60 * 20);
    }
  }

  private void interrupt(
      List<String> script, int port, String signal, String pace, CountDownLatch enough)
      throws Exception {
    Process replay = start(script, port, pace);
    try {
      assertThat(enough.await(SECONDS, TimeUnit.SECONDS)).isTrue();
      new ProcessBuilder("kill", "-" + signal, Long.toString(replay.pid())).start().waitFor();
      assertThat(replay.waitFor(SECONDS, TimeUnit.SECONDS)).as("it ended").isTrue();
    } finally {
      replay.destroyForcibly();
    }
    assertThat(replay.exitValue())
        .as(Files.readString(folder.resolve("err")))
        .isEqualTo(ExitCode.DIFFERENT);
  }

  private void assertAccount(int recorded) throws Exception {
    JsonNode account =
        new JsonMapper().readTree(Files.readString(folder.resolve("report/report.json")));
    assertThat(account.get("stopped").asString()).isEqualTo("interrupted");
    assertThat(account.at("/skipped/interrupted").asInt()).isPositive();
    int sum = account.get("sent").asInt();
    for (String kind : List.of("skipped", "failed")) {
      for (JsonNode count : account.get(kind)) {
        sum += count.asInt();
      }
    }
    assertThat(account.get("recorded").asInt()).isEqualTo(recorded).isEqualTo(sum);
    assertThat(account.get("sent").asInt()).isBetween(ANSWERED, recorded - 1);
    JUnitSchema.check(Files.readString(folder.resolve("junit.xml")));
    assertThat(Files.readString(folder.resolve("page.html"))).contains("interrupted", "</html>");
    assertThat(Files.readString(folder.resolve("out"))).contains("interrupted");
  }

  private static List<String> http1() {
    List<String> script = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      script.add(
          "c%d: @ plain server 192.0.2.2:80 <- 192.0.2.%d:%d"
              .formatted(i, 3 + i % 200, 30_000 + i));
    }
    for (int request = 0; request < 2; request++) {
      for (int i = 0; i < CONNECTIONS; i++) {
        script.add("c" + i + " >> GET /" + i + " HTTP/1.1\\r\\nHost: a.example\\r\\n\\r\\n");
        script.add("c" + i + " << HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok");
      }
    }
    return script;
  }

  private Process start(List<String> script, int port, String pace) throws IOException {
    Path capture = folder.resolve("many.tape");
    EventScript.parse(String.join("\n", script)).writeTo(capture);
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            classPath,
            "dev.tapedeck.replayer.cli.Main",
            "run",
            capture.toString(),
            "--target",
            "http://127.0.0.1:" + port,
            "--pace",
            pace,
            "--concurrency",
            "2000",
            "--report",
            folder.resolve("report").toString(),
            "--junit-xml",
            folder.resolve("junit.xml").toString(),
            "--html",
            folder.resolve("page.html").toString());
    return new ProcessBuilder(command)
        .redirectOutput(folder.resolve("out").toFile())
        .redirectError(folder.resolve("err").toFile())
        .start();
  }
}
