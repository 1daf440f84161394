// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.Leg;
import dev.tapedeck.analyzer.http.GrpcStatus;
import dev.tapedeck.analyzer.terminal.Human;
import dev.tapedeck.analyzer.terminal.Style;
import dev.tapedeck.analyzer.terminal.TerminalText;
import dev.tapedeck.analyzer.terminal.TextOutput;
import dev.tapedeck.analyzer.text.SafeText;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One exchange for a person. */
final class ExchangeView {
  private final TextOutput out;
  private final boolean why;
  private final BodyView bodies;

  ExchangeView(TextOutput out, boolean why, BodyView bodies) {
    this.out = out;
    this.why = why;
    this.bodies = bodies;
  }

  void show(Exchange exchange) throws IOException {
    out.line(
        out.style(Style.BOLD, "exchange " + exchange.id())
            + (exchange.protocol().isEmpty()
                ? ""
                : "  " + TerminalText.ofLatin1(exchange.protocol()))
            + (exchange.streamId() == null ? "" : " stream " + exchange.streamId())
            + "  "
            + completeness(exchange.completeness()));
    out.fact("started", Human.dateAndClock(exchange.startedEpochNanos()));
    out.fact("timings", timings(exchange));
    new ConnectionView(out, why).show(exchange.connection());
    if (!exchange.alsoSeenBy().isEmpty()) {
      out.fact(
          "also seen",
          exchange.alsoSeenBy().stream()
                  .map(role -> role.name().toLowerCase(Locale.ROOT))
                  .collect(Collectors.joining(", "))
              + " (the other end was recorded too)");
    }
    leg(exchange.leg());
    anomalies(exchange.anomalies());
    HttpRequest request = exchange.request();
    if (request == null) {
      out.line("");
      out.line("the request was not captured");
    } else {
      message(">", requestLine(request), request);
    }
    for (HttpResponse interim : exchange.interim()) {
      message("<", statusLine(interim), interim);
    }
    HttpResponse response = exchange.response();
    if (response == null) {
      out.line("");
      out.line("no answer was captured");
    } else {
      message("<", statusLine(response), response);
      grpcStatus(GrpcStatus.of(response));
    }
    if (!exchange.messages().isEmpty()) {
      new StreamMessageView(out, bodies).show(exchange);
    }
  }

  private void grpcStatus(@Nullable GrpcStatus status) throws IOException {
    if (status != null) {
      String message = SafeText.escape(status.message());
      out.line("");
      out.line(
          "gRPC status "
              + status.code()
              + (status.name().equals(Integer.toString(status.code())) ? "" : " " + status.name())
              + (message.isEmpty() ? "" : ": " + message));
    }
  }

  private void leg(@Nullable Leg leg) throws IOException {
    if (leg == null) {
      return;
    }
    List<String> outer = leg.outer();
    out.fact(
        "leg of",
        (outer.size() == 1 ? outer.get(0) : "one of " + String.join(", ", outer))
            + ", "
            + leg.method().jsonName().replace('_', ' ')
            + ", "
            + leg.confidence().name().toLowerCase(Locale.ROOT));
    if (why) {
      out.fact("why", SafeText.escape(leg.explanation()));
    }
  }

  private static String timings(Exchange exchange) {
    StringBuilder text = new StringBuilder();
    long started = exchange.startedEpochNanos();
    if (exchange.request() != null) {
      long sent = exchange.request().span().lastEpochNanos() - started;
      text.append("request ").append(Human.duration(sent)).append(", ");
    }
    Long firstByte = exchange.firstByteEpochNanos();
    if (firstByte != null) {
      text.append("first byte at ").append(Human.duration(firstByte - started)).append(", ");
    }
    text.append("done at ").append(Human.duration(exchange.endedEpochNanos() - started));
    return exchange.pipelined() ? text.append(", pipelined").toString() : text.toString();
  }

  private void message(String arrow, String startLine, HttpMessage message) throws IOException {
    out.line("");
    out.line(arrow + " " + startLine);
    headers(arrow, message.headers());
    out.line(arrow);
    bodies.show(message);
    if (message.trailers().size() > 0) {
      out.line("");
      headers(arrow, message.trailers());
    }
    if (message.completeness() != Completeness.COMPLETE) {
      out.line(
          out.style(Style.WARNING, "[incomplete: " + completeness(message.completeness()) + "]"));
    }
    anomalies(message.anomalies());
    anomalies(message.body().anomalies());
  }

  private void headers(String arrow, HeaderFields fields) throws IOException {
    for (HeaderField field : fields.toList()) {
      out.line(
          arrow
              + " "
              + out.style(Style.MOVED, known(field.isNameKnown(), field.name()) + ":")
              + " "
              + known(field.isValueKnown(), field.value()));
    }
  }

  private static String known(boolean known, String text) {
    return known ? TerminalText.ofLatin1(text) : "(not captured)";
  }

  private void anomalies(List<Anomaly> anomalies) throws IOException {
    for (Anomaly anomaly : anomalies) {
      out.line(out.style(Style.WARNING, "[" + describe(anomaly) + "]"));
    }
  }

  static String describe(Anomaly anomaly) {
    String kind = anomaly.kind().jsonName().replace('_', ' ');
    return SafeText.escape(anomaly.detail().isEmpty() ? kind : kind + ": " + anomaly.detail());
  }

  private String requestLine(HttpRequest request) {
    if (!out.isColorful()) {
      return TerminalText.ofLatin1(
          request.method() + " " + request.target() + " " + request.version());
    }
    return out.style(Style.BOLD, TerminalText.ofLatin1(request.method() + " " + request.target()))
        + " "
        + out.style(Style.DIM, TerminalText.ofLatin1(request.version()));
  }

  private String statusLine(HttpResponse response) {
    String status = response.status() == 0 ? "-" : Integer.toString(response.status());
    String rest = status + " " + response.reason();
    if (!out.isColorful() || response.version().isEmpty()) {
      return out.style(
          Style.ofStatus(response.status()),
          TerminalText.ofLatin1((response.version() + " " + rest).strip()));
    }
    return out.style(Style.DIM, TerminalText.ofLatin1(response.version()))
        + " "
        + out.style(Style.ofStatus(response.status()), TerminalText.ofLatin1(rest.strip()));
  }

  static String completeness(Completeness completeness) {
    return switch (completeness) {
      case COMPLETE -> "complete";
      case TRUNCATED_START -> "the start was not captured";
      case GAP -> "bytes in the middle were lost";
      case TRUNCATED_END -> "the end was not captured";
      case RECORDER_CAP -> "cut by a limit of the recorder";
    };
  }
}
