// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.FreePort;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Several customers at once, whose charges a mock can tell apart by nothing: the service asks for
 * them in another order than when it was recorded, with references that it makes up for them.
 */
final class ConcurrentCustomersIT {
  @TempDir private Path directory;
  private Path service;
  private int port;

  @BeforeEach
  void prepare() throws IOException {
    service = directory.resolve("charges.py");
    try (InputStream in = ConcurrentCustomersIT.class.getResourceAsStream("/mock/charges.py")) {
      Files.write(service, in.readAllBytes());
    }
    port = FreePort.find();
  }

  private static String uuid(String name) {
    String any = UUID.nameUUIDFromBytes(name.getBytes(UTF_8)).toString();
    return any.substring(0, 14) + "4" + any.substring(15);
  }

  private static String sized(String head, String body) {
    return EventScript.escaped(
        head.replace("\n", "\r\n")
            + "\r\nContent-Type: application/json\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body);
  }

  /**
   * Records customers who all are served at once.
   *
   * @param step by how much the next one's charge is more
   */
  private Path record(int customers, int step) throws IOException {
    StringBuilder script = new StringBuilder();
    StringBuilder answers = new StringBuilder();
    for (int i = 0; i < customers; i++) {
      script.append(
          """
          s%d: @ plain server 10.0.0.1:8080 <- 10.9.9.9:%d
          p%d: @ plain client 10.0.0.1:%d -> 10.0.0.2:80 by server
          s%d >> GET /%d/%d HTTP/1.1\\r\\nHost: shop.example\\r\\n\\r\\n
          """
              .formatted(i, 40001 + i, i, 50001 + i, i, i, 5 + i * step));
    }
    for (int i = 0; i < customers; i++) {
      String reference = uuid("reference" + i).replace("-", "");
      String ask = "{\"reference\": \"%s\", \"cents\": %d}".formatted(reference, 5 + i * step);
      String told = "{\"charge\": \"%s\"}".formatted(uuid("charge" + i));
      String shown = "{\"customer\": \"%d\", \"charge\": \"%s\"}".formatted(i, uuid("charge" + i));
      script.append(
          "p%d >> %s\np%d << %s\n"
              .formatted(
                  i,
                  sized("POST /charges HTTP/1.1\nHost: pay.example", ask),
                  i,
                  sized("HTTP/1.1 201 Created", told)));
      answers.append(
          "s%d << %s\n"
              .formatted(i, sized("HTTP/1.1 200 OK\nDate: Sun, 06 Nov 1994 08:49:37 GMT", shown)));
    }
    Path capture = directory.resolve("customers.tape");
    EventScript.parse(script.toString() + answers).writeTo(capture);
    return capture;
  }

  private JsonNode run(Path capture, int customers, String... more) {
    String[] fixed = {
      "run",
      capture.toString(),
      "--target",
      "http://127.0.0.1:" + port,
      "--pace",
      "max",
      "--mock",
      "--env",
      "PAYMENTS_URL={pay.example:80}",
      "--env",
      "CUSTOMERS=" + customers,
      "--format",
      "json"
    };
    List<String> arguments = new ArrayList<>(List.of(fixed));
    arguments.addAll(List.of(more));
    String[] command = {"--", "python3", service.toString(), Integer.toString(port)};
    arguments.addAll(List.of(command));
    Ran result = Ran.command(arguments);
    JsonNode report = new JsonMapper().readTree(result.out());
    assertThat(report.at("/mock/answered").asInt()).as(result.err()).isEqualTo(customers);
    return report;
  }

  @ParameterizedTest
  @CsvSource({"2,0", "2,1", "9,0"})
  void customers_whoseCallsComeInAnotherOrder_areGreen(int customers, int step) throws Exception {
    JsonNode report = run(record(customers, step), customers);
    assertThat(report.get("equal").asInt()).as(report.toString()).isEqualTo(customers);
  }

  @Test
  void oneCharge_shownToBothCustomers_isReportedOnce() throws Exception {
    JsonNode report = run(record(2, 0), 2, "--env", "MIX=same");
    assertThat(report.get("equal").asInt()).isEqualTo(1);
    assertThat(report.get("differences")).hasSize(1);
    assertThat(report.at("/differences/0/path").asString()).isEqualTo("$.charge");
  }

  /** They cost differently, so nothing was to be mistaken. */
  @Test
  void charges_thatAreCrossed_areReported() throws Exception {
    JsonNode report = run(record(2, 1), 2, "--env", "MIX=crossed");
    assertThat(report.get("equal").asInt()).isZero();
    assertThat(report.get("differences")).hasSize(2);
  }
}
