// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.analyzer.http.BodyDigest;
import dev.tapedeck.analyzer.http.BodyText;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Writes what is asked for of a message's body. */
final class BodyJson {
  private final JsonGenerator json;
  private final BodyMode mode;

  BodyJson(JsonGenerator json, BodyMode mode) {
    this.json = json;
    this.mode = mode;
  }

  void write(HttpMessage message) {
    ByteRope content = message.body().content();
    json.writeNumberProperty("body_bytes", content.length());
    json.writeNumberProperty("wire_body_bytes", message.body().wire().length());
    content("body", content, BodyText.contentType(message), () -> BodyDigest.isWhole(message));
  }

  /** Writes what is asked for of a message inside an exchange. */
  void write(StreamMessage message) {
    json.writeNumberProperty("payload_bytes", message.payload().length());
    json.writeNumberProperty("wire_payload_bytes", message.wireBytes());
    content("payload", message.payload(), null, () -> BodyDigest.isWhole(message));
  }

  private void content(
      String name, ByteRope content, @Nullable String contentType, BooleanSupplier isWhole) {
    switch (mode) {
      case NONE -> {}
      case SHA256 ->
          Json.string(
              json, name + "_sha256", isWhole.getAsBoolean() ? BodyDigest.sha256(content) : null);
      case BASE64 -> base64(name, content);
      case TEXT -> {
        String text = BodyText.decode(content.toBytes(), contentType);
        if (text == null) {
          base64(name, content);
        } else {
          json.writeStringProperty(name, text);
          json.writeStringProperty(name + "_encoding", "text");
        }
      }
    }
  }

  private void base64(String name, ByteRope content) {
    byte[] bytes = content.toBytes().toArray();
    json.writeName(name);
    json.writeBinary(bytes, 0, bytes.length);
    json.writeStringProperty(name + "_encoding", "base64");
  }
}
