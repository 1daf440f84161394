// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class HarExporterTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  @Test
  void exchange_allKinds_asDocumented() throws IOException {
    Golden.assertMatches("export/session.har", export(false, all()));
  }

  @Test
  void exchange_allKinds_validHar() throws IOException {
    for (boolean includeSecrets : List.of(true, false)) {
      String archive = export(includeSecrets, all());
      assertThat(HarValidator.faults(MAPPER.readTree(archive))).isEmpty();
      assertThat(SchemaCheck.faults("har-1.2.json", archive)).isEmpty();
    }
  }

  @Test
  void exchange_secrets_maskedUnlessIncluded() throws IOException {
    String masked = export(false, all());
    assertThat(masked).doesNotContain("SECRET").contains("MASKED").contains("theme");
    String full = export(true, all());
    assertThat(full)
        .contains("QUERYSECRET", "COOKIESECRET", "HEADERSECRET", "FORMSECRET", "NEWSECRET")
        .doesNotContain("MASKED");
  }

  @Test
  void exchange_sameInput_sameBytes() throws IOException {
    assertThat(export(false, all())).isEqualTo(export(false, all()));
  }

  @Test
  void exchange_withoutRequest_countedNotWritten() throws IOException {
    JsonNode log = MAPPER.readTree(export(false, List.of(TestObjects.answerOnly()))).get("log");
    assertThat(log.get("entries")).isEmpty();
    assertThat(log.get("_tapedeck").get("exchanges_without_request").asInt()).isEqualTo(1);
  }

  @Test
  void exchange_unanswered_hasStatusZeroAndWaits() throws IOException {
    JsonNode entry = entry(TestObjects.unanswered());
    assertThat(entry.get("response").get("status").asInt()).isZero();
    assertThat(entry.get("timings").get("send").asDouble()).isEqualTo(1.0);
    assertThat(entry.get("timings").get("dns").asInt()).isEqualTo(-1);
  }

  @Test
  void exchange_timings_fromTheRecordedCalls() throws IOException {
    JsonNode entry = entry(TestObjects.login());
    assertThat(entry.get("time").toString()).isEqualTo("5.500001");
    assertThat(entry.get("timings").get("send").toString()).isEqualTo("1");
    assertThat(entry.get("timings").get("wait").toString()).isEqualTo("3");
    assertThat(entry.get("timings").get("receive").toString()).isEqualTo("1.500001");
    assertThat(entry.get("startedDateTime").asString()).isEqualTo("2001-09-09T01:46:40.001000Z");
  }

  @Test
  void exchange_contentSizes_beforeAndAfterDecoding() throws IOException {
    JsonNode response = entry(TestObjects.login()).get("response");
    assertThat(response.get("content").get("size").asInt()).isEqualTo(17);
    assertThat(response.get("content").get("compression").asInt()).isEqualTo(7);
    assertThat(response.get("bodySize").asInt()).isEqualTo(10);
  }

  @ParameterizedTest
  @CsvSource({
    "/a?b=c, https://shop.example/a?b=c",
    "http://other.example/x, http://other.example/x",
    "shop.example, https://shop.example/",
    "*, https://shop.example/",
    "/\"\u0007\u00e9, https://shop.example/%22%07%E9"
  })
  void exchange_target_absoluteUrl(String target, String url) throws IOException {
    HttpRequest request = TestObjects.get(target);
    Exchange exchange =
        TestObjects.exchange(
            1,
            0,
            TestObjects.tlsServer(),
            request,
            TestObjects.login().response(),
            Completeness.COMPLETE);
    assertThat(entry(exchange).get("request").get("url").asString()).isEqualTo(url);
  }

  @Test
  void exchange_noAuthority_serversAddress() throws IOException {
    Exchange exchange =
        TestObjects.exchange(
            1,
            0,
            TestObjects.tlsServer(),
            TestObjects.request("GET /x HTTP/1.0\n\n", Body.NONE),
            TestObjects.login().response(),
            Completeness.COMPLETE);
    assertThat(entry(exchange).get("request").get("url").asString())
        .isEqualTo("https://192.0.2.2:8443/x");
  }

  @Test
  void exchange_failingTarget_throwsItsError() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("disk full");
          }
        };
    Assertions.assertThatIOException()
        .isThrownBy(
            () -> {
              HarExporter exporter = new HarExporter(full, "test", false);
              exporter.exchange(CaptureRef.ONLY, TestObjects.login());
              exporter.close();
            })
        .withMessage("disk full");
  }

  private static List<Exchange> all() {
    return List.of(
        TestObjects.login(),
        TestObjects.imageWithGap(),
        TestObjects.unanswered(),
        TestObjects.answerOnly());
  }

  private static JsonNode entry(Exchange exchange) throws IOException {
    return MAPPER.readTree(export(true, List.of(exchange))).get("log").get("entries").get(0);
  }

  private static String export(boolean includeSecrets, List<Exchange> exchanges)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (HarExporter exporter = new HarExporter(out, "test", includeSecrets)) {
      for (Exchange exchange : exchanges) {
        exporter.exchange(CaptureRef.ONLY, exchange);
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
