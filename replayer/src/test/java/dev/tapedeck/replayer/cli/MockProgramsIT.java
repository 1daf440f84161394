// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs of other makers ask the mock, and trust its CA. */
final class MockProgramsIT {
  @TempDir private Path directory;
  private Path ca;
  private RunningMock mock;

  @BeforeEach
  void start() throws Exception {
    Path capture = directory.resolve("calls.tape");
    EventScript.parse(
            """
            p: @ plain client 10.0.0.1:40001 -> 10.0.0.2:80
            p >> GET /plain HTTP/1.1\\r\\nHost: stock.example\\r\\n\\r\\n
            p << HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\nplain
            t: @ tls client 10.0.0.1:40002 -> 10.0.0.3:443
            t >> GET /secure HTTP/1.1\\r\\nHost: pay.example\\r\\n\\r\\n
            t << HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n6\\r\\nsecure\\r\\n0\\r\\n\\r\\n
            t >> PUT /upload HTTP/1.1\\r\\nHost: pay.example\\r\\nContent-Length: 2000\\r\\n\\r\\n%s
            t << HTTP/1.1 201 Created\\r\\nContent-Length: 0\\r\\n\\r\\n
            """
                .formatted("u".repeat(2000)))
        .writeTo(capture);
    ca = directory.resolve("ca.pem");
    mock = new RunningMock(capture, "--ca-out", ca.toString());
  }

  @AfterEach
  void end() throws Exception {
    mock.close();
  }

  private String proxy() {
    return "http://127.0.0.1:" + mock.proxyPort();
  }

  /** Runs a program with nothing but these variables and the path; returns what it wrote. */
  private String run(Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    File output = Files.createTempFile(directory, "output", ".txt").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output);
    String path = System.getenv("PATH");
    builder.environment().clear();
    builder.environment().put("PATH", path);
    builder.environment().put("HOME", directory.toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(String.join(" ", command)).isTrue();
    String text = Files.readString(output.toPath(), StandardCharsets.UTF_8);
    return process.exitValue() + " " + text.strip();
  }

  private String curl(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("curl", "-sS", "--max-time", "30"));
    command.addAll(List.of(arguments));
    return run(environment, command.toArray(new String[0]));
  }

  @Test
  void curl_throughTheProxy_getsAnswersAndTrustsTheCa() throws Exception {
    String[] options = {"--cacert", ca.toString(), "-x", proxy()};
    assertThat(curl(Map.of(), "-x", proxy(), "http://stock.example/plain")).isEqualTo("0 plain");
    assertThat(
            curl(
                Map.of(),
                options[0],
                options[1],
                options[2],
                options[3],
                "https://pay.example/secure"))
        .isEqualTo("0 secure");
    assertThat(
            curl(
                Map.of(),
                options[0],
                options[1],
                options[2],
                options[3],
                "--http1.1",
                "-w",
                "%{http_version} %{http_code}",
                "https://pay.example/secure"))
        .isEqualTo("0 secure1.1 200");
    assertThat(
            curl(
                Map.of("HTTPS_PROXY", proxy(), "CURL_CA_BUNDLE", ca.toString()),
                "-T",
                upload().toString(),
                "-H",
                "Expect: 100-continue",
                "-w",
                "%{http_code}",
                "https://pay.example/upload"))
        .isEqualTo("0 201");
    assertThat(curl(Map.of(), "-x", proxy(), "https://pay.example/secure"))
        .as("without the CA")
        .startsWith("60 ");
    mock.awaitErr("pay.example:443: its TLS handshake failed");
  }

  private Path upload() throws IOException {
    return Files.writeString(directory.resolve("upload"), "u".repeat(2000));
  }

  @Test
  void curl_withPriorKnowledge_speaksHttp2ToAnOrigin() throws Exception {
    String url = "http://127.0.0.1:" + mock.originPort("pay.example:443") + "/secure";
    assertThat(curl(Map.of(), "--http2-prior-knowledge", "-w", " %{http_version}", url))
        .isEqualTo("0 secure 2");
    String https = url.replace("http:", "https:");
    assertThat(curl(Map.of("SSL_CERT_FILE", ca.toString()), "--cacert", ca.toString(), https))
        .isEqualTo("0 secure");
    assertThat(mock.end()).as(mock.err()).isZero();
  }

  @Test
  void python_urllib_trustsTheCaOfItsEnvironment() throws Exception {
    String program =
        "import urllib.request as r; print(r.urlopen('https://pay.example/secure').read().decode(),"
            + " r.urlopen('http://stock.example/plain').read().decode())";
    Map<String, String> environment =
        Map.of(
            "HTTP_PROXY",
            proxy(),
            "HTTPS_PROXY",
            proxy(),
            "http_proxy",
            proxy(),
            "SSL_CERT_FILE",
            ca.toString());
    assertThat(run(environment, "python3", "-c", program)).isEqualTo("0 secure plain");
    assertThat(mock.end()).as(mock.err()).isZero();
  }

  @Test
  void python_strictVerification_acceptsTheCertificates() throws Exception {
    String program =
        """
        import http.client, ssl, sys
        context = ssl.create_default_context(cafile=sys.argv[1])
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        connection = http.client.HTTPSConnection('127.0.0.1', int(sys.argv[2]), context=context)
        connection.set_tunnel('pay.example', 443)
        connection.request('GET', '/secure')
        print(connection.getresponse().read().decode())
        """;
    String port = Integer.toString(mock.proxyPort());
    assertThat(run(Map.of(), "python3", "-c", program, ca.toString(), port)).isEqualTo("0 secure");
  }

  @Test
  void node_httpsThroughConnect_trustsTheExtraCa() throws Exception {
    String program =
        """
        const http = require('http'), https = require('https');
        const connect = http.request({host: '127.0.0.1', port: process.argv[1], method: 'CONNECT',
          path: 'pay.example:443'});
        connect.on('connect', (answer, socket) => {
          https.get({host: 'pay.example', path: '/secure', socket, agent: false}, got => {
            got.setEncoding('utf8');
            got.on('data', text => process.stdout.write(answer.statusCode + ' ' + text));
            got.on('end', () => process.exit(0));
          }).on('error', e => { console.log(String(e)); process.exit(1); });
        });
        connect.end();
        """;
    String port = Integer.toString(mock.proxyPort());
    assertThat(run(Map.of("NODE_EXTRA_CA_CERTS", ca.toString()), "node", "-e", program, port))
        .isEqualTo("0 200 secure");
    assertThat(run(Map.of(), "node", "-e", program, port)).startsWith("1 ");
  }
}
