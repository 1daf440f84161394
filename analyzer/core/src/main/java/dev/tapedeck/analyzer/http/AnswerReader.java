// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.http.internal.h1.ByteCounts;
import dev.tapedeck.analyzer.http.internal.h1.MessageSink;
import dev.tapedeck.analyzer.http.internal.h1.ParsedMessage;
import dev.tapedeck.analyzer.http.internal.h1.RequestContext;
import dev.tapedeck.analyzer.http.internal.h1.ResponseParser;
import dev.tapedeck.format.Bytes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Reads the answers of a live HTTP/1 connection as the analyzer reads recorded ones.
 *
 * <p>Content codings are left as they are: the content of these answers is their wire bytes, see
 * {@link ContentDecoder}.
 *
 * <p><b>Lifecycle:</b> {@link #expect} for each request before its answer comes, {@link #feed},
 * then {@link #poll} until null; {@link #end} once, and {@link #poll} again.
 *
 * <p><b>Threads:</b> confined to one. <b>Ownership:</b> answers keep views of the runs that were
 * fed.
 */
public final class AnswerReader {
  private static final int SWITCHING_PROTOCOLS = 101;
  private static final int FIRST_FINAL_STATUS = 200;

  /** Interim answers before a final one; beyond, the peer is not taken to answer at all. */
  public static final int MAX_INTERIM = 1000;

  private final MessageFactory factory;
  private final ResponseParser parser;
  private final Deque<RequestContext> expected = new ArrayDeque<>();
  private final Deque<HttpResponse> answers = new ArrayDeque<>();
  private long position;
  private int interim;
  private boolean lost;
  private boolean switched;
  private Bytes unread = Bytes.empty();
  private @Nullable ParsedMessage open;

  /**
   * Makes a reader.
   *
   * @param maxHeadBytes longest head; beyond, the connection counts as lost
   */
  public AnswerReader(int maxHeadBytes) {
    AnalyzerOptions options =
        AnalyzerOptions.newBuilder().maxHeadBytes(maxHeadBytes).decodeContent(false).build();
    factory = new MessageFactory(options, LongUnaryOperator.identity());
    parser = new ResponseParser(new Sink(), this::context, maxHeadBytes, true, new ByteCounts());
  }

  /** Says that a request with that method was sent. */
  public void expect(String method) {
    expected.add(
        switch (method) {
          case "HEAD" -> RequestContext.HEAD;
          case "CONNECT" -> RequestContext.CONNECT;
          default -> RequestContext.OTHER;
        });
  }

  /**
   * Takes bytes in.
   *
   * @param run the bytes, which the reader keeps
   * @param nanos when they came; the answers' times are in the same units
   */
  public void feed(Bytes run, long nanos) {
    int taken = parser.feed(run, position, nanos, nanos);
    if (switched && taken < run.length()) {
      unread = run.slice(taken, run.length());
    } else {
      lost |= taken < run.length() || parser.isLost();
    }
    position += run.length();
  }

  /**
   * Says that the connection has ended.
   *
   * @param orderly whether the peer closed it, rather than it being reset: only that completes an
   *     answer without length
   */
  public void end(boolean orderly) {
    parser.end(orderly);
  }

  /** Returns the next answer, interim ones too; null when none is whole. */
  public @Nullable HttpResponse poll() {
    return answers.poll();
  }

  /** Returns whether bytes came that are no answer to a request. */
  public boolean isLost() {
    return lost;
  }

  /**
   * Returns the body of an event stream as far as it has come, content codings not undone; null
   * when none is open.
   */
  public @Nullable ByteRope openEvents() {
    return open == null || !open.isEventStream() ? null : open.bodySoFar();
  }

  /** Returns what came in one run with an answer that switched protocols, behind it. */
  public Bytes unread() {
    return unread;
  }

  /** Returns whether the next byte begins an answer. */
  public boolean atBoundary() {
    return parser.atBoundary();
  }

  private RequestContext context() {
    RequestContext context = expected.peek();
    return context == null ? RequestContext.UNKNOWN : context;
  }

  private final class Sink implements MessageSink {
    @Override
    public void head(ParsedMessage message) {
      // Without a head it would be an answer to HTTP/0.9, which nobody sends.
      lost |= message.head().isEmpty();
      open = message;
    }

    @Override
    public void message(ParsedMessage message) {
      open = null;
      HttpResponse answer = factory.response(message);
      answers.add(answer);
      if (answer.status() >= FIRST_FINAL_STATUS || answer.status() == SWITCHING_PROTOCOLS) {
        expected.poll();
        switched = answer.status() == SWITCHING_PROTOCOLS;
        interim = 0;
      } else {
        interim++;
        lost |= interim > MAX_INTERIM;
      }
    }

    @Override
    public boolean ready() {
      return !expected.isEmpty();
    }

    @Override
    public boolean mayResume() {
      return false;
    }
  }
}
