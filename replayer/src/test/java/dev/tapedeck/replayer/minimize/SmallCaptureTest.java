// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.minimize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.wire.FieldSection;
import dev.tapedeck.analyzer.wire.Http2Writer;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.ReaderOptions;
import dev.tapedeck.replayer.capture.BodyStore;
import dev.tapedeck.replayer.capture.CaptureLoader;
import dev.tapedeck.replayer.capture.RecordedCapture;
import dev.tapedeck.replayer.plan.SelectedExchange;
import dev.tapedeck.replayer.plan.Selection;
import dev.tapedeck.replayer.plan.SelectionOptions;
import dev.tapedeck.replayer.splice.CutRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SmallCaptureTest {
  private static final String SCRIPT =
      """
      a: @ tls server 192.0.2.2:443 <- 192.0.2.1:40001
      b: @ plain server 192.0.2.2:443 <- 192.0.2.1:40002
      a >> POST /one HTTP/1.1\\r\\nHost: x.example\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n3\\r\\nabc\\r\\n0\\r\\nSum: 1\\r\\n\\r\\n
      b >> GET /two HTTP/1.1\\r\\nHost: x.example\\r\\n\\r\\n
      a << HTTP/1.1 103 Early Hints\\r\\nLink: </s>\\r\\n\\r\\nHTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok
      b << HTTP/1.0 200 OK\\r\\n\\r\\nuntil the end
      a >> GET /three HTTP/1.1\\r\\nHost: x.example\\r\\n\\r\\n
      a << HTTP/1.1 404 No\\r\\nContent-Length: 0\\r\\n\\r\\n
      close b
      """;

  /** In HTTP/1 and HTTP/2 a request that was cut, and one after it. */
  private static final String CUT =
      """
      a: @ plain server 192.0.2.2:443 <- 192.0.2.1:40001
      a >> POST /one HTTP/1.1\\r\\nHost: x.example\\r\\nContent-Length: 10\\r\\n\\r\\nabc
      a >> gap 4
      a >> hij
      a << HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok
      a >> GET /two HTTP/1.1\\r\\nHost: x.example\\r\\n\\r\\n
      a << HTTP/1.1 404 No\\r\\nContent-Length: 0\\r\\n\\r\\n
      """;

  @TempDir private Path folder;

  @Test
  void write_requestThatWasCut_staysCutAndTakesNothingOfTheNext() throws Exception {
    Path file = folder.resolve("cut.tape");
    FieldSection head = new FieldSection();
    for (String field : ":method POST,:scheme http,:path /three,:authority x".split(",", -1)) {
      head.add(field.split(" ", -1)[0], field.split(" ", -1)[1]);
    }
    head.add("content-length", "10");
    Bytes request =
        Http2Writer.opening(true)
            .plus(Http2Writer.section(head, 1, false))
            .plus(Http2Writer.data(Bytes.latin1("abc"), 1, false));
    EventScript.parse(
            CUT
                + "b: @ plain server 192.0.2.2:443 <- 192.0.2.1:40002\nb >> "
                + EventScript.escaped(request.toLatin1()))
        .writeTo(file);
    RecordedCapture source = load(file);

    Selection again = all(written(all(source), source));

    assertThat(again.exchanges())
        .extracting(SelectedExchange::target)
        .containsExactlyInAnyOrder("/one", "/two", "/three");
    for (SelectedExchange one : again.exchanges()) {
      HttpRequest kept = one.exchange().request();
      assertThat(kept).isNotNull();
      assertThat(CutRequest.isSendable(kept)).as(one.target()).isTrue();
      assertThat(one.lacks()).isEqualTo(one.target().equals("/two") ? null : "truncated_end");
      assertThat(kept.body().wire().toBytes().toLatin1())
          .isEqualTo(
              switch (one.target()) {
                case "/one" -> "abchij";
                case "/three" -> "abc";
                default -> "";
              });
    }
  }

  private RecordedCapture load(Path file) throws Exception {
    try (BodyStore bodies = new BodyStore(Long.MAX_VALUE)) {
      return new CaptureLoader(ReaderOptions.defaults(), bodies).load(file);
    }
  }

  private static Selection all(RecordedCapture capture) throws Exception {
    return Selection.of(List.of(capture), SelectionOptions.defaults());
  }

  private RecordedCapture recorded() throws Exception {
    Path file = folder.resolve("recorded.tape");
    EventScript.parse(SCRIPT).writeTo(file);
    return load(file);
  }

  private RecordedCapture written(Selection selection, RecordedCapture source) throws Exception {
    Path file = folder.resolve("small.tape");
    new SmallCapture(selection, source, Bytes.wrap(new byte[16], 0, 16)).writeTo(file);
    return load(file);
  }

  @Test
  void writeTo_http1_keepsBytesTimesAndAddresses() throws Exception {
    RecordedCapture source = recorded();
    Selection selection = all(source);

    RecordedCapture small = written(selection, source);

    assertThat(small.hostId()).isEqualTo(source.hostId());
    assertThat(small.hostName()).isEqualTo(source.hostName());
    List<SelectedExchange> before = selection.exchanges();
    List<SelectedExchange> after = all(small).exchanges();
    assertThat(after).hasSameSizeAs(before).hasSize(3);
    for (int i = 0; i < before.size(); i++) {
      Exchange was = before.get(i).exchange();
      Exchange is = after.get(i).exchange();
      assertThat(is.startedEpochNanos()).isEqualTo(was.startedEpochNanos());
      assertThat(bytes(is.request())).isEqualTo(bytes(was.request()));
      assertThat(bytes(is.response())).isEqualTo(bytes(was.response()));
      assertThat(is.interim()).hasSameSizeAs(was.interim());
      assertThat(is.response().completeness()).isEqualTo(was.response().completeness());
      assertThat(is.connection().server()).isEqualTo(was.connection().server());
      assertThat(is.connection().client()).isEqualTo(was.connection().client());
      assertThat(is.connection().scheme()).isEqualTo(was.connection().scheme());
    }
  }

  @Test
  void writeTo_oneOfASession_keepsThatAlone() throws Exception {
    RecordedCapture source = recorded();

    Selection kept = all(written(all(source).only(e -> e.target().equals("/three")), source));

    assertThat(kept.exchanges())
        .singleElement()
        .satisfies(e -> assertThat(e.target()).isEqualTo("/three"));
  }

  /** Frames are made anew, so that what they carry is compared. */
  @Test
  void writeTo_http2_keepsFieldsAndContent() throws Exception {
    RecordedCapture source = recorded();
    Selection http1 = all(source);
    List<SelectedExchange> streams = new ArrayList<>();
    for (SelectedExchange one : http1.exchanges()) {
      streams.add(
          new SelectedExchange(one.id(), 0, false, asHttp2(one.exchange()), source.bodies()));
    }

    List<SelectedExchange> after =
        all(written(new Selection(streams, http1.sessions()), source)).exchanges();

    assertThat(after).hasSize(3);
    assertThat(after).extracting(SelectedExchange::method).containsExactly("POST", "GET", "GET");
    assertThat(after)
        .extracting(SelectedExchange::target)
        .containsExactly("/one", "/two", "/three");
    assertThat(after).extracting(e -> e.exchange().protocol()).containsOnly("HTTP/2");
    assertThat(after)
        .extracting(e -> e.exchange().response().status())
        .containsExactly(200, 200, 404);
    assertThat(after.get(0).exchange().request().body().content())
        .hasToString(http1.exchanges().get(0).exchange().request().body().content().toString());
    assertThat(after.get(0).exchange().request().trailers().first("sum").value()).isEqualTo("1");
    assertThat(after.get(1).exchange().response().body().content())
        .hasToString(http1.exchanges().get(1).exchange().response().body().content().toString());
  }

  private static Exchange asHttp2(Exchange exchange) {
    HttpRequest request = exchange.request();
    HttpResponse response = exchange.response();
    return exchange.toBuilder()
        .request(
            new HttpRequest(
                request.method(),
                request.target(),
                "HTTP/2",
                request.authority(),
                Bytes.empty(),
                request.headers(),
                request.trailers(),
                request.body(),
                request.span(),
                request.completeness(),
                request.anomalies()))
        .response(response)
        .build();
  }

  private static Bytes bytes(dev.tapedeck.analyzer.HttpMessage message) {
    return MessageBytes.http1(message);
  }
}
