// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.Chunking;
import dev.tapedeck.format.EventScript;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** HTTP/1 framing and pairing, each case under every way to split its bytes over calls. */
class FramingCasesTest {
  private static final String GET = ">> GET / HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n\n";
  private static final String OK2 = "<< HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\n\\r\\nok\n";

  static Stream<Arguments> cases() {
    return Stream.of(
            bodies(),
            withoutBody(),
            interim(),
            lenientHeads(),
            contradictions(),
            pairing(),
            switches())
        .flatMap(List::stream);
  }

  private static Arguments of(String name, String script, String... expected) {
    return Arguments.of(name, script, Analyses.lines(expected));
  }

  private static List<Arguments> bodies() {
    return List.of(
        of("content-length", GET + OK2 + "close", "1.1 GET / > 200 'ok'"),
        of(
            "content-length 0",
            GET + "<< HTTP/1.1 200 OK\\r\\ncontent-length: 0\\r\\n\\r\\n\n" + GET + OK2,
            "1.1 GET / > 200",
            "1.2 GET / > 200 'ok'"),
        of(
            "chunked with extensions and trailers",
            GET
                + "<< HTTP/1.1 200 OK\\r"
                + "\\n"
                + "transfer-encoding: chunked\\r"
                + "\\n"
                + "\\r"
                + "\\n"
                + "3;a=b\\r"
                + "\\n"
                + "abc\\r"
                + "\\n"
                + "00A\\r"
                + "\\n"
                + "0123456789\\r"
                + "\\n"
                + "000;x\\r"
                + "\\n"
                + "T: 1\\r"
                + "\\n"
                + "U: 2\\r"
                + "\\n"
                + "\\r"
                + "\\n\n"
                + GET
                + OK2,
            "1.1 GET / > 200 'abc0123456789' trailers=2",
            "1.2 GET / > 200 'ok'"),
        of(
            "chunked request",
            ">> PUT / HTTP/1.1\\r"
                + "\\n"
                + "transfer-encoding: Chunked\\r"
                + "\\n"
                + "\\r"
                + "\\n"
                + "1\\r"
                + "\\n"
                + "a\\r"
                + "\\n"
                + "0\\r"
                + "\\n"
                + "\\r"
                + "\\n\n"
                + OK2,
            "1.1 PUT / 'a' > 200 'ok'"),
        of(
            "chunk lines end in LF alone",
            GET + "<< HTTP/1.1 200 OK\\r\\ntransfer-encoding: chunked\\r\\n\\r\\n1\\na\\n0\\n\\n\n",
            "1.1 GET / > 200 'a' [chunk_syntax:LF alone after size, chunk_syntax:LF alone after"
                + " data]"),
        of(
            "close-delimited",
            GET + "<< HTTP/1.0 200 OK\\r\\n\\r\\none\n<< two\nclose",
            "1.1 GET / > 200 'onetwo'"),
        of(
            "close-delimited and no close seen",
            GET + "<< HTTP/1.0 200 OK\\r\\n\\r\\none\n",
            "1.1 GET / > 200 'one' truncated_end | truncated_end"),
        of(
            "cut at close",
            GET + "<< HTTP/1.1 200 OK\\r\\ncontent-length: 9\\r\\n\\r\\none\nclose",
            "1.1 GET / > 200 'one' truncated_end | truncated_end"),
        of(
            "chunked cut at close",
            GET
                + "<< HTTP/1.1 200 OK\\r\\ntransfer-encoding: chunked\\r\\n\\r\\n3\\r\\nabc\\r\\n\n"
                + "close",
            "1.1 GET / > 200 'abc' truncated_end | truncated_end"),
        of(
            "chunked on HTTP/1.0",
            GET
                + "<< HTTP/1.0 200 OK\\r\\ntransfer-encoding: chunked\\r\\n\\r\\n"
                + "1\\r\\na\\r\\n0\\r\\n\\r\\n\nclose",
            "1.1 GET / > 200 'a' [transfer_encoding:on HTTP/1.0]"),
        of(
            "says chunked and is not",
            GET
                + "<< HTTP/1.1 200 OK\\r\\ntransfer-encoding: chunked\\r\\n\\r\\n"
                + "{not chunked}\\r\\n\nclose",
            "1.1 GET / > 200 '{not chunked}\\r"
                + "\\n"
                + "' [chunk_syntax:no size, ambiguous_framing:not chunked or chunked]"),
        of(
            "HTTP/0.9",
            ">> GET /old\\r\\n\n<< <html>old</html>\nclose",
            "1.1 GET /old > 0 '<html>old</html>' [start_line:no head]"),
        of(
            "answer without a head",
            GET + "<< Hello World!\nclose",
            "1.1 GET / > 0 'Hello World!' [start_line:no head]"));
  }

  private static List<Arguments> withoutBody() {
    return List.of(
        of(
            "HEAD with content-length",
            ">> HEAD / HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n\n"
                + "<< HTTP/1.1 200 OK\\r\\ncontent-length: 9\\r\\n\\r\\n\n"
                + GET
                + OK2,
            "1.1 HEAD / > 200",
            "1.2 GET / > 200 'ok'"),
        of(
            "HEAD with chunked",
            ">> HEAD / HTTP/1.1\\r\\n\\r\\n\n"
                + "<< HTTP/1.1 200 OK\\r\\ntransfer-encoding: chunked\\r\\n\\r\\n\n"
                + GET
                + OK2,
            "1.1 HEAD / > 200",
            "1.2 GET / > 200 'ok'"),
        of(
            "204 and 304",
            GET
                + "<< HTTP/1.1 204 No Content\\r\\ncontent-length: 5\\r\\n\\r\\n\n"
                + GET
                + "<< HTTP/1.1 304 Not Modified\\r\\ncontent-length: 5\\r\\n\\r\\n\n"
                + GET
                + OK2,
            "1.1 GET / > 204",
            "1.2 GET / > 304",
            "1.3 GET / > 200 'ok'"));
  }

  private static List<Arguments> interim() {
    return List.of(
        of(
            "several",
            GET
                + "<< HTTP/1.1 103 Early Hints\\r\\nlink: a\\r\\n\\r\\n\n"
                + "<< HTTP/1.1 102 Processing\\r\\n\\r\\nHTTP/1.1 200 OK\\r\\ncontent-length:"
                + " 2\\r\\n\\r\\nok\n",
            "1.1 GET / < 103 < 102 > 200 'ok'"),
        of(
            "100 with an empty reason",
            ">> POST / HTTP/1.1\\r\\nexpect: 100-continue\\r\\ncontent-length: 2\\r\\n\\r\\n\n"
                + "<< HTTP/1.1 100\\r\\n\\r\\n\n"
                + ">> ab\n"
                + OK2,
            "1.1 POST / 'ab' < 100 > 200 'ok'"),
        of(
            "100 refused, then another request",
            ">> POST / HTTP/1.1\\r\\nexpect: 100-continue\\r\\ncontent-length: 900\\r\\n\\r\\n\n"
                + "<< HTTP/1.1 417 Expectation Failed\\r\\ncontent-length: 2\\r\\n\\r\\nno\n"
                + GET
                + OK2,
            "1.1 POST / > 417 'no'",
            "1.2 GET / > 200 'ok'"),
        of(
            "100 refused, body sent all the same",
            ">> POST / HTTP/1.1\\r\\nexpect: 100-continue\\r\\ncontent-length: 9\\r\\n\\r\\n\n"
                + "<< HTTP/1.1 401 No\\r\\ncontent-length: 2\\r\\n\\r\\nno\n"
                + ">> GET me it\n"
                + GET
                + OK2,
            "1.1 POST / 'GET me it' > 401 'no' [early_response:before request end]",
            "1.2 GET / > 200 'ok'"));
  }

  private static List<Arguments> lenientHeads() {
    return List.of(
        of(
            "LF alone",
            ">> GET / HTTP/1.1\\nhost: x\\n\\n\n<< HTTP/1.1 200 OK\\ncontent-length: 2\\n\\nok\n",
            "1.1 GET / [line_ending:LF alone] > 200 'ok' [line_ending:LF alone]"),
        of(
            "empty lines before a start line",
            GET + OK2 + ">> \\r\\n\\r\\nGET /2 HTTP/1.1\\r\\n\\r\\n\n" + OK2,
            "1.1 GET / > 200 'ok'",
            "1.2 GET /2 > 200 'ok'"),
        of(
            "folded field",
            GET + "<< HTTP/1.1 200 OK\\r\\nx: a\\r\\n\\tb\\r\\ncontent-length: 2\\r\\n\\r\\nok\n",
            "1.1 GET / > 200 'ok' [header_syntax:folded]"),
        of(
            "no colon, empty name, space before colon",
            GET
                + "<< HTTP/1.1 200 OK\\r\\nnonsense\\r\\n: empty\\r\\ncontent-length :"
                + " 2\\r\\n\\r\\nok\n",
            "1.1 GET / > 200 'ok' [header_syntax:no colon, header_syntax:empty name,"
                + " header_syntax:space before colon]"),
        of(
            "white space before the method, lower-case version",
            ">>  GET  /a  http/1.1 \\r\\n\\r\\n\n" + OK2,
            "1.1 GET /a [start_line:spacing or words] > 200 'ok'"),
        of(
            "blanks in the target",
            ">> GET /a b c HTTP/1.1\\r\\n\\r\\n\n" + OK2,
            "1.1 GET /a b c [start_line:spacing or words] > 200 'ok'"),
        of(
            "no reason and no space",
            GET + "<< HTTP/1.1 200\\r\\ncontent-length: 2\\r\\n\\r\\nok\n",
            "1.1 GET / > 200 'ok'"));
  }

  private static List<Arguments> contradictions() {
    return List.of(
        of(
            "Transfer-Encoding and Content-Length",
            GET
                + "<< HTTP/1.1 200 OK\\r\\ncontent-length: 1\\r\\ntransfer-encoding:"
                + " chunked\\r\\n\\r\\n2\\r\\nok\\r\\n0\\r\\n\\r\\n\n",
            "1.1 GET / > 200 'ok' [content_length:with Transfer-Encoding, ambiguous_framing:chunked"
                + " or content-length 1]"),
        of(
            "Content-Length twice the same",
            GET
                + "<< HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\ncontent-length: 2\\r\\n\\r\\nok\n"
                + GET
                + OK2,
            "1.1 GET / > 200 'ok' [content_length:repeated]",
            "1.2 GET / > 200 'ok'"),
        of(
            "Content-Length list",
            GET + "<< HTTP/1.1 200 OK\\r\\ncontent-length: 2, 2\\r\\n\\r\\nok\n" + GET + OK2,
            "1.1 GET / > 200 'ok' [content_length:repeated]",
            "1.2 GET / > 200 'ok'"),
        of(
            "Content-Length differs",
            GET
                + "<< HTTP/1.1 200 OK\\r"
                + "\\n"
                + "content-length: 2\\r"
                + "\\n"
                + "content-length: 3\\r"
                + "\\n"
                + "\\r"
                + "\\n"
                + "ok\n",
            "1.1 GET / > 200 'ok' [content_length:repeated, content_length:2 and 3,"
                + " ambiguous_framing:content-length 2 or content-length 3]"),
        of(
            "Content-Length negative",
            GET + "<< HTTP/1.1 200 OK\\r\\ncontent-length: -1\\r\\n\\r\\nok\nclose",
            "1.1 GET / > 200 'ok' [content_length:not a number]"),
        of(
            "Transfer-Encoding identity",
            GET
                + "<< HTTP/1.1 200 OK\\r\\ntransfer-encoding: identity\\r\\ncontent-length:"
                + " 2\\r\\n\\r\\nok\n",
            "1.1 GET / > 200 'ok' [content_length:with Transfer-Encoding, transfer_encoding:chunked"
                + " is not last, ambiguous_framing:content-length 2 or chunked]"));
  }

  private static List<Arguments> pairing() {
    return List.of(
        of(
            "pipelining with HEAD",
            ">> GET /a HTTP/1.1\\r"
                + "\\n"
                + "\\r"
                + "\\n"
                + "HEAD /b HTTP/1.1\\r"
                + "\\n"
                + "\\r"
                + "\\n"
                + "GET /c HTTP/1.1\\r"
                + "\\n"
                + "\\r"
                + "\\n\n"
                + "<< HTTP/1.1 200 OK\\r"
                + "\\n"
                + "content-length: 1\\r"
                + "\\n"
                + "\\r"
                + "\\n"
                + "aHTTP/1.1 200 OK\\r"
                + "\\n"
                + "content-length: 1\\r"
                + "\\n"
                + "\\r"
                + "\\n\n"
                + "<< HTTP/1.1 404 No\\r"
                + "\\n"
                + "content-length: 1\\r"
                + "\\n"
                + "\\r"
                + "\\n"
                + "c\n",
            "1.1 GET /a > 200 'a'",
            "1.2 HEAD /b > 200 pipelined",
            "1.3 GET /c > 404 'c' pipelined"),
        of(
            "early answer",
            ">> POST / HTTP/1.1\\r\\ncontent-length: 8\\r\\n\\r\\nabcd\n"
                + "<< HTTP/1.1 413 Too Large\\r\\ncontent-length: 2\\r\\n\\r\\nno\n"
                + ">> efgh\n"
                + GET
                + OK2,
            "1.1 POST / 'abcdefgh' > 413 'no' [early_response:before request end]",
            "1.2 GET / > 200 'ok'"),
        of(
            "pushed 408",
            GET
                + OK2
                + "<< HTTP/1.1 408 Request Time-out\\r\\ncontent-length: 2\\r\\n\\r\\nno\nclose",
            "1.1 GET / > 200 'ok'",
            "1.2 - > 408 'no' [unpaired_response:no request] | gap"),
        of(
            "no answer",
            GET + OK2 + GET + "close",
            "1.1 GET / > 200 'ok'",
            "1.2 GET / > - | truncated_end"),
        of(
            "request cut in its head",
            ">> GET / HTTP/1.1\\r\\nhost: x\\r\\nco\nclose",
            "1.1 GET / truncated_end > - | truncated_end"));
  }

  private static List<Arguments> switches() {
    return List.of(
        of(
            "CONNECT",
            ">> CONNECT x:443 HTTP/1.1\\r\\nhost: x:443\\r\\n\\r\\n\n"
                + "<< HTTP/1.1 200 Established\\r\\n\\r\\n\n"
                + ">> GET / HTTP/1.1\\r\\n\\r\\n\n"
                + OK2,
            "1.1 CONNECT x:443 > 200 [protocol_switch:tunnel]",
            "1.2 GET / > 200 'ok'"),
        of(
            "CONNECT and another protocol",
            ">> CONNECT x:443 HTTP/1.1\\r\\nhost: x:443\\r\\n\\r\\n\n"
                + "<< HTTP/1.1 200 Established\\r\\n\\r\\n\n"
                + ">> EHLO x\\r\\n\n"
                + OK2,
            "1.1 CONNECT x:443 > 200 [protocol_switch:tunnel]"),
        of(
            "CONNECT and several requests in the tunnel",
            """
            >> CONNECT x:80 HTTP/1.1\\r\\nhost: x:80\\r\\n\\r\\n
            << HTTP/1.1 200 Established\\r\\n\\r\\n
            >> HEAD /in HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n
            << HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\n\\r\\n
            >> GET /more HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n
            << HTTP/1.1 204 No\\r\\n\\r\\n
            """,
            "1.1 CONNECT x:80 > 200 [protocol_switch:tunnel]",
            "1.2 HEAD /in > 200",
            "1.3 GET /more > 204"),
        of(
            "CONNECT refused",
            ">> CONNECT x:443 HTTP/1.1\\r\\n\\r\\n\n"
                + "<< HTTP/1.1 403 No\\r\\ncontent-length: 2\\r\\n\\r\\nno\n"
                + GET
                + OK2,
            "1.1 CONNECT x:443 > 403 'no'",
            "1.2 GET / > 200 'ok'"),
        of(
            "101 with bytes behind it",
            """
            >> GET /ws HTTP/1.1\\r\\nconnection: upgrade\\r\\nupgrade: websocket\\r\\n\\r\\n
            << HTTP/1.1 101 Switching Protocols\\r\\nupgrade: websocket\\r\\n\\r\\n\\x81\\x01a
            >> \\x81\\x81aaaab
            """,
            "1.1 GET /ws > 101 [protocol_switch:upgrade]"),
        of(
            "upgrade refused",
            ">> GET / HTTP/1.1\\r\\nupgrade: h2c\\r\\n\\r\\n\n" + OK2 + GET + OK2,
            "1.1 GET / > 200 'ok'",
            "1.2 GET / > 200 'ok'"),
        of("HTTP/2 preface", ">> PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n\\0\\0\\0\\x04\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void analyze_case_givesTheSameForEverySplit(String name, String script, String expected) {
    EventScript parsed = EventScript.parse(script);
    Chunking.allFor(parsed)
        .forEach(
            chunking ->
                assertThat(Analyses.render(Analyses.analyze(parsed.withChunking(chunking))))
                    .as("%s, %s", name, chunking)
                    .isEqualTo(expected));
  }
}
