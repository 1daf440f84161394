// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Role;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * Writes WebSocket messages as browsers do, in {@code _webSocketMessages}: {@code type}, {@code
 * time} in seconds, {@code opcode} (RFC 6455, section 5.2), {@code data}.
 *
 * <p>Binary data is base64, as browsers write it. So is what else is no UTF-8 and what a close
 * carries, and {@code _encoding} says so.
 */
final class HarSocketMessages {
  private static final int NANO_DIGITS_OF_SECOND = 9;

  private HarSocketMessages() {}

  /** Writes those of a WebSocket connection; nothing when there are none. */
  static void write(JsonGenerator json, List<StreamMessage> messages) {
    boolean begun = false;
    for (StreamMessage message : messages) {
      int opcode = opcode(message.kind());
      if (opcode > 0) {
        if (!begun) {
          // Browsers show messages of what this says alone.
          json.writeStringProperty("_resourceType", "websocket");
          json.writeArrayPropertyStart("_webSocketMessages");
          begun = true;
        }
        message(json, message, opcode);
      }
    }
    if (begun) {
      json.writeEndArray();
    }
  }

  private static int opcode(StreamMessage.@Nullable Kind kind) {
    if (kind == null) {
      return 0;
    }
    return switch (kind) {
      case TEXT -> 1;
      case BINARY -> 2;
      case CLOSE -> 8;
      case PING -> 9;
      case PONG -> 10;
      case EVENT, GRPC -> 0;
    };
  }

  private static void message(JsonGenerator json, StreamMessage message, int opcode) {
    json.writeStartObject();
    json.writeStringProperty("type", message.sender() == Role.CLIENT ? "send" : "receive");
    BigDecimal seconds =
        new BigDecimal(BigInteger.valueOf(message.span().lastEpochNanos()), NANO_DIGITS_OF_SECOND);
    json.writeName("time");
    json.writeNumber(seconds.stripTrailingZeros().toPlainString());
    json.writeNumberProperty("opcode", opcode);
    Bytes data = data(message);
    String text = data.toUtf8();
    boolean isText = opcode != 2 && Bytes.utf8(text).equals(data);
    if (isText) {
      json.writeStringProperty("data", text);
    } else {
      byte[] bytes = data.toArray();
      json.writeName("data");
      json.writeBinary(bytes, 0, bytes.length);
      if (opcode != 2) {
        json.writeStringProperty("_encoding", "base64");
      }
    }
    if (message.completeness() != Completeness.COMPLETE) {
      json.writeStringProperty("_completeness", message.completeness().jsonName());
    }
    json.writeEndObject();
  }

  /** A close carries its code before its reason (RFC 6455, section 5.5.1). */
  private static Bytes data(StreamMessage message) {
    Bytes payload = message.payload().toBytes();
    Integer code = message.closeCode();
    if (code == null) {
      return payload;
    }
    byte[] bytes = new byte[2 + payload.length()];
    bytes[0] = (byte) (code >> 8);
    bytes[1] = code.byteValue();
    payload.copyTo(0, bytes, 2, payload.length());
    return Bytes.wrap(bytes, 0, bytes.length);
  }
}
