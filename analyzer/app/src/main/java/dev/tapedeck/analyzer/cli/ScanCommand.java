// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.export.Json;
import dev.tapedeck.analyzer.redact.ExchangeMasker;
import dev.tapedeck.analyzer.redact.SecretScanner;
import dev.tapedeck.analyzer.terminal.Human;
import dev.tapedeck.analyzer.text.SafeText;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Looks for secrets that are left. */
@Command(
    name = "scan",
    description = {
      "Lists where exchanges hold what looks like a secret; never what it is.",
      "Looks at targets, header and trailer fields, decoded bodies and messages for what redaction"
          + " masks by default: values of secret names, well-known shapes and card numbers; and for"
          + " random runs. The exit code is 1 when there is any."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {
      "",
      "Examples:",
      "  analyzer scan shared.tape && echo 'nothing found'",
      "  analyzer scan orders.tape --filter 'path ~ \"^/login\"' --format ndjson"
    })
final class ScanCommand implements Callable<Integer> {
  /** Random by definition, and of no use to anybody (RFC 6455, section 11.3). */
  private static final Set<String> NONCES = Set.of("sec-websocket-key", "sec-websocket-accept");

  private final AnalyzerCommand root;

  @Mixin private SourceOptions source = new SourceOptions();
  @Mixin private FilterOptions filter = new FilterOptions();

  @Mixin private FormatOption format = new FormatOption();

  @Option(names = "--emails", description = "Mail addresses count, too.")
  private boolean emails;

  ScanCommand(AnalyzerCommand root) {
    this.root = root;
  }

  /** A place that looks secret. */
  private record Leak(String id, String place, SecretScanner.Finding finding) {}

  @Override
  public Integer call() throws IOException {
    SecretScanner scanner = new SecretScanner(emails);
    ExchangeMasker masker = ExchangeMasker.defaults();
    try (ListOutput<Leak> output =
        new ListOutput<>(
            root.pages(),
            format.get(),
            "ID         KIND          OFFSET  PLACE",
            format.isTable() ? ScanCommand::line : ScanCommand::json,
            null,
            Long.MAX_VALUE)) {
      SessionSource sessions = new SessionSource(root, source, filter, true);
      long[] found = new long[1];
      int code =
          sessions.read(
              (capture, exchange) -> {
                if (sessions.means(exchange)) {
                  Scan scan = new Scan(scanner, capture, exchange, sessions.isRedacted(), output);
                  found[0] += scan.run(masker.mask(exchange));
                }
                return true;
              });
      output.finish();
      root.warn(Human.count(found[0], "place") + " found that may hold a secret");
      return found[0] > 0 ? Math.max(code, ExitCode.DAMAGE) : code;
    }
  }

  private static void line(CaptureRef capture, Leak leak, OutputStream out) throws IOException {
    String line =
        String.format(
            Locale.ROOT,
            "%-10s %-13s %6d  %s",
            capture.qualify(leak.id()),
            leak.finding().kind(),
            leak.finding().offset(),
            SafeText.escape(leak.place()));
    out.write(line.getBytes(StandardCharsets.UTF_8));
  }

  private static void json(CaptureRef capture, Leak leak, OutputStream out) throws IOException {
    Json.compact(
        out,
        json -> {
          json.writeStartObject();
          json.writeStringProperty("id", capture.qualify(leak.id()));
          json.writeStringProperty("place", leak.place());
          json.writeStringProperty("kind", leak.finding().kind());
          json.writeNumberProperty("offset_bytes", leak.finding().offset());
          json.writeEndObject();
        });
  }

  /** Looks through one exchange. */
  private static final class Scan {
    private final SecretScanner scanner;
    private final CaptureRef capture;
    private final Exchange exchange;
    private final boolean redacted;
    private final ListOutput<Leak> output;
    private long found;

    Scan(
        SecretScanner scanner,
        CaptureRef capture,
        Exchange exchange,
        boolean redacted,
        ListOutput<Leak> output) {
      this.scanner = scanner;
      this.capture = capture;
      this.exchange = exchange;
      this.redacted = redacted;
      this.output = output;
    }

    /**
     * Returns how many places there are in the exchange, beside the same with its secrets masked.
     */
    long run(Exchange masked) throws IOException {
      HttpRequest request = exchange.request();
      HttpRequest maskedRequest = masked.request();
      if (request != null && maskedRequest != null) {
        text("request.target", request.target(), maskedRequest.target());
        message("request", request, maskedRequest);
      }
      for (int i = 0; i < exchange.interim().size(); i++) {
        message("interim", exchange.interim().get(i), masked.interim().get(i));
      }
      HttpResponse response = exchange.response();
      HttpResponse maskedResponse = masked.response();
      if (response != null && maskedResponse != null) {
        message("response", response, maskedResponse);
      }
      for (int i = 0; i < exchange.messages().size(); i++) {
        text(
            "messages[" + i + "]",
            latin1(exchange.messages().get(i).payload()),
            latin1(masked.messages().get(i).payload()));
      }
      return found;
    }

    private void message(String name, HttpMessage message, HttpMessage masked) throws IOException {
      fields(name + ".headers.", message.headers(), masked.headers());
      text(name + ".body", latin1(message.body().content()), latin1(masked.body().content()));
      fields(name + ".trailers.", message.trailers(), masked.trailers());
    }

    private static String latin1(ByteRope bytes) {
      return bytes.toBytes().toLatin1();
    }

    private void fields(String prefix, HeaderFields fields, HeaderFields masked)
        throws IOException {
      for (int i = 0; i < fields.size(); i++) {
        HeaderField field = fields.get(i);
        if (!NONCES.contains(field.name().toLowerCase(Locale.ROOT))) {
          text(prefix + field.name(), field.value(), masked.get(i).value());
        }
      }
    }

    private void text(String place, String text, String masked) throws IOException {
      for (SecretScanner.Finding finding : scanner.scan(text, masked, redacted)) {
        output.add(capture, new Leak(exchange.id(), place, finding));
        found++;
      }
    }
  }
}
