// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.ByteAccounting;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.importer.har.HarFormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HarImportTest {
  static List<Session> sessions(String har) throws IOException {
    CollectedEvents events = new CollectedEvents();
    HarImport.open(new ByteArrayInputStream(har.getBytes(StandardCharsets.UTF_8))).run(events);
    return events.sessions();
  }

  private static List<Exchange> exchanges(String... entries) throws IOException {
    return sessions(
            "{'log':{'entries':[%s]}}".formatted(String.join(",", entries)).replace('\'', '"'))
        .stream()
        .flatMap(session -> session.exchanges().stream())
        .toList();
  }

  private static HttpRequest request(Exchange exchange) {
    return Objects.requireNonNull(exchange.request());
  }

  private static HttpResponse response(Exchange exchange) {
    return Objects.requireNonNull(exchange.response());
  }

  private static String content(HttpMessage message) {
    return message.body().content().toBytes().toUtf8();
  }

  private static List<String> fields(HttpMessage message) {
    return message.headers().toList().stream()
        .map(field -> field.name() + ": " + field.value())
        .toList();
  }

  @Test
  void run_entryOfABrowser_givesItsValues() throws IOException {
    Exchange exchange =
        exchanges(
                """
                {'startedDateTime':'2024-05-01T10:00:00.250+02:00','time':30,'connection':'443',
                 'serverIPAddress':'192.0.2.7',
                 'request':{'method':'POST','url':'https://shop.example:8443/a?b=c d#top','httpVersion':'HTTP/1.1',
                  'headers':[{'name':'X-One','value':'1'},{'name':'Host','value':'shop.example'}],
                  'postData':{'mimeType':'application/json','text':'{}'}},
                 'response':{'status':201,'statusText':'Created','httpVersion':'HTTP/1.1',
                  'headers':[{'name':'Set-Cookie','value':'a=b'},{'name':'Set-Cookie','value':'c=d'}],
                  'content':{'size':4,'mimeType':'text/plain; charset=utf-8','text':'h\\u00e9l'}},
                 'timings':{'blocked':-1,'send':1,'wait':20,'receive':9}}""")
            .get(0);
    HttpRequest request = request(exchange);
    assertThat(request.method() + " " + request.target()).isEqualTo("POST /a?b=c%20d");
    assertThat(fields(request))
        .containsExactly(
            "X-One: 1",
            "Host: shop.example",
            "Content-Type: application/json",
            "Content-Length: 2");
    assertThat(content(request)).isEqualTo("{}");
    HttpResponse response = response(exchange);
    assertThat(response.status() + " " + response.reason()).isEqualTo("201 Created");
    assertThat(fields(response))
        .containsExactly(
            "Set-Cookie: a=b",
            "Set-Cookie: c=d",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Length: 4");
    assertThat(content(response)).isEqualTo("h\u00e9l");
    assertThat(exchange.connection().scheme()).isEqualTo("https");
    assertThat(exchange.connection().server()).hasToString("192.0.2.7:8443");
    long started = Instant.parse("2024-05-01T08:00:00.25Z").toEpochMilli() * 1_000_000;
    assertThat(exchange.startedEpochNanos()).isEqualTo(started);
    assertThat(exchange.firstByteEpochNanos()).isEqualTo(started + 21_000_000);
    assertThat(exchange.endedEpochNanos()).isEqualTo(started + 30_000_000);
    assertThat(exchange.completeness()).isEqualTo(Completeness.COMPLETE);
  }

  @Test
  void run_blanksAroundValues_onlyThoseOfHttpAreLeftOut() throws IOException {
    Exchange exchange =
        exchanges(
                """
                {'startedDateTime':'2024-05-01T10:00:00Z','time':1,
                 'request':{'method':'GET','url':'http://shop.example/','httpVersion':'HTTP/1.1',
                  'headers':[{'name':'Host','value':' shop.example\\t'},
                   {'name':'X-After','value':'a\\u3000'},{'name':'X-Before','value':'\\u2003b'},
                   {'name':'X-Between','value':' a \\t b\\r\\n '}]},
                 'response':{'status':204,'statusText':'','httpVersion':'HTTP/1.1','headers':[],
                  'content':{'size':0,'mimeType':''}},
                 'timings':{'send':0,'wait':1,'receive':0}}""")
            .get(0);
    // Values are bytes, one character each.
    assertThat(fields(request(exchange)))
        .containsExactly(
            "Host: shop.example",
            "X-After: a\u00e3\u0080\u0080",
            "X-Before: \u00e2\u0080\u0083b",
            "X-Between: a \t b");
  }

  @ParameterizedTest
  @CsvSource({
    "2020-01-01T00:00:00Z, 1577836800000",
    "2020-01-01T00:00:00.1234567Z, 1577836800123",
    "2020-01-01T02:00:00+0200, 1577836800000",
    "2020-01-01T02:00:00+02, 1577836800000",
    "2019-12-31T19:00:00.000-05:00, 1577836800000",
    "2020-01-01 00:00:00, 1577836800000",
  })
  void run_timeInAnyZone_isUnderstood(String text, long epochMillis) throws IOException {
    Exchange exchange =
        exchanges(
                "{'startedDateTime':'"
                    + text
                    + "','request':{'method':'GET','url':'http://a/'},'response':{'status':200}}")
            .get(0);
    assertThat(exchange.startedEpochNanos() / 1_000_000).isEqualTo(epochMillis);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate", "br", "zstd", "gzip, br"})
  void run_codedContent_decodesToTheArchivesText(String coding) throws IOException {
    Exchange exchange =
        exchanges(
                """
                {'request':{'method':'GET','url':'http://a/'},
                 'response':{'status':200,'headers':[{'name':'Content-Encoding','value':'%s'},
                  {'name':'Content-Length','value':'77'}],
                  'content':{'size':5,'text':'hello'}}}"""
                    .formatted(coding))
            .get(0);
    assertThat(content(response(exchange))).isEqualTo("hello");
    assertThat(response(exchange).body().anomalies()).isEmpty();
    assertThat(response(exchange).completeness()).isEqualTo(Completeness.COMPLETE);
    HeaderField coded = response(exchange).headers().first("content-encoding");
    assertThat(coded).isNotNull();
    assertThat(coded.value()).isEqualTo(coding);
    if (coding.equals("gzip")) {
      assertThat(response(exchange).body().wire().length()).isEqualTo(77);
    }
  }

  @Test
  void run_longContentInBrotli_isSplitIntoBlocks() throws IOException {
    String text = "0123456789".repeat(20_000);
    Exchange exchange =
        exchanges(
                "{'request':{'method':'GET','url':'http://a/'},'response':{'status':200,'headers':"
                    + "[{'name':'Content-Encoding','value':'br'}],'content':{'text':'"
                    + text
                    + "'}}}")
            .get(0);
    assertThat(content(response(exchange))).isEqualTo(text);
  }

  @Test
  void run_base64AndChunked_givesTheBytes() throws IOException {
    Exchange exchange =
        exchanges(
                """
                {'request':{'method':'GET','url':'http://a/'},
                 'response':{'status':200,'headers':[{'name':'Transfer-Encoding','value':'chunked'}],
                  'content':{'mimeType':'image/png','encoding':'base64','text':'AAEC/w=='}}}""")
            .get(0);
    assertThat(response(exchange).body().content().toBytes()).hasToString("000102ff");
    assertThat(response(exchange).completeness()).isEqualTo(Completeness.COMPLETE);
  }

  @Test
  void run_formOfParameters_isEncoded() throws IOException {
    List<Exchange> exchanges =
        exchanges(
            """
            {'request':{'method':'POST','url':'http://a/','postData':{'params':[
             {'name':'a b','value':'\\u00e9'},{'name':'c','value':'&'}]}},'response':{'status':200}}""",
            """
            {'request':{'method':'POST','url':'http://a/','postData':
             {'mimeType':'multipart/form-data; boundary=XX','params':[
             {'name':'f','fileName':'x.txt','contentType':'text/plain','value':'hi'}]}},
             'response':{'status':200}}""");
    assertThat(content(request(exchanges.get(0)))).isEqualTo("a+b=%C3%A9&c=%26");
    assertThat(fields(request(exchanges.get(0))))
        .contains("Content-Type: application/x-www-form-urlencoded");
    assertThat(content(request(exchanges.get(1))))
        .isEqualTo(
            """
            --XX
            Content-Disposition: form-data; name="f"; filename="x.txt"
            Content-Type: text/plain

            hi
            --XX--
            """
                .replace("\n", "\r\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "HTTP/2", "HTTP/2.0", "http/2.0"})
  void run_entryOfHttp2_isToldAsHttp2(String version) throws IOException {
    Exchange exchange =
        exchanges(
                """
                {'request':{'method':'GET','url':'https://a.example/x','httpVersion':'%s','headers':[
                  {'name':':authority','value':'b.example'},{'name':':path','value':'/x'},
                  {'name':'Accept','value':'*/*'}],'headersSize':-1,'bodySize':-1},
                 'response':{'status':200,'statusText':'','httpVersion':'%s','headers':[
                  {'name':'x-a','value':'1'}],'content':{'size':2,'text':'hi'},'headersSize':-1,'bodySize':-1}}"""
                    .formatted(version, version))
            .get(0);
    assertThat(exchange.protocol()).isEqualTo("HTTP/2");
    assertThat(exchange.completeness()).isEqualTo(Completeness.COMPLETE);
    assertThat(exchange.anomalies()).isEmpty();
    HttpRequest request = request(exchange);
    assertThat(request.headers().withPseudoFields().toList())
        .extracting(HeaderField::name, HeaderField::value)
        .containsExactly(
            tuple(":authority", "b.example"),
            tuple(":path", "/x"),
            tuple(":method", "GET"),
            tuple(":scheme", "https"),
            tuple("accept", "*/*"));
    assertThat(request.authority()).isEqualTo("b.example");
    assertThat(fields(response(exchange))).containsExactly("x-a: 1");
    assertThat(content(response(exchange))).isEqualTo("hi");
  }

  @Test
  void run_entriesOfHttp2_areStreamsOfAConnection() throws IOException {
    String entry =
        "{'startedDateTime':'2024-01-01T00:00:0%d.000Z','connection':'7','timings':{'wait':10},"
            + "'request':{'method':'GET','url':'https://a/%d','httpVersion':'h2'},'response':{%s}}";
    List<Exchange> exchanges =
        exchanges(
            entry.formatted(1, 1, "'status':204"),
            entry.formatted(2, 2, ""),
            entry.formatted(3, 3, "'status':200,'content':{'size':40000}"),
            entry.formatted(4, 4, "'status':200,'content':{'size':20000000000}"));
    assertThat(exchanges)
        .extracting(one -> one.sessionNumber() + request(one).target() + " " + one.protocol())
        .containsExactly("1/1 HTTP/2", "1/2 HTTP/2", "1/3 HTTP/2", "2/4 HTTP/1.1");
    assertThat(exchanges.get(1).response()).isNull();
    assertThat(response(exchanges.get(2)).completeness()).isEqualTo(Completeness.RECORDER_CAP);
    assertThat(response(exchanges.get(2)).anomalies())
        .extracting(Anomaly::detail)
        .containsExactly("40000");
    assertThat(response(exchanges.get(3)).completeness()).isEqualTo(Completeness.RECORDER_CAP);
  }

  @Test
  void run_contentThatTheArchiveLacks_isACut() throws IOException {
    Exchange exchange =
        exchanges(
                """
                {'request':{'method':'GET','url':'http://a/'},
                 'response':{'status':200,'headers':[{'name':'content-length','value':'1000'}],
                  'content':{'size':1000,'mimeType':'text/html'},'bodySize':1000}}""")
            .get(0);
    assertThat(response(exchange).completeness()).isEqualTo(Completeness.RECORDER_CAP);
    assertThat(response(exchange).body().content().length()).isZero();
    assertThat(fields(response(exchange))).contains("content-length: 1000");
  }

  @Test
  void run_answersWithoutContent_keepTheirLength() throws IOException {
    List<Exchange> exchanges =
        exchanges(
            """
            {'connection':'1','request':{'method':'HEAD','url':'http://a/'},
             'response':{'status':200,'headers':[{'name':'Content-Length','value':'9'}],
              'content':{'size':0}}}""",
            """
            {'connection':'1','request':{'method':'GET','url':'http://a/2'},
             'response':{'status':304,'headers':[{'name':'Content-Length','value':'9'}],
              'content':{'size':9,'text':'from cache'}}}""",
            "{'connection':'1','request':{'method':'GET','url':'http://a/3'},'response':{'status':0}}");
    assertThat(exchanges).hasSize(3).allMatch(exchange -> exchange.sessionNumber() == 1);
    assertThat(fields(response(exchanges.get(0)))).containsExactly("Content-Length: 9");
    assertThat(response(exchanges.get(1)).body().wire().length()).isZero();
    assertThat(exchanges.get(2).response()).isNull();
  }

  @Test
  void run_entriesThatOverlap_getConnectionsOfTheirOwn() throws IOException {
    String entry =
        "{'startedDateTime':'2024-01-01T00:00:0%d.000Z','connection':'%s','timings':{'wait':1500},"
            + "'request':{'method':'GET','url':'%s/%d'},'response':{'status':200}}";
    List<Exchange> exchanges =
        exchanges(
            entry.formatted(1, "7", "http://a", 1),
            entry.formatted(2, "7", "http://a", 2),
            entry.formatted(3, "7", "http://a", 3),
            entry.formatted(4, "7", "http://b", 4));
    assertThat(exchanges)
        .extracting(exchange -> exchange.sessionNumber() + request(exchange).target())
        .containsExactly("1/1", "1/3", "2/2", "3/4");
  }

  private static long captured(ByteAccounting.Account account) {
    return account.inMessages() + account.outsideMessages();
  }

  @Test
  void run_webSocketMessages_followTheSwitch() throws IOException {
    List<Session> sessions =
        sessions(
            """
            {"log":{"entries":[{"startedDateTime":"2024-01-01T00:00:00Z",
             "request":{"method":"GET","url":"wss://a/ws","headers":[{"name":"Upgrade","value":"websocket"},
              {"name":"Connection","value":"Upgrade"},{"name":"Sec-WebSocket-Key","value":"x"}]},
             "response":{"status":101,"statusText":"Switching Protocols","headers":[
              {"name":"Upgrade","value":"websocket"},{"name":"Connection","value":"Upgrade"}]},
             "_webSocketMessages":[{"type":"send","time":1704067201.5,"opcode":1,"data":"hi"},
              {"type":"receive","time":1704067202,"opcode":2,"data":"AAE="}]}]}}""");
    assertThat(sessions).hasSize(1);
    Exchange exchange = sessions.get(0).exchanges().get(0);
    assertThat(response(exchange).status()).isEqualTo(101);
    assertThat(captured(sessions.get(0).accounting().ingress()))
        .isEqualTo(request(exchange).head().length() + 8);
    assertThat(captured(sessions.get(0).accounting().egress()))
        .isEqualTo(response(exchange).head().length() + 4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          []                                                              | $: is no object
          nonsense                                                        | $ (line 1, column
          {'log':{}}                                                      | log.entries: is missing, or no list
          {'log':{'entries':{}}}                                          | log.entries: is missing, or no list
          {'log':{'pages':[]                                              | log (line 1
          {'log':{'pages':{}}}                                            | log.entries: is missing, or no list
          {'log':{'entries':[3]}}                                         | log.entries[0]: is no object
          {'log':{'entries':[{}]}}                                        | log.entries[0].request: is missing
          {'log':{'entries':[{'request':{'method':'GET'}}]}}              | log.entries[0].request.url: is missing
          {'log':{'entries':[{'request':{'url':'http://a/'}}]}}           | log.entries[0].request.method: is missing
          {'log':{'entries':[{'request':{'url':'http://a:x/','method':'GET'}}]}} | log.entries[0].request.url: has no port
          {'log':{'entries':[{'startedDateTime':'tomorrow','request':{'url':'http://a/','method':'GET'}}]}} | log.entries[0].startedDateTime: is no time
          {'log':{'entries':[{'request':{'url':'http://a/','method':'GET'}},{'request':                      | log.entries[1] (line 1
          {'log':{'entries':[{'request':{'url':'http://a/','method':'GET'}}]                                 | log (line 1
          {'log':{'entries':[{'request':{'url':'http://a/','method':'GET','postData':{'encoding':'base64','text':'*'}}}]}} | log.entries[0].request.postData.text: is not base64
          """)
  void run_brokenArchive_saysWhere(String har, String message) {
    assertThatThrownBy(() -> sessions(har.replace('\'', '"')))
        .isInstanceOf(HarFormatException.class)
        .hasMessageStartingWith(message);
  }
}
