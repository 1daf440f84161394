// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import static dev.tapedeck.replayer.TestTalk.frame;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import dev.tapedeck.replayer.TestTalk;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams of HTTP/2 on which both sides talk: gRPC calls, and WebSockets (RFC 8441). */
final class MockStreamsTest {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int TEXT = 0x81;
  private static final int CLOSE = 0x88;
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  /** SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441, section 3). */
  private static final String CONNECT_PROTOCOL = "\0\010\0\0\0\1";

  @TempDir private Path directory;

  private static String escaped(String bytes) {
    return bytes
        .chars()
        .mapToObj(c -> c < ' ' || c > '~' || c == '\\' ? "\\x%02X".formatted(c) : "" + (char) c)
        .collect(Collectors.joining());
  }

  /** A frame (RFC 9113, section 4.1). */
  private static String h2(int type, int flags, int stream, String payload) {
    int length = payload.length();
    return ""
        + (char) (length >> 16)
        + (char) (length >> 8 & 0xff)
        + (char) (length & 0xff)
        + (char) type
        + (char) flags
        + "\0\0\0"
        + (char) stream
        + payload;
  }

  /** Fields as literals that are not indexed (RFC 7541, section 6.2.2). */
  private static String fields(String... namesAndValues) {
    StringBuilder block = new StringBuilder();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      block.append('\0');
      block.append((char) namesAndValues[i].length()).append(namesAndValues[i]);
      block.append((char) namesAndValues[i + 1].length()).append(namesAndValues[i + 1]);
    }
    return block.toString();
  }

  private static String grpc(String text) {
    return "\0\0\0\0" + (char) text.length() + text;
  }

  private static String begin(String... fields) {
    return PREFACE + h2(SETTINGS, 0, 0, "") + h2(HEADERS, END_HEADERS, 1, fields(fields));
  }

  private static final String[] CALL = {
    ":method", "POST", ":scheme", "http", ":path", "/chat.Chat/Talk",
    ":authority", "old.example", "content-type", "application/grpc", "te", "trailers"
  };

  private static final String[] UPGRADE = {
    ":method",
    "CONNECT",
    ":protocol",
    "websocket",
    ":scheme",
    "http",
    ":path",
    "/talk",
    ":authority",
    "old.example",
    "sec-websocket-version",
    "13"
  };

  private Path record(String... lines) throws IOException {
    Path capture = directory.resolve("streams.tape");
    List<String> script = new ArrayList<>();
    script.add("h: @ plain client 10.0.0.1:40001 -> 10.0.0.2:80");
    for (String line : lines) {
      script.add("h " + line.substring(0, 3) + escaped(line.substring(3)));
    }
    EventScript.parse(String.join("\n", script)).writeTo(capture);
    return capture;
  }

  /** A call in which each side waits for the other. */
  private Path recordCall() throws IOException {
    return record(
        ">> " + begin(CALL),
        "<< " + h2(SETTINGS, 0, 0, ""),
        "<< "
            + h2(
                HEADERS,
                END_HEADERS,
                1,
                fields(":status", "200", "content-type", "application/grpc")),
        ">> " + h2(DATA, 0, 1, grpc("who is there")),
        "<< " + h2(DATA, 0, 1, grpc("it is me")),
        "<< " + h2(DATA, 0, 1, grpc("and who are you")),
        ">> " + h2(DATA, 0, 1, grpc("nobody")),
        "<< " + h2(DATA, 0, 1, grpc("farewell")),
        ">> " + h2(DATA, END_STREAM, 1, ""),
        "<< " + h2(HEADERS, END_STREAM | END_HEADERS, 1, fields("grpc-status", "0")));
  }

  /** A client that waits for what it wants to hear. */
  private static final class Client implements AutoCloseable {
    private final Socket socket;
    private final StringBuilder heard = new StringBuilder();

    Client(RunningMock mock) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), mock.originPort("old.example:80"));
      socket.setSoTimeout(20_000);
    }

    Client say(String bytes) throws IOException {
      socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
      return this;
    }

    /** Returns all that was heard since the last time, when it has that in it. */
    String awaits(String text) throws IOException {
      byte[] buffer = new byte[4096];
      while (heard.indexOf(text) < 0) {
        int count = socket.getInputStream().read(buffer);
        if (count < 0) {
          throw new AssertionError("end before " + escaped(text) + ": " + escaped(heard + ""));
        }
        heard.append(new String(buffer, 0, count, ISO_8859_1));
      }
      String all = heard.toString();
      heard.setLength(0);
      return all;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void call_inWhichEachSideWaitsForTheOther_isHeldMessageByMessage() throws Exception {
    try (RunningMock mock = new RunningMock(recordCall());
        Client client = new Client(mock)) {
      client.say(begin(CALL));
      assertThat(client.awaits("application/grpc")).doesNotContain("it is me");
      String ask = h2(DATA, 0, 1, grpc("who is there"));
      client.say(ask.substring(0, 12)).say(ask.substring(12));
      assertThat(client.awaits("who are you"))
          .contains(grpc("it is me"))
          .doesNotContain("farewell");
      client.say(h2(DATA, 0, 1, grpc("nobody")));
      assertThat(client.awaits("farewell")).doesNotContain("grpc-status");
      client.say(h2(DATA, END_STREAM, 1, ""));
      assertThat(client.awaits(fields("grpc-status", "0").substring(2))).isNotEmpty();
      assertThat(mock.end()).as(mock.err()).isZero();
      assertThat(mock.account().get("answered").asInt()).isEqualTo(1);
      assertThat(mock.account().get("unasked").asInt()).isZero();
    }
  }

  @Test
  void call_inWhichSomethingElseIsSaid_isRefusedAloud() throws Exception {
    try (RunningMock mock = new RunningMock(recordCall());
        Client client = new Client(mock)) {
      client.say(begin(CALL) + h2(DATA, 0, 1, grpc("who is where")));
      String refusal = client.awaits("grpc-message");
      assertThat(refusal).contains("grpc-status").doesNotContain("it is me");
      assertThat(mock.end()).isEqualTo(ExitCode.DIFFERENT);
      assertThat(mock.err())
          .contains("mock miss: POST http://old.example/chat.Chat/Talk")
          .contains("message[0]");
    }
  }

  @Test
  void call_thatTheClientEndsTooEarly_isRefusedAloud() throws Exception {
    try (RunningMock mock = new RunningMock(recordCall());
        Client client = new Client(mock)) {
      client.say(begin(CALL) + h2(DATA, END_STREAM, 1, grpc("who is there")));
      assertThat(client.awaits("grpc-message")).contains("no_such_message");
      assertThat(mock.end()).isEqualTo(ExitCode.DIFFERENT);
      assertThat(mock.err()).contains("message[1] recorded grpc, 6 bytes now nothing");
    }
  }

  private Path recordTalk() throws IOException {
    return record(
        ">> " + TestTalk.UPGRADE + "\r\n",
        "<< " + TestTalk.SWITCHED + "\r\n",
        "<< " + frame(TEXT, false, "{\"welcome\":1}"),
        ">> " + frame(TEXT, true, "{\"hello\":1}"),
        "<< " + frame(TEXT, false, "{\"and\":2}"),
        ">> " + frame(CLOSE, true, "\003\350"),
        "<< " + frame(CLOSE, false, "\003\350bye"));
  }

  @Test
  void webSocketOverHttp2_isHeldAsThatOverHttp1() throws Exception {
    try (RunningMock mock = new RunningMock(recordTalk());
        Client client = new Client(mock)) {
      client.say(begin(UPGRADE));
      assertThat(client.awaits("welcome"))
          .contains(CONNECT_PROTOCOL)
          .contains(h2(DATA, 0, 1, frame(TEXT, false, "{\"welcome\":1}")))
          .doesNotContain("sec-websocket-accept");
      client.say(h2(DATA, 0, 1, frame(TEXT, true, "{ \"hello\": 1 }")));
      client.awaits("{\"and\":2}");
      client.say(h2(DATA, 0, 1, frame(CLOSE, true, "\003\350")));
      client.awaits(frame(CLOSE, false, "\003\350bye") + h2(DATA, END_STREAM, 1, ""));
      assertThat(mock.end()).as(mock.err()).isZero();
    }
  }

  @Test
  void webSocketOverHttp2_thatAsksForAnotherPath_isAMiss() throws Exception {
    String[] other = UPGRADE.clone();
    other[7] = "/walk";
    try (RunningMock mock = new RunningMock(recordTalk());
        Client client = new Client(mock)) {
      client.say(begin(other));
      assertThat(client.awaits("nearest")).contains("no_such_request");
      assertThat(mock.end()).isEqualTo(ExitCode.DIFFERENT);
      assertThat(mock.err()).contains("path recorded /talk now /walk");
    }
  }

  @Test
  void webSocketThatWasRecordedOverHttp2_isHeldOverBothVersions() throws Exception {
    Path capture =
        record(
            ">> " + begin(UPGRADE),
            "<< " + h2(SETTINGS, 0, 0, CONNECT_PROTOCOL),
            "<< " + h2(HEADERS, END_HEADERS, 1, fields(":status", "200")),
            ">> " + h2(DATA, 0, 1, frame(TEXT, true, "{\"hello\":1}")),
            "<< " + h2(DATA, 0, 1, frame(TEXT, false, "{\"and\":2}")),
            ">> " + h2(DATA, END_STREAM, 1, frame(CLOSE, true, "\003\350")),
            "<< " + h2(DATA, END_STREAM, 1, frame(CLOSE, false, "\003\350")));
    try (RunningMock mock = new RunningMock(capture, "--when-used-up", "last");
        Client client = new Client(mock)) {
      client.say(begin(UPGRADE));
      client.say(h2(DATA, 0, 1, frame(TEXT, true, "{\"hello\":1}")));
      client.awaits(h2(DATA, 0, 1, frame(TEXT, false, "{\"and\":2}")));

      BlockingQueue<String> heard = new LinkedBlockingQueue<>();
      WebSocket socket =
          HttpClient.newHttpClient()
              .newWebSocketBuilder()
              .buildAsync(
                  URI.create("ws://127.0.0.1:" + mock.originPort("old.example:80") + "/talk"),
                  new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(
                        WebSocket from, CharSequence data, boolean last) {
                      heard.add(data.toString());
                      return WebSocket.Listener.super.onText(from, data, last);
                    }
                  })
              .join();
      socket.sendText("{\"hello\":1}", true).join();
      assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("{\"and\":2}");
      assertThat(mock.end()).as(mock.err()).isZero();
    }
  }
}
