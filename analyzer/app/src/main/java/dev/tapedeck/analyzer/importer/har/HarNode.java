// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.har;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value of an archive and where it stands.
 *
 * <p>What has another type than HAR 1.2 says counts as missing, but where an exchange cannot be
 * told without it; numbers may be strings.
 *
 * @param path such as {@code log.entries[3].request}
 * @param value a {@link Map}, {@link List}, {@link String}, {@link BigDecimal} or {@link Boolean};
 *     null when it is null or not there
 */
record HarNode(String path, @Nullable Object value) {
  boolean isObject() {
    return value instanceof Map;
  }

  HarNode get(String name) {
    Object child = value instanceof Map<?, ?> map ? map.get(name) : null;
    return new HarNode(path + "." + name, child);
  }

  /** Returns the elements of a list below, none when there is no list. */
  List<HarNode> list(String name) {
    HarNode child = get(name);
    List<HarNode> items = new ArrayList<>();
    if (child.value() instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        items.add(new HarNode(child.path() + "[" + i + "]", list.get(i)));
      }
    }
    return items;
  }

  /** Returns a string or number below as text; null when there is none. */
  @Nullable String text(String name) {
    Object child = get(name).value();
    if (child instanceof BigDecimal number) {
      return number.toPlainString();
    }
    return child instanceof String text ? text : null;
  }

  /** Returns a string below; an empty one when there is none. */
  String textOrEmpty(String name) {
    String text = text(name);
    return text == null ? "" : text;
  }

  /** Returns a number below; null when there is none. */
  @Nullable BigDecimal number(String name) {
    Object child = get(name).value();
    if (child instanceof BigDecimal number) {
      return number;
    }
    try {
      return child instanceof String text ? new BigDecimal(text.strip()) : null;
    } catch (NumberFormatException e) {
      // Not a number: as if it were missing.
      return null;
    }
  }

  /** Returns a whole number below; the fallback when there is none that fits. */
  long whole(String name, long fallback) {
    BigDecimal number = number(name);
    if (number == null || number.precision() - number.scale() > 18) {
      return fallback;
    }
    return number.longValue();
  }

  /** Returns the object below, without which nothing can be told. */
  HarNode required(String name) throws HarFormatException {
    HarNode child = get(name);
    if (!child.isObject()) {
      throw new HarFormatException(
          child.path(), child.value() == null ? "is missing" : "is no object");
    }
    return child;
  }

  /** Returns the text below, without which nothing can be told. */
  String requiredText(String name) throws HarFormatException {
    String text = text(name);
    if (text == null || text.isBlank()) {
      throw new HarFormatException(
          get(name).path(), get(name).value() == null ? "is missing" : "is no text, or empty");
    }
    return text;
  }
}
