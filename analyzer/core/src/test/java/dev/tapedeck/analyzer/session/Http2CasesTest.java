// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static dev.tapedeck.analyzer.session.H2Script.CONTINUATION;
import static dev.tapedeck.analyzer.session.H2Script.DATA;
import static dev.tapedeck.analyzer.session.H2Script.END_HEADERS;
import static dev.tapedeck.analyzer.session.H2Script.END_STREAM;
import static dev.tapedeck.analyzer.session.H2Script.GOAWAY;
import static dev.tapedeck.analyzer.session.H2Script.HEADERS;
import static dev.tapedeck.analyzer.session.H2Script.PADDED;
import static dev.tapedeck.analyzer.session.H2Script.PING;
import static dev.tapedeck.analyzer.session.H2Script.PRIORITY;
import static dev.tapedeck.analyzer.session.H2Script.PUSH_PROMISE;
import static dev.tapedeck.analyzer.session.H2Script.RST_STREAM;
import static dev.tapedeck.analyzer.session.H2Script.SETTINGS;
import static dev.tapedeck.analyzer.session.H2Script.WINDOW_UPDATE;
import static dev.tapedeck.analyzer.session.H2Script.WITH_PRIORITY;
import static dev.tapedeck.analyzer.session.H2Script.frame;
import static dev.tapedeck.analyzer.session.H2Script.int32;
import static dev.tapedeck.analyzer.session.H2Script.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.Chunking;
import dev.tapedeck.format.EventScript;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule of RFC 9113's frames, under every split of the bytes. */
class Http2CasesTest {
  private static final boolean CLIENT = true;
  private static final boolean SERVER = false;
  private static final String OK = ":status 200";

  static Stream<Arguments> cases() {
    return Stream.of(messages(), frames(), streams(), unneeded(), gaps(), upgrades())
        .flatMap(List::stream);
  }

  private static Arguments of(String name, H2Script script, String... expected) {
    return Arguments.of(name, script, Analyses.lines(expected));
  }

  private static H2Script h2() {
    return new H2Script().start();
  }

  private static List<Arguments> messages() {
    return List.of(
        of(
            "get",
            h2().get(1, "/a").headers(SERVER, 1, false, OK).data(SERVER, 1, true, "ok"),
            "1.1 GET /a > 200 'ok'"),
        of(
            "post",
            h2().headers(CLIENT, 1, false, request("POST", "/a"))
                .data(CLIENT, 1, false, "abc")
                .data(CLIENT, 1, true, "def")
                .headers(SERVER, 1, true, ":status 204"),
            "1.1 POST /a 'abcdef' > 204"),
        of(
            "interleaved",
            h2().get(1, "/1")
                .get(3, "/3")
                .headers(SERVER, 3, false, OK)
                .headers(SERVER, 1, false, OK)
                .data(SERVER, 3, false, "t")
                .data(SERVER, 1, true, "one")
                .data(SERVER, 3, true, "hree"),
            "1.1 GET /1 > 200 'one'",
            "1.2 GET /3 > 200 'three' pipelined"),
        of(
            "interim and trailers",
            h2().headers(CLIENT, 1, false, request("POST", "/", "expect 100-continue"))
                .headers(SERVER, 1, false, ":status 100")
                .headers(SERVER, 1, false, ":status 103", "link </a>")
                .data(CLIENT, 1, false, "x")
                .headers(CLIENT, 1, true, "x-sum 1")
                .headers(SERVER, 1, false, OK)
                .data(SERVER, 1, false, "y")
                .headers(SERVER, 1, true, "x-sum 2"),
            "1.1 POST / 'x' trailers=1 < 100 < 103 > 200 'y' trailers=1"),
        of(
            "head with content-length",
            h2().headers(CLIENT, 1, true, request("HEAD", "/"))
                .headers(SERVER, 1, true, OK, "content-length 5"),
            "1.1 HEAD / > 200"),
        of(
            "content-length is wrong",
            h2().get(1, "/")
                .headers(SERVER, 1, false, OK, "content-length 5")
                .data(SERVER, 1, true, "abc"),
            "1.1 GET / > 200 'abc' [content_length:5 announced, 3 came]"),
        of(
            "connect",
            h2().headers(CLIENT, 1, false, ":method CONNECT", ":authority x:443")
                .headers(SERVER, 1, false, OK)
                .data(CLIENT, 1, false, "hello")
                .data(SERVER, 1, true, "there")
                .data(CLIENT, 1, true, ""),
            "1.1 CONNECT x:443 'hello' > 200 'there'"),
        of(
            "answer before the request",
            h2().headers(SERVER, 1, false, OK).get(1, "/").data(SERVER, 1, true, "early"),
            "1.1 GET / > 200 'early'"));
  }

  private static List<Arguments> frames() {
    H2Script continued = h2();
    String block = continued.block(CLIENT, request("GET", "/c", "a b", "c d"));
    continued.line(
        CLIENT,
        frame(HEADERS, END_STREAM, 1, block.substring(0, 7))
            + frame(CONTINUATION, 0, 1, block.substring(7, 8))
            + frame(CONTINUATION, 0, 1, "")
            + frame(CONTINUATION, END_HEADERS, 1, block.substring(8)));
    H2Script interrupted = h2();
    String cut = interrupted.block(CLIENT, request("GET", "/c", "a b"));
    interrupted.line(
        CLIENT, frame(HEADERS, END_STREAM, 1, cut.substring(0, 7)) + frame(PING, 0, 0, "12345678"));
    H2Script padded = h2();
    String fields = padded.block(CLIENT, request("POST", "/p"));
    padded
        .line(
            CLIENT,
            frame(
                HEADERS,
                END_HEADERS | PADDED | WITH_PRIORITY,
                1,
                "\3" + int32(0) + "\20" + fields + "\0\0\0"))
        .line(CLIENT, frame(DATA, PADDED | END_STREAM, 1, "\4data\0\0\0\0"))
        .headers(SERVER, 1, true, OK);
    return List.of(
        of("continuation", continued.headers(SERVER, 1, true, OK), "1.1 GET /c > 200"),
        of(
            "block interrupted",
            interrupted.get(3, "/d").headers(SERVER, 3, true, OK),
            "1.1 GET  [frame:header block] > - | truncated_end",
            "1.2 GET /d gap [hpack:1 fields not captured] > 200 | gap"),
        of("padding and priority", padded, "1.1 POST /p 'data' > 200"),
        of(
            "padding too long",
            h2().headers(CLIENT, 1, false, request("POST", "/"))
                .line(CLIENT, frame(DATA, PADDED | END_STREAM, 1, "\7abc"))
                .headers(SERVER, 1, true, OK),
            "1.1 POST / [frame:padding] > 200"),
        of(
            "control frames between",
            h2().get(1, "/")
                .line(CLIENT, frame(WINDOW_UPDATE, 0, 0, int32(100)))
                .line(CLIENT, frame(PRIORITY, 0, 5, int32(1) + "\20"))
                .line(SERVER, frame(PING, 0, 0, "12345678"))
                .line(SERVER, frame(0x42, 0xff, 7, "anything"))
                .headers(SERVER, 1, false, OK)
                .line(SERVER, frame(0xfa, 0, 1, ""))
                .data(SERVER, 1, true, "ok"),
            "1.1 GET / > 200 'ok'"),
        of(
            "table resized by settings and update",
            h2().line(SERVER, frame(SETTINGS, 0, 0, "\0\1" + int32(64)))
                .get(1, "/", "x 1")
                .line(
                    CLIENT,
                    frame(
                        HEADERS,
                        END_HEADERS | END_STREAM,
                        3,
                        "\40\77\41" + "\202\204\206" + "\101\1a" + "\100\1x\1y"))
                .line(CLIENT, frame(HEADERS, END_HEADERS | END_STREAM, 5, "\202\204\206\276\277"))
                .headers(SERVER, 1, true, OK)
                .headers(SERVER, 3, true, OK)
                .headers(SERVER, 5, true, OK),
            "1.1 GET / > 200",
            "1.2 GET / > 200 pipelined",
            "1.3 GET / gap [hpack:malformed] > 200 pipelined | gap"));
  }

  private static List<Arguments> streams() {
    H2Script push = h2().get(1, "/");
    String promised = push.block(SERVER, request("GET", "/style.css"));
    push.line(SERVER, frame(PUSH_PROMISE, END_HEADERS, 1, int32(2) + promised))
        .headers(SERVER, 1, true, OK)
        .headers(SERVER, 2, false, OK)
        .data(SERVER, 2, true, "css");
    return List.of(
        of(
            "reset by the client",
            h2().get(1, "/")
                .headers(SERVER, 1, false, OK)
                .data(SERVER, 1, false, "part")
                .line(CLIENT, frame(RST_STREAM, 0, 1, int32(8)))
                .data(SERVER, 1, false, "in flight")
                .get(3, "/3")
                .headers(SERVER, 3, true, OK),
            "1.1 GET / > 200 'part' truncated_end [stream_reset:client: CANCEL] | truncated_end",
            "1.2 GET /3 > 200"),
        of(
            "closed by the client when it has all that was announced",
            h2().get(1, "/")
                .headers(SERVER, 1, false, OK, "content-length 4")
                .data(SERVER, 1, false, "full")
                .line(CLIENT, frame(RST_STREAM, 0, 1, int32(5)))
                .data(SERVER, 1, true, ""),
            "1.1 GET / > 200 'full' [stream_reset:client: STREAM_CLOSED]"),
        of(
            "closed by the client before the trailers that were announced",
            h2().get(1, "/")
                .headers(SERVER, 1, false, OK, "content-length 4", "trailer x-sum")
                .data(SERVER, 1, false, "full")
                .line(CLIENT, frame(RST_STREAM, 0, 1, int32(5))),
            "1.1 GET / > 200 'full' truncated_end [stream_reset:client: STREAM_CLOSED]"
                + " | truncated_end"),
        of(
            "connection ends behind all that was announced",
            h2().get(1, "/")
                .headers(SERVER, 1, false, OK, "content-length 4")
                .data(SERVER, 1, false, "full"),
            "1.1 GET / > 200 'full'"),
        of(
            "refused by the server",
            h2().get(1, "/").line(SERVER, frame(RST_STREAM, 0, 1, int32(7))),
            "1.1 GET / > - [stream_reset:server: REFUSED_STREAM] | truncated_end"),
        of(
            "answered and told to stop sending",
            h2().headers(CLIENT, 1, false, request("POST", "/"))
                .data(CLIENT, 1, false, "some")
                .headers(SERVER, 1, true, ":status 413")
                .line(SERVER, frame(RST_STREAM, 0, 1, int32(0))),
            "1.1 POST / 'some' truncated_end > 413 | truncated_end"),
        of(
            "pushed",
            push,
            "1.1 GET / > 200",
            "1.2 GET /style.css > 200 'css' [pushed:promised on stream 1] pipelined"),
        of(
            "goaway",
            h2().get(1, "/")
                .line(SERVER, frame(GOAWAY, 0, 0, int32(1) + int32(0)))
                .headers(SERVER, 1, true, OK),
            "1.1 GET / > 200"),
        of(
            "not answered at the end",
            h2().headers(CLIENT, 1, false, request("POST", "/")).data(CLIENT, 1, false, "ab"),
            "1.1 POST / 'ab' truncated_end > - | truncated_end"));
  }

  /** Servers that answer before they have read the request (RFC 9113, section 8.1). */
  private static List<Arguments> unneeded() {
    String noError = frame(RST_STREAM, 0, 1, int32(0));
    return List.of(
        of(
            "answered before the body was read",
            post(1)
                .headers(SERVER, 1, false, OK)
                .data(SERVER, 1, true, "early")
                .line(SERVER, noError)
                .data(CLIENT, 1, false, "bo")
                .data(CLIENT, 1, true, "dy")
                .get(3, "/3")
                .headers(SERVER, 3, true, OK),
            "1.1 POST / 'body' > 200 'early'",
            "1.2 GET /3 > 200"),
        of(
            "answered when the body was read, and then reset",
            post(1)
                .data(CLIENT, 1, true, "body")
                .headers(SERVER, 1, false, OK)
                .data(SERVER, 1, true, "early")
                .line(SERVER, noError)
                .get(3, "/3")
                .headers(SERVER, 3, true, OK),
            "1.1 POST / 'body' > 200 'early'",
            "1.2 GET /3 > 200"),
        of(
            "the answer is captured ahead of its request",
            h2().headers(SERVER, 1, true, OK)
                .line(SERVER, noError)
                .headers(CLIENT, 1, false, request("POST", "/"))
                .data(CLIENT, 1, true, "body"),
            "1.1 POST / 'body' > 200"),
        of(
            "trailers are on their way",
            post(1)
                .headers(SERVER, 1, true, OK)
                .line(SERVER, noError)
                .data(CLIENT, 1, false, "body")
                .headers(CLIENT, 1, true, "x-sum 7"),
            "1.1 POST / 'body' trailers=1 > 200"),
        of(
            "other streams are settled meanwhile",
            post(1)
                .headers(SERVER, 1, true, OK)
                .line(SERVER, noError)
                .get(3, "/3")
                .headers(SERVER, 3, true, OK)
                .data(CLIENT, 1, true, "body"),
            "1.1 POST / 'body' > 200",
            "1.2 GET /3 > 200"),
        of(
            "the client stops sending",
            post(1)
                .data(CLIENT, 1, false, "some")
                .headers(SERVER, 1, true, OK)
                .line(SERVER, noError)
                .script("+ 11s")
                .get(3, "/3")
                .headers(SERVER, 3, true, OK)
                .data(CLIENT, 1, true, "none"),
            "1.1 POST / 'some' truncated_end > 200 | truncated_end",
            "1.2 GET /3 > 200"),
        of(
            "the client sends slowly",
            post(1)
                .headers(SERVER, 1, true, OK)
                .line(SERVER, noError)
                .script("+ 6s")
                .data(CLIENT, 1, false, "bo")
                .script("+ 6s")
                .get(3, "/3")
                .headers(SERVER, 3, true, OK)
                .data(CLIENT, 1, true, "dy"),
            "1.1 POST / 'body' > 200",
            "1.2 GET /3 > 200"),
        of(
            "the client resets it, too",
            post(1)
                .data(CLIENT, 1, false, "some")
                .headers(SERVER, 1, true, OK)
                .line(SERVER, noError)
                .line(CLIENT, frame(RST_STREAM, 0, 1, int32(8)))
                .data(CLIENT, 1, true, "none"),
            "1.1 POST / 'some' truncated_end > 200 | truncated_end"),
        of(
            "some of the body is lost",
            post(1)
                .headers(SERVER, 1, true, OK)
                .line(SERVER, noError)
                .line(CLIENT, frame(DATA, END_STREAM, 1, "abcdefghij").substring(0, 12))
                .script(">> gap 4")
                .line(CLIENT, frame(DATA, END_STREAM, 1, "abcdefghij").substring(16))
                .get(3, "/3")
                .headers(SERVER, 3, true, OK),
            "1.1 POST / 'abchij' gap [missing_bytes:4] > 200 | gap",
            "1.2 GET /3 > 200"),
        of(
            "reset before the answer is whole",
            post(1)
                .headers(SERVER, 1, false, OK)
                .line(SERVER, noError)
                .data(CLIENT, 1, true, "body"),
            "1.1 POST / truncated_end > 200 truncated_end [stream_reset:server: NO_ERROR]"
                + " | truncated_end"),
        of(
            "reset for another reason",
            post(1)
                .headers(SERVER, 1, true, OK)
                .line(SERVER, frame(RST_STREAM, 0, 1, int32(8)))
                .data(CLIENT, 1, true, "body"),
            "1.1 POST / truncated_end > 200 [stream_reset:server: CANCEL] | truncated_end"));
  }

  private static H2Script post(int id) {
    return h2().headers(CLIENT, id, false, request("POST", "/"));
  }

  private static List<Arguments> gaps() {
    String whole = frame(DATA, END_STREAM, 1, "abcdefghij");
    return List.of(
        of(
            "gap inside data",
            h2().get(1, "/")
                .headers(SERVER, 1, false, OK)
                .line(SERVER, whole.substring(0, 12))
                .script("<< gap 4")
                .line(SERVER, whole.substring(16))
                .get(3, "/3")
                .headers(SERVER, 3, true, OK),
            "1.1 GET / > 200 'abchij' gap [missing_bytes:4] | gap",
            "1.2 GET /3 > 200"),
        of(
            "gap to the end of data",
            h2().get(1, "/")
                .headers(SERVER, 1, false, OK)
                .line(SERVER, whole.substring(0, 12))
                .script("<< gap 7")
                .get(3, "/3")
                .headers(SERVER, 3, true, OK),
            "1.1 GET / > 200 'abc' gap [missing_bytes:7] | gap",
            "1.2 GET /3 > 200"),
        of(
            "call cut by the recorder",
            h2().get(1, "/")
                .headers(SERVER, 1, false, OK)
                .script("<< cut 12 \\x00\\x00\\x0a\\x00\\x01\\x00\\x00\\x00\\x01abcdefghij"),
            "1.1 GET / > 200 'abc' recorder_cap [missing_bytes:7] | recorder_cap"));
  }

  private static List<Arguments> upgrades() {
    H2Script upgraded =
        new H2Script()
            .script(
                ">> GET /up HTTP/1.1\\r\\nhost: a\\r\\nconnection: upgrade, http2-settings\\r\\n"
                    + "upgrade: h2c\\r\\nhttp2-settings: AAMAAABk\\r\\n\\r\\n")
            .line(
                SERVER,
                "HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\n\r\n"
                    + frame(SETTINGS, 0, 0, ""))
            .line(CLIENT, H2Script.PREFACE + frame(SETTINGS, 0, 0, ""))
            .headers(SERVER, 1, false, OK)
            .get(3, "/3")
            .data(SERVER, 1, true, "one")
            .headers(SERVER, 3, true, ":status 204");
    return List.of(
        of(
            "h2c",
            upgraded,
            "1.1 GET /up < 101 > 200 'one' [protocol_switch:upgrade]",
            "1.2 GET /3 > 204"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void analyze_case_givesTheSameForEverySplit(String name, H2Script script, String expected) {
    EventScript parsed = script.parse();
    Chunking.allFor(parsed)
        .forEach(
            chunking ->
                assertThat(Analyses.render(Analyses.analyze(parsed.withChunking(chunking))))
                    .as("%s, %s", name, chunking)
                    .isEqualTo(expected));
  }
}
