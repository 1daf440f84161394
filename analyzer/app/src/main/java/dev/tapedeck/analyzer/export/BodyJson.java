// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.HttpMessage;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
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
    switch (mode) {
      case NONE -> {}
      case SHA256 -> Json.string(json, "body_sha256", isWhole(message) ? sha256(content) : null);
      case BASE64 -> base64(content);
      case TEXT -> {
        String text = BodyText.decode(content.toBytes(), BodyText.contentType(message));
        if (text == null) {
          base64(content);
        } else {
          json.writeStringProperty("body", text);
          json.writeStringProperty("body_encoding", "text");
        }
      }
    }
  }

  /**
   * Returns whether the body is known to its last byte: a digest of anything less would be that of
   * a body nobody ever sent.
   */
  static boolean isWhole(HttpMessage message) {
    Body body = message.body();
    return message.completeness() == Completeness.COMPLETE
        && body.anomalies().stream()
            .noneMatch(
                anomaly ->
                    anomaly.kind() == AnomalyKind.CONTENT_CODING
                        || anomaly.kind() == AnomalyKind.LIMIT
                        || anomaly.kind() == AnomalyKind.MISSING_BYTES);
  }

  private void base64(ByteRope content) {
    byte[] bytes = content.toBytes().toArray();
    json.writeName("body");
    json.writeBinary(bytes, 0, bytes.length);
    json.writeStringProperty("body_encoding", "base64");
  }

  private static @Nullable String sha256(ByteRope content) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      content.updateDigest(digest);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
