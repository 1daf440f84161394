// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.message.DeflateParameters;
import dev.tapedeck.analyzer.message.WebSocketConversation;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Role;
import java.nio.charset.StandardCharsets;

/** A recorded WebSocket conversation, made frame by frame. */
public final class TestTalk {
  public static final String UPGRADE =
      """
      GET /talk HTTP/1.1\r
      Host: old.example\r
      Connection: Upgrade\r
      Upgrade: websocket\r
      Sec-WebSocket-Version: 13\r
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
      """;

  /** RFC 6455, section 1.3, has this key and this answer. */
  public static final String SWITCHED =
      """
      HTTP/1.1 101 Switching Protocols\r
      Connection: Upgrade\r
      Upgrade: websocket\r
      Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
      """;

  static final String DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate\r\n";

  private static final long MILLI = 1_000_000;
  private static final int KEY = 0x37fa213d;

  private final WebSocketConversation conversation;
  private final StringBuilder said = new StringBuilder();
  private final String extensions;
  private long heard;
  private long nowMillis;

  TestTalk() {
    this("");
  }

  /** With fields in which both ends agreed on extensions. */
  TestTalk(String extensions) {
    this.extensions = extensions;
    this.conversation =
        new WebSocketConversation(
            AnalyzerOptions.newBuilder().keepFrames(true).build(),
            true,
            DeflateParameters.of(TestMessages.response(SWITCHED + extensions + "\r\n").headers()),
            nanos -> nanos);
  }

  TestTalk after(long millis) {
    nowMillis += millis;
    return this;
  }

  /** The client sends a frame. */
  TestTalk client(int firstByte, String payload) {
    String frame = frame(firstByte, true, payload);
    conversation.data(
        Role.CLIENT, Bytes.latin1(frame), said.length(), nowMillis * MILLI, nowMillis * MILLI);
    said.append(frame);
    nowMillis++;
    return this;
  }

  /** The server sends a frame. */
  TestTalk server(int firstByte, String payload) {
    String frame = frame(firstByte, false, payload);
    conversation.data(
        Role.SERVER, Bytes.latin1(frame), heard, nowMillis * MILLI, nowMillis * MILLI);
    heard += frame.length();
    nowMillis++;
    return this;
  }

  /** What the client sent behind its request. */
  String said() {
    return said.toString();
  }

  /** The head that the client sent, with another host. */
  String request(String host) {
    return (UPGRADE + extensions + "\r\n").replace("old.example", host);
  }

  String answer() {
    return SWITCHED + extensions + "\r\n";
  }

  Session session(int number) {
    conversation.end();
    ConnectionInfo info = TestMessages.connection(1, TestMessages.CLIENT, TestMessages.SERVER);
    Exchange exchange =
        TestMessages.exchange(
                number,
                0,
                info,
                0,
                nowMillis * MILLI,
                TestMessages.request(UPGRADE + extensions + "\r\n"),
                TestMessages.response(answer()))
            .toBuilder()
            .messages(conversation.messages())
            .build();
    return TestMessages.session(number, info, exchange);
  }

  /** A frame with a payload of ISO 8859-1 bytes (RFC 6455, section 5.2). */
  public static String frame(int firstByte, boolean masked, String payload) {
    byte[] bytes = payload.getBytes(StandardCharsets.ISO_8859_1);
    StringBuilder frame = new StringBuilder();
    frame.append((char) firstByte);
    int mask = masked ? 0x80 : 0;
    if (bytes.length < 126) {
      frame.append((char) (mask | bytes.length));
    } else if (bytes.length > 0xffff) {
      frame.append((char) (mask | 127)).append("\0\0\0\0");
      for (int i = 3; i >= 0; i--) {
        frame.append((char) (bytes.length >> (8 * i) & 0xff));
      }
    } else {
      frame.append((char) (mask | 126));
      frame.append((char) (bytes.length >> 8)).append((char) (bytes.length & 0xff));
    }
    if (masked) {
      for (int i = 0; i < 4; i++) {
        frame.append((char) (KEY >>> (24 - 8 * i) & 0xff));
      }
    }
    for (int i = 0; i < bytes.length; i++) {
      int key = masked ? KEY >>> (24 - 8 * (i & 3)) & 0xff : 0;
      frame.append((char) ((bytes[i] & 0xff) ^ key));
    }
    return frame.toString();
  }
}
