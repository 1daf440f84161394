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

/** Missing bytes in every state of the parsers, each case under every split of what is there. */
class GapCasesTest {
  private static final String GET = ">> GET / HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n\n";
  private static final String GET2 = ">> GET /2 HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n\n";
  private static final String GET3 = ">> GET /3 HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n\n";
  private static final String OK2 = "<< HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\n\\r\\nok\n";
  private static final String PIPELINED =
      ">> GET %s HTTP/1.1\\r\\n\\r\\nGET %s HTTP/1.1\\r\\n\\r\\n\n";
  private static final String QUOTE = "HTTP/1.1 404 No\\r\\ncontent-length: 4\\r\\n\\r\\nfake";

  static Stream<Arguments> cases() {
    return Stream.of(bodies(), heads(), wholeMessages(), quotes(), limits()).flatMap(List::stream);
  }

  private static Arguments of(String name, String script, String... expected) {
    return Arguments.of(name, script, Analyses.lines(expected));
  }

  private static List<Arguments> bodies() {
    return List.of(
        of(
            "inside content-length",
            GET
                + "<< HTTP/1.1 200 OK\\r\\ncontent-length: 10\\r\\n\\r\\nabc\n<< gap 4\n<< hij\n"
                + GET2
                + OK2,
            "1.1 GET / > 200 'abchij' gap [missing_bytes:4] | gap",
            "1.2 GET /2 > 200 'ok'"),
        of(
            "to the end of content-length",
            GET
                + "<< HTTP/1.1 200 OK\\r\\ncontent-length: 10\\r\\n\\r\\nabc\n<< gap 7\n"
                + GET2
                + OK2,
            "1.1 GET / > 200 'abc' gap [missing_bytes:7] | gap",
            "1.2 GET /2 > 200 'ok'"),
        of(
            "beyond content-length",
            GET
                + "<< HTTP/1.1 200 OK\\r\\ncontent-length: 10\\r\\n\\r\\nabc\n<< gap 9\n"
                + "<< ngth: 2\\r\\n\\r\\nok\n"
                + GET2
                + OK2,
            "1.1 GET / > 200 'abc' gap [missing_bytes:7] | gap",
            "1.2 GET /2 > 200 'ok'"),
        of(
            "inside a chunk",
            GET
                + "<< HTTP/1.1 200 OK\\r\\ntransfer-encoding: chunked\\r\\n\\r\\na\\r\\nabc\n"
                + "<< gap 4\n<< hij\\r\\n1\\r\\nk\\r\\n0\\r\\n\\r\\n\n"
                + GET2
                + OK2,
            "1.1 GET / > 200 'abchijk' gap [missing_bytes:4] | gap",
            "1.2 GET /2 > 200 'ok'"),
        of(
            "over a chunk size",
            GET
                + "<< HTTP/1.1 200 OK\\r\\ntransfer-encoding: chunked\\r\\n\\r\\na\\r\\nabc\n"
                + "<< gap 12\n<< k\\r\\n0\\r\\n\\r\\n\n"
                + GET2
                + OK2,
            "1.1 GET / > 200 'abc' gap [missing_bytes:unknown] | gap",
            "1.2 GET /2 > 200 'ok'"),
        of(
            "inside trailers",
            GET
                + "<< HTTP/1.1 200 OK\\r\\ntransfer-encoding: chunked\\r\\n\\r\\n1\\r\\na\\r\\n0\\r\\nT:"
                + " 1\\r\\n\n"
                + "<< gap 5\n<< \\r\\n\\r\\n\n"
                + GET2
                + OK2,
            "1.1 GET / > 200 'a' gap [missing_bytes:unknown] | gap",
            "1.2 GET /2 > 200 'ok'"),
        of(
            "inside close-delimited",
            GET + "<< HTTP/1.0 200 OK\\r\\n\\r\\none\n<< gap 3\n<< three\nclose",
            "1.1 GET / > 200 'onethree' gap [missing_bytes:3] | gap"),
        of(
            "inside a request's body",
            ">> PUT / HTTP/1.1\\r\\ncontent-length: 6\\r\\n\\r\\nab\n>> gap 2\n>> ef\n" + OK2,
            "1.1 PUT / 'abef' gap [missing_bytes:2] > 200 'ok' | gap"),
        of(
            "a lost tail",
            GET + "<< HTTP/1.1 200 OK\\r\\ncontent-length: 5\\r\\n\\r\\nabc\n<< lost 2\nclose",
            "1.1 GET / > 200 'abc' gap [missing_bytes:2] | gap"));
  }

  private static List<Arguments> heads() {
    return List.of(
        of(
            "inside a response's head",
            GET + "<< HTTP/1.1 200 OK\\r\\nx: v\n<< gap 9\n<< v\\r\\n\\r\\nok\n" + GET2 + OK2,
            "1.1 GET / > 200 gap [missing_bytes:unknown] | gap",
            "1.2 GET /2 > 200 'ok'"),
        of(
            "inside a status line",
            GET + "<< HTTP/1.1 2\n<< gap 9\n<< th: 2\\r\\n\\r\\nok\n" + GET2 + OK2,
            "1.1 GET / > - | gap",
            "1.2 GET /2 > 200 'ok'"),
        of(
            "inside a request's head",
            ">> GET / HTTP/1.1\\r\\nx: v\n>> gap 9\n>> v\\r\\n\\r\\n\n" + OK2 + GET2 + OK2,
            "1.1 GET / gap [missing_bytes:unknown] > 200 'ok' | gap",
            "1.2 GET /2 > 200 'ok'"),
        of(
            "inside a request line",
            ">> GET /\n>> gap 9\n>> v\\r\\n\\r\\n\n" + OK2 + GET2 + OK2,
            "1.1 - > 200 'ok' [unpaired_response:no request] | gap",
            "1.2 GET /2 > 200 'ok'"));
  }

  private static List<Arguments> wholeMessages() {
    return List.of(
        of(
            "a lost request",
            GET + OK2 + ">> gap 30\n" + OK2 + GET3 + OK2,
            "1.1 GET / > 200 'ok'",
            "1.2 - > 200 'ok' [unpaired_response:no request] | gap",
            "1.3 GET /3 > 200 'ok'"),
        of(
            "a lost response",
            GET + "<< gap 30\n" + GET2 + OK2,
            "1.1 GET / > - | gap",
            "1.2 GET /2 > 200 'ok'"),
        of(
            "a lost exchange",
            GET + OK2 + ">> gap 30\n<< gap 30\n" + GET3 + OK2,
            "1.1 GET / > 200 'ok'",
            "1.2 GET /3 > 200 'ok'"),
        of("the last response", GET + "<< lost 40\nclose", "1.1 GET / > - | gap"),
        of(
            "the first of two pipelined responses: nothing tells that the other one is the second",
            PIPELINED.formatted("/a", "/b") + "<< gap 40\n" + OK2 + GET3 + OK2,
            "1.1 GET /a > - | gap",
            "1.2 GET /b > - | gap",
            "1.3 GET /3 > 200 'ok'"),
        of(
            "responses of pipelined requests: nothing tells which one came",
            PIPELINED.formatted("/a", "/b")
                + PIPELINED.formatted("/c", "/d")
                + "<< gap 40\n"
                + OK2
                + GET3
                + OK2,
            "1.1 GET /a > - | gap",
            "1.2 GET /b > - | gap",
            "1.3 GET /c > - | gap",
            "1.4 GET /d > - | gap",
            "1.5 - > 200 'ok' [unpaired_response:no request] | gap",
            "1.6 GET /3 > 200 'ok'"),
        of(
            "a pipelined request: nothing tells which ones are answered",
            ">> GET /a HTTP/1.1\\r\\n\\r\\n\n>> gap 30\n" + GET3 + OK2 + OK2 + OK2,
            "1.1 GET /a > 200 'ok'",
            "1.2 GET /3 > - pipelined | gap",
            "1.3 - > 200 'ok' [unpaired_response:no request] | gap",
            "1.4 - > 200 'ok' [unpaired_response:no request] | gap"),
        of(
            "the end of an exchange and the start of another",
            GET + "<< gap 30\n>> gap 40\n" + OK2 + GET3 + OK2,
            "1.1 GET / > - | gap",
            "1.2 - > 200 'ok' [unpaired_response:no request] | gap",
            "1.3 GET /3 > 200 'ok'"));
  }

  private static List<Arguments> quotes() {
    return List.of(
        of(
            "a body that quotes HTTP behind a gap",
            GET
                + "<< HTTP/1.1 200 OK\\r\\ncontent-length: 60\\r\\n\\r\\nabc\n<< gap 9\n<< "
                + QUOTE
                + "123456\n"
                + GET2
                + OK2,
            "1.1 GET / > 200 'abc" + QUOTE + "123456' gap [missing_bytes:9] | gap",
            "1.2 GET /2 > 200 'ok'"),
        of(
            "a body of unknown framing that quotes HTTP on a line of its own",
            GET
                + "<< HTTP/1.1 200 OK\\r\\nx: v\n<< gap 9\n<< v\\r\\n\\r\\nquote:\\r\\n"
                + QUOTE
                + "\n"
                + GET2
                + OK2,
            "1.1 GET / > 200 gap [missing_bytes:unknown] | gap",
            "1.2 GET /2 > 200 'ok'"),
        of(
            "a request body of unknown framing that quotes a request",
            ">> POST / HTTP/1.1\\r\\nx: v\n>> gap 9\n"
                + ">> v\\r\\n\\r\\nquote:\\r\\nGET /fake HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n\n"
                + OK2
                + GET2
                + OK2,
            "1.1 POST / gap [missing_bytes:unknown] > 200 'ok' | gap",
            "1.2 GET /2 > 200 'ok'"));
  }

  private static List<Arguments> limits() {
    return List.of(
        of(
            "a cut call",
            GET
                + "<< cut 42 HTTP/1.1 200 OK\\r\\ncontent-length: 10\\r\\n\\r\\nabcdefghij\n"
                + GET2
                + OK2,
            "1.1 GET / > 200 'abc' recorder_cap [missing_bytes:7] | recorder_cap",
            "1.2 GET /2 > 200 'ok'"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void analyze_gap_givesTheSameForEverySplit(String name, String script, String expected) {
    EventScript parsed = EventScript.parse(script);
    Chunking.allFor(parsed)
        .forEach(
            chunking ->
                assertThat(Analyses.render(Analyses.analyze(parsed.withChunking(chunking))))
                    .as("%s, %s", name, chunking)
                    .isEqualTo(expected));
  }
}
