// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpMessage;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What lists can be sorted by. */
final class SortKeys {
  /** Names of {@link #exchanges()}, for help. */
  static final String OF_EXCHANGES =
      "started, first_byte, duration, method, target, authority, status, request_bytes,"
          + " response_bytes";

  /** Names of {@link #sessions()}, for help. */
  static final String OF_SESSIONS = "started, duration, exchanges, bytes, process";

  private SortKeys() {}

  static Map<String, Function<Exchange, SortOrder.@Nullable Key>> exchanges() {
    Map<String, Function<Exchange, SortOrder.@Nullable Key>> keys = new LinkedHashMap<>();
    keys.put("started", exchange -> SortOrder.Key.of(exchange.startedEpochNanos()));
    keys.put("first_byte", SortKeys::firstByte);
    keys.put(
        "duration",
        exchange -> SortOrder.Key.of(exchange.endedEpochNanos() - exchange.startedEpochNanos()));
    keys.put("method", e -> e.request() == null ? null : SortOrder.Key.of(e.request().method()));
    keys.put("target", e -> e.request() == null ? null : SortOrder.Key.of(e.request().target()));
    keys.put("authority", SortKeys::authority);
    keys.put("status", e -> e.response() == null ? null : SortOrder.Key.of(e.response().status()));
    keys.put("request_bytes", exchange -> bodyBytes(exchange.request()));
    keys.put("response_bytes", exchange -> bodyBytes(exchange.response()));
    return keys;
  }

  static Map<String, Function<SessionRow, SortOrder.@Nullable Key>> sessions() {
    Map<String, Function<SessionRow, SortOrder.@Nullable Key>> keys = new LinkedHashMap<>();
    keys.put(
        "started", row -> SortOrder.Key.ofNullable(SessionFacts.startedEpochNanos(row.summary())));
    keys.put(
        "duration", row -> SortOrder.Key.ofNullable(SessionFacts.durationNanos(row.summary())));
    keys.put("exchanges", row -> SortOrder.Key.of(row.summary().exchanges()));
    keys.put("bytes", row -> SortOrder.Key.of(SessionFacts.capturedBytes(row.summary())));
    keys.put("process", row -> SortOrder.Key.of(row.summary().connection().process().comm()));
    return keys;
  }

  private static SortOrder.@Nullable Key firstByte(Exchange exchange) {
    Long firstByte = exchange.firstByteEpochNanos();
    return firstByte == null ? null : SortOrder.Key.of(firstByte - exchange.startedEpochNanos());
  }

  private static SortOrder.@Nullable Key authority(Exchange exchange) {
    String authority = exchange.request() == null ? null : exchange.request().authority();
    return authority == null ? null : SortOrder.Key.of(authority);
  }

  private static SortOrder.@Nullable Key bodyBytes(@Nullable HttpMessage message) {
    return message == null ? null : SortOrder.Key.of(message.body().content().length());
  }
}
