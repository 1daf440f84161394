// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.replayer.capture.BodyStore;
import dev.tapedeck.replayer.plan.EventStreams;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A recorded request of a service to one of its downstream services, with what answered it.
 *
 * @param number place among all calls, by time
 * @param id of its exchange; with several captures {@code capture:id}, captures from 1
 * @param upstream whom it was meant for
 * @param exchange as recorded; bodies may be set aside
 * @param bodies where these are
 * @param canon what counts when it is looked for; long bodies by their digest
 * @param inbound ids of the exchanges that were served when it was made, by whoever made it; one
 *     when it is known for which, none when nothing is known
 * @param unservable why there is no answer to give; null when there is one
 */
public record RecordedCall(
    int number,
    String id,
    Upstream upstream,
    Exchange exchange,
    BodyStore bodies,
    RequestCanon canon,
    Set<String> inbound,
    @Nullable String unservable) {
  public RecordedCall {
    inbound = Set.copyOf(inbound);
  }

  /** Returns the request with its body. */
  public HttpRequest request() {
    return Objects.requireNonNull(bodies.request(exchange), "request");
  }

  /** Returns the answer with its body. */
  public HttpResponse response() {
    return Objects.requireNonNull(bodies.response(exchange), "response");
  }

  /** Returns the answers with status 1xx that came before it. */
  public List<HttpResponse> interim() {
    return exchange.interim();
  }

  /** Returns how long after the request's last byte the answer's first one came. */
  public long firstByteAfterNanos() {
    long asked = request0().lastEpochNanos();
    Long first = exchange.firstByteEpochNanos();
    return first == null ? endAfterNanos() : Math.max(0, first - asked);
  }

  /**
   * Returns how long after the request's last byte the rest of the answer is given: when its last
   * byte came; the events of a stream follow its head at once, because nobody waits for its end.
   */
  public long restAfterNanos() {
    HttpResponse response = exchange.response();
    return response != null && EventStreams.isOne(response)
        ? firstByteAfterNanos()
        : endAfterNanos();
  }

  private long endAfterNanos() {
    HttpResponse response = exchange.response();
    long ended = response == null ? 0 : response.lastEpochNanos();
    return Math.max(0, Math.max(ended, exchange.endedEpochNanos()) - request0().lastEpochNanos());
  }

  private HttpRequest request0() {
    return Objects.requireNonNull(exchange.request(), "request");
  }
}
