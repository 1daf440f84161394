// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.analyzer.terminal.Human;
import dev.tapedeck.analyzer.terminal.Style;
import dev.tapedeck.analyzer.terminal.TextOutput;
import dev.tapedeck.analyzer.text.SafeText;
import dev.tapedeck.format.Role;
import java.io.IOException;

/**
 * The messages inside an exchange for a person: a line for each with who sent it, when, what it is
 * and how long, and its text or bytes below.
 */
final class StreamMessageView {
  /** So much of all messages together; each of them has the body's limit as well. */
  private static final int MAX_MESSAGES = 1000;

  private final TextOutput out;
  private final BodyView bodies;

  StreamMessageView(TextOutput out, BodyView bodies) {
    this.out = out;
    this.bodies = bodies;
  }

  void show(Exchange exchange) throws IOException {
    out.line("");
    int count = exchange.messages().size();
    out.line(out.style(Style.BOLD, count == 1 ? "1 message" : count + " messages"));
    int shown = Math.min(count, MAX_MESSAGES);
    for (StreamMessage message : exchange.messages().subList(0, shown)) {
      show(message, exchange.startedEpochNanos());
    }
    if (shown < count) {
      out.line(
          out.style(
              Style.DIM,
              "["
                  + (count - shown)
                  + " more: 'exchanges --format ndjson --bodies text' has them all]"));
    }
  }

  private void show(StreamMessage message, long startedEpochNanos) throws IOException {
    String arrow = message.sender() == Role.CLIENT ? "> " : "< ";
    String at = Human.duration(message.span().firstEpochNanos() - startedEpochNanos);
    out.line(arrow + out.style(Style.DIM, "at " + at) + "  " + what(message));
    bodies.show(message);
    if (message.completeness() != Completeness.COMPLETE) {
      out.line(
          out.style(
              Style.WARNING,
              "[incomplete: " + ExchangeView.completeness(message.completeness()) + "]"));
    }
    for (Anomaly anomaly : message.anomalies()) {
      out.line(out.style(Style.WARNING, "[" + ExchangeView.describe(anomaly) + "]"));
    }
  }

  private static String what(StreamMessage message) {
    StringBuilder text = new StringBuilder();
    text.append(message.kind() == null ? "rest of a message" : message.kind().jsonName());
    if (message.eventName() != null) {
      text.append(' ').append(SafeText.escape(message.eventName()));
    }
    if (message.eventId() != null) {
      text.append(" id ").append(SafeText.escape(message.eventId()));
    }
    if (message.retryMillis() != null) {
      text.append(" retry ").append(message.retryMillis()).append(" ms");
    }
    if (message.closeCode() != null) {
      text.append(' ').append(message.closeCode());
    }
    text.append(", ").append(message.payload().length()).append(" bytes");
    if (message.compressed()) {
      text.append(", ").append(message.wireBytes()).append(" as sent");
    }
    if (message.frames() > 1) {
      text.append(", ").append(message.frames()).append(" frames");
    }
    return text.toString();
  }
}
