// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.analyzer.http.GrpcStatus;
import dev.tapedeck.format.Chunking;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.Gzip;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** gRPC's messages inside exchanges, under every split of the bytes. */
class GrpcTest {
  private static final boolean CLIENT = true;
  private static final boolean SERVER = false;
  private static final String TYPE = "content-type application/grpc";
  private static final String[] CALL = H2Script.request("POST", "/s/m", TYPE, "grpc-encoding gzip");
  private static final String[] ANSWER = {":status 200", TYPE, "grpc-encoding gzip"};

  private static String message(int flags, String payload) {
    return (char) flags + H2Script.int32(payload.length()) + payload;
  }

  private static String gzip(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return new String(Gzip.of(bytes), StandardCharsets.ISO_8859_1);
  }

  private static String base64(String text) {
    byte[] encoded = Base64.getEncoder().encode(text.getBytes(StandardCharsets.ISO_8859_1));
    return new String(encoded, StandardCharsets.ISO_8859_1);
  }

  private static H2Script call() {
    return new H2Script().start().headers(CLIENT, 1, false, CALL);
  }

  static Stream<Arguments> cases() {
    String hello = message(0, "hello");
    return Stream.of(
        Arguments.of(
            "unary",
            call()
                .data(CLIENT, 1, true, hello)
                .headers(SERVER, 1, false, ANSWER)
                .data(SERVER, 1, false, message(0, "there"))
                .headers(SERVER, 1, true, "grpc-status 0"),
            "client hello, server there, OK"),
        Arguments.of(
            "messages over frames and frames over messages",
            call()
                .data(CLIENT, 1, false, hello.substring(0, 3))
                .data(CLIENT, 1, false, hello.substring(3) + message(0, "") + "\0")
                .data(CLIENT, 1, true, message(0, "second").substring(1))
                .headers(
                    SERVER,
                    1,
                    true,
                    ":status 200",
                    TYPE,
                    "grpc-status 5",
                    "grpc-message a%20%c3%a9%"),
            "client hello, client , client second, NOT_FOUND a é%"),
        Arguments.of(
            "streaming both ways",
            call()
                .headers(SERVER, 1, false, ANSWER)
                .data(CLIENT, 1, false, message(0, "1"))
                .data(SERVER, 1, false, message(0, "a"))
                .data(CLIENT, 1, true, message(0, "2"))
                .data(SERVER, 1, false, message(0, "b"))
                .headers(SERVER, 1, true, "grpc-status 0"),
            "client 1, server a, client 2, server b, OK"),
        Arguments.of(
            "compressed",
            call()
                .data(CLIENT, 1, true, message(1, gzip("squeezed")) + message(0, "plain"))
                .headers(SERVER, 1, true, ":status 200", TYPE, "grpc-status 0"),
            "client squeezed compressed, client plain, OK"),
        Arguments.of(
            "compressed without a coding",
            new H2Script()
                .start()
                .headers(CLIENT, 1, false, H2Script.request("POST", "/s/m", TYPE))
                .data(CLIENT, 1, true, message(1, "x"))
                .headers(SERVER, 1, true, ":status 200", TYPE, "grpc-status 13"),
            "client x compressed [compressed without grpc-encoding], INTERNAL"),
        Arguments.of(
            "bytes lost",
            call()
                .data(CLIENT, 1, true, hello)
                .headers(SERVER, 1, false, ANSWER)
                .line(
                    SERVER,
                    H2Script.frame(H2Script.DATA, 0, 1, message(0, "a") + message(0, "bcdefg"))
                        .substring(0, 22))
                .script("<< gap 4")
                .data(SERVER, 1, false, message(0, "c"))
                .headers(SERVER, 1, true, "grpc-status 0"),
            "client hello, server a, server bc gap, OK"),
        Arguments.of(
            "bytes lost from the begin of a message on",
            call()
                .data(CLIENT, 1, true, hello)
                .headers(SERVER, 1, false, ANSWER)
                .line(
                    SERVER,
                    H2Script.frame(H2Script.DATA, 0, 1, message(0, "a") + message(0, "bcdefg"))
                        .substring(0, 15))
                .script("<< gap 11")
                .data(SERVER, 1, false, message(1, "c"))
                .headers(SERVER, 1, true, "grpc-status 0"),
            "client hello, server a, OK"),
        Arguments.of(
            "bytes lost, web, text",
            new H2Script()
                .start()
                .headers(
                    CLIENT,
                    1,
                    false,
                    H2Script.request("POST", "/s/m", "content-type application/grpc-web-text"))
                .data(CLIENT, 1, true, base64(hello))
                .headers(SERVER, 1, false, ":status 200", "content-type application/grpc-web-text")
                .line(
                    SERVER,
                    H2Script.frame(H2Script.DATA, 0, 1, base64(message(0, "abcdefg")))
                        .substring(0, 21))
                .script("<< gap 4")
                .data(SERVER, 1, true, base64(message(0, "x"))),
            "client hello, server abcd gap, -"),
        Arguments.of(
            "web, binary",
            new H2Script()
                .start()
                .headers(
                    CLIENT,
                    1,
                    false,
                    H2Script.request("POST", "/s/m", "content-type application/grpc-web+proto"))
                .data(CLIENT, 1, true, hello)
                .headers(SERVER, 1, false, ":status 200", "content-type application/grpc-web+proto")
                .data(
                    SERVER,
                    1,
                    true,
                    message(0, "w") + message(0x80, "grpc-status:7\r\ngrpc-message:no%21\r\n")),
            "client hello, server w, PERMISSION_DENIED no!"),
        Arguments.of(
            "web, text",
            new H2Script()
                .start()
                .headers(
                    CLIENT,
                    1,
                    false,
                    H2Script.request("POST", "/s/m", "content-type application/grpc-web-text"))
                .data(CLIENT, 1, true, base64(hello))
                .headers(SERVER, 1, false, ":status 200", "content-type application/grpc-web-text")
                .data(SERVER, 1, false, base64(message(0, "one!")))
                .data(
                    SERVER,
                    1,
                    true,
                    base64(message(0, "two")) + base64(message(0x80, "grpc-status: 0\r\n"))),
            "client hello, server one!, server two, OK"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void analyze_call_givesItsMessages(String name, H2Script script, String expected) {
    EventScript parsed = script.parse();
    Chunking.allFor(parsed)
        .forEach(
            chunking -> {
              Exchange exchange =
                  Analyses.analyze(parsed.withChunking(chunking)).get(0).exchanges().get(0);
              assertThat(render(exchange)).as("%s, %s", name, chunking).isEqualTo(expected);
            });
  }

  @Test
  void analyze_webCallOverHttp1_givesItsMessages() {
    String asked = message(0, "hello") + message(0, "again");
    String told = message(0, "w") + message(0x80, "grpc-status:7\r\ngrpc-message:no%21\r\n");
    EventScript script =
        new H2Script()
            .line(
                CLIENT,
                "POST /s/m HTTP/1.1\r\nHost: a\r\nContent-Type: application/grpc-web+proto\r\n"
                    + "Content-Length: "
                    + asked.length()
                    + "\r\n\r\n"
                    + asked)
            .line(
                SERVER,
                "HTTP/1.1 200 OK\r\nContent-Type: application/grpc-web+proto\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n"
                    + "3\r\n"
                    + told.substring(0, 3)
                    + "\r\n"
                    + Integer.toHexString(told.length() - 3)
                    + "\r\n"
                    + told.substring(3)
                    + "\r\n0\r\n\r\n")
            .parse();
    Chunking.allFor(script)
        .forEach(
            chunking ->
                assertThat(
                        render(
                            Analyses.analyze(script.withChunking(chunking))
                                .get(0)
                                .exchanges()
                                .get(0)))
                    .as("%s", chunking)
                    .isEqualTo("client hello, client again, server w, PERMISSION_DENIED no!"));
  }

  private static String render(Exchange exchange) {
    GrpcStatus status = GrpcStatus.of(Objects.requireNonNull(exchange.response()));
    String messages =
        exchange.messages().stream().map(GrpcTest::render).collect(Collectors.joining(", "));
    return messages
        + ", "
        + (status == null ? "-" : (status.name() + " " + status.message()).strip());
  }

  private static String render(StreamMessage message) {
    List<String> anomalies = message.anomalies().stream().map(Anomaly::detail).toList();
    return message.sender().name().toLowerCase(java.util.Locale.ROOT)
        + " "
        + message.payload().toBytes().toLatin1()
        + (message.compressed() ? " compressed" : "")
        + (message.completeness() == Completeness.COMPLETE
            ? ""
            : " " + message.completeness().jsonName())
        + (anomalies.isEmpty() ? "" : " " + anomalies);
  }
}
