// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import dev.tapedeck.replayer.Golden;
import dev.tapedeck.replayer.RawServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class ReplayerCliTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  @TempDir private Path directory;
  private Path capture;

  @BeforeEach
  void recordTwoConnections() throws IOException {
    capture =
        record(
            """
            c1: @ plain server 192.0.2.2:80 <- 192.0.2.1:40001
            c2: @ plain server 192.0.2.2:80 <- 192.0.2.1:40002
            c1 >> GET /a HTTP/1.1\\r\\nHost: shop.example\\r\\n\\r\\n
            c1 << HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok
            c2 >> POST /b HTTP/1.1\\r\\nHost: shop.example\\r\\nContent-Length: 1\\r\\n\\r\\nx
            c2 << HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok
            c1 >> GET /c HTTP/1.1\\r\\nHost: shop.example\\r\\n\\r\\n
            c1 << HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok
            close c1
            close c2
            """);
  }

  @Test
  void run_equalAnswers_exitsWithZeroAndAccounts() throws Exception {
    try (RawServer server = new RawServer(RawServer.always(OK))) {
      Ran result =
          Ran.command("run", capture.toString(), "--target", url(server), "--format", "json");
      assertThat(result.code()).as(result.err()).isZero();
      JsonNode report = new JsonMapper().readTree(result.out());
      assertThat(report.get("recorded").asInt()).isEqualTo(3);
      assertThat(report.get("sent").asInt()).isEqualTo(2);
      assertThat(report.at("/skipped/unsafe_method").asInt()).isEqualTo(1);
      assertThat(report.get("equal").asInt()).isEqualTo(2);
      assertThat(result.err()).contains("lateness").contains("p99");
      assertThat(server.received())
          .containsExactly(
              "GET /a HTTP/1.1\r\nHost: 127.0.0.1:%1$d\r\n\r\nGET /c HTTP/1.1\r\nHost: 127.0.0.1:%1$d\r\n\r\n"
                  .formatted(server.port()));
    }
  }

  @Test
  void run_differentAnswer_exitsWithOneAndWritesReports() throws Exception {
    try (RawServer server =
        new RawServer(RawServer.always("HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n\r\n"))) {
      Path xml = directory.resolve("replay.xml");
      Path folder = directory.resolve("report");
      Ran result =
          Ran.command(
              "run",
              capture.toString(),
              "--target",
              url(server),
              "--allow-unsafe",
              "--quiet",
              "--junit-xml",
              xml.toString(),
              "--report",
              folder.toString());
      assertThat(result.code()).isEqualTo(ExitCode.DIFFERENT);
      assertThat(result.err()).isEmpty();
      assertThat(result.out())
          .contains("3 recorded, 3 sent")
          .contains("3 compared, 0 equal, 3 different")
          .contains("1.1  GET /a\n  status status (value)\n    recorded: 200\n    now:      404");
      assertThat(Files.readString(xml)).contains("failures=\"3\"");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(xml)))
          .isEqualTo("rw-------");
      assertThat(folder.resolve("report.json")).exists();
    }
  }

  @Test
  void run_secretInTarget_isMaskedInEveryReport() throws Exception {
    Path secret =
        record(
            """
            >> GET /a?token=s3cr3t HTTP/1.1\\r\\nHost: a.example\\r\\n\\r\\n
            << HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nno
            """);
    Path xml = directory.resolve("replay.xml");
    Path folder = directory.resolve("report");
    try (RawServer server = new RawServer(RawServer.always(OK))) {
      Ran result =
          Ran.command(
              "run",
              secret.toString(),
              "--target",
              url(server),
              "--junit-xml",
              xml.toString(),
              "--report",
              folder.toString());
      assertThat(result.out()).contains("/a?token=").doesNotContain("s3cr3t");
      assertThat(server.received().get(0)).contains("s3cr3t");
    }
    for (String name : List.of("report.json", "report.txt", "requests.ndjson", "../replay.xml")) {
      assertThat(Files.readString(folder.resolve(name))).as(name).doesNotContain("s3cr3t");
    }
    for (String format : List.of("table", "json", "ndjson")) {
      Ran plan =
          Ran.command(
              "plan", secret.toString(), "--target", "http://127.0.0.1:9", "--format", format);
      assertThat(plan.out()).contains("/a?token=").doesNotContain("s3cr3t");
    }
  }

  @Test
  void run_junitXmlOntoTheCapture_isRefusedWithTwo() throws Exception {
    byte[] before = Files.readAllBytes(capture);
    Ran result =
        Ran.command(
            "run",
            capture.toString(),
            "--target",
            "http://127.0.0.1:1",
            "--junit-xml",
            capture.toString());
    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(Files.readAllBytes(capture)).isEqualTo(before);
  }

  @Test
  void plan_packetsOrArchive_namesTheImport() throws Exception {
    byte[] pcap = HexFormat.of().parseHex("d4c3b2a1020004000000000000000000ffff000065000000");
    Path packets = Files.write(directory.resolve("in.pcap"), pcap);
    Path archive = Files.writeString(directory.resolve("in.har"), "{\"log\":{\"entries\":[]}}");
    for (Path file : List.of(packets, archive)) {
      Ran result = Ran.command("plan", file.toString(), "--target", "http://127.0.0.1:1");
      assertThat(result.code()).isEqualTo(ExitCode.IO);
      assertThat(result.err().lines())
          .singleElement()
          .asString()
          .contains("not a capture", "'analyzer import'");
    }
  }

  @Test
  void plan_captureCutBetweenRecords_exitsWithOne() throws Exception {
    byte[] whole = Files.readAllBytes(capture);
    // The trailer of 160 bytes is the last record: docs/FORMAT.md, section 3.4.
    Files.write(capture, Arrays.copyOf(whole, whole.length - 160));
    Ran result = Ran.command("plan", capture.toString(), "--target", "http://127.0.0.1:1");
    assertThat(result.code()).isEqualTo(ExitCode.DIFFERENT);
    assertThat(result.err()).contains("ends without a trailer");

    Path unfinished = Files.move(capture, directory.resolve("x.tape.partial"));
    assertThat(Ran.command("plan", unfinished.toString(), "--target", "http://127.0.0.1:1").code())
        .isZero();
  }

  @Test
  void run_rulesInNoEncoding_areRefusedByName() throws Exception {
    Path rules = directory.resolve("rules.yaml");
    Files.write(rules, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    Ran result =
        Ran.command(
            "run",
            capture.toString(),
            "--target",
            "http://127.0.0.1:1",
            "--rules",
            rules.toString());
    assertThat(result.code()).isEqualTo(ExitCode.IO);
    assertThat(result.err()).contains(rules + ": no YAML: not encoded as UTF-8");
  }

  @Test
  void run_differencesAndFullDisk_exitsWithThree() throws Exception {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (RawServer server =
        new RawServer(RawServer.always("HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n\r\n"))) {
      Terminal terminal = Terminal.of(full, new PrintStream(err, true), false, false);
      String[] words = {"run", capture.toString(), "--target", url(server), "--quiet"};
      assertThat(Main.run(terminal, StopSignal.manual(), words)).isEqualTo(ExitCode.IO);
    }
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("standard output cannot be written");
  }

  @Test
  void memory_exhausted_oneLineAndExitCode3() {
    OutputStream greedy =
        new OutputStream() {
          @Override
          public void write(int value) {
            throw new OutOfMemoryError("Java heap space");
          }
        };
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal = Terminal.of(greedy, new PrintStream(err, true), false, false);
    String[] words = {"plan", capture.toString(), "--target", "http://127.0.0.1:1", "--quiet"};
    assertThat(Main.run(terminal, StopSignal.manual(), words)).isEqualTo(ExitCode.IO);
    assertThat(err.toString(StandardCharsets.UTF_8).lines())
        .singleElement()
        .asString()
        .contains("out of memory");
  }

  @Test
  void run_ignoreRules_excuseAndUnusedAreReported() throws Exception {
    Path rules = directory.resolve("rules.yaml");
    Files.writeString(rules, "ignore:\n  - path: body\n  - header: nowhere\n");
    try (RawServer server =
        new RawServer(RawServer.always("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno"))) {
      Ran result =
          Ran.command(
              "run", capture.toString(), "--target", url(server), "--rules", rules.toString());
      assertThat(result.code()).as(result.err()).isZero();
      assertThat(result.err()).contains(rules + ":3: this rule applied to nothing: header nowhere");
    }
  }

  @Test
  void run_nothingToSend_isNotGreen() throws Exception {
    Path posts =
        record(
            """
            >> POST /b HTTP/1.1\\r\\nHost: a.example\\r\\nContent-Length: 0\\r\\n\\r\\n
            << HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n
            """);
    try (RawServer server = new RawServer(RawServer.always(OK))) {
      Ran result = Ran.command("run", posts.toString(), "--target", url(server));
      assertThat(result.code()).isEqualTo(ExitCode.DIFFERENT);
      assertThat(result.err()).contains("nothing was tested");
    }
  }

  @Test
  void run_errorStorm_exitsWithFive() throws Exception {
    try (RawServer server =
        new RawServer(RawServer.always("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"))) {
      Ran result =
          Ran.command("run", capture.toString(), "--target", url(server), "--max-errors", "1");
      assertThat(result.code()).isEqualTo(ExitCode.GUARD);
      assertThat(result.err()).contains("stopped after 1 errors");
    }
  }

  @Test
  void run_targetThatIsNotThere_saysSoAndMakesNoFiguresUp() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    String target = "http://127.0.0.1:" + port;
    Ran result = Ran.command("run", capture.toString(), "--target", target, "--format", "json");
    assertThat(result.code()).isEqualTo(ExitCode.DIFFERENT);
    assertThat(result.err())
        .contains("nothing listens at " + target, "on 0 connections")
        .doesNotContain("latency", "opened again");
    JsonNode report = new JsonMapper().readTree(result.out());
    assertThat(report.get("connections_opened").asInt()).isZero();
    assertThat(report.at("/latency_us/from_due/p99").isNull()).isTrue();
    assertThat(report.at("/pace/lateness_us/max").isNull()).isTrue();
  }

  @Test
  void learn_ontoRulesThatAreThere_keepsThem() throws Exception {
    Path rules = directory.resolve("rules.yaml");
    Files.writeString(rules, "version: 1 # reviewed\n");
    try (RawServer server = new RawServer(RawServer.always(OK))) {
      Ran result =
          Ran.command("learn", capture.toString(), "--target", url(server), "-o", rules.toString());
      assertThat(result.err()).contains("rules.yaml.old");
    }
    assertThat(directory.resolve("rules.yaml.old")).hasContent("version: 1 # reviewed\n");
    assertThat(rules).content().contains("Found by replayer learn");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://192.0.2.2", "https://SHOP.example:8443"})
  void run_recordedServer_isRefusedWithFive(String target) {
    // Names are looked up first; this one exists nowhere, and must be refused all the same.
    Ran result = Ran.command("run", capture.toString(), "--target", target);
    assertThat(result.code()).isEqualTo(ExitCode.GUARD);
    assertThat(result.err()).contains("recorded server").contains("--allow-target");
    assertThat(result.err().lines()).hasSize(1);
  }

  @Test
  void plan_table_isGoldenAndSendsNothing() throws Exception {
    Ran result = Ran.command("plan", capture.toString(), "--target", "http://127.0.0.1:9");
    assertThat(result.code()).isZero();
    Golden.check("plan.txt", result.out());
    assertThat(result.err())
        .contains("2 of 3 exchanges would be sent")
        .contains("nothing was sent");
  }

  @Test
  void plan_json_isGolden() throws Exception {
    Ran result =
        Ran.command(
            "plan",
            capture.toString(),
            "--target",
            "http://127.0.0.1:9",
            "--pace",
            "x2",
            "--format",
            "json");
    Golden.check("plan.json", result.out());
  }

  @Test
  void plan_ndjson_isOneLineForEachExchange() {
    Ran result =
        Ran.command(
            "plan",
            capture.toString(),
            "--target",
            "http://127.0.0.1:9",
            "--format",
            "ndjson",
            "--allow-unsafe");
    assertThat(result.out().lines()).hasSize(3);
  }

  @Test
  void plan_severalServers_areListedAndRefusedUntilOneIsChosen() throws Exception {
    Path two =
        record(
            """
            c1: @ plain server 192.0.2.2:80 <- 192.0.2.1:40001
            c2: @ plain server 192.0.2.3:8080 <- 192.0.2.1:40002
            c1 >> GET /a HTTP/1.1\\r\\nHost: a.example\\r\\n\\r\\n
            c1 << HTTP/1.1 204 No Content\\r\\n\\r\\n
            c2 >> GET /b HTTP/1.1\\r\\nHost: b.example\\r\\n\\r\\n
            c2 << HTTP/1.1 204 No Content\\r\\n\\r\\n
            """);
    Ran refused = Ran.command("plan", two.toString(), "--target", "http://127.0.0.1:9");
    assertThat(refused.code()).isEqualTo(ExitCode.USAGE);
    assertThat(refused.err())
        .contains("192.0.2.2:80 (1 exchange)")
        .contains("192.0.2.3:8080 (1 exchange)");
    Ran chosen =
        Ran.command("plan", two.toString(), "--target", "http://127.0.0.1:9", "--server", ":8080");
    assertThat(chosen.code()).isZero();
    assertThat(chosen.out()).contains("/b").doesNotContain("/a");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run CAPTURE | --target",
        "run CAPTURE --target nowhere | target 'nowhere'",
        "run CAPTURE --target 127.0.0.1:9 | did you mean http://127.0.0.1:9?",
        "run CAPTURE --target http://127.0.0.1:99999 | port 99999 is none",
        "run CAPTURE --target http://127.0.0.1:9 --pace fast | pace 'fast'",
        "run CAPTURE --target http://127.0.0.1:9 --server x | server 'x'",
        "run CAPTURE --target http://127.0.0.1:9 --select 0 | --select",
        "run CAPTURE --target http://127.0.0.1:9 --connections 0 | connections '0'",
        "run CAPTURE --target http://127.0.0.1:9 --timeout 5 | is no duration",
        "run CAPTURE --target http://127.0.0.1:9 --concurrency 0 | --concurrency",
        "run CAPTURE --target http://127.0.0.1:9 --server :9999 | nothing to replay",
        "run --target http://127.0.0.1:9 | FILE",
        "walk | 'walk'",
        "'' | Missing command"
      })
  void usage_mistake_isOneLineAndExitCodeTwo(String arguments, String message) {
    Ran result = Ran.command(split(arguments));
    assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains(message).startsWith("replayer: ");
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run missing.tape --target http://127.0.0.1:9 | no such file: missing.tape",
        "run / --target http://127.0.0.1:9 | is a directory: /",
        "run /dev/null --target http://127.0.0.1:9 | is no regular file: /dev/null",
        "run CAPTURE --target http://127.0.0.1:9 --rules / | /: is a directory",
        "run EMPTY --target http://127.0.0.1:9 | EMPTY",
        "run CAPTURE --target http://127.0.0.1:9 --rules missing.yaml | no such file: missing.yaml",
        "run CAPTURE --target http://127.0.0.1:9 --rules BAD | BAD:1: unknown key 'ignored'",
        "run CAPTURE --target https://127.0.0.1:9 --ca missing.pem | missing.pem",
        "run CAPTURE --target https://127.0.0.1:9 --ca BAD | BAD"
      })
  void file_mistake_isOneLineAndExitCodeThree(String arguments, String message) throws IOException {
    Files.writeString(directory.resolve("EMPTY"), "");
    Files.writeString(directory.resolve("BAD"), "ignored: []\n");
    Ran result = Ran.command(split(arguments));
    assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.IO);
    assertThat(result.err()).contains(message);
    assertThat(result.err().lines()).hasSize(1);
  }

  @Test
  void debug_ofAnError_addsTheStackTrace() {
    Ran result = Ran.command("run", "missing.tape", "--target", "http://127.0.0.1:9", "--debug");
    assertThat(result.err()).contains("\tat dev.tapedeck.replayer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "run", "plan", "learn", "mock"})
  void help_ofEachCommand_isGolden(String command) throws Exception {
    Ran result = command.isEmpty() ? Ran.command("--help") : Ran.command(command, "--help");
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("Example").contains("Exit codes");
    Golden.check("help-" + (command.isEmpty() ? "replayer" : command) + ".txt", result.out());
  }

  @Test
  void version_namesToolAndJava() {
    Ran result = Ran.command("--version");
    assertThat(result.out()).startsWith("replayer ").contains("Java ");
  }

  private static String url(RawServer server) {
    return "http://127.0.0.1:" + server.port();
  }

  private String[] split(String arguments) {
    if (arguments.isEmpty()) {
      return new String[0];
    }
    List<String> words =
        List.of(arguments.split(" ", -1)).stream()
            .map(word -> word.equals("CAPTURE") ? capture.toString() : word)
            .map(
                word ->
                    word.equals("EMPTY") || word.equals("BAD")
                        ? directory.resolve(word).toString()
                        : word)
            .toList();
    return words.toArray(new String[0]);
  }

  private Path record(String script) throws IOException {
    Path file = directory.resolve("c" + script.hashCode() + ".tape");
    EventScript.parse(script).writeTo(file);
    return file;
  }

  @ParameterizedTest
  @ValueSource(strings = {"--junit-xml", "--html", "--report"})
  void run_reportThatCannotBeWritten_sendsNothing(String option) throws Exception {
    Path file = Files.writeString(directory.resolve("a-file"), "");
    try (RawServer server = new RawServer(RawServer.always(OK))) {
      Ran result =
          Ran.command(
              "run",
              capture.toString(),
              "--target",
              url(server),
              option,
              file.resolve("in-a-file").toString());
      assertThat(result.code()).isEqualTo(ExitCode.IO);
      assertThat(result.err().lines()).singleElement().asString().contains(option);
      assertThat(server.received()).isEmpty();
    }
  }

  @Test
  void run_html_isOnePageForItsOwnerOnly() throws Exception {
    Path page = directory.resolve("replay.html");
    try (RawServer server = new RawServer(RawServer.always(OK))) {
      Ran result =
          Ran.command(
              "run", capture.toString(), "--target", url(server), "--html", page.toString());
      assertThat(result.code()).as(result.err()).isZero();
    }
    assertThat(Files.readString(page)).contains("Every answer that was compared is as recorded");
    assertThat(Files.getPosixFilePermissions(page))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void plan_readerHasSeenEnough_exitsWithZeroAndSaysNothing() {
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal = Terminal.of(closed, new PrintStream(err, true), false, false);
    String[] words = {"plan", capture.toString(), "--target", "http://127.0.0.1:1", "--quiet"};
    assertThat(Main.run(terminal, StopSignal.manual(), words)).isZero();
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
  }
}
