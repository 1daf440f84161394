// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.http.BodyText;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Values as columns hold them. */
final class Values {
  private Values() {}

  static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  static String base64(ByteRope bytes) {
    return Base64.getEncoder().encodeToString(bytes.toBytes().toArray());
  }

  /** Returns a body's text; null when it is none. */
  static @Nullable String text(HttpMessage message) {
    return BodyText.decode(message.body().content().toBytes(), BodyText.contentType(message));
  }

  /** Returns the names of what is odd. */
  static String names(List<Anomaly> anomalies) {
    if (anomalies.isEmpty()) {
      return "";
    }
    StringBuilder names = new StringBuilder();
    append(names, anomalies);
    return names.toString();
  }

  /** Returns the names of what is odd about a message and its body. */
  static String names(HttpMessage message) {
    StringBuilder names = new StringBuilder();
    append(names, message.anomalies());
    append(names, message.body().anomalies());
    return names.toString();
  }

  private static void append(StringBuilder names, List<Anomaly> anomalies) {
    for (Anomaly anomaly : anomalies) {
      if (!names.isEmpty()) {
        names.append(Column.SEPARATOR);
      }
      names.append(anomaly.kind().jsonName());
    }
  }
}
