// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.stream.MissingCause;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Role;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gaps of which nobody knows how long they are, and times that say little. */
class ExchangeParserTest {
  private static final String GET = "GET /%s HTTP/1.1\r\n\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n%s";
  private static final String CHUNKED =
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\nx: y\r\n\r\n";

  private final List<Exchange> exchanges = new ArrayList<>();
  private final ExchangeParser parser =
      new ExchangeParser(
          AnalyzerOptions.defaults(),
          new SessionContext(
              1, ConnectionInfo.newBuilder(Role.SERVER).build(), true, nanos -> nanos),
          exchanges::add,
          new Course(0));
  private final long[] positions = new long[2];
  private long nanos;

  private void data(boolean request, String text) {
    nanos++;
    data(request, text, nanos, nanos);
  }

  private void data(boolean request, String text, long startNanos, long endNanos) {
    int side = request ? 0 : 1;
    parser.data(request, Bytes.latin1(text), positions[side], startNanos, endNanos);
    positions[side] += text.length();
  }

  private List<String> end() {
    parser.end(true);
    for (int side = 0; side < 2; side++) {
      boolean request = side == 0;
      assertThat(parser.inMessages(request) + parser.outsideMessages(request))
          .as("bytes accounted for")
          .isEqualTo(positions[side]);
    }
    return exchanges.stream().map(ExchangeParserTest::render).toList();
  }

  private static String render(Exchange exchange) {
    String request = exchange.request() == null ? "-" : exchange.request().target();
    String answer =
        exchange.response() == null ? "-" : exchange.response().body().wire().toBytes().toLatin1();
    return request + " " + answer + " " + exchange.completeness().jsonName();
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 17, 30, 50, 52, 60})
  void gap_ofUnknownLengthInAnAnswer_leavesTheNextExchangeWhole(int at) {
    data(true, GET.formatted("a"));
    data(false, CHUNKED.substring(0, at));
    parser.gap(false, -1, MissingCause.LOST);
    data(false, CHUNKED.substring(Math.min(CHUNKED.length(), at + 3)));
    data(true, GET.formatted("n"));
    data(false, OK.formatted("n"));
    assertThat(end()).last().isEqualTo("/n n complete");
    assertThat(exchanges).first().extracting(e -> e.completeness().jsonName()).isEqualTo("gap");
  }

  @ParameterizedTest
  @ValueSource(ints = {65, 67})
  void gap_ofUnknownLengthDirectlyBeforeAnAnswer_provesNoStart(int at) {
    data(true, GET.formatted("a"));
    data(false, CHUNKED.substring(0, at));
    parser.gap(false, -1, MissingCause.LOST);
    data(true, GET.formatted("n"));
    data(false, OK.formatted("n"));
    assertThat(end()).last().isEqualTo("/n - gap");
  }

  @Test
  void gap_ofUnknownLengthInACountedBody_endsIt() {
    data(true, GET.formatted("a"));
    data(false, "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc");
    parser.gap(false, -1, MissingCause.LOST);
    data(false, "ghi");
    data(true, GET.formatted("n"));
    data(false, OK.formatted("n"));
    assertThat(end()).containsExactly("/a abc gap", "/n n complete");
  }

  @Test
  void gap_ofUnknownLengthInACloseDelimitedBody_isPartOfIt() {
    data(true, GET.formatted("a"));
    data(false, "HTTP/1.1 200 OK\r\n\r\nabc");
    parser.gap(false, -1, MissingCause.LOST);
    data(false, "HTTP/1.1 200 OK\r\n\r\n");
    assertThat(end()).containsExactly("/a abcHTTP/1.1 200 OK\r\n\r\n gap");
  }

  @Test
  void gap_inTheAnswerBefore_aBodyThatQuotesAnAnswerIsStillABody() {
    String quote = "HTTP/1.1 404 Quoted\r\n\r\n";
    data(true, GET.formatted("a"));
    data(false, "HTTP/1.1 200 OK\r\ncontent-le");
    parser.gap(false, 7, MissingCause.LOST);
    positions[1] += 7;
    data(false, "\r\n\r\nx");
    data(true, GET.formatted("b"));
    data(false, "HTTP/1.1 200 OK\r\ncontent-length: " + quote.length() + "\r\n\r\n" + quote);
    data(true, GET.formatted("c"));
    data(false, OK.formatted("c"));
    parser.end(true);
    assertThat(exchanges).noneMatch(e -> e.response() != null && e.response().status() == 404);
    assertThat(render(exchanges.get(exchanges.size() - 1))).isEqualTo("/c c complete");
  }

  @Test
  void gap_inTheRequest_aBodyThatQuotesAnAnswerIsStillABody() {
    String quote = "HTTP/1.1 404 Quoted\r\n\r\n";
    data(true, GET.formatted("a"));
    data(false, OK.formatted("a"));
    data(true, "GET /b HT");
    parser.gap(true, 2, MissingCause.LOST);
    positions[0] += 2;
    data(true, "/1.1\r\n\r\n");
    data(false, "HTTP/1.1 200 OK\r\ncontent-length: " + quote.length() + "\r\n\r\n" + quote);
    data(true, GET.formatted("c"));
    data(false, OK.formatted("c"));
    parser.end(true);
    assertThat(exchanges).noneMatch(e -> e.response() != null && e.response().status() == 404);
  }

  @Test
  void gap_betweenHeadAndBody_aBodyThatQuotesARequestIsNoRequest() {
    data(true, "POST /a HTTP/1.1\r\ncontent-length: 20\r\n\r");
    parser.gap(true, 1, MissingCause.LOST);
    positions[0] += 1;
    data(true, "GET /q HTTP/1.1\r\n\r\n");
    data(false, OK.formatted("a"));
    data(true, GET.formatted("b"));
    data(false, OK.formatted("b"));
    parser.end(true);
    assertThat(exchanges.stream().map(ExchangeParserTest::render))
        .containsExactly("/a a gap", "/b b complete");
  }

  @Test
  void data_ofThousandsOfPipelinedRequests_isPairedInOrder() {
    int count = 20_000;
    data(true, "GET /a HTTP/1.1\r\n\r\n".repeat(count));
    data(false, OK.formatted("a").repeat(count));
    assertThat(end()).hasSize(count).containsOnly("/a a complete");
  }

  @Test
  void data_ofThousandsOfInterimAnswers_isAllKept() {
    int count = 20_000;
    data(true, GET.formatted("a"));
    data(false, "HTTP/1.1 102 Processing\r\n\r\n".repeat(count) + OK.formatted("a"));
    assertThat(end()).containsExactly("/a a complete");
    assertThat(exchanges.get(0).interim()).hasSize(count);
  }

  @Test
  void data_withEqualTimesInEitherOrder_isPaired() {
    data(false, OK.formatted("a"), 5, 5);
    data(true, GET.formatted("a"), 5, 5);
    data(true, GET.formatted("b"), 5, 5);
    data(false, OK.formatted("b"), 5, 5);
    assertThat(end()).containsExactly("/a a complete", "/b b complete");
  }

  @Test
  void data_ofACallThatReturnedAfterTheAnswer_isPaired() {
    data(false, OK.formatted("a"), 7, 8);
    data(true, GET.formatted("a"), 3, 9);
    assertThat(end()).containsExactly("/a a complete");
  }

  @Test
  void data_ofAnAnswerThatEndedBeforeTheNextRequestBegan_isNotItsAnswer() {
    data(false, OK.formatted("a"), 1, 2);
    data(true, GET.formatted("b"), 3, 3);
    data(false, OK.formatted("b"), 4, 4);
    assertThat(end()).containsExactly("- a gap", "/b b complete");
  }
}
