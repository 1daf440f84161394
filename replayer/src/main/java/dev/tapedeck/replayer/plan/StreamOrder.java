// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.plan;

import dev.tapedeck.analyzer.Exchange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Finds what each request of an HTTP/2 connection, or of all connections, waited for: the answers
 * that had come before it began. Where one of these had itself waited for another one, the later
 * one is enough.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class StreamOrder {
  private final List<Stream> streams = new ArrayList<>();

  private record Stream(int number, long startedNanos, long endedNanos) {}

  /**
   * Adds the next request, by start time.
   *
   * @return numbers of those that it waited for, ascending
   */
  List<Integer> add(int number, Exchange exchange) {
    long started = exchange.startedEpochNanos();
    long lastStarted =
        streams.stream()
            .filter(one -> one.endedNanos() <= started)
            .mapToLong(Stream::startedNanos)
            .max()
            .orElse(Long.MIN_VALUE);
    // What ended before another began that has ended too is waited for by waiting for that one.
    streams.removeIf(one -> one.endedNanos() <= lastStarted && one.startedNanos() < lastStarted);
    List<Integer> waitedFor =
        streams.stream()
            .filter(one -> one.endedNanos() <= started && one.number() < number)
            .sorted(Comparator.comparingInt(Stream::number))
            .map(Stream::number)
            .toList();
    boolean answered = exchange.response() != null;
    streams.add(
        new Stream(number, started, answered ? exchange.endedEpochNanos() : Long.MAX_VALUE));
    return waitedFor;
  }
}
