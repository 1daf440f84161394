// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Endpoint;
import dev.tapedeck.format.Role;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of an exchange to find the legs of its request: hashes, and nothing that was
 * captured.
 *
 * <p><b>Units:</b> nanoseconds since the Unix epoch.
 */
final class LegFacts {
  private static final Set<String> ID_FIELDS =
      Set.of(
          "x-request-id",
          "x-correlation-id",
          "request-id",
          "correlation-id",
          "x-amzn-trace-id",
          "x-b3-traceid",
          "x-cloud-trace-context",
          "uber-trace-id",
          "cf-ray");

  /** Values of these are the same in requests that have nothing to do with each other. */
  private static final Set<String> COMMON_FIELDS =
      Set.of(
          "accept",
          "accept-encoding",
          "accept-language",
          "cache-control",
          "connection",
          "content-type");

  /** No other request of that time has the same body of so many bytes. */
  private static final int TELLING_BODY_BYTES = 32;

  /** The id of all parts of one request is the second part of it (W3C Trace Context, 3.2.2). */
  private static final String TRACE_PARENT = "traceparent";

  private static final int TRACE_ID_FROM = 3;
  private static final int TRACE_ID_TO = 35;

  /** Shorter values are the same in too many requests. */
  private static final int MIN_TELLING_LENGTH = 12;

  private static final int MAX_HASHES = 32;

  final String id;
  final long startedNanos;
  final long endedNanos;
  final Endpoint server;
  final @Nullable LegProcess serving;
  final @Nullable LegProcess asking;
  private final long content;
  private final boolean tellingContent;
  private final long[] ids;
  private final long[] values;

  private LegFacts(Exchange exchange) {
    ConnectionInfo connection = exchange.connection();
    boolean served = connection.role() == Role.SERVER;
    LegProcess own = connection.process().pid() == 0 ? null : LegProcess.of(connection);
    LegProcess peer =
        connection.peer() == null ? null : LegProcess.besides(connection, connection.peer().pid());
    id = exchange.id();
    startedNanos = exchange.startedEpochNanos();
    endedNanos = exchange.endedEpochNanos();
    server = connection.server();
    serving = served ? own : peer;
    asking = served ? peer : own;
    HttpRequest request = exchange.request();
    long[] foundIds = new long[MAX_HASHES];
    long[] foundValues = new long[MAX_HASHES];
    int idCount = 0;
    int valueCount = 0;
    for (int i = 0; request != null && i < request.headers().size(); i++) {
      HeaderField field = request.headers().get(i);
      String name = field.name().toLowerCase(Locale.ROOT);
      if (name.equals(TRACE_PARENT) && field.value().length() >= TRACE_ID_TO) {
        if (idCount < MAX_HASHES) {
          foundIds[idCount++] = hash(field.value().substring(TRACE_ID_FROM, TRACE_ID_TO));
        }
      } else if (ID_FIELDS.contains(name) && !field.value().isEmpty()) {
        if (idCount < MAX_HASHES) {
          foundIds[idCount++] = hash(field.value());
        }
      } else if (field.value().length() >= MIN_TELLING_LENGTH
          && !COMMON_FIELDS.contains(name)
          && valueCount < MAX_HASHES) {
        foundValues[valueCount++] = hash(name + ':' + field.value());
      }
    }
    ids = Arrays.copyOf(foundIds, idCount);
    values = Arrays.copyOf(foundValues, valueCount);
    content =
        request == null || request.completeness() != Completeness.COMPLETE ? 0 : content(request);
    tellingContent = request != null && request.body().wire().length() >= TELLING_BODY_BYTES;
  }

  /** Returns what is to be kept of an exchange. */
  static LegFacts of(Exchange exchange) {
    return new LegFacts(exchange);
  }

  private static long content(HttpRequest request) {
    long hash = mix(hash(request.method()) + hash(request.target()));
    for (Bytes segment : request.body().wire().segments()) {
      for (int i = 0; i < segment.length(); i++) {
        hash = 31 * hash + segment.get(i);
      }
    }
    return mix(hash) | 1;
  }

  private static long hash(String text) {
    long hash = text.length();
    for (int i = 0; i < text.length(); i++) {
      hash = 31 * hash + text.charAt(i);
    }
    return mix(hash);
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** Returns whether both are served and asked for by one process, this one while that is open. */
  boolean isCallWithin(LegFacts outer) {
    return asking != null
        && asking.equals(outer.serving)
        && outer.startedNanos < startedNanos
        && startedNanos <= outer.endedNanos;
  }

  /** Returns whether it lies within the other one's time, at another server. */
  boolean liesWithin(LegFacts outer) {
    return outer.startedNanos < startedNanos
        && endedNanos < outer.endedNanos
        && !outer.server.equals(server);
  }

  /** Returns whether method, target and body are the same. */
  boolean hasContentOf(LegFacts other) {
    return content != 0 && content == other.content;
  }

  /** Returns whether hardly any other request has the same content. */
  boolean hasTellingContent() {
    return content != 0 && tellingContent;
  }

  /** Returns the hash of method, target and body; 0 when not all of the request was captured. */
  long content() {
    return content;
  }

  boolean sharesId(LegFacts other) {
    return shared(ids, other.ids) > 0;
  }

  /** Returns how many long header values both have. */
  int sharedValues(LegFacts other) {
    return shared(values, other.values);
  }

  private static int shared(long[] one, long[] other) {
    int count = 0;
    for (long value : one) {
      for (long candidate : other) {
        if (value == candidate) {
          count++;
          break;
        }
      }
    }
    return count;
  }
}
