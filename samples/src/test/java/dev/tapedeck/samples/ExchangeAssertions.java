// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import tools.jackson.databind.JsonNode;

/** Compares exchanges from a capture with what the digest server logged. */
final class ExchangeAssertions {
  private static final String SHA256_OF_NOTHING =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  /** curl 7.88 resets a stream when it has as many bytes as Content-Length tells of. */
  static final String CLOSED_BY_CURL = "client: STREAM_CLOSED";

  private ExchangeAssertions() {}

  /** Asserts that curl itself got what the server logged: the ground truth is one. */
  static void assertCurlReceived(DigestWorkload workload, Map<String, JsonNode> truth)
      throws IOException {
    for (DigestWorkload.Planned request : workload.requests()) {
      JsonNode line = truth.get(request.target());
      assertThat(line).as("the server's log of %s", request.target()).isNotNull();
      assertThat(DigestLog.sha256(workload.output(request)))
          .as("body curl received of %s", request.target())
          .isEqualTo(line.get("response_body_sha256").asString());
    }
  }

  /**
   * Asserts that every planned request came back exactly once, whole, with the right digests.
   *
   * @param expected details of anomalies that the traffic really may have
   */
  static void assertComplete(
      List<JsonNode> exchanges,
      DigestWorkload workload,
      Map<String, JsonNode> truth,
      String... expected) {
    assertThat(exchanges.stream().map(ExchangeAssertions::target).sorted())
        .containsExactlyElementsOf(
            workload.requests().stream()
                .map(DigestWorkload.Planned::target)
                .sorted(Comparator.naturalOrder())
                .toList());
    SoftAssertions softly = new SoftAssertions();
    for (JsonNode exchange : exchanges) {
      assertMatches(softly, exchange, truth.get(target(exchange)), List.of(expected));
    }
    softly.assertAll();
  }

  /**
   * Asserts that there is one exchange for each line that the server logged, and what it says.
   *
   * @param expected details of anomalies that the traffic really has
   */
  static void assertEachLogged(List<JsonNode> exchanges, List<JsonNode> log, String... expected) {
    assertThat(exchanges.stream().map(ExchangeAssertions::target).sorted())
        .containsExactlyElementsOf(
            log.stream().map(line -> line.get("target").asString()).sorted().toList());
    // What is asked for twice is answered with the same bytes.
    Map<String, JsonNode> truth = new HashMap<>();
    log.forEach(line -> truth.put(line.get("target").asString(), line));
    SoftAssertions softly = new SoftAssertions();
    for (JsonNode exchange : exchanges) {
      assertMatches(softly, exchange, truth.get(target(exchange)), List.of(expected));
    }
    softly.assertAll();
  }

  /**
   * Asserts that each answer in chunks ends with a trailer that tells the digest of its body; Node
   * sends none behind an empty one.
   */
  static void assertTrailers(List<JsonNode> exchanges) {
    List<JsonNode> chunked =
        exchanges.stream()
            .filter(exchange -> target(exchange).contains("mode=chunked"))
            .filter(exchange -> exchange.get("response").get("body_bytes").asLong() > 0)
            .toList();
    assertThat(chunked)
        .isNotEmpty()
        .allSatisfy(
            exchange -> {
              JsonNode trailer = exchange.get("response").get("trailers").get(0);
              assertThat(trailer.get(0).asString()).isEqualToIgnoringCase("x-body-sha256");
              assertThat(trailer.get(1).asString())
                  .as(target(exchange))
                  .isEqualTo(exchange.get("response").get("body_sha256").asString());
            });
  }

  static String target(JsonNode exchange) {
    return exchange.get("request").get("target").asString();
  }

  private static void assertMatches(
      SoftAssertions softly, JsonNode exchange, JsonNode truth, List<String> expectedAnomalies) {
    String name = truth.get("method").asString() + " " + truth.get("target").asString();
    JsonNode request = exchange.get("request");
    JsonNode response = exchange.get("response");
    softly.assertThat(request.get("method")).as(name).isEqualTo(truth.get("method"));
    softly.assertThat(response.get("status")).as(name).isEqualTo(truth.get("status"));
    softly
        .assertThat(exchange.get("completeness").asString())
        .as("completeness of %s", name)
        .isEqualTo("complete");
    for (JsonNode part : List.of(exchange, request, response)) {
      softly
          .assertThat(part.get("anomalies"))
          .as("anomalies of %s", name)
          .allMatch(anomaly -> expectedAnomalies.contains(anomaly.get("detail").asString()));
    }
    assertBody(softly, name + ", request", request, truth, "request");
    assertBody(softly, name + ", response", response, truth, "response");
  }

  private static void assertBody(
      SoftAssertions softly, String name, JsonNode message, JsonNode truth, String side) {
    softly
        .assertThat(message.get("body_bytes").asLong())
        .as("body_bytes of %s", name)
        .isEqualTo(truth.get(side + "_body_bytes").asLong());
    softly
        .assertThat(message.get("wire_body_bytes").asLong())
        .as("wire_body_bytes of %s", name)
        .isEqualTo(truth.get(side + "_wire_body_bytes").asLong());
    JsonNode digest = message.get("body_sha256");
    softly
        .assertThat(digest == null || digest.isNull() ? SHA256_OF_NOTHING : digest.asString())
        .as("body_sha256 of %s", name)
        .isEqualTo(truth.get(side + "_body_sha256").asString());
  }
}
