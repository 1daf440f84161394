// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import static dev.tapedeck.replayer.TestTalk.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import dev.tapedeck.replayer.TestTalk;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The mock holds recorded WebSocket conversations. */
final class MockWebSocketTest {
  private static final int TEXT = 0x81;
  private static final int BINARY = 0x82;
  private static final int CLOSE = 0x88;
  private static final int PING = 0x89;
  private static final String EXTENSION = "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
  private static final String ID = "0b8f0a52-6a5c-4d8e-9c1f-1f2e3d4c5b6a";
  private static final String NEW_ID = "deadbeef-0000-4abc-9def-0123456789ab";

  @TempDir private Path directory;
  private Path capture;

  @BeforeEach
  void record() throws Exception {
    capture = directory.resolve("talk.tape");
    String big = "x".repeat(70_000);
    String[] lines = {
      "w: @ plain client 10.0.0.1:40001 -> 10.0.0.2:80",
      "w >> " + EventScript.escaped(TestTalk.UPGRADE + EXTENSION),
      "w << " + EventScript.escaped(TestTalk.SWITCHED + EXTENSION),
      "w << " + EventScript.escaped(frame(TEXT, false, "{\"welcome\":1}")),
      "w >> " + EventScript.escaped(frame(TEXT, true, "{\"subscribe\":\"" + ID + "\",\"n\":1}")),
      "w << " + EventScript.escaped(frame(TEXT, false, "{\"subscribed\":\"" + ID + "\"}")),
      "w << " + EventScript.escaped(frame(BINARY, false, "\000\001")),
      "w >> " + EventScript.escaped(frame(TEXT, true, "{\"alive\":true}")),
      "w >> " + EventScript.escaped(frame(PING, true, "p")),
      "w >> " + EventScript.escaped(frame(TEXT, true, "{\"more\":true}")),
      "w << " + EventScript.escaped(longFrame(big)),
      "w >> " + EventScript.escaped(frame(CLOSE, true, "\003\350")),
      "w << " + EventScript.escaped(frame(CLOSE, false, "\003\350bye")),
    };
    EventScript.parse(String.join("\n", lines)).writeTo(capture);
  }

  /** A length of 64 bits (RFC 6455, section 5.2). */
  private static String longFrame(String payload) {
    StringBuilder frame = new StringBuilder("\201\177\000\000\000\000\000");
    frame.append((char) (payload.length() >> 16));
    frame.append((char) (payload.length() >> 8 & 0xff)).append((char) (payload.length() & 0xff));
    return frame.append(payload).toString();
  }

  /** Keeps what it hears. */
  private static final class Listener implements WebSocket.Listener {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final StringBuilder part = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      part.append(data);
      if (last) {
        heard.add(part.length() > 1000 ? part.length() + " letters" : part.toString());
        part.setLength(0);
      }
      return WebSocket.Listener.super.onText(socket, data, last);
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket socket, java.nio.ByteBuffer data, boolean last) {
      heard.add(data.remaining() + " bytes");
      return WebSocket.Listener.super.onBinary(socket, data, last);
    }

    @Override
    public CompletionStage<?> onPong(WebSocket socket, java.nio.ByteBuffer message) {
      heard.add("pong " + StandardCharsets.UTF_8.decode(message));
      return WebSocket.Listener.super.onPong(socket, message);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      heard.add("close " + code + " " + reason);
      return WebSocket.Listener.super.onClose(socket, code, reason);
    }

    String next() throws InterruptedException {
      String text = heard.poll(20, TimeUnit.SECONDS);
      return text == null ? "nothing" : text;
    }
  }

  private static WebSocket connect(RunningMock mock, Listener listener) {
    HttpClient client =
        HttpClient.newBuilder()
            .proxy(
                ProxySelector.of(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), mock.proxyPort())))
            .build();
    return client
        .newWebSocketBuilder()
        .buildAsync(URI.create("ws://old.example/talk"), listener)
        .join();
  }

  @Test
  void client_thatSaysTheSame_hearsWhatWasSaidInItsOrder() throws Exception {
    try (RunningMock mock = new RunningMock(capture)) {
      Listener listener = new Listener();
      WebSocket socket = connect(mock, listener);
      assertThat(listener.next()).isEqualTo("{\"welcome\":1}");
      // Spelt otherwise, and with an id that the service made up now.
      socket.sendText("{\"n\": 1, \"subscribe\": \"" + NEW_ID + "\"}", true).join();
      assertThat(listener.next()).isEqualTo("{\"subscribed\":\"" + NEW_ID + "\"}");
      assertThat(listener.next()).isEqualTo("2 bytes");
      // What comes by the client's own clock: a ping, and a sign of life once more, and later.
      socket.sendPing(StandardCharsets.UTF_8.encode("p")).join();
      assertThat(listener.next()).isEqualTo("pong p");
      socket.sendText("{\"more\":true}", true).join();
      socket.sendText("{\"alive\":true}", true).join();
      assertThat(listener.next()).isEqualTo("70000 letters");
      socket.sendText("{\"alive\":true}", true).join();
      socket.sendClose(1000, "").join();
      assertThat(listener.next()).isEqualTo("close 1000 bye");
      assertThat(mock.end()).as(mock.err()).isZero();
    }
  }

  @Test
  void client_thatSaysSomethingElse_isRefusedAloud() throws Exception {
    try (RunningMock mock = new RunningMock(capture)) {
      Listener listener = new Listener();
      WebSocket socket = connect(mock, listener);
      assertThat(listener.next()).isEqualTo("{\"welcome\":1}");
      socket.sendText("{\"subscribe\":\"" + ID + "\",\"n\":2}", true).join();
      assertThat(listener.next()).isEqualTo("close 1008 tapedeck-mock: no_such_message");
      assertThat(mock.end()).isEqualTo(ExitCode.DIFFERENT);
      assertThat(mock.err())
          .contains("the recorded client said no such thing")
          .contains("message[0].$.n recorded 1 now 2");
    }
  }

  @Test
  void request_thatAsksForNoUpgrade_isAMiss() throws Exception {
    try (RunningMock mock = new RunningMock(capture);
        Socket socket =
            new Socket(InetAddress.getLoopbackAddress(), mock.originPort("old.example:80"))) {
      socket.getOutputStream().write("GET /talk HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 501 ")
          .contains("no_such_request");
    }
  }

  @Test
  void recordedClient_sentByTheReplayer_findsNoDifference() throws Exception {
    try (RunningMock mock = new RunningMock(capture)) {
      String[] arguments = {
        "run",
        capture.toString(),
        "--role",
        "client",
        "--allow-unsafe",
        "--target",
        "http://127.0.0.1:" + mock.originPort("old.example:80"),
        "--pace",
        "max",
        "--format",
        "json"
      };
      Ran ran = Ran.command(arguments);
      assertThat(ran.code()).as(ran.out() + mock.err()).isZero();
      assertThat(ran.out()).contains("equal");
      assertThat(mock.end()).as(mock.err()).isZero();
    }
  }
}
