// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Talks to the server in bytes, as an attacker would. */
class WebServerTest {
  @TempDir Path folder;

  private WebServer server;
  private String token = "";

  @BeforeEach
  void start() throws IOException {
    Path file = folder.resolve("shop.tape");
    EventScript.parse(
            """
            >> GET /a?key=SECRET HTTP/1.1\\r\\nhost: shop.example\\r\\nauthorization: Bearer SECRET\\r\\n\\r\\n
            << HTTP/1.1 200 OK\\r\\ncontent-type: text/html\\r\\ncontent-length: 29\\r\\n\\r\\n<script>window.x = 1</script>
            >> GET /b HTTP/1.1\\r\\nhost: shop.example\\r\\n\\r\\n
            << HTTP/1.1 500 No\\r\\ncontent-length: 3\\r\\n\\r\\nbad
            """)
        .writeTo(file);
    server = Servers.start(file);
    token = server.url().substring(server.url().lastIndexOf('/', server.url().length() - 2) + 1);
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> get("api/status").contains("\"complete\":true"));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private String get(String path) throws IOException {
    return send("GET /" + token + path + " HTTP/1.1\r\nHost: " + host() + "\r\n");
  }

  private String host() {
    return "127.0.0.1:" + server.address().getPort();
  }

  private String send(String head) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write((head + "Connection: close\r\n\r\n").getBytes(ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  @Test
  void connectionsThatSayNothing_leaveThePageToOthers() throws IOException {
    List<Socket> idle = new ArrayList<>();
    try {
      for (int i = 0; i < 30; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
        idle.add(socket);
        socket.getOutputStream().write("GET /half".getBytes(ISO_8859_1));
      }
      assertThat(get("api/status")).contains("\"complete\":true");
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  @Test
  void page_hasAPolicyThatRunsNothingCaptured() throws IOException {
    for (String path : List.of("", "app.js", "api/status", "api/body?n=0", "nothing")) {
      assertThat(get(path).toLowerCase(Locale.ROOT))
          .contains(
              "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'",
              "frame-ancestors 'none'",
              "require-trusted-types-for 'script'",
              "x-content-type-options: nosniff",
              "referrer-policy: no-referrer",
              "cache-control: no-store")
          .doesNotContain("unsafe-inline", "unsafe-eval", "set-cookie", "access-control-allow");
    }
    assertThat(get("")).startsWith("HTTP/1.1 200");
  }

  @Test
  void body_isBytesToBeSavedWhateverItSays() throws IOException {
    String answer = get("api/body?n=0");
    assertThat(answer)
        .startsWith("HTTP/1.1 200")
        .contains("Content-type: application/octet-stream", "Content-disposition: attachment")
        .endsWith("<script>window.x = 1</script>");
    assertThat(get("api/body?n=0&offset=27&length=2")).endsWith("\r\n\r\nt>");
    assertThat(get("api/body?n=0&of=request&form=head")).contains("GET /a?key=SECRET HTTP/1.1");
    assertThat(get("api/body?n=0&offset=99")).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n");
  }

  @Test
  void har_isMaskedUnlessAskedOtherwise() throws IOException {
    assertThat(get("api/har?n=0")).contains("\"entries\"", "/a").doesNotContain("Bearer SECRET");
    String view = get("api/view?filter=status%20%3E%3D%20500");
    String id = view.replaceAll("(?s).*\"view\":\"(\\d+)\".*", "$1");
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> get("api/view?filter=status%20%3E%3D%20500").contains("\"done\":true"));
    assertThat(get("api/har?view=" + id)).contains("/b").doesNotContain("/a");
  }

  @Test
  void curl_ofAnExchange_isACommandWithoutItsSecrets() throws IOException {
    assertThat(get("api/curl?n=0"))
        .contains("curl", "shop.example")
        .doesNotContain("Bearer SECRET");
  }

  @Test
  void view_wrongFilter_saysWhere() throws IOException {
    assertThat(get("api/view?filter=status%20%3E%3D%20x"))
        .startsWith("HTTP/1.1 400")
        .contains("\"position\":10");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../../../etc/passwd",
        "..%2f..%2fetc/passwd",
        "%2e%2e/%2e%2e/app.js",
        "./app.js",
        "/etc/passwd",
        "//app.js",
        "app.js/",
        "app.js%00",
        "Api.class",
        "api/",
        "api/../app.js",
        "index.html?../../x/%zz",
        "..\\..\\x"
      })
  void path_anythingThatIsNotNamed_isRefused(String path) throws IOException {
    String answer = get(path);
    assertThat(answer).doesNotContain("root:", "import", "<html");
    assertThat(
            answer.isEmpty() || answer.startsWith("HTTP/1.1 4") || answer.startsWith("HTTP/1.0 4"))
        .as(answer.lines().findFirst().orElse(""))
        .isTrue();
  }

  @Test
  void request_otherNameOriginTokenOrMethod_isRefused() throws IOException {
    String own = "Host: " + host() + "\r\n";
    assertThat(send("GET / HTTP/1.1\r\n" + own)).startsWith("HTTP/1.1 403");
    assertThat(send("GET /wrong/ HTTP/1.1\r\n" + own)).startsWith("HTTP/1.1 403");
    String page = "GET /" + token + " HTTP/1.1\r\n";
    assertThat(send(page + own)).startsWith("HTTP/1.1 200");
    assertThat(send(page + "Host: evil.example\r\n")).startsWith("HTTP/1.1 421");
    assertThat(send(page)).startsWith("HTTP/1.1 4");
    assertThat(send(page.replace("/" + token, "http://" + host() + "/" + token) + own))
        .startsWith("HTTP/1.1 200");
    assertThat(send(page.replace("/" + token, "http://evil.example/" + token) + own))
        .startsWith("HTTP/1.1 421");
    assertThat(send(page.replace("/" + token, "//evil.example/" + token) + own))
        .startsWith("HTTP/1.1 421");
    assertThat(send(page + own + "Origin: http://evil.example\r\n")).startsWith("HTTP/1.1 403");
    assertThat(send(page + own + "Origin: null\r\n")).startsWith("HTTP/1.1 403");
    assertThat(send(page + own + "Sec-Fetch-Site: cross-site\r\n")).startsWith("HTTP/1.1 403");
    for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS", "TRACE")) {
      assertThat(send(page.replace("GET", method) + own)).startsWith("HTTP/1.1 405");
    }
    assertThat(send(page.replace("GET", "HEAD") + own))
        .startsWith("HTTP/1.1 200")
        .endsWith("\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "api/rows?view=0&from=-1",
        "api/rows?view=0&count=100000",
        "api/exchange?n=2",
        "api/exchange?n=-1",
        "api/exchange?n=x",
        "api/body?n=0&offset=-1",
        "api/body?n=0&length=999999999",
        "api/body?n=0&message=0",
        "api/body?n=0&form=other",
        "api/view?sort=secret",
        "api/status?%zz"
      })
  void question_withoutAnswer_isABadRequest(String path) throws IOException {
    assertThat(get(path)).startsWith("HTTP/1.1 400");
  }

  @Test
  void view_thatIsNotKnown_isGone() throws IOException {
    assertThat(get("api/rows?view=99")).startsWith("HTTP/1.1 410");
  }

  @Test
  void address_byDefault_isLoopbackOnly() throws IOException {
    assertThat(server.address().getAddress().isLoopbackAddress()).isTrue();
    assertThat(URI.create(server.url()).getHost()).isEqualTo("127.0.0.1");
    InetAddress other = Servers.otherOwnAddress();
    if (other != null) {
      try (Socket socket = new Socket()) {
        assertThat(
                Servers.connects(socket, new InetSocketAddress(other, server.address().getPort())))
            .isFalse();
      }
    }
  }
}
