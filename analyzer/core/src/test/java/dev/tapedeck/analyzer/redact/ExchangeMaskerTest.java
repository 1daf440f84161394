// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.analyzer.http.BodyDigest;
import dev.tapedeck.analyzer.session.Analyses;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.Gzip;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExchangeMaskerTest {
  private static final String CANARY = "Canary7Secret";
  private static final String OPEN = "@ plain server 10.0.0.2:80 <- 10.0.0.1:40001\n";

  /** Returns the exchanges of a connection on which these bytes went to and fro. */
  private static List<Exchange> masked(String request, String response) {
    StringBuilder script = new StringBuilder(OPEN);
    line(script, ">> ", request);
    line(script, "<< ", response);
    return Analyses.analyze(EventScript.parse(script.toString())).stream()
        .flatMap(session -> session.exchanges().stream())
        .map(ExchangeMasker.defaults()::mask)
        .toList();
  }

  private static void line(StringBuilder script, String direction, String bytes) {
    if (bytes.isEmpty()) {
      return;
    }
    script.append(direction);
    for (int i = 0; i < bytes.length(); i++) {
      char c = bytes.charAt(i);
      if (c < ' ' || c > '~' || c == '\\') {
        script.append("\\x").append(String.format("%02x", (int) c));
      } else {
        script.append(c);
      }
    }
    script.append('\n');
  }

  private static String posted(String type, String body) {
    return "POST /login HTTP/1.1\r\nHost: x\r\n"
        + (type.isEmpty() ? "" : "Content-Type: " + type + "\r\n")
        + "Content-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  private static String answered(String type, String body) {
    return "HTTP/1.1 200 OK\r\nContent-Type: "
        + type
        + "\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  /** Returns all that anybody could get out of exchanges, one character a byte. */
  private static String shown(List<Exchange> exchanges) {
    StringBuilder shown = new StringBuilder();
    for (Exchange exchange : exchanges) {
      HttpRequest request = exchange.request();
      if (request != null) {
        shown.append(request.target()).append('\n').append(request.authority()).append('\n');
      }
      HttpResponse response = exchange.response();
      if (response != null) {
        shown.append(response.reason()).append('\n');
      }
      show(shown, request);
      show(shown, response);
      exchange.interim().forEach(interim -> show(shown, interim));
      for (StreamMessage message : exchange.messages()) {
        shown.append(message.payload().toBytes().toLatin1()).append('\n');
      }
    }
    return shown.toString();
  }

  private static void show(StringBuilder shown, @Nullable HttpMessage message) {
    if (message != null) {
      shown.append(message.head().toLatin1()).append('\n');
      message
          .headers()
          .toList()
          .forEach(f -> shown.append(f.name()).append(f.value()).append('\n'));
      message.trailers().toList().forEach(f -> shown.append(f).append('\n'));
      for (Bytes bytes :
          List.of(
              message.body().framed().toBytes(),
              message.body().wire().toBytes(),
              message.body().content().toBytes())) {
        shown.append(bytes.toLatin1()).append('\n');
      }
    }
  }

  private static HttpRequest request(List<Exchange> exchanges) {
    HttpRequest request = exchanges.get(0).request();
    assertThat(request).isNotNull();
    return request;
  }

  private static HttpResponse response(List<Exchange> exchanges) {
    HttpResponse response = exchanges.get(0).response();
    assertThat(response).isNotNull();
    return response;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer Canary7Secret\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: x\r\nauthorization : Canary7Secret\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer\r\n Canary7Secret\r\n\r\n",
        "GET /a HTTP/1.1\nHost: x\nAuthorization: Bearer Canary7Secret\n\n",
        "GET /a HTTP/1.1\r\nHost: x\r\nCookie: a=Canary7Secret; b=2\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: x\r\nX-Api-Key: Canary7Secret\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: x\r\nCanary7Secret in a line without a colon\r\n\r\n",
        "GET /a?access_token=Canary7Secret&b=1 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a?b=1#id_token=Canary7Secret HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a;jsessionid=Canary7Secret?b=1 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a?next=https%3A%2F%2Fy%2F%3Ftoken%3DCanary7Secret%26c HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a?n=https%253A%252F%252Fy%252F%253Ftoken%253DCanary7Secret%2526c HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a?n=https%3A%2F%2Fy%3Fm%3Dhttps%25253A%25252F%25252Fz%25253Fpass%252577ord%25253DCanary7Secret"
            + " HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a?n=https%3A%2F%2Fu%3ACanary7Secret%40y%2Fz HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a?code=Canary7Secret&state=Canary7Secret HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a?state=Canary7Secret&client_id=7&response_type=code HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /auth/Callback?code=Canary7Secret HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a#code=Canary7Secret&session_state=1 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a?code_verifier=Canary7Secret HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a?b=1 HTTP/1.1\r\nHost: x\r\nReferer: https://y/?code=Canary7Secret&state=1\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: x\r\nSec-WebSocket-Protocol: chat, bearer, Canary7Secret\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: x\r\nSec-WebSocket-Protocol: access_token,Canary7Secret,chat\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: x\r\nSec-WebSocket-Protocol: "
            + "base64url.bearer.authorization.k8s.io.Canary7Secret, v4.channel.k8s.io\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: x\r\nSec-WebSocket-Protocol: graphql-ws, 0123Canary7Secret456\r\n\r\n",
        "GET http://u:Canary7Secret@x/a HTTP/1.1\r\nHost: x\r\n\r\n",
        "CONNECT u:Canary7Secret@x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: u:Canary7Secret@x\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: x\r\nReferer: https://y/?password=Canary7Secret\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: x\r\nX-Original-Url: /y?token=Canary7Secret\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: x\r\nX-Who: Basic Q2FuYXJ5N1NlY3JldDpDYW5hcnk3U2VjcmV0 "
            + "\r\nX-Token: Canary7Secret\r\n\r\n"
      })
  void mask_secretInAHead_isNowhere(String head) {
    List<Exchange> exchanges = masked(head, "HTTP/1.1 204 No Content\r\n\r\n");
    assertThat(shown(exchanges)).doesNotContain(CANARY, "Q2FuYXJ5").contains("Host");
    assertThat(request(exchanges).head().length()).isEqualTo(head.length());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "application/json | {\"user\":\"ann\",\"password\":\"Canary7Secret\"}",
        "application/json | {\"a\":[{\"apiKey\":\"Canary7Secret\"}]} {\"b\":1}",
        "application/json | {\"url\":\"https://y/?a=1\\u0026token=Canary7Secret\"}",
        "application/json | {\"url\":\"https://y/?token=Canary7Secret\"}",
        "application/json | {\"tokens\":[\"Canary7Secret\",true,12]}",
        "application/json | {\"log\":\"{\\\"password\\\":\\\"Canary7Secret\\\"}\"}",
        "application/json | {\"env\":[{\"name\":\"DB_PASSWORD\",\"value\":\"Canary7Secret\"}]}",
        "application/json | {\"a\":[{\"value\":\"Canary7Secret\",\"name\":\"Authorization\"}]}",
        "application/json | {\"Key\":\"x-api-key\",\"Values\":[\"Canary7Secret\"]}",
        "application/json | {\"ParameterKey\":\"pass\\u0077ord\",\"ParameterValue\":\"Canary7Secret\"}",
        "application/json | {\"a\":\"{\\\"name\\\":\\\"token\\\",\\\"value\\\":\\\"Canary7Secret\\\"}\"}",
        "application/json | {\"go\":\"https://y/cb?code=Canary7Secret\\u0026state=1\"}",
        "text/html | <a href=\"/x?code=Canary7Secret&amp;state=Canary7Secret\">x</a>",
        "application/x-www-form-urlencoded | grant_type=authorization_code&code=Canary7Secret",
        "application/vnd.api+json | {\"secret\":{\"a\":\"Canary7Secret\"}}",
        "application/x-www-form-urlencoded | user=ann&pass%77ord=Canary7Secret&x=1",
        "'' | user=ann&password=Canary7Secret",
        "text/plain | {\"password\":\"Canary7Secret\"} and more",
        "text/plain | [2026-01-01] login {\"password\": \"Canary7Secret\"}",
        "text/plain | log: {\\\"password\\\": \\\"Canary7Secret\\\"}",
        "text/html | <form><input type=hidden name='csrf_token' value='Canary7Secret'></form>",
        "text/html | <meta content=\"Canary7Secret\" name=\"csrf-token\"/>",
        "text/html | <a href=\"/x?a=1&amp;token=Canary7Secret\">x</a>",
        "text/html | <div data-api-key=\"Canary7Secret\">x</div>",
        "application/xml | <a><ns:password>Canary7Secret</ns:password></a>",
        "application/xml | <a><Password><![CDATA[Canary7Secret]]></Password></a>",
        "application/xml | <setting key=\"dbPassword\" value=\"Canary7Secret\"/>",
        "application/javascript | cb({'token': 'Canary7Secret', a: 1})",
        "application/octet-stream | PASSWORD=Canary7Secret",
        "text/event-stream | data: {\"token\":\"Canary7Secret\"}",
      })
  void mask_secretInABody_isNowhere(String type, String body) {
    String plain = type.equals("''") ? "" : type;
    List<Exchange> asked = masked(posted(plain, body), answered("text/plain", "ok"));
    assertThat(shown(asked)).doesNotContain(CANARY).contains("MASKED");
    assertThat(request(asked).body().content().length()).isEqualTo(body.length());
    assertThat(request(asked).body().anomalies()).isEmpty();
    List<Exchange> answer =
        masked("GET / HTTP/1.1\r\nHost: x\r\n\r\n", answered(plain.isEmpty() ? "x" : plain, body));
    if (!plain.isEmpty()) {
      assertThat(shown(answer)).doesNotContain(CANARY).contains("MASKED");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"auth\":\"Canary7Secret\"}",
        "{\n  \"user\": \"ann\",\n  \"password\": \"Canary7Secret\"\n}",
        "[{\"name\":\"token\",\"value\":\"Canary7Secret\"}]",
        "{\"url\":\"https://u:Canary7Secret@y/\", \"n\": 12345}"
      })
  void mask_secretInJsonInBase64_isNowhere(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.ISO_8859_1);
    for (String coded :
        List.of(
            Base64.getEncoder().encodeToString(bytes),
            Base64.getUrlEncoder().withoutPadding().encodeToString(bytes),
            Base64.getEncoder()
                .encodeToString(
                    ("{\"inner\":\"" + Base64.getEncoder().encodeToString(bytes) + "\"}")
                        .getBytes(StandardCharsets.ISO_8859_1)))) {
      for (String body : List.of("{\"data\":\"" + coded + "\"}", "data: " + coded + "\n")) {
        String type = body.startsWith("{") ? "application/json" : "text/plain";
        List<Exchange> exchanges =
            masked("GET /a?x=" + coded + " HTTP/1.1\r\nHost: x\r\n\r\n", answered(type, body));
        assertThat(shown(exchanges)).doesNotContain(coded.substring(0, 12)).contains("MASKED");
        assertThat(response(exchanges).body().content().length()).isEqualTo(body.length());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "401 password=Canary7Secret",
        "401 Bad token: Canary7Secret",
        "401 Invalid (sid=Canary7Secret)",
        "401 see /cb?code=Canary7Secret&state=1"
      })
  void mask_secretInAReason_isNowhere(String status) {
    List<Exchange> exchanges =
        masked(
            "GET /a HTTP/1.1\r\nHost: x\r\n\r\n",
            "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n");
    assertThat(shown(exchanges)).doesNotContain(CANARY).contains("MASKED");
  }

  @Test
  void mask_whatOnlyLooksLikeCodesPairsAndSubprotocols_stays() {
    String coded =
        Base64.getEncoder()
            .encodeToString("{\"page\":2,\"query\":\"tea\"}".getBytes(StandardCharsets.US_ASCII));
    String body =
        "{\"field\":{\"name\":\"colour\",\"value\":\"dark-green\"},\"cursor\":\""
            + coded
            + "\",\"name\":\"Ann\",\"keyboard\":\"token\",\"value\":7,\"code\":\"E-1234567\"}";
    String head =
        "GET /a?code=ERR_NOT_FOUND&country=de&state=CA HTTP/1.1\r\nHost: x\r\n"
            + "Sec-WebSocket-Protocol: graphql-transport-ws, v4.channel.k8s.io, actioncable-v1-json\r\n"
            + "X-Page: "
            + coded
            + "\r\n\r\n";
    List<Exchange> exchanges =
        masked(head.replace("&state=CA", ""), answered("application/json", body));
    assertThat(request(exchanges).head().toLatin1()).isEqualTo(head.replace("&state=CA", ""));
    assertThat(response(exchanges).body().content().toBytes().toLatin1()).isEqualTo(body);
    assertThat(TextMasker.text("go to /shops?state=CA&city=x or ?code=de, eyJ is no text"))
        .isEqualTo("go to /shops?state=CA&city=x or ?code=de, eyJ is no text");
  }

  @Test
  void mask_whatIsNoSecret_stays() {
    String body = "{\"user\":\"ann-with-a-name\",\"total\":12.5,\"ok\":true}";
    String head = "GET /a?page=2&q=a%20b HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n";
    List<Exchange> exchanges = masked(head, answered("application/json", body));
    assertThat(request(exchanges).head().toLatin1()).isEqualTo(head);
    assertThat(request(exchanges).target()).isEqualTo("/a?page=2&q=a%20b");
    assertThat(response(exchanges).body().content().toBytes().toLatin1()).isEqualTo(body);
    assertThat(BodyDigest.sha256(response(exchanges))).isNotNull();
  }

  @Test
  void mask_secretOfAHeadInABody_isMaskedThereToo() {
    List<Exchange> exchanges =
        masked(
            "GET /a HTTP/1.1\r\nHost: x\r\nCookie: s=Canary7Secret\r\n\r\n",
            answered("text/plain", "you are Canary7Secret, are you not?"));
    assertThat(response(exchanges).body().content().toBytes().toLatin1())
        .isEqualTo("you are MASKED*******, are you not?");
  }

  @Test
  void mask_codedBody_isMaskedAfterDecodingAndNotShownBefore() {
    String text = "{\"token\":\"" + CANARY + "\",\"n\":1}";
    String body = new String(Gzip.of(text), StandardCharsets.ISO_8859_1);
    List<Exchange> exchanges =
        masked(
            "GET /a HTTP/1.1\r\nHost: x\r\n\r\n",
            answered("application/json\r\nContent-Encoding: gzip", body));
    HttpResponse response = response(exchanges);
    assertThat(response.body().content().toBytes().toLatin1())
        .isEqualTo("{\"token\":\"MASKED*******\",\"n\":1}");
    assertThat(response.body().wire().length()).isEqualTo(body.length());
    assertThat(shown(exchanges)).doesNotContain(body.substring(10, 20));
  }

  @Test
  void mask_chunkedBodyWithTrailers_isMasked() {
    List<Exchange> exchanges =
        masked(
            String.join(
                "\r\n",
                "POST /a HTTP/1.1",
                "Host: x",
                "Content-Type: application/json",
                "Transfer-Encoding: chunked",
                "",
                "10",
                "{\"token\":\"Canary",
                "9",
                "7Secret\"}",
                "0",
                "X-Signature: Canary7Secret",
                "",
                ""),
            "");
    assertThat(shown(exchanges)).doesNotContain(CANARY, "7Secret").contains("MASKED*******");
    assertThat(request(exchanges).trailers().get(0).value()).isEqualTo("MASKED*******");
  }

  @Test
  void mask_jsonThatIsCut_keepsWhatIsUnderstood() {
    String body = "{\"a\":1,\"password\":\"Canary7Secret\",\"b\":\"Canary7Sec";
    List<Exchange> exchanges = masked(posted("application/json", body), "");
    HttpRequest request = request(exchanges);
    assertThat(request.body().content().toBytes().toLatin1())
        .isEqualTo("{\"a\":1,\"password\":\"MASKED*******\"");
    assertThat(request.body().anomalies())
        .containsExactly(new Anomaly(AnomalyKind.WITHHELD, "16 bytes: not what its type says"));
    assertThat(BodyDigest.sha256(request)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json|Canary7Secret",
        "application/json;charset=utf-16|Canary7Secret",
        "text/plain|\u00ff\u00feC\0a\0Canary7Secret",
        "text/plain|C\0a\0Canary7Secret",
        "multipart/form-data; boundary=B|--B\r\nno field\r\n\r\nCanary7Secret\r\n--B--\r\n",
        "multipart/mixed; boundary=B|--B\r\nA: b\r\n\r\nCanary7Secret\r\n--B--\r\n"
      })
  void mask_bodyThatCannotBeUnderstood_isWithheld(String typeAndBody) {
    int bar = typeAndBody.indexOf('|');
    List<Exchange> exchanges =
        masked(posted(typeAndBody.substring(0, bar), typeAndBody.substring(bar + 1)), "");
    assertThat(shown(exchanges)).doesNotContain(CANARY);
    assertThat(request(exchanges).body().content().length()).isZero();
    assertThat(request(exchanges).body().anomalies())
        .singleElement()
        .matches(anomaly -> anomaly.kind() == AnomalyKind.WITHHELD);
  }

  @Test
  void mask_gapInsideJson_withholdsAll() {
    List<Exchange> exchanges = new ArrayList<>();
    Analyses.analyze(
            EventScript.parse(
                OPEN
                    + ">> POST / HTTP/1.1\\r\\nHost: x\\r\\nContent-Type: application/json\\r\\n"
                    + "Content-Length: 40\\r\\n\\r\\n{\"passwo\n"
                    + ">> gap 10\n"
                    + ">> \":\"Canary7Secret\",\"n\":12}\n"))
        .forEach(session -> exchanges.addAll(session.exchanges()));
    List<Exchange> masked = exchanges.stream().map(ExchangeMasker.defaults()::mask).toList();
    assertThat(shown(exchanges)).contains(CANARY);
    assertThat(shown(masked)).doesNotContain(CANARY);
  }

  @Test
  void mask_numbersAndBooleans_staySo() {
    List<Exchange> exchanges =
        masked(posted("application/json", "{\"otp\":123456,\"secret\":true,\"n\":1}"), "");
    assertThat(request(exchanges).body().content().toBytes().toLatin1())
        .isEqualTo("{\"otp\":111111,\"secret\":null,\"n\":1}");
  }

  @Test
  void mask_messagesInsideAnExchange_areMasked() {
    List<Exchange> exchanges =
        masked(
            "GET /e HTTP/1.1\r\nHost: x\r\n\r\n",
            answered(
                "text/event-stream", "data: {\"token\":\"Canary7Secret\"}\n\ndata: hello\n\n"));
    assertThat(exchanges.get(0).messages()).hasSize(2);
    assertThat(exchanges.get(0).messages().get(0).payload().toBytes().toLatin1())
        .isEqualTo("{\"token\":\"MASKED*******\"}");
    assertThat(exchanges.get(0).messages().get(1).payload().toBytes().toLatin1())
        .isEqualTo("hello");
  }

  private static String frame(int type, int flags, int stream, String payload) {
    int length = payload.length();
    char[] head = {
      (char) (length >> 16),
      (char) (length >> 8 & 0xff),
      (char) (length & 0xff),
      (char) type,
      (char) flags,
      0,
      0,
      0,
      (char) stream
    };
    return new String(head) + payload;
  }

  // RFC 7541, section 6.2.2: fields that enter no table.
  private static String fields(String... namesAndValues) {
    StringBuilder block = new StringBuilder();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      block.append('\0');
      block.append((char) namesAndValues[i].length()).append(namesAndValues[i]);
      block.append((char) namesAndValues[i + 1].length()).append(namesAndValues[i + 1]);
    }
    return block.toString();
  }

  @Test
  void mask_http2_isMaskedInFieldsPseudoFieldsAndBodies() {
    String asked =
        fields(
            ":method",
            "POST",
            ":scheme",
            "http",
            ":authority",
            "u:Canary7Secret@x",
            ":path",
            "/a?token=Canary7Secret",
            "content-type",
            "application/json",
            "authorization",
            "Bearer Canary7Secret",
            "x-name",
            "ann");
    List<Exchange> exchanges =
        masked(
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
                + frame(4, 0, 0, "")
                + frame(1, 4, 1, asked)
                + frame(0, 1, 1, "{\"password\":\"Canary7Secret\"}"),
            frame(4, 0, 0, "")
                + frame(1, 4, 1, fields(":status", "200", "set-cookie", "a=Canary7Secret"))
                + frame(1, 5, 1, fields("x-token", "Canary7Secret")));
    assertThat(exchanges).hasSize(1);
    assertThat(shown(exchanges)).doesNotContain(CANARY).contains("x-nameann", "a=MASKED");
    assertThat(request(exchanges).target()).isEqualTo("/a?token=MASKED*******");
    assertThat(request(exchanges).headers().withPseudoFields().size()).isEqualTo(7);
  }

  @Test
  void mask_imageBytes_stay() {
    String image = "\u0089PNG\r\n\u001a\n\0\0\0\rIHDR\u00ff\u00fe";
    List<Exchange> exchanges =
        masked("GET / HTTP/1.1\r\nHost: x\r\n\r\n", answered("image/png", image));
    assertThat(response(exchanges).body().content().toBytes().toLatin1()).isEqualTo(image);
  }
}
