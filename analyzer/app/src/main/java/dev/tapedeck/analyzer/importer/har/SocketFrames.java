// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.har;

import dev.tapedeck.format.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * WebSocket messages as browsers export them ({@code _webSocketMessages}), each as one frame (RFC
 * 6455, section 5.2). The client's are masked with zeros.
 */
final class SocketFrames {
  private static final int FINAL = 0x80;
  private static final int MASKED = 0x80;
  private static final int BINARY = 2;
  private static final int LONGEST_SHORT = 125;
  private static final int LONGEST_MEDIUM = 0xffff;

  private SocketFrames() {}

  static List<HarEntry.SocketMessage> of(HarNode entry) throws HarFormatException {
    List<HarEntry.SocketMessage> messages = new ArrayList<>();
    for (HarNode item : entry.list("_webSocketMessages")) {
      boolean sent = item.textOrEmpty("type").equals("send");
      int opcode = (int) item.whole("opcode", 1) & 0x0f;
      String data = item.textOrEmpty("data");
      byte[] content =
          opcode == BINARY || item.textOrEmpty("_encoding").equals("base64")
              ? HarText.base64(item.get("data").path(), data)
              : data.getBytes(StandardCharsets.UTF_8);
      messages.add(
          new HarEntry.SocketMessage(
              sent, HarEntry.secondsToNanos(item.number("time")), frame(opcode, content, sent)));
    }
    return messages;
  }

  private static Bytes frame(int opcode, byte[] content, boolean masked) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 14);
    int mask = masked ? MASKED : 0;
    out.write(FINAL | opcode);
    if (content.length <= LONGEST_SHORT) {
      out.write(mask | content.length);
    } else if (content.length <= LONGEST_MEDIUM) {
      out.write(mask | 126);
      out.write(content.length >> 8);
      out.write(content.length);
    } else {
      out.write(mask | 127);
      for (int shift = 56; shift >= 0; shift -= 8) {
        out.write((int) ((long) content.length >>> shift));
      }
    }
    if (masked) {
      out.writeBytes(new byte[4]);
    }
    out.writeBytes(content);
    byte[] frame = out.toByteArray();
    return Bytes.wrap(frame, 0, frame.length);
  }
}
