// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import dev.tapedeck.format.Bytes;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One text for all spellings of a JSON document: members sorted, no white space, numbers without
 * needless zeros. Integers and fractions stay apart, as they do to clients.
 */
final class JsonCanon {
  /** A name that stands twice means something else to every reader (RFC 8259, section 4). */
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private JsonCanon() {}

  /** Returns the document; null when the bytes are none. */
  static @Nullable JsonNode parse(Bytes bytes) {
    if (bytes.isEmpty()) {
      return null;
    }
    try {
      JsonNode tree = JSON.readTree(bytes.toArray());
      return tree.isMissingNode() ? null : tree;
    } catch (JacksonException e) {
      return null; // what is no JSON is compared as text
    }
  }

  static String write(JsonNode node) {
    StringBuilder written = new StringBuilder();
    write(node, written);
    return written.toString();
  }

  private static void write(JsonNode node, StringBuilder written) {
    if (node.isObject()) {
      TreeMap<String, JsonNode> members = new TreeMap<>();
      node.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
      String before = "{";
      for (var member : members.entrySet()) {
        written.append(before).append(JSON.writeValueAsString(member.getKey())).append(':');
        write(member.getValue(), written);
        before = ",";
      }
      written.append(members.isEmpty() ? "{}" : "}");
    } else if (node.isArray()) {
      String before = "[";
      for (JsonNode element : node) {
        written.append(before);
        write(element, written);
        before = ",";
      }
      written.append(node.isEmpty() ? "[]" : "]");
    } else if (node.isNumber() && !node.isIntegralNumber()) {
      written.append(node.decimalValue().stripTrailingZeros()).append('f');
    } else {
      written.append(node);
    }
  }
}
