// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tapedeck.format.EventScript;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replays held from Java. */
final class ReplayTestTest {
  private static final int CONNECTIONS = 5;
  private static final int ROUNDS = 4;

  @TempDir private Path folder;
  private final List<String> recorded = new ArrayList<>();
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private Path capture;
  private HttpServer server;

  @BeforeEach
  void recordAndStart() throws IOException {
    StringBuilder script = new StringBuilder();
    for (int i = 0; i < CONNECTIONS; i++) {
      script.append("c%d: @ plain server 192.0.2.2:80 <- 192.0.2.1:4000%d\n".formatted(i, i));
    }
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < CONNECTIONS; i++) {
        // Another connection begins each round.
        int connection = (i * 3 + round) % CONNECTIONS;
        String path = "/" + connection + "/" + round;
        recorded.add(path);
        script.append(
            "c%d >> GET %s HTTP/1.1\\r\\nHost: x.example\\r\\n\\r\\n\n"
                .formatted(connection, path));
        script.append(
            "c%d << HTTP/1.1 200 OK\\r\\nDate: now\\r\\nContent-Length: 4\\r\\n\\r\\n%s\n"
                .formatted(connection, path));
      }
    }
    capture = folder.resolve("many.tape");
    EventScript.parse(script.toString()).writeTo(capture);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      seen.add(path);
      byte[] body = path.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private String target() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Test
  void run_atFullSpeed_keepsTheRecordedOrderOverConnections() throws Exception {
    ReplayTest.of(capture).run(target()).assertUnchanged();

    assertThat(seen).containsExactlyElementsOf(recorded);
  }

  /** Fewer may be open at once than wait for each other. */
  @Test
  void run_withOneConnectionAtATime_keepsTheRecordedOrderToo() throws Exception {
    ReplayTest.of(capture).concurrency(1).run(target()).assertUnchanged();

    assertThat(seen).containsExactlyElementsOf(recorded);
  }

  @Test
  void run_withoutTheRecordedOrder_sendsConnectionsOneByOneWhereOneIsOpen() throws Exception {
    ReplayTest.of(capture).recordedOrder(false).concurrency(1).run(target()).assertUnchanged();

    assertThat(seen).hasSameElementsAs(recorded).doesNotContainSequence(recorded.subList(0, 3));
  }

  @Test
  void suite_sessions_areListedAndSentOneByOne() throws Exception {
    try (ReplaySuite suite = ReplayTest.of(capture).open()) {
      assertThat(suite.sessions()).hasSize(CONNECTIONS);
      RecordedSession second = suite.sessions().get(1);
      ReplayOutcome outcome = suite.run(target(), second);

      assertThat(outcome.isUnchanged()).isTrue();
      assertThat(outcome.answered()).isEqualTo(ROUNDS);
      assertThat(seen).hasSize(ROUNDS);
      assertThat(outcome.message())
          .isEqualTo("many.tape, session " + second.id() + ": 4 answers as recorded");
      assertThat(outcome.of(second.exchanges().get(0)).answered()).isEqualTo(1);
    }
  }

  @Test
  void run_targetThatDies_failsWithEveryRequest() throws Exception {
    String gone = target();
    server.stop(0);

    ReplayOutcome outcome = ReplayTest.of(capture).filter("path ~ \"^/1/\"").run(gone);

    assertThatThrownBy(outcome::assertUnchanged)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("4 requests without an answer")
        .hasMessageContaining("no answer: connect_refused");
  }

  @Test
  void run_recordedServer_isRefused() {
    assertThatThrownBy(() -> ReplayTest.of(capture).run("http://192.0.2.2:80"))
        .isInstanceOf(ReplayTestException.class)
        .hasMessageContaining("is a recorded server")
        .hasMessageContaining("allow target 192.0.2.2");
  }

  @Test
  void open_damagedCapture_isRefusedUnlessAllowed() throws Exception {
    byte[] bytes = Files.readAllBytes(capture);
    Path cut = folder.resolve("cut.tape");
    Files.write(cut, Arrays.copyOf(bytes, bytes.length - 20));

    assertThatThrownBy(() -> ReplayTest.of(cut).open())
        .isInstanceOf(ReplayTestException.class)
        .hasMessageContaining("cut.tape");
    ReplayTest.of(cut).allowDamage(true).run(target()).assertUnchanged();
  }

  @Test
  void open_nothingSelectedOrNoFile_saysSo() {
    assertThatThrownBy(() -> ReplayTest.of(capture).filter("path == /nowhere").open())
        .isInstanceOf(ReplayTestException.class)
        .hasMessageContaining("nothing to replay");
    assertThatThrownBy(() -> ReplayTest.of(folder.resolve("absent.tape")).open())
        .isInstanceOf(ReplayTestException.class)
        .hasMessageContaining("no such capture");
    assertThatThrownBy(() -> ReplayTest.of(capture).filter("path ==="))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
