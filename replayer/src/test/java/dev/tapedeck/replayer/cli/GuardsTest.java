// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureWriter;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.WriterOptions;
import dev.tapedeck.replayer.RawServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Each guard of the command line, by what arrives at a server that listens. */
final class GuardsTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final String ERROR = "HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno";

  @TempDir private Path directory;

  /** Where a capture is from: this host, another one, or nobody knows, as of an import. */
  enum From {
    HERE,
    ELSEWHERE,
    IMPORT
  }

  /** {@code 7777} stands for the port of the server that listens. */
  @ParameterizedTest(name = "{0}, Host: {1}, {2} -> {3}")
  @CsvSource({
    "192.0.2.2:80, shop.example, ELSEWHERE, http://192.0.2.2",
    "192.0.2.2:443, shop.example, ELSEWHERE, https://192.0.2.2",
    "192.0.2.2:80, shop.example, ELSEWHERE, http://shop.example",
    "192.0.2.2:80, Shop.Example:8080, ELSEWHERE, http://sHOP.example.:9999",
    "192.0.2.2:80, 192.0.2.9, ELSEWHERE, http://192.0.2.9",
    "[2001:db8::5]:80, shop.example, ELSEWHERE, http://[2001:DB8:0:0::5]",
    "[::ffff:192.0.2.9]:80, shop.example, ELSEWHERE, http://192.0.2.9",
    "192.0.2.9:80, shop.example, ELSEWHERE, http://[::ffff:192.0.2.9]",
    "127.0.0.1:7777, localhost:7777, HERE, http://127.0.0.1:7777",
    "127.0.0.1:7777, localhost:7777, HERE, http://localhost:7777",
    "127.0.0.1:7777, localhost:7777, HERE, http://127.0.0.2:7777",
    "127.0.0.1:7777, localhost:7777, HERE, http://0.0.0.0:7777",
    "127.0.0.1:7777, localhost:7777, HERE, http://[::1]:7777",
    "127.0.0.1:7777, localhost:7777, HERE, http://[::ffff:127.0.0.1]:7777",
    "[::1]:7777, localhost:7777, HERE, http://127.0.0.1:7777",
    "192.0.2.2:80, localhost:7777, HERE, http://127.0.0.1:7777",
    "127.0.0.1:7777, localhost:7777, IMPORT, http://127.0.0.1:7777",
  })
  void target_recordedServer_isRefusedByEveryCommandAndHearsNothing(
      String server, String host, From from, String target) throws Exception {
    try (RawServer listening = new RawServer(RawServer.always(OK));
        RawServer other = new RawServer(RawServer.always(OK))) {
      Path capture = capture(at(server, listening), at(host, listening), from, "GET /");
      String refused = at(target, listening);
      List<List<String>> commands =
          List.of(
              List.of("run", "--target", refused),
              List.of("learn", "--target", refused),
              List.of("plan", "--target", refused),
              List.of("run", "--target", "http://127.0.0.1:" + other.port(), "--baseline", refused),
              List.of("run", "--target", refused, "--allow-target", "other.example"));
      for (List<String> command : commands) {
        Ran result = run(command, capture);

        assertThat(result.code()).as("%s: %s", command, result.err()).isEqualTo(ExitCode.GUARD);
        assertThat(result.err()).contains("recorded server", "--allow-target");
        assertThat(result.err().lines()).hasSize(1);
      }
      assertThat(listening.received()).isEmpty();
      assertThat(other.received()).as("the target beside a refused baseline").isEmpty();
    }
  }

  @ParameterizedTest(name = "{0}, Host: {1}, {2} {3}")
  @CsvSource({
    "127.0.0.1:7777, localhost:7777, ELSEWHERE, ''",
    "127.0.0.1:1, localhost:1, HERE, ''",
    "198.51.100.7:7777, shop.example, HERE, ''",
    "127.0.0.1:7777, localhost:7777, HERE, 127.0.0.1",
    "127.0.0.1:7777, localhost:7777, HERE, 127.0.0.1:7777",
  })
  void target_otherServerOrAllowed_isSentTo(String server, String host, From from, String allowed)
      throws Exception {
    try (RawServer listening = new RawServer(RawServer.always(OK))) {
      Path capture = capture(at(server, listening), at(host, listening), from, "GET /");
      List<String> command = new ArrayList<>();
      command.addAll(List.of("run", "--target", at("http://127.0.0.1:7777", listening)));
      if (!allowed.isEmpty()) {
        command.addAll(List.of("--allow-target", at(allowed, listening)));
      }

      Ran result = run(command, capture);

      assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.OK);
      assertThat(listening.received()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE", "MKCOL", "get"})
  void run_unsafeMethod_isNotSentUnlessAllowed(String method) throws Exception {
    Path capture =
        capture("192.0.2.2:80", "shop.example", From.ELSEWHERE, "GET /safe", method + " /unsafe");
    try (RawServer listening = new RawServer(RawServer.always(OK))) {
      List<String> command = List.of("run", "--target", at("http://127.0.0.1:7777", listening));

      assertThat(account(run(command, capture)).at("/skipped/unsafe_method").asInt()).isOne();
      assertThat(listening.received()).singleElement().asString().doesNotContain("unsafe");

      List<String> allowed = new ArrayList<>(command);
      allowed.add("--allow-unsafe");
      assertThat(account(run(allowed, capture)).get("sent").asInt()).isEqualTo(2);
      assertThat(listening.received().get(1)).contains(method + " /unsafe");
    }
  }

  @ParameterizedTest
  @CsvSource({"5, 5", "20%, 50", "'7,20%', 7"})
  void run_errorStorm_stopsSoonWithFive(String limit, int sentAtLeast) throws Exception {
    String[] lines = new String[300];
    Arrays.setAll(lines, i -> "GET /" + i);
    Path capture = capture("192.0.2.2:80", "shop.example", From.ELSEWHERE, lines);
    try (RawServer listening = new RawServer(RawServer.always(ERROR))) {
      List<String> command =
          List.of(
              "run",
              "--target",
              at("http://127.0.0.1:7777", listening),
              "--pace",
              "max",
              "--max-errors",
              limit);

      Ran result = run(command, capture);

      assertThat(result.code()).isEqualTo(ExitCode.GUARD);
      JsonNode account = account(result);
      assertThat(account.get("stopped").asString()).isEqualTo("stopped_by_errors");
      // One connection, so that nothing else was on its way.
      assertThat(account.get("sent").asInt()).isEqualTo(sentAtLeast);
      assertThat(account.at("/skipped/stopped_by_errors").asInt()).isEqualTo(300 - sentAtLeast);
      assertThat(String.join("", listening.received()).split("GET /", -1)).hasSize(sentAtLeast + 1);
    }
  }

  /** By default, too: nobody has to think of it. */
  @Test
  void run_nobodyListens_stopsByDefault() throws Exception {
    String[] lines = new String[300];
    Arrays.setAll(lines, i -> "GET /" + i);
    Path capture = capture("192.0.2.2:80", "shop.example", From.ELSEWHERE, lines);
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }

    Ran result =
        run(List.of("run", "--target", "http://127.0.0.1:" + port, "--pace", "max"), capture);

    assertThat(result.code()).isEqualTo(ExitCode.GUARD);
    JsonNode account = account(result);
    assertThat(account.at("/failed/connect_refused").asInt()).isBetween(100, 299);
  }

  @Test
  void ramp_firstRequests_areFartherApart() throws Exception {
    String[] lines = new String[100];
    Arrays.setAll(lines, i -> "GET /" + i);
    Path capture = capture("192.0.2.2:80", "shop.example", From.ELSEWHERE, lines);
    List<String> command = List.of("plan", "--target", "http://127.0.0.1:9", "--format", "json");
    List<String> ramped = new ArrayList<>(command);
    ramped.addAll(List.of("--ramp", "100ms"));

    List<Double> even = due(run(command, capture));
    List<Double> slow = due(run(ramped, capture));

    // Half of the ramp's timeline goes by at less than half the speed.
    assertThat(slow.get(10) - slow.get(0)).isGreaterThan(2 * (even.get(10) - even.get(0)));
    assertThat(slow.get(99) - slow.get(89))
        .isBetween(0.9 * (even.get(99) - even.get(89)), 1.1 * (even.get(99) - even.get(89)));
  }

  private static List<Double> due(Ran planned) {
    return JSON.readTree(planned.out())
        .get("exchanges")
        .valueStream()
        .map(one -> one.get("due_us").asDouble())
        .toList();
  }

  /** Not even a connection. */
  @Test
  void plan_whateverIsAllowed_sendsNothing() throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Path capture =
          capture("192.0.2.2:80", "shop.example", From.ELSEWHERE, "GET /", "POST /unsafe");
      Ran result =
          run(
              List.of(
                  "plan",
                  "--target",
                  "http://127.0.0.1:" + listening.getLocalPort(),
                  "--allow-unsafe"),
              capture);

      assertThat(result.code()).isEqualTo(ExitCode.OK);
      assertThat(result.err()).contains("2 of 2 exchanges would be sent", "nothing was sent");
      listening.setSoTimeout(1);
      assertThat(accepts(listening)).isFalse();
    }
  }

  private static boolean accepts(ServerSocket listening) throws IOException {
    try {
      listening.accept().close();
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }

  private static String at(String text, RawServer server) {
    return text.replace("7777", Integer.toString(server.port()));
  }

  private Path capture(String server, String host, From from, String... requests)
      throws IOException {
    String client = server.startsWith("[") ? "[2001:db8::1]:40001" : "192.0.2.1:40001";
    StringBuilder script =
        new StringBuilder("c: @ plain server %s <- %s\n".formatted(server, client));
    for (String request : requests) {
      script.append(
          "c >> %s HTTP/1.1\\r\\nHost: %s\\r\\nContent-Length: 0\\r\\n\\r\\n\n"
              .formatted(request, host));
      script.append("c << HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok\n");
    }
    EventScript events = EventScript.parse(script.toString());
    String name =
        switch (from) {
          case HERE -> Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
          case ELSEWHERE -> "some-other-host";
          case IMPORT -> "";
        };
    Path file = Files.createTempFile(directory, "recorded", ".tape");
    Files.delete(file);
    try (CaptureWriter writer =
        CaptureWriter.create(
            file,
            events.header().toBuilder().hostName(name).hostId(0xabcdef).build(),
            WriterOptions.defaults())) {
      for (CaptureEvent event : events.events()) {
        writer.write(event);
      }
    }
    return file;
  }

  private static JsonNode account(Ran result) {
    return JSON.readTree(result.out());
  }

  private static Ran run(List<String> command, Path capture) {
    List<String> words = new ArrayList<>(command);
    words.add(1, capture.toString());
    if (command.get(0).equals("run")) {
      words.addAll(List.of("--format", "json"));
    }
    return Ran.command(words);
  }
}
