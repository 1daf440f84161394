// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.export.Golden;
import dev.tapedeck.format.EventScript;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the page is told: each answer is as its golden file, and documented. */
class ApiAnswersTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  private static final String TALK =
      """
      c1: @ tls server 192.0.2.1:40000 -> 192.0.2.2:8443
      c2: @ plain server 192.0.2.1:40001 -> 192.0.2.2:80
      c3: @ plain client 192.0.2.2:40002 -> 192.0.2.3:80
      c1 >> POST /orders?page=2 HTTP/1.1\\r\\nHost: shop.example\\r\\ncontent-length: 2\\r\\n\\r\\n{}
      + 3ms
      c1 << HTTP/1.1 200 OK\\r\\ncontent-type: text/plain\\r\\ncontent-length: 30\\r\\n\\r\\n0123456789
      c1 << lost 10
      c1 << abcdefghij
      c1 >> GET /caf\\xc3\\xa9 HTTP/1.1\\r\\nHost: shop.example\\r\\n\\r\\n
      c1 << HTTP/1.1 503 Busy\\r\\ncontent-length: 0\\r\\n\\r\\n
      c1 >> GET /never HTTP/1.1\\r\\nHost: shop.example\\r\\n\\r\\n
      c2 >> GET /chat HTTP/1.1\\r\\nhost: shop.example\\r\\nupgrade: websocket\\r\\nconnection: upgrade\\r\\nsec-websocket-version: 13\\r\\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n\\r\\n
      c2 << HTTP/1.1 101 Switching Protocols\\r\\nupgrade: websocket\\r\\nconnection: upgrade\\r\\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\\r\\n\\r\\n
      c2 >> \\x81\\x85\\x00\\x00\\x00\\x00hello
      c2 << \\x82\\x03\\x00\\x01\\xff
      """;

  @TempDir Path folder;

  private final HttpClient client = HttpClient.newHttpClient();
  private WebServer server;

  @BeforeEach
  void start() throws IOException {
    Path file = folder.resolve("shop.tape");
    String call =
        GrpcCall.lines("c3", "/shop.Stock/Find", "\n\3tea".getBytes(US_ASCII), new byte[] {8, 1});
    EventScript.parse(TALK + call + "close c1\nclose c2\nclose c3\n").writeTo(file);
    server = Servers.start(file);
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> ask("status").body().contains("\"complete\":true"));
    // Everything, in the order of the capture: view 0.
    open("view");
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private HttpResponse<String> ask(String question) throws IOException {
    try {
      URI address = URI.create(server.url() + "api/" + question);
      return client.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString(UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private void open(String question) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> ask(question).body().contains("\"done\":true"));
  }

  @ParameterizedTest
  @CsvSource({
    "status, 200, status",
    "view, 200, view",
    "view-of-a-wrong-filter, 400, view?filter=status%20%3E%3D%20x",
    "rows, 200, rows?view=0",
    "find, 200, find?view=0&id=1.2",
    "find-nothing, 200, find?view=0&id=99.1",
    "timeline, 200, timeline?view=0",
    "exchange-with-a-gap, 200, exchange?n=0",
    "exchange-without-answer, 200, exchange?n=2",
    "exchange-with-messages, 200, exchange?n=3",
    "exchange-of-http2, 200, exchange?n=4",
    "previews, 200, previews?n=3&from=0&count=2",
    "har, 200, har?view=0"
  })
  void json_everyQuestion_isAnsweredAsDocumented(String name, int status, String question)
      throws IOException {
    HttpResponse<String> answer = ask(question);
    assertThat(answer.statusCode()).isEqualTo(status);
    JsonNode json = MAPPER.readTree(answer.body());
    Golden.assertMatches(
        "web/" + name + ".json",
        MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
  }

  @Test
  void view_sortedAndFiltered_isAViewOfItsOwn() throws IOException {
    String question = "view?sort=-duration&filter=status%20%21%3D%20null";
    open(question);
    String view = MAPPER.readTree(ask(question).body()).path("view").asString();
    JsonNode rows = MAPPER.readTree(ask("rows?view=" + view).body());
    assertThat(rows).hasSize(4);
    for (int i = 1; i < rows.size(); i++) {
      assertThat(rows.get(i).path("duration_us").asLong())
          .isLessThanOrEqualTo(rows.get(i - 1).path("duration_us").asLong());
    }
  }

  @Test
  void bytesAndText_areAsTheyWereSent() throws IOException {
    HttpResponse<String> head = ask("body?n=1&of=response&form=head");
    assertThat(head.body()).isEqualTo("HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n");
    assertThat(head.headers().firstValue("X-Total-Bytes")).contains("40");
    assertThat(ask("body?n=3&message=0").body()).isEqualTo("hello");
    Golden.assertMatches("web/curl.txt", ask("curl?n=0").body());
  }

  @Test
  void documentation_ofEveryField_isThere() throws IOException {
    String page = Files.readString(Path.of("../../docs/WEB.md"));
    String common = Files.readString(Path.of("../../docs/JSON.md"));
    Set<String> own = new TreeSet<>();
    for (String question : new String[] {"status", "view", "rows?view=0", "find?view=0&n=0"}) {
      collect(MAPPER.readTree(ask(question).body()), own);
    }
    collect(MAPPER.readTree(ask("timeline?view=0").body()), own);
    collect(MAPPER.readTree(ask("view?filter=%28").body()), own);
    assertThat(own).hasSizeGreaterThan(30);
    assertThat(own).allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
    Set<String> shared = new TreeSet<>();
    for (int n = 0; n < 5; n++) {
      collect(MAPPER.readTree(ask("exchange?n=" + n).body()), shared);
    }
    shared.remove("exchange");
    shared.remove("session");
    assertThat(shared).hasSizeGreaterThan(50);
    assertThat(shared).allSatisfy(name -> assertThat(common).contains("`" + name + "`"));
  }

  private static void collect(JsonNode node, Set<String> names) {
    names.addAll(node.propertyNames());
    node.forEach(child -> collect(child, names));
  }
}
