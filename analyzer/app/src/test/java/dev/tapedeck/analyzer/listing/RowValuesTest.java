// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.listing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.filter.Filter;
import dev.tapedeck.analyzer.filter.FilterSyntaxException;
import dev.tapedeck.analyzer.filter.Verdict;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.ReaderOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RowValuesTest {
  /** What rows tell, unless a text was cut or a body is encoded. */
  private static final List<String> OF_ROWS =
      List.of(
          "status >= 400",
          "status == null",
          "not status == 200",
          "status in (200..299)",
          "method == GET",
          "method != GET",
          "method ~ '^P'",
          "path ~ 'a'",
          "path contains '/'",
          "target != '/'",
          "query != null",
          "query[\"id\"] == 1",
          "host ~ 'example'",
          "host == null",
          "authority contains ':'",
          "duration > 1ms",
          "duration_us <= 1000",
          "first_byte > 1ms",
          "first_byte == null",
          "started >= 2020-01-01T00:00:00Z",
          "session == 1",
          "index == 0",
          "stream_id > 1",
          "stream_id == null",
          "id in ('1.1', '2.1')",
          "protocol == 'HTTP/2'",
          "scheme == https",
          "role == server",
          "comm ~ '.'",
          "comm == null",
          "pipelined",
          "completeness == complete",
          "completeness != complete and status == 200",
          "response.grpc_status == 0",
          "response.content_type ~ json",
          "response.content_type == null",
          "request.wire_body_bytes > 0",
          "response.wire_body_bytes in (1..100)",
          "not (status == 200 or method == POST) and duration < 10s");

  /** What rows tell of some exchanges, or of none. */
  private static final List<String> BEYOND_ROWS =
      List.of(
          "response.body_bytes > 10",
          "body_bytes == 0",
          "content_type ~ json",
          "messages.kind == text",
          "leg_of",
          "not leg.confidence == proven",
          "anomaly",
          "header ~ '(?i)^host: '",
          "request.headers.accept != null or status == 200",
          "port == 80 and not method == GET",
          "body contains a and status == 200",
          "tls.version == null");

  @TempDir Path folder;

  private static List<Exchange> exchanges(CaptureListing listing) throws IOException {
    List<Exchange> all = new ArrayList<>();
    listing.scan(
        (number, exchange) -> {
          all.add(exchange);
          return true;
        });
    return all;
  }

  private static CaptureListing open(Path file) throws IOException {
    CaptureListing listing =
        CaptureListing.open(
            file,
            CaptureRef.ONLY,
            () -> CaptureReader.open(file, ReaderOptions.defaults()),
            1,
            IndexUse.NONE);
    listing.build();
    return listing;
  }

  private static Verdict judge(CaptureListing listing, String expression, int number)
      throws IOException, FilterSyntaxException {
    return Filter.parse(expression).judge(new RowValues().at(listing.row(number), 0));
  }

  static List<Path> captures() throws IOException {
    return CaptureListingTest.captures();
  }

  @ParameterizedTest
  @MethodSource("captures")
  void judge_everyCapture_saysWhatTheWholeExchangeSays(Path capture)
      throws IOException, FilterSyntaxException {
    try (CaptureListing listing = open(capture)) {
      List<Exchange> exchanges = exchanges(listing);
      assertThat(exchanges).hasSize(listing.count());
      for (int i = 0; i < exchanges.size(); i++) {
        for (String expression : OF_ROWS) {
          assertThat(judge(listing, expression, i))
              .as(expression + " of " + exchanges.get(i).id())
              .isEqualTo(Verdict.of(Filter.parse(expression).test(exchanges.get(i))));
        }
        for (String expression : BEYOND_ROWS) {
          assertThat(judge(listing, expression, i))
              .as(expression + " of " + exchanges.get(i).id())
              .isIn(Verdict.MAYBE, Verdict.of(Filter.parse(expression).test(exchanges.get(i))));
        }
      }
    }
  }

  private CaptureListing one(String target, String answer) throws IOException {
    Path file = folder.resolve("one.tape");
    EventScript.parse(
            "c1: @ plain server 192.0.2.1:40000 -> 192.0.2.2:80\n"
                + ("c1 >> GET " + target + " HTTP/1.1\\r\\nhost: a\\r\\n\\r\\n\n")
                + ("c1 << HTTP/1.1 200 OK\\r\\n" + answer + "\n"))
        .writeTo(file);
    return open(file);
  }

  @ParameterizedTest
  @CsvSource({
    "path == /x,MAYBE",
    "path == /x or status == 200,YES",
    "path == /x and status == 404,NO",
    "not path == /x,MAYBE",
    "host == a,YES"
  })
  void judge_targetThatWasCut_isNotKnown(String expression, Verdict expected)
      throws IOException, FilterSyntaxException {
    try (CaptureListing listing =
        one("/" + "x".repeat(RowLayout.MAX_TEXT_BYTES), "content-length: 0\\r\\n\\r\\n")) {
      assertThat(judge(listing, expression, 0)).isEqualTo(expected);
    }
  }

  @Test
  void judge_targetOfTheMostBytes_isKnown() throws IOException, FilterSyntaxException {
    String target = "/" + "x".repeat(RowLayout.MAX_TEXT_BYTES - 1);
    try (CaptureListing listing = one(target, "content-length: 0\\r\\n\\r\\n")) {
      assertThat(judge(listing, "target == '" + target + "'", 0)).isEqualTo(Verdict.YES);
    }
  }

  @Test
  void judge_bodyBytes_areKnownUnlessEncoded() throws IOException, FilterSyntaxException {
    try (CaptureListing plain = one("/", "content-length: 2\\r\\n\\r\\nok")) {
      assertThat(judge(plain, "response.body_bytes == 2", 0)).isEqualTo(Verdict.YES);
    }
    try (CaptureListing coded =
        one("/", "content-encoding: gzip\\r\\ncontent-length: 2\\r\\n\\r\\nok")) {
      assertThat(judge(coded, "response.body_bytes == 2", 0)).isEqualTo(Verdict.MAYBE);
      assertThat(judge(coded, "response.wire_body_bytes == 2", 0)).isEqualTo(Verdict.YES);
    }
  }
}
