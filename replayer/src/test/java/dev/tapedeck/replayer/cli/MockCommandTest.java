// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapedeck.format.EventScript;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class MockCommandTest {
  private static final String ODD_ANSWER =
      """
      HTTP/1.1 200 Fine by me\r
      x-ODD:  spaces \r
      Transfer-Encoding: chunked\r
      \r
      3;ext=1\r
      abc\r
      02\r
      de\r
      0\r
      X-Sum: 5\r
      \r
      """;

  @TempDir private Path directory;
  private Path capture;

  @BeforeEach
  void record() throws IOException {
    capture =
        record(
            """
            p: @ plain client 10.0.0.1:40001 -> 10.0.0.2:8080
            p >> GET /odd HTTP/1.1\\r\\nHost: stock.example:8080\\r\\n\\r\\n
            p << %s
            p >> GET /poll HTTP/1.1\\r\\nHost: stock.example:8080\\r\\n\\r\\n
            p << HTTP/1.1 200 OK\\r\\nContent-Length: 3\\r\\n\\r\\none
            p >> GET /poll HTTP/1.1\\r\\nHost: stock.example:8080\\r\\n\\r\\n
            p << HTTP/1.1 200 OK\\r\\nContent-Length: 3\\r\\n\\r\\ntwo
            p >> HEAD /odd HTTP/1.1\\r\\nHost: stock.example:8080\\r\\n\\r\\n
            p << HTTP/1.1 200 OK\\r\\nContent-Length: 99\\r\\n\\r\\n
            p >> GET /slow HTTP/1.1\\r\\nHost: stock.example:8080\\r\\n\\r\\n
            + 400ms
            p << HTTP/1.1 200 OK\\r\\nContent-Length: 4\\r\\n\\r\\nslow
            q: @ plain client 10.0.0.1:40003 -> 10.0.0.2:8080
            q >> GET /until-close HTTP/1.0\\r\\nHost: stock.example:8080\\r\\n\\r\\n
            q << HTTP/1.0 200 OK\\r\\n\\r\\nall of it
            close q
            t: @ tls client 10.0.0.1:40002 -> 10.0.0.3:443
            t >> POST /charge HTTP/1.1\\r\\nHost: pay.example\\r\\nContent-Type: application/json\\r\\nContent-Length: 12\\r\\n\\r\\n{"amount":5}
            t << HTTP/1.1 201 Created\\r\\nContent-Type: application/json\\r\\nContent-Length: 11\\r\\n\\r\\n{"paid":5 }
            """
                .formatted(ODD_ANSWER.replace("\r", "\\r").replace("\n", "\\n")));
  }

  private Path record(String script) throws IOException {
    Path file = directory.resolve("capture" + script.hashCode() + ".tape");
    EventScript.parse(script).writeTo(file);
    return file;
  }

  /** Sends bytes and reads until so many came, or the end when less than none is asked for. */
  private static String exchange(int port, String bytes, int answerBytes) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(30_000);
      OutputStream out = socket.getOutputStream();
      out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      InputStream in = socket.getInputStream();
      byte[] answer = answerBytes < 0 ? in.readAllBytes() : in.readNBytes(answerBytes);
      return new String(answer, StandardCharsets.ISO_8859_1);
    }
  }

  @Test
  void origin_answersWithTheRecordedBytes() throws Exception {
    try (RunningMock mock = new RunningMock(capture)) {
      int port = mock.originPort("stock.example:8080");
      String get = "GET /odd HTTP/1.1\r\nhost: whatever\r\nConnection: close\r\n\r\n";
      assertThat(exchange(port, get, -1)).isEqualTo(ODD_ANSWER);
      assertThat(mock.end()).as(mock.err()).isZero();
    }
  }

  @Test
  void proxy_pipelinedRequests_areAnsweredInOrder() throws Exception {
    String url = " http://stock.example:8080";
    String host = " HTTP/1.1\r\nHost: stock.example:8080\r\n";
    String last = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n";
    try (RunningMock mock = new RunningMock(capture, "--latency", "recorded")) {
      String all =
          exchange(
              mock.proxyPort(),
              "GET"
                  + url
                  + "/slow"
                  + host
                  + "\r\nHEAD"
                  + url
                  + "/odd"
                  + host
                  + "\r\nGET"
                  + url
                  + "/poll"
                  + host
                  + "\r\nGET"
                  + url
                  + "/poll"
                  + host
                  + "Connection: close\r\n\r\n",
              -1);
      assertThat(all)
          .isEqualTo(
              "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow"
                  + "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"
                  + (last + "one")
                  + (last + "two"));
      JsonNode account = mock.account();
      assertThat(account.get("requests").asInt()).isEqualTo(4);
      assertThat(account.get("answered").asInt()).isEqualTo(4);
    }
  }

  @Test
  void answer_thatEndsWithItsConnection_endsIt() throws Exception {
    try (RunningMock mock = new RunningMock(capture)) {
      String get = "GET /until-close HTTP/1.1\r\nHost: x\r\n\r\n";
      assertThat(exchange(mock.originPort("stock.example:8080"), get, -1))
          .isEqualTo("HTTP/1.0 200 OK\r\n\r\nall of it");
    }
  }

  @Test
  void latency_recorded_isWaitedFor() throws Exception {
    String get = "GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    try (RunningMock mock = new RunningMock(capture, "--latency", "recorded")) {
      long before = System.nanoTime();
      exchange(mock.originPort("stock.example:8080"), get, -1);
      assertThat(Duration.ofNanos(System.nanoTime() - before))
          .isGreaterThan(Duration.ofMillis(395));
    }
  }

  @Test
  void miss_isLoudAndFailsTheRun() throws Exception {
    try (RunningMock mock = new RunningMock(capture, "--quiet")) {
      String body = "{\"amount\":7}";
      String answer =
          exchange(
              mock.originPort("pay.example:443"),
              "POST /charge HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                  + "Connection: close\r\nContent-Length: 12\r\n\r\n"
                  + body,
              -1);
      assertThat(answer).startsWith("HTTP/1.1 501 ").contains("X-Tapedeck-Mock: no_such_request");
      JsonNode json = new JsonMapper().readTree(answer.substring(answer.indexOf("\r\n\r\n") + 4));
      assertThat(json.at("/nearest/differs/0/field").asString()).isEqualTo("$.amount");
      assertThat(json.at("/nearest/differs/0/recorded").asString()).isEqualTo("5");
      assertThat(json.at("/nearest/differs/0/actual").asString()).isEqualTo("7");
      assertThat(mock.end()).isEqualTo(ExitCode.DIFFERENT);
      assertThat(mock.err())
          .contains("mock miss: POST http://pay.example:443/charge")
          .contains("$.amount recorded 5 now 7");
      assertThat(mock.account().at("/misses/no_such_request").asInt()).isEqualTo(1);
    }
  }

  @Test
  void expectation_isMetBeforeTheBodyComes() throws Exception {
    try (RunningMock mock = new RunningMock(capture);
        Socket socket =
            new Socket(InetAddress.getLoopbackAddress(), mock.originPort("pay.example:443"))) {
      socket.setSoTimeout(30_000);
      OutputStream out = socket.getOutputStream();
      out.write(
          """
          POST /charge HTTP/1.1\r
          Host: x\r
          Content-Type: application/json\r
          Expect: 100-continue\r
          Content-Length: 12\r
          \r
          """
              .getBytes(StandardCharsets.US_ASCII));
      out.flush();
      String interim = "HTTP/1.1 100 Continue\r\n\r\n";
      assertThat(socket.getInputStream().readNBytes(interim.length()))
          .asString()
          .isEqualTo(interim);
      out.write("{\"amount\":5}".getBytes(StandardCharsets.US_ASCII));
      out.flush();
      assertThat(socket.getInputStream().readNBytes(12)).asString().isEqualTo("HTTP/1.1 201");
    }
  }

  @Test
  void bytes_thatAreNoRequest_areAMissToo() throws Exception {
    try (RunningMock mock = new RunningMock(capture)) {
      assertThat(exchange(mock.proxyPort(), "\0\1\2 nonsense\r\n\r\n", -1))
          .startsWith("HTTP/1.1 501 ");
      assertThat(mock.account().at("/misses/malformed_request").asInt()).isEqualTo(1);
    }
  }

  private HttpClient client(RunningMock mock, Path ca, HttpClient.Version version)
      throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    trusted.setCertificateEntry(
        "ca",
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(ca))));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder()
        .version(version)
        .sslContext(tls)
        .proxy(
            ProxySelector.of(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), mock.proxyPort())))
        .build();
  }

  private static HttpRequest charge(int amount) {
    return HttpRequest.newBuilder(URI.create("https://pay.example/charge"))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString("{\"amount\": " + amount + "}"))
        .timeout(Duration.ofSeconds(20))
        .build();
  }

  @Test
  void proxy_httpsThroughConnect_isTrustedWithTheCa() throws Exception {
    Path ca = directory.resolve("ca.pem");
    try (RunningMock mock = new RunningMock(capture, "--ca-out", ca.toString())) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(ca)))
          .isEqualTo("rw-------");
      assertThat(Files.readString(ca)).contains("BEGIN CERTIFICATE").doesNotContain("PRIVATE");
      HttpClient client = client(mock, ca, HttpClient.Version.HTTP_1_1);
      HttpResponse<String> paid = client.send(charge(5), HttpResponse.BodyHandlers.ofString());
      assertThat(paid.statusCode()).isEqualTo(201);
      assertThat(paid.body()).isEqualTo("{\"paid\":5 }");
      assertThat(client.send(charge(6), HttpResponse.BodyHandlers.ofString()).statusCode())
          .isEqualTo(501);
    }
  }

  @Test
  void client_thatDoesNotTrustTheCa_isToldOf() throws Exception {
    try (RunningMock mock = new RunningMock(capture)) {
      HttpClient client =
          HttpClient.newBuilder()
              .proxy(
                  ProxySelector.of(
                      new InetSocketAddress(InetAddress.getLoopbackAddress(), mock.proxyPort())))
              .build();
      assertThatThrownBy(() -> client.send(charge(5), HttpResponse.BodyHandlers.ofString()))
          .isInstanceOf(SSLHandshakeException.class);
      mock.awaitErr("trust the mock's CA");
      assertThat(mock.err()).contains("pay.example:443");
      assertThat(mock.end()).isEqualTo(ExitCode.DIFFERENT);
    }
  }

  @Test
  void http2_answersOfBothVersions_areServed() throws Exception {
    Path ca = directory.resolve("ca.pem");
    Path streams =
        record(
            """
            h: @ tls client 10.0.0.1:40009 -> 10.0.0.9:443
            h >> PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n\\0\\0\\0\\x04\\0\\0\\0\\0\\0
            h << \\0\\0\\0\\x04\\0\\0\\0\\0\\0
            h >> \\0\\0\\x0f\\x01\\x05\\0\\0\\0\\x01\\x82\\x87\\x84\\x41\\x0ah2.example
            h << \\0\\0\\x01\\x01\\x04\\0\\0\\0\\x01\\x88\\0\\0\\x03\\0\\x01\\0\\0\\0\\x01two
            t: @ tls client 10.0.0.1:40002 -> 10.0.0.3:443
            t >> GET /one HTTP/1.1\\r\\nHost: pay.example\\r\\n\\r\\n
            t << HTTP/1.1 200 OK\\r\\nConnection: keep-alive\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n3\\r\\none\\r\\n0\\r\\n\\r\\n
            """);
    try (RunningMock mock = new RunningMock(streams, "--ca-out", ca.toString())) {
      HttpClient client = client(mock, ca, HttpClient.Version.HTTP_2);
      HttpResponse<String> one =
          client.send(
              HttpRequest.newBuilder(URI.create("https://pay.example/one")).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(one.body()).isEqualTo("one");
      HttpRequest get = HttpRequest.newBuilder(URI.create("https://h2.example/")).build();
      HttpResponse<String> two = client.send(get, HttpResponse.BodyHandlers.ofString());
      assertThat(two.body()).isEqualTo("two");
      assertThat(two.version()).isEqualTo(HttpClient.Version.HTTP_2);
      // The same answer for a client that does not speak HTTP/2.
      HttpClient old = client(mock, ca, HttpClient.Version.HTTP_1_1);
      two = old.send(get, HttpResponse.BodyHandlers.ofString());
      assertThat(two.body()).isEqualTo("two");
      assertThat(two.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
      assertThat(mock.end()).as(mock.err()).isZero();
    }
  }

  @Test
  void connect_toWhatWasNotRecorded_isRefusedAloud() throws Exception {
    try (RunningMock mock = new RunningMock(capture)) {
      String connect = "CONNECT other.example:443 HTTP/1.1\r\nHost: other.example:443\r\n\r\n";
      assertThat(exchange(mock.proxyPort(), connect, -1))
          .startsWith("HTTP/1.1 502 ")
          .contains("X-Tapedeck-Mock: unknown_upstream");
      assertThat(mock.end()).isEqualTo(ExitCode.DIFFERENT);
      assertThat(mock.err())
          .contains("CONNECT other.example:443: nothing was recorded of that service");
    }
  }

  @Test
  void eventStream_thatTheClientLeft_isGivenAsFarAsItWasHeardAndStaysOpen() throws Exception {
    Path events =
        record(
            """
            p: @ plain client 10.0.0.1:40001 -> 10.0.0.2:8080
            p >> GET /events HTTP/1.1\\r\\nHost: stock.example:8080\\r\\n\\r\\n
            p << HTTP/1.1 200 OK\\r\\nContent-Type: text/event-stream\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n
            p << 9\\r\\ndata: 1\\n\\n\\r\\n
            p << 9\\r\\ndata: 2\\n\\n\\r\\n
            close p
            """);
    try (RunningMock mock = new RunningMock(events);
        Socket socket =
            new Socket(InetAddress.getLoopbackAddress(), mock.originPort("stock.example:8080"))) {
      String get = "GET /events HTTP/1.1\r\nHost: x\r\n\r\n";
      socket.getOutputStream().write(get.getBytes(StandardCharsets.ISO_8859_1));
      String expected =
          """
          HTTP/1.1 200 OK\r
          Content-Type: text/event-stream\r
          Transfer-Encoding: chunked\r
          \r
          9\r
          data: 1

          \r
          9\r
          data: 2

          \r
          """;
      socket.setSoTimeout(30_000);
      assertThat(socket.getInputStream().readNBytes(expected.length()))
          .asString(StandardCharsets.ISO_8859_1)
          .isEqualTo(expected);
      socket.setSoTimeout(200);
      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      assertThat(mock.end()).as(mock.err()).isZero();
    }
  }

  @Test
  void originsAsNamed_andWhatIsNone() throws Exception {
    try (RunningMock mock =
        new RunningMock(capture, "--no-origins", "--origin", "stock.example:8080=0")) {
      assertThat(mock.originPort("stock.example:8080")).isPositive();
      assertThat(mock.started().get("origins").findValuesAsString("name"))
          .containsExactly("pay.example:443", "stock.example:8080");
      assertThat(mock.started().at("/origins/0/url").isNull()).isTrue();
    }
    assertThat(fails("--origin", "stock.example=1")).contains("HOST:PORT=ADDR");
    assertThat(fails("--origin", "other.example:80=0"))
        .contains("nothing was recorded of other.example:80")
        .contains("pay.example:443");
    assertThat(fails("--listen", "example.org:1")).contains("IP:PORT");
    assertThat(fails("--latency", "fast")).contains("recorded");
    assertThat(fails("--filter", "path ~ \"^/nowhere\"")).contains("nothing to serve");
  }

  private String fails(String... options) {
    List<String> arguments = new ArrayList<>(List.of("mock", capture.toString()));
    arguments.addAll(List.of(options));
    Ran ran = Ran.command(arguments);
    assertThat(ran.code()).isEqualTo(ExitCode.USAGE);
    return ran.err();
  }
}
