// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static dev.tapedeck.analyzer.session.H2Script.CONTINUATION;
import static dev.tapedeck.analyzer.session.H2Script.END_HEADERS;
import static dev.tapedeck.analyzer.session.H2Script.END_STREAM;
import static dev.tapedeck.analyzer.session.H2Script.HEADERS;
import static dev.tapedeck.analyzer.session.H2Script.PING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.Projection;
import dev.tapedeck.format.StreamEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is kept of messages that are too long, and of too many. */
class BoundsTest {
  private static final String POST =
      ">> POST /%s HTTP/1.1\\r\\nhost: x\\r\\ncontent-length: 26\\r\\n\\r\\n"
          + "abcdefghijklmnopqrstuvwxyz\n<< HTTP/1.1 204 No Content\\r\\n\\r\\n\n";

  @Test
  void analyze_bodyLongerThanTheLimit_keepsItsStartAndGoesOn() {
    List<Session> sessions =
        Analyses.analyze(
            EventScript.parse(POST.formatted("a") + POST.formatted("b")).events(),
            AnalyzerOptions.newBuilder().bothEnds(true).maxBodyBytes(10).build());
    assertThat(Analyses.render(sessions))
        .isEqualTo(
            "1.1 POST /a 'abcdefghij' recorder_cap [limit:body 10 of 26] > 204 | recorder_cap\n"
                + "1.2 POST /b 'abcdefghij' recorder_cap [limit:body 10 of 26] > 204"
                + " | recorder_cap\n");
    assertThat(sessions.get(0).accounting().ingress().inMessages()).isEqualTo(2 * (49L + 26));
  }

  @Test
  void analyze_tooManyRequestsWithoutAnswer_oldOnesAreGivenUp() {
    StringBuilder script = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      script.append(">> GET /").append(i).append(" HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n\n");
    }
    List<Session> sessions =
        Analyses.analyze(
            EventScript.parse(script.toString()).events(),
            AnalyzerOptions.newBuilder().bothEnds(true).maxOpenBytes(100_000).build());
    assertThat(sessions.get(0).exchanges()).hasSize(20_000);
    assertThat(sessions.get(0).exchanges().get(0).response()).isNull();
  }

  @Test
  void analyze_http2BodyLongerThanTheLimit_keepsItsStartAndGoesOn() {
    H2Script script = new H2Script().start();
    for (int id = 1; id <= 3; id += 2) {
      script
          .get(id, "/")
          .headers(false, id, false, ":status 200")
          .data(false, id, false, "abcdefghij")
          .data(false, id, true, "klm");
    }
    List<Session> sessions =
        Analyses.analyze(
            script.parse().events(),
            AnalyzerOptions.newBuilder().bothEnds(true).maxBodyBytes(10).build());
    assertThat(Analyses.render(sessions))
        .isEqualTo(
            "1.1 GET / > 200 'abcdefghij' recorder_cap [limit:body 10 of 31] | recorder_cap\n"
                + "1.2 GET / > 200 'abcdefghij' recorder_cap [limit:body 10 of 31]"
                + " | recorder_cap\n");
  }

  @Test
  void analyze_tooManyOpenStreams_oldOnesAreGivenUp() {
    H2Script script = new H2Script().start();
    int streams = 40_000;
    for (int i = 0; i < streams; i++) {
      script.get(2 * i + 1, "/");
    }
    List<Session> sessions =
        Analyses.analyze(
            script.parse().events(),
            AnalyzerOptions.newBuilder().bothEnds(true).maxOpenBytes(1_000_000).build());
    List<Exchange> exchanges = sessions.get(0).exchanges();
    assertThat(exchanges).hasSize(streams);
    assertThat(exchanges.get(0).anomalies())
        .containsExactly(new Anomaly(AnomalyKind.LIMIT, "open streams"));
    assertThat(exchanges.get(streams - 1).anomalies()).isEmpty();
  }

  @Test
  void analyze_largeOpenStream_keepsTheStartOfItsBody() {
    H2Script script =
        new H2Script().start().get(1, "/").get(3, "/").headers(false, 1, false, ":status 200");
    for (int i = 0; i < 40_000; i++) {
      script.data(false, 1, false, "0123456789");
    }
    script.data(false, 1, true, "").headers(false, 3, true, ":status 204");
    List<Session> sessions =
        Analyses.analyze(
            script.parse().events(),
            AnalyzerOptions.newBuilder().bothEnds(true).maxOpenBytes(100_000).build());
    List<Exchange> exchanges = sessions.get(0).exchanges();
    assertThat(exchanges.get(0).completeness()).isEqualTo(Completeness.RECORDER_CAP);
    assertThat(exchanges.get(0).response().body().wire().length()).isBetween(1_000L, 50_000L);
    assertThat(exchanges.get(1).completeness()).isEqualTo(Completeness.COMPLETE);
  }

  @Test
  void analyze_tooManyWebSocketMessages_theFirstOnesAreKept() {
    String request =
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    String answer =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    EventList events = new EventList().accept(EventList.socket(1), 5);
    events.data(EventList.socket(1), Direction.INGRESS, 0, request);
    events.data(EventList.socket(1), Direction.EGRESS, 0, answer);
    int messages = 40_000;
    String frame = "\u0081\u0005hello";
    for (int i = 0; i < messages; i++) {
      int position = answer.length() + i * frame.length();
      events.data(EventList.socket(1), Direction.EGRESS, position, frame);
    }
    List<Session> sessions =
        Analyses.analyze(
            events.events(),
            AnalyzerOptions.newBuilder().bothEnds(true).maxOpenBytes(1_000_000).build());
    Exchange exchange = sessions.get(0).exchanges().get(0);
    int kept = exchange.messages().size();
    assertThat(kept).isBetween(500, 4_000);
    assertThat(exchange.anomalies())
        .contains(new Anomaly(AnomalyKind.LIMIT, "messages not kept=" + (messages - kept)));
  }

  /** What is open is copied now and then: its blocks may be used again then. */
  @Test
  void analyze_blocksReusedLater_openStreamsAreWhole() {
    H2Script script = new H2Script().start();
    script
        .headers(true, 1, false, H2Script.request("POST", "/a"))
        .headers(false, 1, false, ":status 200")
        .data(false, 1, false, "ok")
        .data(true, 1, false, "abc");
    String block = script.block(true, H2Script.request("GET", "/c"));
    String begun = H2Script.frame(HEADERS, END_STREAM, 3, block.substring(0, 3));
    String rest = H2Script.frame(CONTINUATION, END_HEADERS, 3, block.substring(3));
    script.line(true, begun + rest.substring(0, 11));
    for (int i = 0; i < 40_000; i++) {
      script.line(false, H2Script.frame(PING, 0, 0, "12345678"));
    }
    script
        .line(true, rest.substring(11))
        .data(true, 1, true, "def")
        .data(false, 1, true, "ay")
        .headers(false, 3, true, ":status 204");
    List<CaptureEvent> events = script.parse().events();
    List<byte[]> blocks = new ArrayList<>();
    List<CaptureEvent> inBlocks = new ArrayList<>();
    for (CaptureEvent event : events) {
      inBlocks.add(event instanceof StreamEvent.Data data ? inBlock(data, blocks) : event);
    }
    List<Session> sessions = new ArrayList<>();
    EventSource source =
        (projection, visitor) -> {
          for (int i = 0; i < inBlocks.size(); i++) {
            if (projection == Projection.ALL && i == inBlocks.size() - 20) {
              blocks.subList(0, 8_000).forEach(used -> Arrays.fill(used, (byte) '#'));
            }
            visitor.event(inBlocks.get(i));
          }
        };
    assertThatCode(
            () ->
                new SessionAnalyzer(AnalyzerOptions.newBuilder().bothEnds(true).build())
                    .analyze(source, sessions::add))
        .doesNotThrowAnyException();
    assertThat(Analyses.render(sessions))
        .isEqualTo("1.1 POST /a 'abcdef' > 200 'okay'\n1.2 GET /c > 204 pipelined\n");
    assertThat(sessions.get(0).exchanges().get(1).request().head().length())
        .isEqualTo(2 * 9 + block.length());
  }

  private static StreamEvent.Data inBlock(StreamEvent.Data data, List<byte[]> blocks) {
    byte[] block = new byte[data.payload().length() + 16];
    data.payload().copyTo(0, block, 8, data.payload().length());
    blocks.add(block);
    return new StreamEvent.Data(
        data.stamp(),
        data.stream(),
        data.position(),
        data.originalLength(),
        data.capturedLength(),
        Bytes.wrap(block, 8, data.payload().length()),
        data.call());
  }
}
