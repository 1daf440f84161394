// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.session.Analyses;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.StreamEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets inside of what carries them: JSON in JSON strings, parts of forms, other places. */
class HiddenSecretsTest {
  private static final String CANARY = "Canary7Secret";
  private static final String OPEN = "@ plain server 10.0.0.2:80 <- 10.0.0.1:40001\n";

  private static List<CaptureEvent> redact(String lines) {
    return redact(RedactionRules.DEFAULT, lines);
  }

  private static List<CaptureEvent> redact(RedactionRules rules, String lines) {
    Redactor redactor =
        new Redactor(rules, new Tokens("a key of this test".getBytes(StandardCharsets.US_ASCII)));
    List<CaptureEvent> out = new ArrayList<>();
    try {
      for (CaptureEvent event : EventScript.parse(OPEN + lines).events()) {
        redactor.event(event, out::add);
      }
      redactor.end(out::add);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out;
  }

  private static String bytes(List<CaptureEvent> events) {
    StringBuilder text = new StringBuilder();
    for (CaptureEvent event : events) {
      if (event instanceof StreamEvent.Data data && data.payload() != null) {
        text.append(data.payload().toLatin1());
      }
    }
    return text.toString();
  }

  private static String posted(String type, String body) {
    int length = body.replace("\\\\", "\\").replace("\\r\\n", "\r\n").length();
    return ">> POST / HTTP/1.1\\r\\nHost: x\\r\\nContent-Type: "
        + type
        + "\\r\\nContent-Length: "
        + length
        + "\\r\\n\\r\\n"
        + body
        + "\n";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"log\":\"{\\\\\"password\\\\\":\\\\\"Canary7Secret\\\\\",\\\\\"n\\\\\":1}\"}",
        "{\"a\":[\"[{\\\\\"token\\\\\" : \\\\\"Canary7Secret\\\\\"}]\"]}",
        "{\"a\":\"{\\\\\"b\\\\\":\\\\\"{\\\\\\\\\\\\\"secret\\\\\\\\\\\\\":\\\\\\\\\\\\\"Canary7Secret"
            + "\\\\\\\\\\\\\"}\\\\\"}\"}",
        "{\"a\":\"{\\\\u0022pass\\\\u0077ord\\\\u0022:\\\\u0022Canary7Secret\\\\u0022}\"}"
      })
  void redact_jsonInAJsonString_isMasked(String body) {
    String left = bytes(redact(posted("application/json", body)));
    assertThat(left).contains("Content-Type: application/json", "MASKED").doesNotContain(CANARY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ">> GET /cb?code=Canary7Secret&state=Canary7Secret HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n\n",
        ">> GET /a HTTP/1.1\\r\\nHost: x\\r\\nSec-WebSocket-Protocol: bearer, Canary7Secret\\r\\n\\r\\n\n"
      })
  void redact_codesAndSubprotocols_areMaskedByTheDefaultRulesAlone(String lines) {
    assertThat(bytes(redact(lines))).contains("MASKED").doesNotContain(CANARY);
    RedactionRules own =
        new RedactionRules(
            "own", false, List.of(), List.of(), List.of(), List.of(), List.of(), 1000);
    assertThat(bytes(redact(own, lines))).contains(CANARY).doesNotContain("MASKED");
  }

  @Test
  void redact_valueBesideTheNameOfASecret_isMasked() {
    String body = "{\"env\":[{\"name\":\"DB_PASSWORD\",\"value\":\"Canary7Secret\"}]}";
    assertThat(bytes(redact(posted("application/json", body))))
        .contains("DB_PASSWORD", "MASKED")
        .doesNotContain(CANARY);
  }

  @Test
  void redact_jsonInAJsonString_whatIsNoSecretStays() {
    String body = "{\"log\":\"{\\\\\"user\\\\\":\\\\\"ann-with-a-name\\\\\"}\",\"t\":\"{no json\"}";
    assertThat(bytes(redact(posted("application/json", body))))
        .endsWith(body.replace("\\\\", "\\"));
  }

  @Test
  void redact_multipartForm_isMaskedByNameAndByContent() {
    String body =
        "--B7x\\r\\nContent-Disposition: form-data; name=\"user\"\\r\\n\\r\\nann"
            + "\\r\\n--B7x\\r\\nContent-Disposition: form-data; name=\"password\"\\r\\n\\r\\n"
            + CANARY
            + "\\r\\n--B7x\\r\\nContent-Disposition: form-data; name=\"doc\"; filename=\"a.json\"\\r\\n"
            + "Content-Type: application/json\\r\\n\\r\\n{\"token\":\""
            + CANARY
            + "\"}\\r\\n--B7x--\\r\\n";
    String left = bytes(redact(posted("multipart/form-data; boundary=B7x", body)));
    assertThat(left)
        .contains("\r\n\r\nann\r\n--B7x\r\n", "name=\"password\"\r\n\r\nMASKED", "--B7x--\r\n")
        .doesNotContain(CANARY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "preamble\\r\\n--B7x\\r\\nA: b\\r\\n\\r\\nCanary7Secret\\r\\n--B7x--\\r\\n",
        "--B7x\\r\\nA: b\\r\\n\\r\\nCanary7Secret",
        "--B7x\\r\\nContent-Transfer-Encoding: base64\\r\\n\\r\\nCanary7Secret\\r\\n--B7x--\\r\\n",
        "--B7x\\r\\nContent-Disposition: form-data; name*=utf-8''password\\r\\n\\r\\nCanary7Secret"
            + "\\r\\n--B7x--\\r\\n",
        "--B7x\\r\\nContent-Disposition: form-data; name=\"a\"; name=\"password\"\\r\\n\\r\\n"
            + "Canary7Secret\\r\\n--B7x--\\r\\n",
        "--B7x\\r\\nno field\\r\\n\\r\\nCanary7Secret\\r\\n--B7x--\\r\\n"
      })
  void redact_multipartFormThatIsNotPlain_isDropped(String body) {
    String left = bytes(redact(posted("multipart/form-data; boundary=B7x", body)));
    assertThat(left).endsWith("\r\n\r\n").doesNotContain(CANARY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"4111111111111111", "4111 1111 1111 1111", "3782-822463-10005"})
  void redact_cardNumber_isMaskedByDefault(String number) {
    String left = bytes(redact(posted("text/plain", "card " + number + " and 4111111111111112.")));
    assertThat(left).contains("card ", " and 4111111111111112.").doesNotContain(number);
  }

  @Test
  void redact_valueOfASecretHeader_isMaskedInTheWholeMessage() {
    String left =
        bytes(
            redact(
                ">> POST /of/Canary7Secret HTTP/1.1\\r\\nHost: x\\r\\nAuthorization: Bearer"
                    + " Canary7Secret\\r\\nX-Note: it is Canary7Secret\\r\\nContent-Type:"
                    + " text/plain\\r\\nContent-Length: 20\\r\\n\\r\\nsay <Canary7Secret>!\n"));
    assertThat(left).contains("say <MASKED", "POST /of/MASKED").doesNotContain(CANARY);
  }

  /** What redaction leaves out is cut, not lost, wherever that is said. */
  @Test
  void redact_answerThatIsDropped_isCutInExchangesAsInSessions() {
    List<CaptureEvent> left =
        redact(
            """
            >> GET /a HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n
            << HTTP/1.1 200 OK\\r\\n folded: line\\r\\n\\r\\nCanary7Secret
            close
            """);
    assertThat(Analyses.analyzeEachEnd(left))
        .singleElement()
        .satisfies(
            session -> {
              assertThat(session.coverage().egress().cutBytes()).isPositive();
              assertThat(session.coverage().egress().lostBytes()).isZero();
              assertThat(session.exchanges())
                  .singleElement()
                  .extracting(Exchange::completeness)
                  .isEqualTo(Completeness.RECORDER_CAP);
            });
  }

  @Test
  void scan_wrappedBase64_isOneFinding() {
    String line = "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5hJ7k";
    assertThat(new SecretScanner(false).scan("x: " + line + "\r\n" + line + "\n" + line))
        .containsExactly(new SecretScanner.Finding("high_entropy", 3));
  }
}
