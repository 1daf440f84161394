// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.compare;

import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.replayer.flow.RandomValues;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finds which long random values stand in an answer where others, or the same, stood in the
 * recorded one: in fields of one name, in JSON values at one path, in other contents by their
 * order. What does not have the same form tells nothing.
 *
 * <p><b>Limits:</b> contents of more than {@value #MAX_BODY_BYTES} bytes are not looked at.
 * <b>Threads:</b> confined to one.
 */
final class ShownValues {
  static final int MAX_BODY_BYTES = 256 << 10;
  private static final JsonMapper JSON = new JsonMapper();

  private final Map<String, String> shown = new LinkedHashMap<>();
  private boolean contradictory;

  private ShownValues() {}

  /**
   * Returns them by the recorded values; none when one stands now for two, or two for one.
   *
   * @param recorded with its content codings undone, as is the other
   */
  static Map<String, String> of(HttpResponse recorded, HttpResponse now) {
    ShownValues values = new ShownValues();
    Set<String> fields = new LinkedHashSet<>();
    recorded.headers().toList().forEach(field -> fields.add(field.name()));
    for (String name : fields) {
      List<HeaderField> before = recorded.headers().all(name);
      List<HeaderField> after = now.headers().all(name);
      for (int i = 0; i < before.size() && before.size() == after.size(); i++) {
        values.texts(before.get(i).value(), after.get(i).value());
      }
    }
    values.contents(recorded.body().content(), now.body().content());
    boolean oneToOne = Set.copyOf(values.shown.values()).size() == values.shown.size();
    return values.contradictory || !oneToOne ? Map.of() : values.shown;
  }

  private void contents(ByteRope recorded, ByteRope now) {
    if (recorded.length() > MAX_BODY_BYTES || now.length() > MAX_BODY_BYTES) {
      return;
    }
    JsonNode before = json(recorded);
    JsonNode after = before == null ? null : json(now);
    if (before != null && after != null) {
      nodes(before, after);
    } else {
      texts(recorded.toBytes().toLatin1(), now.toBytes().toLatin1());
    }
  }

  private static @Nullable JsonNode json(ByteRope content) {
    try {
      JsonNode node = JSON.readTree(content.toBytes().toArray());
      return node.isMissingNode() ? null : node;
    } catch (JacksonException e) {
      return null; // looked at as a text
    }
  }

  private void nodes(JsonNode recorded, JsonNode now) {
    if (recorded.isObject() && now.isObject()) {
      for (Map.Entry<String, JsonNode> member : recorded.properties()) {
        JsonNode other = now.get(member.getKey());
        if (other != null) {
          nodes(member.getValue(), other);
        }
      }
    } else if (recorded.isArray() && now.isArray()) {
      for (int i = 0; i < recorded.size() && recorded.size() == now.size(); i++) {
        nodes(recorded.get(i), now.get(i));
      }
    } else if (recorded.isString() && now.isString()) {
      texts(recorded.stringValue(), now.stringValue());
    }
  }

  private void texts(String recorded, String now) {
    List<String> before = new ArrayList<>();
    List<String> after = new ArrayList<>();
    RandomValues.visit(recorded, before::add);
    RandomValues.visit(now, after::add);
    RandomValues.paired(before, after)
        .forEach(
            (then, today) -> {
              String other = shown.putIfAbsent(then, today);
              contradictory |= other != null && !other.equals(today);
            });
  }
}
