// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads what the digest server logged, and other lines of JSON. */
final class DigestLog {
  private static final JsonMapper JSON = JsonMapper.shared();

  private DigestLog() {}

  /** Returns the log's lines by request target. */
  static Map<String, JsonNode> byTarget(Path log) throws IOException {
    Map<String, JsonNode> lines = new LinkedHashMap<>();
    for (JsonNode line : all(log)) {
      lines.put(line.get("target").asString(), line);
    }
    return lines;
  }

  /** Returns all the log's lines, those of equal targets too. */
  static List<JsonNode> all(Path log) throws IOException {
    return lines(Files.readString(log));
  }

  /** Parses one JSON value. */
  static JsonNode json(String text) {
    return JSON.readTree(text);
  }

  /** Parses newline-delimited JSON. */
  static List<JsonNode> lines(String ndjson) {
    return ndjson.lines().map(JSON::readTree).toList();
  }

  /** Returns the SHA-256 of a file's content in hexadecimal. */
  static String sha256(Path file) throws IOException {
    try (InputStream content =
        new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
      content.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(((DigestInputStream) content).getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
