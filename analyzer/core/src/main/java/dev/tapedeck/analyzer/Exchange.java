// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import dev.tapedeck.format.Role;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request with what answered it.
 *
 * <p><b>Units:</b> times in nanoseconds since the Unix epoch; see CLI contract {@code started_ns}.
 *
 * @param sessionNumber the session's number
 * @param index 0-based place among the session's exchanges
 * @param connection the connection; the same object as the session's
 * @param request the request; null when only the answer was captured
 * @param response the final answer; null when none was captured
 * @param interim answers with status 1xx that came before it
 * @param startedEpochNanos when the request began: entry of the first call for bytes going out,
 *     exit of the call that returned the first byte for bytes coming in
 * @param firstByteNanosOrNone {@link #firstByteEpochNanos}, or {@link #NO_TIME}
 * @param endedEpochNanos when the last byte of the exchange moved
 * @param pipelined true when the request began before the previous answer had ended
 * @param alsoSeenBy the other role, when the other end's own recording of it was folded into this
 *     one
 * @param leg that it is an inner leg of another request; null when it is not known to be one
 * @param completeness of the exchange as a whole
 * @param anomalies that concern the pairing rather than one message
 * @param messages what it carries inside itself, in the order in which the last byte of each moved:
 *     WebSocket messages, server-sent events, gRPC messages; none in most exchanges
 * @param streamId the HTTP/2 stream that the answer came on; null for HTTP/1
 */
public record Exchange(
    int sessionNumber,
    int index,
    ConnectionInfo connection,
    @Nullable HttpRequest request,
    @Nullable HttpResponse response,
    List<HttpResponse> interim,
    long startedEpochNanos,
    long firstByteNanosOrNone,
    long endedEpochNanos,
    boolean pipelined,
    Set<Role> alsoSeenBy,
    @Nullable Leg leg,
    Completeness completeness,
    List<Anomaly> anomalies,
    List<StreamMessage> messages,
    @Nullable Integer streamId) {
  /** There is no such time; an object for each time that there is would cost more. */
  public static final long NO_TIME = Long.MIN_VALUE;

  public Exchange {
    interim = List.copyOf(interim);
    alsoSeenBy = Set.copyOf(alsoSeenBy);
    anomalies = List.copyOf(anomalies);
    messages = List.copyOf(messages);
  }

  /** Returns the id in JSON and on the command line: {@code session.place}, place from 1. */
  public String id() {
    return sessionNumber + "." + (index + 1);
  }

  /** Returns when the answer's first byte moved; null when there is none. */
  public @Nullable Long firstByteEpochNanos() {
    return firstByteNanosOrNone == NO_TIME ? null : Long.valueOf(firstByteNanosOrNone);
  }

  /** Returns the protocol's name as in JSON, such as {@code HTTP/1.1}. */
  public String protocol() {
    if (request != null) {
      return request.version();
    }
    return response != null ? response.version() : "";
  }

  /** Returns the same exchange in storage of its own, which keeps no block of the capture. */
  public Exchange detached() {
    return toBuilder()
        .request(request == null ? null : request.detached())
        .response(response == null ? null : response.detached())
        .interim(interim.stream().map(HttpResponse::detached).toList())
        .build();
  }

  /** Returns a builder of one on a connection, complete and without messages. */
  public static Builder newBuilder(int sessionNumber, int index, ConnectionInfo connection) {
    return new Builder(sessionNumber, index, connection);
  }

  /** Returns a builder that holds all of this one. */
  public Builder toBuilder() {
    return newBuilder(sessionNumber, index, connection)
        .request(request)
        .response(response)
        .interim(interim)
        .times(startedEpochNanos, firstByteEpochNanos(), endedEpochNanos)
        .pipelined(pipelined)
        .alsoSeenBy(alsoSeenBy)
        .leg(leg)
        .completeness(completeness)
        .anomalies(anomalies)
        .messages(messages)
        .streamId(streamId);
  }

  /** Collects an exchange; confined to one thread. */
  public static final class Builder {
    private final int sessionNumber;
    private final int index;
    private final ConnectionInfo connection;
    private @Nullable HttpRequest request;
    private @Nullable HttpResponse response;
    private List<HttpResponse> interim = List.of();
    private long startedEpochNanos;
    private long firstByteNanosOrNone = NO_TIME;
    private long endedEpochNanos;
    private boolean pipelined;
    private Set<Role> alsoSeenBy = Set.of();
    private @Nullable Leg leg;
    private Completeness completeness = Completeness.COMPLETE;
    private List<Anomaly> anomalies = List.of();
    private List<StreamMessage> messages = List.of();
    private @Nullable Integer streamId;

    private Builder(int sessionNumber, int index, ConnectionInfo connection) {
      this.sessionNumber = sessionNumber;
      this.index = index;
      this.connection = connection;
    }

    public Builder request(@Nullable HttpRequest message) {
      request = message;
      return this;
    }

    public Builder response(@Nullable HttpResponse message) {
      response = message;
      return this;
    }

    public Builder interim(List<HttpResponse> answers) {
      interim = answers;
      return this;
    }

    /** Sets when it began, when the answer's first byte moved, and when it ended. */
    public Builder times(long startedNanos, @Nullable Long firstByteNanos, long endedNanos) {
      startedEpochNanos = startedNanos;
      firstByteNanosOrNone = firstByteNanos == null ? NO_TIME : firstByteNanos;
      endedEpochNanos = endedNanos;
      return this;
    }

    public Builder pipelined(boolean isPipelined) {
      pipelined = isPipelined;
      return this;
    }

    public Builder alsoSeenBy(Set<Role> roles) {
      alsoSeenBy = roles;
      return this;
    }

    public Builder leg(@Nullable Leg inner) {
      leg = inner;
      return this;
    }

    public Builder completeness(Completeness known) {
      completeness = known;
      return this;
    }

    public Builder anomalies(List<Anomaly> found) {
      anomalies = found;
      return this;
    }

    public Builder streamId(@Nullable Integer id) {
      streamId = id;
      return this;
    }

    public Builder messages(List<StreamMessage> carried) {
      messages = carried;
      return this;
    }

    public Exchange build() {
      return new Exchange(
          sessionNumber,
          index,
          connection,
          request,
          response,
          interim,
          startedEpochNanos,
          firstByteNanosOrNone,
          endedEpochNanos,
          pipelined,
          alsoSeenBy,
          leg,
          completeness,
          anomalies,
          messages,
          streamId);
    }
  }
}
