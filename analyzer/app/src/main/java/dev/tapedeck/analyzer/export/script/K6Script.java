// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export.script;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.http.BodyText;
import dev.tapedeck.analyzer.redact.ExchangeMasker;
import dev.tapedeck.analyzer.redact.PercentCoding;
import dev.tapedeck.format.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Writes a script for the load generator k6 that sends recorded requests again, in the order in
 * which they are given, and checks their status.
 *
 * <p>The script is ASCII; recorded text stands in it as string literals in which everything but
 * letters, digits and harmless signs is escaped.
 *
 * <p><b>Lifecycle:</b> {@link #exchange} for each, then {@link #finish}. <b>Threads:</b> confined
 * to one. <b>Ownership:</b> the caller closes the stream. <b>Limits:</b> one exchange at a time is
 * in memory.
 */
public final class K6Script implements RequestScript {
  private static final double NANOS_PER_SECOND = 1e9;

  /** Fields that k6 makes itself; Host it takes from them. */
  private static final Set<String> MADE =
      Set.of("connection", "keep-alive", "proxy-connection", "transfer-encoding", "te");

  private final OutputStream out;
  private final ExchangeMasker masker;
  private long leftOut;
  private long lastStartNanos = Long.MIN_VALUE;

  /**
   * Starts a script.
   *
   * @param includeSecrets false to mask what the default redaction rules call secret
   */
  public K6Script(OutputStream out, boolean includeSecrets) throws IOException {
    this.out = out;
    this.masker = ExchangeMasker.unless(includeSecrets);
    write(
        """
        // Recorded requests for k6: k6 run FILE. Running this sends them again, also those that
        // change something. -e TARGET=http://127.0.0.1:8080 sends all of them elsewhere,
        // -e PACE=1 waits between them as long as it was when they were recorded.
        import http from 'k6/http';
        import encoding from 'k6/encoding';
        import { check, sleep } from 'k6';

        export const options = { vus: 1, iterations: 1 };

        const TARGET = __ENV.TARGET;
        const PACE = Number(__ENV.PACE || 0);

        function wait(seconds) {
          if (PACE > 0 && seconds > 0) {
            sleep(seconds * PACE);
          }
        }

        function send(id, method, origin, target, body, headers, status) {
          const answer = http.request(method, (TARGET || origin) + target, body, {
            headers: headers,
            redirects: 0,
            tags: { name: id },
          });
          if (status > 0) {
            check(answer, { [id + ' has status ' + status]: (r) => r.status === status });
          }
          return answer;
        }

        export default function () {
        """);
    if (masker.masks()) {
      write("  // Secrets are masked: MASKED... stands in their place.\n");
    }
  }

  /** Writes one request. */
  @Override
  public void exchange(CaptureRef capture, Exchange exchange) throws IOException {
    Exchange shared = masker.mask(exchange);
    String id = capture.qualify(exchange.id());
    write("\n  // " + ShellText.comment(id) + "\n");
    try {
      SentRequest sent = SentRequest.of(shared, masker.masks());
      for (String note : sent.notes()) {
        write("  // " + ShellText.comment(note) + "\n");
      }
      pause(exchange.startedEpochNanos());
      HttpResponse response = shared.response();
      write(
          "  send("
              + literal(id)
              + ", "
              + literal(sent.method())
              + ", "
              + literal(sent.origin())
              + ", "
              + literal(target(sent))
              + ",\n    "
              + body(sent, shared)
              + ",\n    "
              + headers(sent)
              + ",\n    "
              + (response == null ? 0 : response.status())
              + ");\n");
    } catch (SentRequest.LeftOutException e) {
      leftOut++;
      write("  // left out: " + ShellText.comment(e.why()) + "\n");
    }
  }

  /** Returns how many exchanges are left out; a comment in the script says of each why. */
  @Override
  public long leftOut() {
    return leftOut;
  }

  /** Completes the script. */
  @Override
  public void finish() throws IOException {
    write("}\n");
  }

  private void pause(long startedNanos) throws IOException {
    if (lastStartNanos != Long.MIN_VALUE && startedNanos > lastStartNanos) {
      double seconds = (startedNanos - lastStartNanos) / NANOS_PER_SECOND;
      write(String.format(Locale.ROOT, "  wait(%.6f);%n", seconds).replace("\r", ""));
    }
    lastStartNanos = Math.max(lastStartNanos, startedNanos);
  }

  /** k6 takes URLs only, so that what no URL may hold is escaped. */
  private static String target(SentRequest sent) {
    String target = sent.target();
    String behind = target.startsWith("/") ? target : "/";
    if (target.startsWith(sent.origin())) {
      behind = target.substring(sent.origin().length());
    }
    return PercentCoding.encodeIllegal(behind.startsWith("/") ? behind : "/" + behind);
  }

  private static String body(SentRequest sent, Exchange exchange) {
    Bytes body = sent.body();
    if (body.isEmpty() || exchange.request() == null) {
      return "null";
    }
    String text = BodyText.decode(body, null);
    boolean exact =
        text != null
            && Bytes.utf8(text).equals(body)
            && (body.length() < 3 || (body.get(0) & 0xff) != 0xef);
    return exact && text != null
        ? literal(text)
        : "encoding.b64decode('" + Base64.getEncoder().encodeToString(body.toArray()) + "')";
  }

  /** Fields of one name become one, as RFC 9110, section 5.2, allows. */
  private static String headers(SentRequest sent) {
    Map<String, SentRequest.Field> joined = new LinkedHashMap<>();
    for (SentRequest.Field field : sent.fields()) {
      String lower = field.name().toLowerCase(Locale.ROOT);
      if (!MADE.contains(lower)) {
        String separator = lower.equals("cookie") ? "; " : ", ";
        joined.merge(
            lower,
            field,
            (first, next) ->
                new SentRequest.Field(first.name(), first.value() + separator + next.value()));
      }
    }
    StringBuilder text = new StringBuilder("{");
    for (SentRequest.Field field : joined.values()) {
      // In brackets a name is one whatever it is, also __proto__.
      text.append(text.length() == 1 ? "\n" : "")
          .append("      [")
          .append(literal(field.name()))
          .append("]: ")
          .append(literal(field.value()))
          .append(",\n");
    }
    return text.append(text.length() == 1 ? "}" : "    }").toString();
  }

  /** Returns a string literal (ECMA-262, section 12.9.4). */
  static String literal(String text) {
    StringBuilder literal = new StringBuilder(text.length() + 2).append('\'');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= ' ' && c <= '~' && "'\\<>&`".indexOf(c) < 0) {
        literal.append(c);
      } else {
        literal.append(String.format("\\u%04x", (int) c));
      }
    }
    return literal.append('\'').toString();
  }

  private void write(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
  }
}
