// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.listing;

import dev.tapedeck.analyzer.filter.KnownValues;
import dev.tapedeck.analyzer.filter.Verdict;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What rows tell filters, one row after another.
 *
 * <p>A text that was cut, and a body length that only decoding would tell, are not known.
 *
 * <p><b>Threads:</b> confined to one.
 */
public final class RowValues implements KnownValues {
  private @Nullable Rows rows;
  private int row;

  /** Makes one that tells nothing before {@link #at}. */
  public RowValues() {}

  /** Turns to a row; returns itself. */
  public RowValues at(Rows chunk, int i) {
    rows = chunk;
    row = i;
    return this;
  }

  @Override
  public Verdict anyNumber(String field, LongPredicate test) {
    Rows chunk = rows;
    if (chunk == null) {
      return Verdict.MAYBE;
    }
    int i = row;
    return switch (field) {
      case "response.status" -> known(chunk.status(i), 1, test);
      case "response.grpc_status" ->
          chunk.grpcStatus(i) == RowLayout.MAX_GRPC
              ? Verdict.MAYBE
              : known(chunk.grpcStatus(i), 0, test);
      case "started_ns" -> Verdict.of(test.test(chunk.startedEpochNanos(i)));
      case "duration_us" -> Verdict.of(test.test(chunk.durationNanos(i)));
      case "first_byte_us" -> known(chunk.firstByteNanos(i), 0, test);
      case "session_id" -> Verdict.of(test.test(chunk.session(i)));
      case "index" -> Verdict.of(test.test(chunk.index(i)));
      case "stream_id" -> known(chunk.stream(i), 0, test);
      case "pipelined" -> Verdict.of(test.test(chunk.isPipelined(i) ? 1 : 0));
      case "request.wire_body_bytes" -> known(chunk.requestBytes(i), 0, test);
      case "response.wire_body_bytes" -> known(chunk.responseBytes(i), 0, test);
      case "request.body_bytes" ->
          chunk.isRequestCoded(i) ? Verdict.MAYBE : known(chunk.requestBytes(i), 0, test);
      case "response.body_bytes" ->
          chunk.isResponseCoded(i) ? Verdict.MAYBE : known(chunk.responseBytes(i), 0, test);
      default -> Verdict.MAYBE;
    };
  }

  private static Verdict known(long value, long least, LongPredicate test) {
    return Verdict.of(value >= least && test.test(value));
  }

  @Override
  public Verdict anyText(String field, Predicate<String> test) {
    Rows chunk = rows;
    if (chunk == null) {
      return Verdict.MAYBE;
    }
    int i = row;
    return switch (field) {
      case "id" -> Verdict.of(test.test(chunk.id(i)));
      case "scheme" -> Verdict.of(test.test(chunk.isHttps(i) ? "https" : "http"));
      case "role" -> Verdict.of(test.test(chunk.isClient(i) ? "client" : "server"));
      case "completeness" -> Verdict.of(test.test(chunk.completeness(i).jsonName()));
      case "protocol" -> text(chunk, RowLayout.Text.PROTOCOL, test);
      case "process.comm" -> text(chunk, RowLayout.Text.PROCESS, test);
      case "request.method" -> text(chunk, RowLayout.Text.METHOD, test);
      case "request.target" -> text(chunk, RowLayout.Text.TARGET, test);
      case "request.authority" -> text(chunk, RowLayout.Text.AUTHORITY, test);
      case "response.content_type" -> text(chunk, RowLayout.Text.CONTENT_TYPE, test);
      case "messages", "messages.kind", "messages.sender" ->
          chunk.messages(i) == 0 ? Verdict.NO : Verdict.MAYBE;
      case "leg_of", "leg.explanation", "leg.method", "leg.confidence", "leg.candidates" ->
          chunk.isLeg(i) ? Verdict.MAYBE : Verdict.NO;
      default -> Verdict.MAYBE;
    };
  }

  private Verdict text(Rows chunk, RowLayout.Text text, Predicate<String> test) {
    if (!chunk.has(row, text)) {
      return Verdict.NO;
    }
    return chunk.isWhole(row, text) ? Verdict.of(test.test(chunk.text(row, text))) : Verdict.MAYBE;
  }
}
