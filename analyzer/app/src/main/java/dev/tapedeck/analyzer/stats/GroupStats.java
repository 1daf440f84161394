// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stats;

import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.http.GrpcStatus;
import java.util.Map;
import java.util.TreeMap;

/**
 * The figures of one group.
 *
 * <p><b>Threads:</b> confined to one.
 */
public final class GroupStats {
  private static final int FIRST_ERROR_STATUS = 400;
  private static final long NANOS_PER_MICRO = 1000;

  private final StatsKey key;
  private final boolean isRest;
  private final Latencies duration = new Latencies();
  private final Latencies firstByte = new Latencies();
  private final Map<Integer, Long> statuses = new TreeMap<>();
  private long count;
  private long errors;
  private long unanswered;
  private long incomplete;
  private long requestBytes;
  private long responseBytes;

  GroupStats(StatsKey key, boolean isRest) {
    this.key = key;
    this.isRest = isRest;
  }

  void add(Exchange exchange) {
    count++;
    incomplete += exchange.completeness() == Completeness.COMPLETE ? 0 : 1;
    HttpRequest request = exchange.request();
    HttpResponse response = exchange.response();
    requestBytes += request == null ? 0 : bytes(request);
    if (response == null) {
      unanswered++;
      return;
    }
    responseBytes += bytes(response);
    if (response.status() != 0) {
      statuses.merge(response.status(), 1L, Long::sum);
    }
    GrpcStatus grpc = GrpcStatus.of(response);
    errors += response.status() >= FIRST_ERROR_STATUS || (grpc != null && grpc.code() != 0) ? 1 : 0;
    if (request != null) {
      // Without the request nobody knows when it began.
      duration.add((exchange.endedEpochNanos() - exchange.startedEpochNanos()) / NANOS_PER_MICRO);
      if (exchange.firstByteNanosOrNone() != Exchange.NO_TIME) {
        firstByte.add(
            (exchange.firstByteNanosOrNone() - exchange.startedEpochNanos()) / NANOS_PER_MICRO);
      }
    }
  }

  private static long bytes(HttpMessage message) {
    return message.head().length() + message.body().wire().length();
  }

  /** Returns what the exchanges have in common. */
  public StatsKey key() {
    return key;
  }

  /** Returns whether it is the group of all that no group of their own was left for. */
  public boolean isRest() {
    return isRest;
  }

  /** Returns how many exchanges there were. */
  public long count() {
    return count;
  }

  /** Returns how many had a status from 400 on, or a gRPC status other than 0. */
  public long errors() {
    return errors;
  }

  /** Returns how many had no answer in the capture. */
  public long unanswered() {
    return unanswered;
  }

  /** Returns how many were not captured completely. */
  public long incomplete() {
    return incomplete;
  }

  /** Returns the bytes of heads and bodies of requests, as they were sent. */
  public long requestBytes() {
    return requestBytes;
  }

  /** Returns the bytes of heads and bodies of answers, as they were sent. */
  public long responseBytes() {
    return responseBytes;
  }

  /** Returns how often each status code was answered, ascending. */
  public Map<Integer, Long> statuses() {
    return new TreeMap<>(statuses);
  }

  /** Returns the times from the request's first byte to the answer's last, in microseconds. */
  public Latencies duration() {
    return duration;
  }

  /** Returns the times from the request's first byte to the answer's first, in microseconds. */
  public Latencies firstByte() {
    return firstByte;
  }
}
