// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients do that are broken or mean harm; whoever asks properly is answered meanwhile. */
final class HostileMockClientsTest {
  private static final int CONNECTIONS = 1000;

  @TempDir private Path directory;
  private RunningMock mock;

  @BeforeEach
  void start() throws Exception {
    Path capture = directory.resolve("calls.tape");
    EventScript.parse(
            """
            p: @ plain client 10.0.0.1:40001 -> 10.0.0.2:80
            p >> GET /a HTTP/1.1\\r\\nHost: pay.example\\r\\n\\r\\n
            p << HTTP/1.1 200 OK\\r\\nContent-Length: 3\\r\\n\\r\\nyes
            """)
        .writeTo(capture);
    mock = new RunningMock(capture);
  }

  @AfterEach
  void end() throws Exception {
    mock.close();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), mock.originPort("pay.example:80"));
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static void write(Socket socket, String bytes) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private void assertServing() throws IOException {
    try (Socket socket = connect()) {
      write(socket, "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      assertThat(socket.getInputStream().readAllBytes())
          .asString(StandardCharsets.ISO_8859_1)
          .endsWith("\r\n\r\nyes");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\026",
        "\026\003\001\000\005hello",
        "\026\003\001\377\377",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\ngarbage that is no frame",
        "PRI * HTTP/2.0\r\n\r\nS",
        "GET /a HTTP/1.1\r\n",
        "POST /a HTTP/1.1\r\nContent-Length: 99999999999999\r\n\r\nx",
        "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
        "CONNECT pay.example:80 HTTP/1.1\r\n\r\n\026\003\001\000\005hello",
        "\000\000\000\000",
        "GET /a HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\201\377"
      })
  void client_thatBreaksOff_isForgotten(String bytes) throws Exception {
    for (int i = 0; i < 20; i++) {
      Socket socket = connect();
      write(socket, bytes);
      socket.setSoLinger(i % 2 == 0, 0); // some say goodbye, some do not
      socket.close();
    }
    assertServing();
    mock.end();
    assertThat(mock.err()).doesNotContain("Exception");
  }

  @Test
  void head_withoutEnd_isRefusedAndTheConnectionEnds() throws Exception {
    try (Socket socket = connect()) {
      write(socket, "GET /a HTTP/1.1\r\nX-Long: ");
      String part = "x".repeat(1 << 16);
      try {
        for (int i = 0; i < 64; i++) {
          write(socket, part);
        }
        socket.setSoTimeout(20_000);
        // All of it may fit the kernel's buffers: what counts is that the mock ends the connection.
        socket.getInputStream().readAllBytes();
      } catch (SocketException e) {
        assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe).*");
      }
    }
    assertServing();
    assertThat(mock.account().at("/misses/malformed_request").asInt()).isEqualTo(1);
  }

  @Test
  void manySilentConnections_keepNobodyWaiting() throws Exception {
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < CONNECTIONS; i++) {
        Socket socket = connect();
        silent.add(socket);
        write(socket, i % 3 == 0 ? "" : i % 3 == 1 ? "GET /a HTT" : "\026\003\001");
      }
      assertServing();
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
    assertServing();
  }
}
