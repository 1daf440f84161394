// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.export.BodyMode;
import dev.tapedeck.format.Bytes;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Writes the captured bytes of an event. */
final class PayloadJson {
  private PayloadJson() {}

  /** Writes them as asked for: text only where they are UTF-8 as a whole. */
  static void write(JsonGenerator json, Bytes payload, BodyMode mode) {
    switch (mode) {
      case NONE -> {}
      case SHA256 -> json.writeStringProperty("payload_sha256", sha256(payload));
      case BASE64 -> base64(json, payload);
      case TEXT -> {
        String text = text(payload);
        if (text == null) {
          base64(json, payload);
        } else {
          json.writeStringProperty("payload", text);
        }
        json.writeStringProperty("payload_encoding", text == null ? "base64" : "text");
      }
    }
  }

  /** Writes the bytes in base64. */
  static void base64(JsonGenerator json, Bytes payload) {
    byte[] bytes = payload.toArray();
    json.writeName("payload");
    json.writeBinary(bytes, 0, bytes.length);
  }

  private static @Nullable String text(Bytes payload) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(payload.asBuffer()).toString();
    } catch (CharacterCodingException e) {
      return null; // Base64 holds what is no text.
    }
  }

  private static String sha256(Bytes payload) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(payload.asBuffer());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
