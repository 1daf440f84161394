// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.http.internal.h1.RequestContext;
import dev.tapedeck.analyzer.stream.MissingCause;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges of an HTTP/1 connection that are not complete yet, or wait for one before them.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class OpenExchanges {
  private final AnalyzerOptions options;
  private final SessionContext session;
  private final Predicate<OpenExchange> isFinishedWith;
  private final Consumer<Exchange> sink;
  private final ArrayDeque<OpenExchange> open = new ArrayDeque<>(1);

  /** One that was handed out and that nothing refers to any more. */
  private @Nullable OpenExchange spare;

  private final Course course;

  /** Bytes are missing, and all of them because of limits or rules of the recorder. */
  private boolean capped;

  private boolean lossy;

  /**
   * Makes none.
   *
   * @param course takes how many were handed out, and goes on from there
   * @param isFinishedWith says of one that was handed out whether nothing refers to it
   * @param sink takes the exchanges, in order
   */
  OpenExchanges(
      AnalyzerOptions options,
      SessionContext session,
      Course course,
      Predicate<OpenExchange> isFinishedWith,
      Consumer<Exchange> sink) {
    this.options = options;
    this.session = session;
    this.course = course;
    this.isFinishedWith = isFinishedWith;
    this.sink = sink;
  }

  /** Bytes of the connection are missing. */
  void missing(MissingCause cause) {
    capped |= cause != MissingCause.LOST;
    lossy |= cause == MissingCause.LOST;
  }

  void add(OpenExchange exchange) {
    open.add(exchange);
  }

  /** Adds an exchange behind another one. */
  void addAfter(OpenExchange before, OpenExchange added) {
    ArrayDeque<OpenExchange> later = new ArrayDeque<>();
    while (open.getLast() != before) {
      later.addFirst(open.removeLast());
    }
    open.add(added);
    open.addAll(later);
  }

  /**
   * Adds an exchange for an answer without a request, before those that began after it.
   *
   * @param beganNanos when the answer began
   */
  OpenExchange addUnpaired(long beganNanos) {
    OpenExchange unpaired = OpenExchange.unpaired();
    ArrayDeque<OpenExchange> later = new ArrayDeque<>(0);
    while (!open.isEmpty() && open.getLast().requestStartNanos > beganNanos) {
      later.addFirst(open.removeLast());
    }
    open.add(unpaired);
    open.addAll(later);
    return unpaired;
  }

  /** Returns an exchange that begins, which is not added yet. */
  OpenExchange begin(RequestContext kind, long startNanos, boolean waits) {
    OpenExchange again = spare;
    if (again == null) {
      return new OpenExchange(kind, startNanos, waits);
    }
    spare = null;
    again.begin(kind, startNanos, waits);
    return again;
  }

  void remove(OpenExchange exchange) {
    open.remove(exchange);
  }

  /** Returns how many there are. */
  int size() {
    return open.size();
  }

  /** Returns how many there have been. */
  int begun() {
    return course.index + open.size();
  }

  /** Says that nothing comes any more. */
  void end() {
    for (OpenExchange exchange : open) {
      exchange.requestDone = true;
      exchange.responseDone = true;
    }
    emit();
  }

  /** Hands out the exchanges that are complete, up to the first one that is not. */
  void emit() {
    OpenExchange first = open.peekFirst();
    while (first != null && first.isDone()) {
      open.removeFirst();
      Exchange exchange =
          first.build(options, session, course.index++, course.previousEndNanos, capped && !lossy);
      HttpResponse answer = exchange.response();
      course.previousEndNanos = answer == null ? Long.MIN_VALUE : answer.lastEpochNanos();
      if (isFinishedWith.test(first)) {
        first.clear();
        spare = first;
      }
      sink.accept(exchange);
      first = open.peekFirst();
    }
  }

  /** Lets go of the blocks that the messages lie in. */
  void detach() {
    spare = null;
    for (OpenExchange exchange : open) {
      exchange.detach();
    }
  }

  /** Returns how many bytes of the streams their messages keep. */
  long heldBytes() {
    long held = 0;
    for (OpenExchange exchange : open) {
      held += exchange.heldBytes();
    }
    return held;
  }
}
