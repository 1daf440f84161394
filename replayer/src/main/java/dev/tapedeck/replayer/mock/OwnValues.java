// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.format.Role;
import dev.tapedeck.replayer.capture.BodyStore;
import dev.tapedeck.replayer.capture.RecordedCapture;
import dev.tapedeck.replayer.flow.LongSet;
import dev.tapedeck.replayer.flow.RandomValues;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The long random values that recorded services made up themselves for their downstream requests:
 * neither a request to them nor an answer of a downstream service had held them before.
 *
 * <p>Such a value is another one whenever the service runs; a value that came from outside is what
 * it was, or what the replay made of it.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class OwnValues {
  private static final long MAX_BODY_BYTES = 4 << 20;

  private final LongSet own = new LongSet();
  private final LongSet seen = new LongSet();
  private final LongSet told = new LongSet();

  /** A message as it was sent. */
  private record Moment(
      long nanos,
      boolean call,
      boolean request,
      Exchange exchange,
      @Nullable StreamMessage message,
      int capture) {}

  /** Goes through all that was recorded, by time. */
  OwnValues(List<RecordedCapture> captures) {
    List<Moment> moments = new ArrayList<>();
    for (int i = 0; i < captures.size(); i++) {
      for (Session session : captures.get(i).sessions()) {
        boolean client = session.connection().role() == Role.CLIENT;
        for (Exchange exchange : session.exchanges()) {
          boolean call = client || exchange.alsoSeenBy().contains(Role.CLIENT);
          moments.add(new Moment(exchange.startedEpochNanos(), call, true, exchange, null, i));
          moments.add(new Moment(exchange.endedEpochNanos(), call, false, exchange, null, i));
          for (StreamMessage message : exchange.messages()) {
            boolean asks = message.sender() == Role.CLIENT;
            long nanos = message.span().lastEpochNanos();
            moments.add(new Moment(nanos, call, asks, exchange, message, i));
          }
        }
      }
    }
    // What ended when a request began was there for it.
    moments.sort(Comparator.comparingLong(Moment::nanos).thenComparing(Moment::request));
    for (Moment moment : moments) {
      if (moment.request() || moment.call()) {
        take(moment, captures.get(moment.capture()).bodies());
      }
    }
  }

  private void take(Moment moment, BodyStore bodies) {
    boolean asks = moment.call() && moment.request();
    StreamMessage message = moment.message();
    if (message != null) {
      if (message.payload().length() <= MAX_BODY_BYTES) {
        String text = message.payload().toBytes().toLatin1();
        RandomValues.visit(text, word -> take(word, moment.call(), asks));
      }
      return;
    }
    HttpRequest request = moment.request() ? bodies.request(moment.exchange()) : null;
    HttpResponse answer = moment.request() ? null : bodies.response(moment.exchange());
    if (request != null) {
      RandomValues.visit(request.target(), word -> take(word, moment.call(), asks));
      take(request, moment.call(), asks);
    } else if (answer != null) {
      take(answer, moment.call(), asks);
    }
  }

  private void take(HttpMessage message, boolean call, boolean asks) {
    for (HeaderField field : message.headers().toList()) {
      RandomValues.visit(field.value(), word -> take(word, call, asks));
    }
    if (message.body().wire().length() <= MAX_BODY_BYTES) {
      String text = RequestCanon.content(message.body()).toLatin1();
      RandomValues.visit(text, word -> take(word, call, asks));
    }
  }

  private void take(String word, boolean call, boolean asks) {
    if (!seen.contains(word)) {
      if (asks) {
        own.add(word);
      } else if (!call) {
        told.add(word);
      }
    }
    seen.add(word);
  }

  /** Returns whether a recorded service made that value up. */
  boolean isOwn(String recorded) {
    return own.contains(recorded);
  }

  /**
   * Returns whether a client of a recorded service was the first to say that value: it says it
   * again now, or what the replay made of it, so the value is that of nobody else.
   */
  boolean isOfClient(String recorded) {
    return told.contains(recorded);
  }

  /** Returns whether the value stands anywhere in what the services were told, or said. */
  boolean isRecorded(String value) {
    return seen.contains(value);
  }
}
