// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.replayer.RawServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What differs among many sessions is shrunk to the requests that it takes. */
final class MinimizeRunTest {
  private static final int VISITORS = 6;
  private static final int EXCHANGES = 16;

  @TempDir private Path folder;
  private final StringBuilder script = new StringBuilder();
  private final Set<String> carts = ConcurrentHashMap.newKeySet();
  private final AtomicInteger minted = new AtomicInteger(40_000);
  private volatile boolean discount;
  private HttpServer server;
  private Path capture;

  @BeforeEach
  void recordAndStart() throws IOException {
    for (int i = 0; i < VISITORS; i++) {
      script.append("v%d: @ plain server 192.0.2.2:80 <- 192.0.2.1:4000%d\n".formatted(i, i));
    }
    script.append("buyer: @ plain server 192.0.2.2:80 <- 192.0.2.1:41000\n");
    for (int i = 0; i < VISITORS; i++) {
      exchange("v" + i, "GET /articles/" + i, "", "", "{\"article\":" + i + "}");
    }
    exchange("buyer", "GET /articles/1", "", "", "{\"article\":1}");
    String sid = "sid=recorded-5c1f77aa90";
    exchange("buyer", "POST /login", "", "Set-Cookie: " + sid + "\\r\\n", "{\"hello\":true}");
    exchange("buyer", "GET /articles/2", "", "", "{\"article\":2}");
    exchange("buyer", "POST /carts", cookie(sid), "", "{\"cart\":\"cart-7e10b2\"}");
    exchange("buyer", "GET /articles/3", "", "", "{\"article\":3}");
    exchange("buyer", "GET /carts/cart-7e10b2", cookie(sid), "", "{\"total\":100}");
    exchange("v0", "GET /articles/4", "", "", "{\"article\":4}");
    exchange("v1", "PUT /discount", "", "", "{}");
    exchange("v1", "GET /price", "", "", "{\"price\":9}");
    exchange("v3", "GET /articles/5", "", "", "{\"article\":5}");
    capture = folder.resolve("shop.tape");
    EventScript.parse(script.toString()).writeTo(capture);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private static String cookie(String sid) {
    return "Cookie: " + sid + "\\r\\n";
  }

  private void exchange(String connection, String line, String fields, String set, String json) {
    String length = line.startsWith("GET") ? "" : "Content-Length: 0\\r\\n";
    script.append(
        "%s >> %s HTTP/1.1\\r\\nHost: shop.example\\r\\n%s%s\\r\\n\n"
            .formatted(connection, line, fields, length));
    script.append(
        "%s << HTTP/1.1 200 OK\\r\\nDate: now\\r\\n%sContent-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n%s\n"
            .formatted(connection, set, json.length(), json));
  }

  /** Two mistakes: carts of those who are logged in cost more, and so does all after a discount. */
  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (Files.deleteIfExists(folder.resolve("reset"))) {
        discount = false;
        carts.clear();
      }
      String path = exchange.getRequestURI().getPath();
      String sid = exchange.getRequestHeaders().getFirst("Cookie");
      String json;
      if (path.startsWith("/articles/")) {
        json = "{\"article\":" + path.substring(10) + "}";
      } else if (path.equals("/login")) {
        exchange.getResponseHeaders().add("Set-Cookie", "sid=now-99ab" + minted.incrementAndGet());
        json = "{\"hello\":true}";
      } else if (path.equals("/carts") && sid != null && sid.startsWith("sid=now-")) {
        String cart = "cart-now" + minted.incrementAndGet();
        carts.add(cart);
        json = "{\"cart\":\"" + cart + "\"}";
      } else if (carts.contains(path.substring(path.lastIndexOf('/') + 1))) {
        json = "{\"total\":120}";
      } else if (path.equals("/discount")) {
        discount = true;
        json = "{}";
      } else if (path.equals("/price")) {
        json = discount ? "{\"price\":11}" : "{\"price\":9}";
      } else {
        json = "{}";
      }
      byte[] body = json.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Test
  void run_minimizeACartOfALoggedInUser_keepsLoginCartAndTotal() throws IOException {
    Path small = folder.resolve("small");

    Ran ran = run("--minimize", small.toString(), "--filter", "path != /price");

    assertThat(ran.code()).isEqualTo(ExitCode.DIFFERENT);
    assertThat(ran.err().lines().filter(line -> line.startsWith("replayer:   7.")))
        .containsExactly(
            "replayer:   7.2 POST /login",
            "replayer:   7.4 POST /carts",
            "replayer:   7.6 GET /carts/cart-7e10b2");
    assertThat(ran.err()).contains("3 of 15 exchanges are enough");
    assertReproduces(small, "1.3", 3);
  }

  @Test
  void run_minimizeWithReset_keepsWhatSetTheStateToo() throws IOException {
    Path small = folder.resolve("small");

    Ran ran =
        run(
            "--minimize=" + small,
            "--filter",
            "path ~ \"^/(articles|discount|price)\"",
            "--reset",
            "touch " + folder.resolve("reset"));

    assertThat(ran.err()).contains("2 of 13 exchanges are enough");
    assertThat(ran.err().lines().filter(line -> line.startsWith("replayer:   ")))
        .contains("replayer:   2.2 PUT /discount", "replayer:   2.3 GET /price");
    assertReproduces(small, "1.2", 2);
  }

  @Test
  void run_minimizeWithNothingDifferent_writesNothing() throws IOException {
    Ran ran =
        run("--minimize", folder.resolve("small").toString(), "--filter", "path ~ \"articles\"");

    assertThat(ran.code()).isEqualTo(ExitCode.OK);
    assertThat(ran.err()).contains("nothing differs, so there is nothing to minimize");
    assertThat(folder.resolve("small")).doesNotExist();
  }

  /** Which exchanges are sent has nothing to do with it. */
  @Test
  void run_minimizeWithoutAnyConnection_saysSoAndWritesNothing() throws IOException {
    server.stop(0);

    Ran ran = run("--minimize=" + folder.resolve("small"));

    assertThat(ran.code()).isEqualTo(ExitCode.DIFFERENT);
    assertThat(ran.err()).contains("cannot be minimized: there was no connection to the target");
    assertThat(folder.resolve("small")).doesNotExist();
  }

  /** What trials show of a target that is gone says nothing about exchanges. */
  @Test
  void run_minimizeWithATargetThatDies_saysSoAndWritesNothing() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    AtomicReference<RawServer> self = new AtomicReference<>();
    RawServer.Behaviour dying =
        conversation -> {
          while (conversation.readRequest() != null) {
            if (asked.incrementAndGet() > EXCHANGES + 4) {
              self.get().close();
              return;
            }
            conversation.write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
          }
        };
    try (RawServer target = new RawServer(dying)) {
      self.set(target);
      Ran ran =
          Ran.command(
              "run",
              capture.toString(),
              "--target",
              "http://127.0.0.1:" + target.port(),
              "--allow-unsafe",
              "--no-flows",
              "--pace",
              "max",
              "--minimize=" + folder.resolve("small"));

      assertThat(ran.code()).isEqualTo(ExitCode.DIFFERENT);
      assertThat(ran.out()).contains(EXCHANGES + " different");
      assertThat(ran.err())
          .contains("cannot be minimized: the target is gone", "--reset COMMAND starts it again");
      assertThat(folder.resolve("small")).doesNotExist();
    }
  }

  @Test
  void run_minimizeBeforeTheCapture_leavesItAlone() throws IOException {
    Ran ran =
        Ran.command(
            "run", "--minimize", capture.toString(), "--target", target(), "--filter", "path == /");

    assertThat(ran.err()).contains("nothing to replay");
  }

  /** The small capture alone shows the same difference; everything is for its owner only. */
  private void assertReproduces(Path small, String id, int exchanges) throws IOException {
    Ran again =
        Ran.command(
            "run",
            small.resolve("reproducer.tape").toString(),
            "--target",
            target(),
            "--pace",
            "max",
            "--allow-unsafe",
            "--concurrency",
            "1");

    assertThat(again.code()).isEqualTo(ExitCode.DIFFERENT);
    assertThat(again.out())
        .contains(exchanges + " recorded, " + exchanges + " sent", "1 different", "\n" + id + "  ");
    assertThat(small.resolve("ReproducerTest.java"))
        .content()
        .contains("@CaptureReplayTest(value = \"reproducer.tape\", allowUnsafe = true)");
    try (var files = Files.list(small)) {
      for (Path file : files.toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .as(file.toString())
            .isEqualTo("rw-------");
      }
    }
  }

  private String target() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private Ran run(String... more) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("run", capture.toString(), "--target", target()));
    arguments.addAll(List.of("--allow-unsafe", "--pace", "x10"));
    arguments.addAll(List.of(more));
    return Ran.command(arguments);
  }
}
