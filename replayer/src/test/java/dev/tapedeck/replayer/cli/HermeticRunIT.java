// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.FreePort;
import dev.tapedeck.replayer.launch.TargetProcess;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A service is started with a mock in place of those it calls, which do not exist. */
final class HermeticRunIT {
  private static final String RECORDED_ID = "0b8f0a52-6a5c-4d8e-9c1f-1f2e3d4c5b6a";

  @TempDir private Path directory;
  private Path capture;
  private Path service;
  private int port;

  @BeforeEach
  void record() throws IOException {
    service = directory.resolve("service.py");
    try (InputStream in = HermeticRunIT.class.getResourceAsStream("/mock/service.py")) {
      Files.write(service, in.readAllBytes());
    }
    capture = directory.resolve("shop.tape");
    EventScript.parse(
            """
            s: @ plain server 10.0.0.1:8080 <- 10.9.9.9:40001
            p: @ plain client 10.0.0.1:50001 -> 10.0.0.2:80 by server
            r: @ tls client 10.0.0.1:50002 -> 10.0.0.3:443 by server
            s >> GET /checkout HTTP/1.1\\r\\nHost: shop.example\\r\\n\\r\\n
            r >> GET /eur HTTP/1.1\\r\\nHost: rates.example\\r\\nUser-Agent: old\\r\\n\\r\\n
            r << HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: 13\\r\\n\\r\\n{"rate": 1.1}
            p >> POST /charge HTTP/1.1\\r\\nHost: pay.example\\r\\nContent-Type: application/json\\r\\nContent-Length: 29\\r\\n\\r\\n{"amount":5,"currency":"EUR"}
            p << HTTP/1.1 201 Created\\r\\nContent-Type: application/json\\r\\nContent-Length: 14\\r\\n\\r\\n{"paid": true}
            s << HTTP/1.1 200 OK\\r\\nDate: Sun, 06 Nov 1994 08:49:37 GMT\\r\\nContent-Type: application/json\\r\\nContent-Length: 27\\r\\n\\r\\n{"rate": 1.1, "paid": true}
            p >> GET /clients HTTP/1.1\\r\\nHost: pay.example\\r\\n\\r\\n
            p << HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\nplain
            s >> GET /new HTTP/1.1\\r\\nHost: shop.example\\r\\n\\r\\n
            s << HTTP/1.1 200 OK\\r\\nDate: Sun, 06 Nov 1994 08:49:37 GMT\\r\\nContent-Type: application/json\\r\\nContent-Length: 52\\r\\n\\r\\n{"order_id": "ID"}
            s >> GET /orders/ID HTTP/1.1\\r\\nHost: shop.example\\r\\n\\r\\n
            p >> GET /items/ID HTTP/1.1\\r\\nHost: pay.example\\r\\n\\r\\n
            p << HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: 16\\r\\n\\r\\n{"name": "lamp"}
            s << HTTP/1.1 200 OK\\r\\nDate: Sun, 06 Nov 1994 08:49:37 GMT\\r\\nContent-Type: application/json\\r\\nContent-Length: 16\\r\\n\\r\\n{"item": "lamp"}
            """
                .replace("ID", RECORDED_ID))
        .writeTo(capture);
    port = FreePort.find();
  }

  private Ran run(List<String> options, String... command) {
    List<String> arguments = new ArrayList<>(List.of("run", capture.toString()));
    arguments.addAll(List.of("--target", "http://127.0.0.1:" + port, "--pace", "max"));
    arguments.addAll(options);
    arguments.add("--");
    arguments.addAll(List.of(command));
    return Ran.command(arguments);
  }

  private Ran hermetic(String... options) {
    List<String> all = new ArrayList<>(List.of("--mock", "--env", "PAYMENTS_URL={pay.example:80}"));
    all.addAll(List.of(options));
    return run(all, "python3", service.toString(), Integer.toString(port));
  }

  private boolean isTargetGone() {
    return !TargetProcess.isListening(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  @Test
  void service_withMockedDownstream_isGreenAndGoneAfterwards() {
    Ran result = hermetic("--format", "json");
    assertThat(result.code()).as(result.err() + result.out()).isZero();
    JsonNode report = new JsonMapper().readTree(result.out());
    assertThat(report.get("equal").asInt()).isEqualTo(3);
    assertThat(report.at("/mock/answered").asInt()).isEqualTo(3);
    assertThat(report.at("/mock/elsewhere").asInt()).isZero();
    assertThat(report.at("/mock/unasked").asInt()).isEqualTo(1);
    assertThat(isTargetGone()).isTrue();
  }

  @Test
  void clients_ofSeveralMakers_findTheMockByTheirEnvironment() throws Exception {
    Path script = directory.resolve("clients.sh");
    try (InputStream in = HermeticRunIT.class.getResourceAsStream("/mock/clients.sh")) {
      Files.write(script, in.readAllBytes());
    }
    Path folder = Files.createDirectory(directory.resolve("clients"));
    String[] command = {"sh", script.toString(), folder.toString(), Integer.toString(port)};
    Ran result =
        run(List.of("--mock", "--mock-used-up", "again", "--start-timeout", "300s"), command);
    // The recorded requests find no service there; the clients' answers are what counts.
    assertThat(result.err()).as(result.err()).contains("0 missed");
    String both = "plain\n{\"rate\": 1.1}\n";
    assertThat(Files.readString(folder.resolve("curl"))).isEqualTo("plain{\"rate\": 1.1}");
    assertThat(Files.readString(folder.resolve("python"))).isEqualTo(both);
    assertThat(Files.readString(folder.resolve("go")))
        .isEqualTo("HTTP/1.1 plain\nHTTP/1.1 {\"rate\": 1.1}\n");
    assertThat(Files.readString(folder.resolve("java")))
        .isEqualTo("plain\nplain\n{\"rate\": 1.1}\n{\"rate\": 1.1}\n");
  }

  @Test
  void changedDownstreamRequest_isALoudMissWithTheField() {
    Ran result = hermetic("--env", "AMOUNT=7");
    assertThat(result.code()).isEqualTo(ExitCode.DIFFERENT);
    assertThat(result.err())
        .contains("mock miss: POST http://pay.example/charge")
        .contains("$.amount recorded 5 now 7");
  }

  @Test
  void mintedId_withoutFlows_isAMiss() {
    Ran result = hermetic("--no-flows");
    assertThat(result.code()).isEqualTo(ExitCode.DIFFERENT);
  }

  @Test
  void variable_ofAnUnknownService_isRefusedWithTheKnownOnes() {
    Ran result = run(List.of("--mock", "--env", "X={nobody.example:80}"), "python3");
    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains("nobody.example:80").contains("rates.example:443");
  }

  @Test
  void command_thatEndsEarly_isAnError() {
    Ran result = run(List.of("--mock"), "sh", "-c", "echo broken >&2; exit 7");
    assertThat(result.code()).isEqualTo(ExitCode.IO);
    assertThat(result.err()).contains("ended with exit code 7").contains("broken");
  }

  @Test
  void command_thatNeverListens_isAnErrorAndEndsWithItsChildren() throws Exception {
    Path child = directory.resolve("child");
    Ran result =
        run(
            List.of("--start-timeout", "5s"),
            "sh",
            "-c",
            "sleep 1000 & echo $! > " + child + "; trap '' TERM; wait; wait; sleep 1000");
    assertThat(result.code()).isEqualTo(ExitCode.IO);
    assertThat(result.err()).contains("did not accept connections on 127.0.0.1:" + port);
    long pid = Long.parseLong(Files.readString(child).strip());
    // Whoever adopted it may take a moment to bury it.
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> !ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false));
  }

  @Test
  void command_thatDoesNotExist_isAnError() {
    Ran result = run(List.of(), "no-such-command-here");
    assertThat(result.code()).isEqualTo(ExitCode.IO);
    assertThat(result.err()).contains("cannot be started");
  }

  @Test
  void target_thatListensAlready_isNotTestedInPlaceOfTheCommand() throws Exception {
    try (ServerSocket other = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      Ran result = run(List.of(), "sleep", "1000");
      assertThat(other.isClosed()).isFalse();
      assertThat(result.code()).isEqualTo(ExitCode.IO);
      assertThat(result.err()).contains("already");
    }
  }
}
