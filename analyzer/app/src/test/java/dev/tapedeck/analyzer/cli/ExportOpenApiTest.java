// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.export.Golden;
import dev.tapedeck.analyzer.export.SchemaCheck;
import dev.tapedeck.format.EventScript;
import java.io.IOException;
import java.nio.file.Path;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ExportOpenApiTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  @TempDir Path folder;
  private final StringBuilder script =
      new StringBuilder("@ plain server 10.0.0.2:80 <- 10.0.0.1:40001\n");

  private void exchange(String line, String fields, String body, String answer, String content) {
    String framed = body.isEmpty() ? "" : "Content-Length: " + body.length() + "\\r\\n";
    script.append(">> ").append(line).append(" HTTP/1.1\\r\\nHost: shop.example\\r\\n");
    script.append(fields).append(framed).append("\\r\\n").append(body).append('\n');
    script.append("<< HTTP/1.1 ").append(answer).append("\\r\\nContent-Length: ");
    script.append(content.length()).append("\\r\\n");
    script.append(
        content.startsWith("{") ? "Content-Type: application/json; charset=utf-8\\r\\n" : "");
    script.append("\\r\\n").append(content).append("\n+ 1ms\n");
  }

  private void shop() {
    String auth = "Authorization: Bearer Canary7SecretCanary7Secret\\r\\n";
    for (int i = 0; i < 12; i++) {
      exchange(
          "GET /orders/" + (1000 + i) + "?expand=" + (i % 2 == 0) + "&page=" + i + "&tag=a&tag=b",
          auth,
          "",
          "200 OK",
          "{\"id\":"
              + (i == 3 ? 9_999_999_999L : i)
              + ",\"state\":\""
              + (i % 3 == 0 ? "open" : i % 3 == 1 ? "paid" : "sent")
              + "\",\"total\":"
              + (i == 5 ? "7" : "7.5")
              + ",\"note\":"
              + (i == 4 ? "null" : "\"n " + i + "\"")
              + ",\"at\":\"2026-01-0"
              + (1 + i % 9)
              + "T10:00:00Z\""
              + (i == 2 ? "" : ",\"lines\":[{\"sku\":\"s" + i + "\",\"qty\":1}]")
              + ",\"token\":\"Canary7Secret\"}");
    }
    exchange("GET /orders/77", auth, "", "404 Not Found", "{\"error\":\"none\"}");
    exchange(
        "POST /login?api_key=Canary7Secret",
        "Content-Type: application/x-www-form-urlencoded\\r\\nX-Client: web\\r\\n",
        "user=ann&password=Canary7Secret&age=7",
        "302 Found\\r\\nSet-Cookie: sid=Canary7Secret",
        "");
    exchange("GET /me", "Cookie: sid=Canary7Secret; theme=dark\\r\\n", "", "200 OK", "hello");
    exchange("PURGE /cache", "", "", "200 OK", "");
  }

  private CliRun export(String... more) throws IOException {
    Path file = folder.resolve("shop.tape");
    EventScript.parse(script + "close\n").writeTo(file);
    Object[] words = new Object[5 + more.length];
    System.arraycopy(new Object[] {"export", "openapi", file, "-o", "-"}, 0, words, 0, 5);
    System.arraycopy(more, 0, words, 5, more.length);
    CliRun run = CliRun.of(words);
    assertThat(run.exitCode()).as(run.err()).isZero();
    return run;
  }

  @Test
  void openapi_shop_asReviewed() throws IOException {
    shop();
    CliRun run = export();
    assertThat(run.err()).contains("1 exchange left out");
    Golden.assertMatches("cli/shop.openapi.json", run.out());
  }

  @Test
  void openapi_shop_isValidAndHoldsNoSecret() throws IOException {
    shop();
    String document = export().out();
    assertThat(SchemaCheck.faults("openapi-3.1.json", document)).isEmpty();
    OpenApiReadByOthersTest.assertValid(document);
    assertThat(document).doesNotContain("Canary7Secret", "MASK");
    JsonNode read = MAPPER.readTree(document);
    TreeSet<String> used = new TreeSet<>();
    read.findValues("security")
        .forEach(list -> list.forEach(one -> used.addAll(one.propertyNames())));
    assertThat(read.at("/components/securitySchemes").propertyNames()).containsAll(used);
    assertThat(used).containsExactly("bearer", "cookie-sid", "query-api_key");
  }

  @Test
  void openapi_schema_allowsAllThatWasSeen() throws IOException {
    shop();
    JsonNode operation = MAPPER.readTree(export().out()).at("/paths/~1orders~1{id}/get");
    String schema = operation.at("/responses/200/content/application~1json/schema").toString();
    String seen =
        "{\"id\":9999999999,\"state\":\"paid\",\"total\":7,\"note\":null,\"at\":\"2026-01-01T10:00:00Z\",\"token\":\"x\"}";
    assertThat(SchemaCheck.faultsBy(schema, seen)).isEmpty();
    assertThat(SchemaCheck.faultsBy(schema, seen.replace("\"paid\"", "\"lost\""))).hasSize(1);
    assertThat(SchemaCheck.faultsBy(schema, seen.replace("\"id\"", "\"ID\""))).hasSize(1);
    assertThat(SchemaCheck.faultsBy(schema, seen.replace(":7,", ":\"7\","))).hasSize(1);
  }

  @Test
  void openapi_secretsIncluded_examplesHaveThem() throws IOException {
    shop();
    assertThat(export("--include-secrets").out()).contains("Canary7Secret");
  }
}
