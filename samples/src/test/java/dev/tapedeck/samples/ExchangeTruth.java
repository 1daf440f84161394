// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.SessionVisitor;
import dev.tapedeck.analyzer.session.SessionAnalyzer;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.InMemoryChannel;
import dev.tapedeck.format.Projection;
import dev.tapedeck.format.ReaderOptions;
import dev.tapedeck.format.Role;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.format.StreamOwner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;

/**
 * What an undamaged capture says, to hold against what is read from damaged copies of it.
 *
 * <p>Whatever a copy gives has to be true: a complete exchange is one of the undamaged file, byte
 * for byte and with the same answer; an incomplete one holds only bytes that really stood in that
 * place of the stream, in their order.
 */
final class ExchangeTruth {
  /** Shorter common runs may be a coincidence. */
  private static final int CERTAIN_RUN_BYTES = 8;

  private final Map<StreamId, byte[]> streams;
  private final Map<StreamOwner, Session> sessions = new HashMap<>();

  private ExchangeTruth(Map<StreamId, byte[]> streams, List<Session> sessions) {
    this.streams = streams;
    sessions.forEach(session -> this.sessions.put(owner(session.connection()), session));
  }

  /** Reads the truth from a capture that lacks no byte. */
  static ExchangeTruth of(byte[] capture) throws IOException {
    Map<StreamId, ByteArrayOutputStream> streams = new HashMap<>();
    try (CaptureReader reader = open(capture)) {
      reader.read(
          Projection.ALL,
          event -> {
            if (event instanceof StreamEvent.Data data) {
              ByteArrayOutputStream stream =
                  streams.computeIfAbsent(data.stream(), id -> new ByteArrayOutputStream());
              assertThat(data.position()).isEqualTo(stream.size());
              stream.writeBytes(Objects.requireNonNull(data.payload()).toArray());
            }
          });
    }
    Map<StreamId, byte[]> bytes = new HashMap<>();
    streams.forEach((id, stream) -> bytes.put(id, stream.toByteArray()));
    AnalyzerOptions everyEnd = AnalyzerOptions.newBuilder().bothEnds(true).build();
    return new ExchangeTruth(bytes, analyze(capture, everyEnd).sessions());
  }

  /**
   * What the analyzer makes of a capture.
   *
   * @param sessions in order
   * @param damages parts that could not be read
   */
  record Analysis(List<Session> sessions, List<Damage> damages) {
    List<Exchange> exchanges() {
      return sessions.stream().flatMap(session -> session.exchanges().stream()).toList();
    }
  }

  /** Analyzes a capture with the default options. */
  static Analysis analyze(byte[] capture) throws IOException {
    return analyze(capture, AnalyzerOptions.defaults());
  }

  private static Analysis analyze(byte[] capture, AnalyzerOptions options) throws IOException {
    Analysis analysis = new Analysis(new ArrayList<>(), new ArrayList<>());
    try (CaptureReader reader = open(capture)) {
      new SessionAnalyzer(options)
          .analyze(
              reader::read,
              new SessionVisitor() {
                @Override
                public void session(Session session) {
                  analysis.sessions().add(session);
                }

                @Override
                public void damage(Damage damage) {
                  analysis.damages().add(damage);
                }
              });
    }
    return analysis;
  }

  private static CaptureReader open(byte[] capture) throws IOException {
    return CaptureReader.open(
        new InMemoryChannel(capture), "damaged.tape", ReaderOptions.defaults());
  }

  /**
   * Asserts that everything read from a damaged copy is true.
   *
   * @return how many exchanges were complete
   */
  int assertOnlyTruth(Analysis found) {
    int complete = 0;
    for (Session session : found.sessions()) {
      Session truth = sessions.get(owner(session.connection()));
      assertThat(truth).as("session %s", session.connection()).isNotNull();
      assertThat(session.connection().role()).isEqualTo(truth.connection().role());
      for (Exchange exchange : session.exchanges()) {
        if (exchange.completeness() == Completeness.COMPLETE) {
          complete++;
          assertIsOneOf(truth, exchange);
        } else {
          assertPairing(truth, exchange);
        }
        messages(exchange).forEach(message -> assertTrueBytes(truth, message));
      }
    }
    return complete;
  }

  private static void assertIsOneOf(Session truth, Exchange exchange) {
    HttpMessage request = Objects.requireNonNull(exchange.request(), "request");
    Exchange original =
        truth.exchanges().stream()
            .filter(other -> from(other.request()) == request.span().from())
            .findFirst()
            .orElseThrow(() -> new NoSuchElementException("no original of " + exchange));
    assertSame(original.request(), request);
    assertThat(exchange.response() == null).isEqualTo(original.response() == null);
    if (exchange.response() != null) {
      assertSame(original.response(), exchange.response());
    }
    // An interim answer may be among what is lost.
    for (HttpMessage early : exchange.interim()) {
      assertThat(original.interim()).anyMatch(other -> other.head().equals(early.head()));
    }
  }

  private static void assertSame(HttpMessage original, HttpMessage message) {
    assertThat(message.head()).isEqualTo(original.head());
    assertThat(message.headers()).isEqualTo(original.headers());
    assertThat(message.trailers()).isEqualTo(original.trailers());
    assertThat(message.body().framing()).isEqualTo(original.body().framing());
    assertThat(message.body().framed().toBytes()).isEqualTo(original.body().framed().toBytes());
    assertThat(message.body().wire().toBytes()).isEqualTo(original.body().wire().toBytes());
    assertThat(message.body().content().toBytes()).isEqualTo(original.body().content().toBytes());
  }

  /** An answer of which a part is there must still be the answer to that request. */
  private static void assertPairing(Session truth, Exchange exchange) {
    if (exchange.request() == null || exchange.response() == null) {
      return;
    }
    Exchange asked = null;
    Exchange answered = null;
    for (Exchange original : truth.exchanges()) {
      if (contains(original.request(), exchange.request())) {
        asked = original;
      }
      if (contains(original.response(), exchange.response())) {
        answered = original;
      }
    }
    assertThat(answered).as("the exchange answered by %s", exchange.response()).isSameAs(asked);
  }

  private static boolean contains(HttpMessage original, HttpMessage message) {
    return original != null
        && original.span().from() <= message.span().from()
        && message.span().from() < original.span().to();
  }

  private void assertTrueBytes(Session truth, HttpMessage message) {
    boolean isRequest = message instanceof HttpRequest;
    boolean out = isRequest == (truth.connection().role() == Role.CLIENT);
    StreamId id =
        new StreamId(owner(truth.connection()), out ? Direction.EGRESS : Direction.INGRESS);
    byte[] stream = streams.get(id);
    int from = Math.toIntExact(message.span().from());
    assertThat(message.span().to()).isLessThanOrEqualTo(stream.length);
    byte[] place = Arrays.copyOfRange(stream, from, Math.toIntExact(message.span().to()));
    List<Bytes> captured = new ArrayList<>(List.of(message.head()));
    captured.addAll(message.body().framed().segments());
    byte[] bytes = new ByteRope(captured).toBytes().toArray();
    assertThat(isMadeOfRunsOf(bytes, place))
        .as("%s %s consists of bytes of its place", id, message)
        .isTrue();
    if (message.completeness() == Completeness.COMPLETE) {
      assertThat(bytes).isEqualTo(place);
    }
  }

  /** Returns whether the bytes are the original with runs left out. */
  private static boolean isMadeOfRunsOf(byte[] bytes, byte[] original) {
    int at = 0;
    int in = 0;
    while (at < bytes.length) {
      if (in < original.length && bytes[at] == original[in]) {
        at++;
        in++;
        continue;
      }
      int run = Math.min(CERTAIN_RUN_BYTES, bytes.length - at);
      in++;
      while (in + run <= original.length
          && !Arrays.equals(bytes, at, at + run, original, in, in + run)) {
        in++;
      }
      if (in + run > original.length) {
        return false;
      }
    }
    return true;
  }

  private static List<HttpMessage> messages(Exchange exchange) {
    List<HttpMessage> messages = new ArrayList<>(exchange.interim());
    if (exchange.request() != null) {
      messages.add(exchange.request());
    }
    if (exchange.response() != null) {
      messages.add(exchange.response());
    }
    return messages;
  }

  private static long from(HttpMessage message) {
    return message == null ? -1 : message.span().from();
  }

  private static StreamOwner owner(ConnectionInfo connection) {
    return connection.tlsSession() != null
        ? connection.tlsSession()
        : Objects.requireNonNull(connection.connection());
  }
}
