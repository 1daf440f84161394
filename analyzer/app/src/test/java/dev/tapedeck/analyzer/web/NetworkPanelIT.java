// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tapedeck.analyzer.wire.FieldSection;
import dev.tapedeck.analyzer.wire.Http2Writer;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.EventScript;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Archives opened in the network panel of a real browser, by its own import. */
class NetworkPanelIT extends BrowserTest {
  /** The panel is made of shadow trees. */
  private static final String FIND =
      """
      const all = (node, found) => {
        if (node.matches?.(arguments[0])) found.push(node);
        if (node.shadowRoot) all(node.shadowRoot, found);
        for (const child of node.children ?? []) all(child, found);
        return found;
      };
      return all(document.body, []);
      """;

  private static final String REQUESTS =
      """
      const logs = await import('./models/logs/logs.js');
      const read = [];
      for (const request of logs.NetworkLog.NetworkLog.instance().requests()) {
        const content = await request.requestContentData();
        read.push({
          url: request.url(),
          method: request.requestMethod,
          status: request.statusCode,
          protocol: request.protocol,
          type: request.resourceType().name(),
          millis: request.duration * 1000,
          started: request.startTime,
          bytes: request.resourceSize,
          headers: request.responseHeaders.length,
          body: content.isTextContent ? content.text : content.base64 ?? null,
          sent: await request.requestFormData(),
          frames: request.frames().map(f => [f.type, f.opCode, f.text, f.time]),
        });
      }
      return JSON.stringify(read);
      """;

  private static final JsonMapper MAPPER = new JsonMapper();

  NetworkPanelIT() {
    super("panel.tape");
  }

  private static FieldSection section(String... namesAndValues) {
    FieldSection fields = new FieldSection();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return fields;
  }

  private static String frames(String direction, Bytes bytes) {
    return "c4 " + direction + " " + EventScript.escaped(bytes.toLatin1()) + "\n+ 2ms\n";
  }

  /** Plain, failed, cut, unanswered, binary, a form, a WebSocket over HTTP/1 and over HTTP/2. */
  @Override
  String script() {
    FieldSection get =
        section(":method", "GET", ":scheme", "https", ":authority", "b.example", ":path", "/two");
    FieldSection connect =
        section(
            ":method",
            "CONNECT",
            ":protocol",
            "websocket",
            ":scheme",
            "https",
            ":authority",
            "b.example",
            ":path",
            "/ws2");
    return """
    c1: @ tls server 192.0.2.1:40000 -> 192.0.2.2:443
    c2: @ plain server 192.0.2.1:40001 -> 192.0.2.2:80
    c3: @ plain server 192.0.2.1:40002 -> 192.0.2.2:80
    c4: @ tls server 192.0.2.1:40003 -> 192.0.2.2:443
    c1 >> GET /json?page=2 HTTP/1.1\\r\\nHost: a.example\\r\\n\\r\\n
    + 5ms
    c1 << HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: 8\\r\\n\\r\\n{"a": 1}
    c1 >> POST /form HTTP/1.1\\r\\nHost: a.example\\r\\nContent-Type: application/x-www-form-urlencoded\\r\\nContent-Length: 7\\r\\n\\r\\nq=1&r=2
    + 7ms
    c1 << HTTP/1.1 503 Busy\\r\\nContent-Length: 3\\r\\n\\r\\nbad
    c1 >> GET /bytes HTTP/1.1\\r\\nHost: a.example\\r\\n\\r\\n
    c1 << HTTP/1.1 200 OK\\r\\nContent-Type: image/png\\r\\nContent-Length: 3\\r\\n\\r\\n\\x00\\xff\\x10
    c1 >> GET /cut HTTP/1.1\\r\\nHost: a.example\\r\\n\\r\\n
    c1 << HTTP/1.1 200 OK\\r\\nContent-Type: text/plain\\r\\nContent-Length: 30\\r\\n\\r\\n0123456789
    c1 << lost 10
    c1 << abcdefghij
    c1 >> GET /unanswered HTTP/1.1\\r\\nHost: a.example\\r\\n\\r\\n
    c2 >> GET /ws1 HTTP/1.1\\r\\nHost: a.example\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\nSec-WebSocket-Version: 13\\r\\n\\r\\n
    c2 << HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\\r\\n\\r\\n
    + 1ms
    c2 >> \\x81\\x85\\x00\\x00\\x00\\x00hello
    + 1ms
    c2 << \\x82\\x02\\x00\\xff
    c3 >> GET /events HTTP/1.1\\r\\nHost: a.example\\r\\nAccept: text/event-stream\\r\\n\\r\\n
    c3 << HTTP/1.1 200 OK\\r\\nContent-Type: text/event-stream\\r\\n\\r\\ndata: 7\\n\\n
    """
        .concat(frames(">>", Http2Writer.opening(true)))
        .concat(frames("<<", Http2Writer.opening(false)))
        .concat(frames(">>", Http2Writer.section(get, 1, true)))
        .concat(frames("<<", Http2Writer.section(section(":status", "404"), 1, false)))
        .concat(frames("<<", Http2Writer.data(Bytes.latin1("gone"), 1, true)))
        .concat(frames(">>", Http2Writer.section(connect, 3, false)))
        .concat(frames("<<", Http2Writer.section(section(":status", "200"), 3, false)))
        .concat(frames("<<", Http2Writer.data(Bytes.latin1("\u0081\u0002hi"), 3, true)))
        .concat(frames(">>", Http2Writer.data(Bytes.latin1("\u0088\u0080abcd"), 3, true)))
        .concat("close c1\nclose c2\nclose c3\nclose c4\n");
  }

  private String fetch(String question) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(server.url()).resolve(question)).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private String archive() throws IOException, InterruptedException {
    JsonNode view = MAPPER.readTree(fetch("api/view"));
    while (!view.path("done").booleanValue()) {
      view = MAPPER.readTree(fetch("api/view"));
    }
    return fetch("api/har?view=" + view.path("view").asString());
  }

  private List<String> texts(String selector) {
    List<String> texts = new ArrayList<>();
    for (Object element : (List<?>) browser.script(FIND, selector)) {
      texts.add(String.valueOf(browser.script("return arguments[0].textContent", element)));
    }
    return texts;
  }

  @Test
  void archive_everyKindOfExchange_opensWithItsValues() throws Exception {
    String archive = archive();
    Path file = Files.writeString(folder.resolve("panel.har"), archive);
    browser.open(browser.ownTools() + "?panel=network");
    browser.await(() -> browser.elements(FIND, "input[type=file]").size() == 1);

    browser.elements(FIND, "input[type=file]").get(0).sendKeys(file.toString());

    browser.await(() -> texts("tbody tr .name-column").size() >= 9);
    assertThat(texts("tbody tr .status-column"))
        .contains("200OK", "503Busy", "101Switching Protocols", "404Not Found");
    Map<String, JsonNode> shown = new HashMap<>();
    for (JsonNode each : MAPPER.readTree(String.valueOf(browser.script(REQUESTS)))) {
      shown.put(each.path("url").asString(), each);
    }
    JsonNode entries = MAPPER.readTree(archive).at("/log/entries");
    assertThat(entries).hasSize(9);
    assertThat(shown).hasSize(9);
    for (JsonNode entry : entries) {
      String url = entry.at("/request/url").asString();
      assertThat(shown).containsKey(url);
      isShown(entry, shown.get(url));
    }
    assertThat(shown.get("http://a.example/ws1").path("frames").toString())
        .contains("[\"send\",1,\"hello\",", "[\"receive\",2,\"AP8=\",");
    assertThat(shown.get("https://b.example/ws2").path("frames").toString())
        .contains("[\"receive\",1,\"hi\",", "[\"send\",8,");
  }

  private static void isShown(JsonNode entry, JsonNode shown) {
    String url = shown.path("url").asString();
    JsonNode content = entry.at("/response/content");
    assertThat(shown.path("method")).as(url).isEqualTo(entry.at("/request/method"));
    assertThat(shown.path("status")).as(url).isEqualTo(entry.at("/response/status"));
    assertThat(shown.path("protocol").asString())
        .as(url)
        .isEqualToIgnoringCase(entry.at("/response/httpVersion").asString());
    assertThat(shown.path("millis").doubleValue())
        .as(url)
        .isCloseTo(entry.path("time").doubleValue(), within(0.01));
    assertThat(shown.path("headers").intValue())
        .as(url)
        .isEqualTo(entry.at("/response/headers").size());
    assertThat(shown.path("body").asString()).as(url).isEqualTo(content.path("text").asString(""));
    assertThat(shown.path("sent").asString(""))
        .as(url)
        .isEqualTo(entry.at("/request/postData/text").asString(""));
    JsonNode messages = entry.path("_webSocketMessages");
    assertThat(shown.path("frames")).as(url).hasSize(messages.size());
    assertThat(shown.path("type").asString().equals("websocket"))
        .as(url)
        .isEqualTo(!messages.isMissingNode());
    if (messages.isMissingNode()) {
      assertThat(shown.path("bytes")).as(url).isEqualTo(content.path("size"));
    }
  }
}
