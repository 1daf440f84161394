// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.report;

import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/**
 * The WebSocket, server-sent and gRPC messages inside an exchange: who sent what and when, and how
 * it begins.
 *
 * <p><b>Limits:</b> {@value #MAX_MESSAGES} of an exchange, {@value #MAX_CHARS} characters or
 * {@value #MAX_HEX_BYTES} bytes of each.
 */
final class MessageRows {
  static final int MAX_MESSAGES = 40;
  private static final int MAX_CHARS = 240;
  private static final int MAX_HEX_BYTES = 32;

  private MessageRows() {}

  static void write(Html html, Exchange exchange) throws IOException {
    List<StreamMessage> all = exchange.messages();
    if (all.isEmpty()) {
      return;
    }
    html.element("<h3>Messages ", Figures.count(all.size()), "</h3>")
        .markup("<div class=\"wide\"><table class=\"messages\"><thead><tr><th>From</th>")
        .markup(
            "<th class=\"n\">After</th><th>Kind</th><th class=\"n\">Size</th><th>Content</th></tr></thead><tbody>\n");
    for (StreamMessage each : all.subList(0, Math.min(all.size(), MAX_MESSAGES))) {
      long micros = (each.span().lastEpochNanos() - exchange.startedEpochNanos()) / 1000;
      html.element("<tr><td>", each.sender() == Role.CLIENT ? "client" : "server", "</td>")
          .element("<td class=\"n\">", Figures.micros(micros), "</td>")
          .element("<td>", kind(each), "</td>")
          .element("<td class=\"n\">", Figures.bytes(each.payload().length()), "</td>")
          .element("<td class=\"mono\">", begin(each), "</td></tr>\n");
    }
    html.markup("</tbody></table></div>");
    if (all.size() > MAX_MESSAGES) {
      html.element(
          "<p class=\"note\">",
          "and " + Figures.count(all.size() - MAX_MESSAGES) + " more",
          "</p>\n");
    }
  }

  private static String kind(StreamMessage message) {
    StringBuilder text = new StringBuilder();
    text.append(message.kind() == null ? "rest of a message" : message.kind().jsonName());
    if (message.eventName() != null) {
      text.append(' ').append(message.eventName());
    }
    if (message.closeCode() != null) {
      text.append(' ').append(message.closeCode());
    }
    if (message.completeness() != Completeness.COMPLETE) {
      text.append(", ").append(message.completeness().jsonName().replace('_', ' '));
    }
    return text.toString();
  }

  /** Returns text, or hexadecimal digits of what is none. */
  private static String begin(StreamMessage message) {
    StreamMessage.Kind kind = message.kind();
    boolean isText =
        kind == StreamMessage.Kind.TEXT
            || kind == StreamMessage.Kind.EVENT
            || kind == StreamMessage.Kind.CLOSE;
    long most = isText ? MAX_CHARS * 4L : MAX_HEX_BYTES;
    byte[] bytes = first(message, most);
    if (!isText) {
      String digits = HexFormat.ofDelimiter(" ").formatHex(bytes);
      return message.payload().length() > most ? digits + " \u2026" : digits;
    }
    String text = new String(bytes, StandardCharsets.UTF_8);
    return text.length() <= MAX_CHARS ? text : text.substring(0, MAX_CHARS) + "\u2026";
  }

  private static byte[] first(StreamMessage message, long most) {
    byte[] first = new byte[(int) Math.min(most, message.payload().length())];
    int filled = 0;
    for (Bytes segment : message.payload().segments()) {
      int take = Math.min(segment.length(), first.length - filled);
      System.arraycopy(segment.sharedArray(), segment.sharedOffset(), first, filled, take);
      filled += take;
    }
    return first;
  }
}
