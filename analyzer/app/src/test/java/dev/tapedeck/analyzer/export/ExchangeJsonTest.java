// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import static dev.tapedeck.analyzer.export.TestObjects.answerOnly;
import static dev.tapedeck.analyzer.export.TestObjects.imageWithGap;
import static dev.tapedeck.analyzer.export.TestObjects.login;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.format.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ExchangeJsonTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  @Test
  void session_allKinds_asDocumented() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = Json.indented(out)) {
      ExchangeJson writer = new ExchangeJson(json, BodyMode.TEXT);
      Session session = TestObjects.session();
      SessionSummary summary =
          new SessionSummary(
              session.number(),
              session.connection(),
              session.exchanges().size(),
              2,
              null,
              null,
              session.accounting(),
              session.coverage(),
              session.anomalies());
      writer.session(
          CaptureRef.ONLY,
          summary,
          () -> session.exchanges().forEach(each -> writer.exchange(CaptureRef.ONLY, each)));
    }
    Golden.assertMatches("export/session.json", out.toString(StandardCharsets.UTF_8) + "\n");
  }

  @Test
  void exchange_answerOnly_nullWhereNothingWasCaptured() throws IOException {
    JsonNode exchange = write(answerOnly(), BodyMode.SHA256, CaptureRef.ONLY);
    assertThat(exchange.get("request").isNull()).isTrue();
    assertThat(exchange.get("process").get("comm").isNull()).isTrue();
    assertThat(exchange.get("client").get("ip").isNull()).isTrue();
    assertThat(exchange.get("client").get("port").isNull()).isTrue();
    assertThat(exchange.get("protocol").asString()).isEqualTo("HTTP/1.1");
    assertThat(exchange.has("file")).isFalse();
  }

  @ParameterizedTest
  @EnumSource(BodyMode.class)
  void exchange_messagesInside_asDocumented(BodyMode mode) throws IOException {
    JsonNode messages = write(TestObjects.conversation(), mode, CaptureRef.ONLY).get("messages");
    Golden.assertMatches(
        "export/messages-" + mode.name().toLowerCase(Locale.ROOT) + ".json",
        MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(messages) + "\n");
  }

  @Test
  void exchange_severalCaptures_idsSayWhich() throws IOException {
    JsonNode exchange = write(login(), BodyMode.NONE, new CaptureRef("b.tape", 2));
    assertThat(exchange.get("id").asString()).isEqualTo("2:1.1");
    assertThat(exchange.get("session_id").asString()).isEqualTo("2:1");
    assertThat(exchange.get("file").asString()).isEqualTo("b.tape");
  }

  @Test
  void exchange_times_inMicrosecondsFromStart() throws IOException {
    JsonNode exchange = write(login(), BodyMode.NONE, CaptureRef.ONLY);
    assertThat(exchange.get("started_ns").asLong()).isEqualTo(1_000_000_000_001_000_000L);
    assertThat(exchange.get("first_byte_us").asLong()).isEqualTo(4000);
    assertThat(exchange.get("duration_us").asLong()).isEqualTo(5500);
  }

  @Test
  void exchange_sha256_isOfDecodedContent() throws Exception {
    JsonNode response = write(login(), BodyMode.SHA256, CaptureRef.ONLY).get("response");
    byte[] content = "{\"name\": \"Ann\u00e9\"}".getBytes(StandardCharsets.UTF_8);
    assertThat(response.get("body_sha256").asString())
        .isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content)));
    assertThat(response.get("body_bytes").asLong()).isEqualTo(content.length);
    assertThat(response.get("wire_body_bytes").asLong()).isEqualTo(10);
  }

  @Test
  void exchange_bodyWithGap_hasNoDigest() throws IOException {
    JsonNode response = write(imageWithGap(), BodyMode.SHA256, CaptureRef.ONLY).get("response");
    assertThat(response.get("body_sha256").isNull()).isTrue();
    assertThat(response.get("body_bytes").asLong()).isEqualTo(10);
    assertThat(response.get("completeness").asString()).isEqualTo("gap");
    assertThat(response.get("anomalies").get(0).get("kind").asString()).isEqualTo("missing_bytes");
    assertThat(response.get("anomalies").get(0).get("detail").asString()).isEqualTo("90");
  }

  @Test
  void exchange_base64_isTheContent() throws IOException {
    JsonNode body = write(imageWithGap(), BodyMode.BASE64, CaptureRef.ONLY).get("response");
    assertThat(Base64.getDecoder().decode(body.get("body").asString()))
        .isEqualTo("\u0089PNG\r\n\u001a\n\u0000\u00ff".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(body.get("body_encoding").asString()).isEqualTo("base64");
  }

  @Test
  void exchange_text_binaryFallsBackToBase64() throws IOException {
    JsonNode text = write(login(), BodyMode.TEXT, CaptureRef.ONLY).get("response");
    assertThat(text.get("body").asString()).isEqualTo("{\"name\": \"Ann\u00e9\"}");
    assertThat(text.get("body_encoding").asString()).isEqualTo("text");
    JsonNode binary = write(imageWithGap(), BodyMode.TEXT, CaptureRef.ONLY).get("response");
    assertThat(binary.get("body_encoding").asString()).isEqualTo("base64");
  }

  @ParameterizedTest
  @EnumSource(BodyMode.class)
  void exchange_anyMode_isPrintableAscii(BodyMode mode) throws IOException {
    Exchange hostile =
        TestObjects.exchange(
            1,
            0,
            TestObjects.tlsServer(),
            TestObjects.request(
                "GET /\u001b]0;x\u0007\u009b31m\u007f HTTP/1.1\nx: \u0000\u0085\n\n",
                TestObjects.body(Bytes.utf8("\u009b1m\u202e\u007f\u2028"))),
            login().response(),
            Completeness.COMPLETE);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Json.compact(out, json -> new ExchangeJson(json, mode).exchange(CaptureRef.ONLY, hostile));
    assertThat(out.toString(StandardCharsets.ISO_8859_1)).matches("[ -~]+");
  }

  private static JsonNode write(Exchange exchange, BodyMode mode, CaptureRef capture)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Json.compact(out, json -> new ExchangeJson(json, mode).exchange(capture, exchange));
    return MAPPER.readTree(out.toByteArray());
  }
}
