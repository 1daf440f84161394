// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Body;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.format.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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
              try (HarExporter exporter = new HarExporter(full, "test", false, 1)) {
                exporter.exchange(CaptureRef.ONLY, TestObjects.login());
                exporter.finish();
              }
            })
        .withMessage("disk full");
  }

  @Test
  void exchange_anyNumberOfThreads_givesTheSameArchive() throws IOException {
    List<Exchange> exchanges = new ArrayList<>();
    Random random = new Random(5);
    for (int i = 0; i < 450; i++) {
      exchanges.add(all().get(random.nextInt(all().size())));
      // Some fill a batch, some are more than one holds.
      int bodyBytes = i % 150 == 149 ? 5 << 20 : random.nextInt(6000);
      Body body = TestObjects.body(Bytes.latin1("token=secret" + i + "&" + "x".repeat(bodyBytes)));
      exchanges.add(TestObjects.posted(body));
      if (i % 100 == 7) {
        // Some kilobytes that become six million.
        exchanges.add(TestObjects.posted(expanding(Bytes.latin1("y".repeat(3000)), 2000)));
      }
    }

    String archive = export(false, exchanges, 1);

    JsonNode log = MAPPER.readTree(archive).get("log");
    long without = exchanges.stream().filter(e -> e.request() == null).count();
    assertThat(log.get("entries").size()).isEqualTo(exchanges.size() - without);
    assertThat(log.get("_tapedeck").get("exchanges_without_request").asLong()).isEqualTo(without);
    StringBuilder single = new StringBuilder();
    for (Exchange exchange : exchanges.subList(0, 280)) {
      String alone = export(false, List.of(exchange), 1);
      int end = alone.lastIndexOf("\n    ],\n");
      if (end > 0) {
        single.append(single.length() == 0 ? alone.substring(0, end) : entryOf(alone, end));
      }
    }
    assertThat(archive).startsWith(single).doesNotContain("secret1");
    for (int threads : new int[] {2, 3, 8}) {
      // Not by equality of strings, whose difference nobody could print.
      assertThat(archive.equals(export(false, exchanges, threads))).as("%d", threads).isTrue();
    }
  }

  private static String entryOf(String archive, int end) {
    return "," + archive.substring(archive.indexOf("\"entries\" : [") + 13, end);
  }

  private static Body expanding(Bytes wire, int times) {
    ByteRope rope = ByteRope.of(wire);
    return Body.coded(
        Body.Framing.CONTENT_LENGTH,
        rope,
        rope,
        bytes -> new Body.Content(ByteRope.of(Bytes.latin1("y".repeat(3000 * times))), List.of()));
  }

  @Test
  void exchange_failingTargetAndHelpers_throwsItsErrorOnce() {
    int[] written = new int[1];
    OutputStream small =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            if (++written[0] > 100_000) {
              throw new IOException("disk full");
            }
          }
        };
    Assertions.assertThatIOException()
        .isThrownBy(
            () -> {
              try (HarExporter exporter = new HarExporter(small, "test", false, 3)) {
                for (int i = 0; i < 10_000; i++) {
                  exporter.exchange(CaptureRef.ONLY, TestObjects.login());
                }
                exporter.finish();
              }
            })
        .withMessage("disk full")
        .satisfies(error -> assertThat(error.getSuppressed()).isEmpty());
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
    return export(includeSecrets, exchanges, 1);
  }

  private static String export(boolean includeSecrets, List<Exchange> exchanges, int threads)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (HarExporter exporter = new HarExporter(out, "test", includeSecrets, threads)) {
      for (Exchange exchange : exchanges) {
        exporter.exchange(CaptureRef.ONLY, exchange);
      }
      exporter.finish();
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
