// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import dev.tapedeck.replayer.RawServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Visits of which each request has a connection of its own, as those of curl and of HTTP/1.0
 * servers have: what was put into a cart is there when the cart is looked at, however slow the
 * target is at changing something and however fast the replay.
 */
final class ScatteredSessionTest {
  private static final long CHANGE_MILLIS = 40;
  private static final Pattern SID = Pattern.compile("sid=([0-9a-f]+)");

  @TempDir private Path directory;
  private final List<String> script = new ArrayList<>();
  private Path capture;

  /** Fills carts, slowly where it is told to. */
  private static final class Carts {
    private final Random random;
    private final Map<String, List<String>> carts = new HashMap<>();

    Carts(long seed) {
      random = new Random(seed);
    }

    String answer(String request) {
      Matcher sid = SID.matcher(request);
      if (!sid.find()) {
        return open();
      }
      String line = request.substring(0, request.indexOf(" HTTP/1.1"));
      return change(sid.group(1), line);
    }

    private synchronized String open() {
      String sid = String.format("%016x%016x", random.nextLong(), random.nextLong());
      carts.put(sid, new ArrayList<>());
      return "HTTP/1.1 200 OK\r\nSet-Cookie: sid=" + sid + "\r\nContent-Length: 0\r\n\r\n";
    }

    private synchronized String change(String sid, String line) {
      List<String> cart = carts.get(sid);
      if (cart == null) {
        return "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
      } else if (line.startsWith("POST /cart/")) {
        cart.add(line.substring("POST /cart/".length()));
      } else if (line.equals("POST /logout")) {
        carts.remove(sid);
      }
      String text = cart.toString();
      return "HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n" + text;
    }
  }

  private static RawServer open(Carts shop) throws IOException {
    return new RawServer(
        conversation -> {
          String request = conversation.readRequest();
          if (request != null) {
            if (request.startsWith("POST")) {
              Thread.sleep(CHANGE_MILLIS);
            }
            conversation.write(shop.answer(request));
          }
        });
  }

  @BeforeEach
  void record() throws IOException {
    Carts shop = new Carts(1);
    for (int visit = 0; visit < 3; visit++) {
      Matcher sid = SID.matcher(exchange(shop, "GET /", ""));
      assertThat(sid.find()).isTrue();
      String cookie = "Cookie: " + sid.group() + "\r\n";
      for (String line :
          List.of("POST /cart/lamp", "POST /cart/desk", "GET /cart", "POST /logout")) {
        exchange(shop, line, cookie);
      }
    }
    capture = directory.resolve("carts.tape");
    List<String> connections = new ArrayList<>();
    for (int i = 0; i < script.size() / 2; i++) {
      connections.add("c" + i + ": @ plain server 192.0.2.2:80 <- 192.0.2.1:" + (40000 + i));
    }
    connections.addAll(script);
    EventScript.parse(String.join("\n", connections)).writeTo(capture);
  }

  private String exchange(Carts shop, String line, String fields) {
    String request = line + " HTTP/1.1\r\nHost: shop.example\r\n" + fields + "\r\n";
    String answer = shop.answer(request);
    String name = "c" + script.size() / 2;
    script.add(name + " >> " + request.replace("\r\n", "\\r\\n"));
    script.add(name + " << " + answer.replace("\r\n", "\\r\\n"));
    return answer;
  }

  @ParameterizedTest
  @ValueSource(strings = {"original", "x10", "max"})
  void run_againstAFreshShop_isGreenAtAnyPace(String pace) throws Exception {
    try (RawServer server = open(new Carts(2))) {
      Ran result = run(server, "--pace", pace);
      assertThat(result.code()).as(result.out()).isEqualTo(ExitCode.OK);
    }
  }

  @Test
  void run_maxWithoutFlowsInRecordedOrder_doesOneAfterAnother() throws Exception {
    // The shop that was recorded mints the same again when it is asked in the same order.
    try (RawServer server = open(new Carts(1))) {
      Ran result = run(server, "--pace", "max", "--no-flows", "--recorded-order");
      assertThat(result.code()).as(result.out()).isEqualTo(ExitCode.OK);
    }
  }

  private Ran run(RawServer server, String... more) {
    String[] words =
        Stream.concat(
                Stream.of(
                    "run",
                    capture.toString(),
                    "--target",
                    "http://127.0.0.1:" + server.port(),
                    "--allow-unsafe"),
                Stream.of(more))
            .toArray(String[]::new);
    return Ran.command(words);
  }
}
