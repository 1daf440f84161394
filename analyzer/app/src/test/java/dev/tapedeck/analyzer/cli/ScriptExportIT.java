// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Scripts made of hostile requests, run by the real shells, curl and Node.js. */
class ScriptExportIT {
  /** Each creates a file named PWNED, reads one, or ends a quotation, where it gets through. */
  private static final List<String> HOSTILE =
      List.of(
          "$(touch PWNED)",
          "`touch PWNED`",
          "'; touch PWNED; '",
          "\"; touch PWNED; \"",
          "${PATH}$IFS",
          "@/etc/passwd",
          "-o PWNED",
          "--output=PWNED",
          "<(touch PWNED)",
          "a{1,2}b[1-3]",
          "\\'\\\"; touch PWNED #",
          "!! && touch PWNED",
          "%s%n %% \\101",
          "x\u001b[31m\u0007\u0085\u009b\u00e9\u00ff\u0001\u007f\t.",
          "*/ throw 1 /* ${process.exit(3)} `${1}`",
          "</script><script>process.exit(4)</script>",
          "\u00e2\u0080\u00a8\u00e2\u0080\u00a9");

  @TempDir Path folder;

  /** What was recorded, as bytes. */
  private record Asked(String line, List<String> fields, String body) {
    String bytes() {
      StringBuilder bytes = new StringBuilder(line).append("\r\n");
      fields.forEach(field -> bytes.append(field).append("\r\n"));
      if (!body.isEmpty()) {
        bytes.append("Content-Length: ").append(body.length()).append("\r\n");
      }
      return bytes.append("\r\n").append(body).toString();
    }
  }

  private static List<Asked> hostile() {
    List<Asked> asked = new ArrayList<>();
    int number = 0;
    for (String text : HOSTILE) {
      String inLine = text.replace(" ", "+").replaceAll("[^!-~]", "%");
      List<String> fields = new ArrayList<>(List.of("Host: shop.example"));
      fields.add("X-Text: " + text);
      fields.add("-X-Name'`$: a");
      fields.add("X-Empty:");
      if (number % 2 == 0) {
        fields.add("User-Agent: " + text);
        fields.add("Accept: */*");
      }
      asked.add(new Asked("GET /" + inLine + "?q=" + inLine + " HTTP/1.1", fields, ""));
      fields = new ArrayList<>(List.of("Host: shop.example", "Content-Type: text/" + number++));
      asked.add(new Asked("POST /a/../b/./" + inLine + " HTTP/1.1", fields, text));
      asked.add(
          new Asked(
              "PUT //x HTTP/1.1", fields, text + "\nTAPEDECK_BODY\ntouch PWNED\n" + text + "\0"));
    }
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 256; i++) {
      all.append((char) i);
    }
    List<String> host = List.of("Host: shop.example");
    asked.add(new Asked("POST /all HTTP/1.1", host, all.toString()));
    asked.add(new Asked("POST /@ HTTP/1.1", host, "@/etc/passwd"));
    asked.add(new Asked("PATCH /lines HTTP/1.1", host, "\n\n a\r\nb\n\n"));
    asked.add(new Asked("OPTIONS * HTTP/1.1", host, ""));
    asked.add(new Asked("DELETE /a|b\"c<d>^ HTTP/1.1", host, ""));
    asked.add(new Asked("X'$`id` /m HTTP/1.1", host, ""));
    asked.add(new Asked("GET / HTTP/1.1", List.of("Host: -o PWNED"), ""));
    asked.add(new Asked("GET / HTTP/1.1", List.of("Host: $(touch PWNED)"), ""));
    asked.add(new Asked("GET /__proto__ HTTP/1.1", List.of("Host: x", "__proto__: y"), ""));
    return asked;
  }

  private Path capture(List<Asked> asked) throws IOException {
    StringBuilder script = new StringBuilder("@ plain server 10.0.0.2:80 <- 10.0.0.1:40001\n");
    for (Asked one : asked) {
      script.append(">> ");
      for (char c : one.bytes().toCharArray()) {
        boolean plain = c > ' ' && c <= '~' && c != '\\';
        script.append(plain ? String.valueOf(c) : String.format("\\x%02x", (int) c));
      }
      script.append("\n<< HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n\n+ 1ms\n");
    }
    Path file = folder.resolve("hostile.tape");
    EventScript.parse(script.append("close\n").toString()).writeTo(file);
    return file;
  }

  private String run(Path work, String origin, String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).directory(work.toFile());
    builder.redirectErrorStream(true);
    builder.environment().put("TARGET", origin);
    builder.environment().put("HOME", work.toString());
    Process process = builder.start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out;
  }

  private static List<String> without(List<String> fields) {
    return fields.stream()
        .filter(field -> !field.startsWith("Content-Length:") && !field.startsWith("Host:"))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "dash"})
  void curl_hostileRequests_areSentAsRecordedAndNothingElse(String shell) throws Exception {
    List<Asked> asked = hostile();
    Path script = folder.resolve("again.sh");
    CliRun export =
        CliRun.of("export", "curl", capture(asked), "--include-secrets", "-o", script.toString());
    assertThat(export.exitCode()).as(export.err()).isZero();
    assertThat(Files.readString(script)).matches("[\\n -~]*");
    Path work = Files.createDirectory(folder.resolve("work"));
    List<LoggingServer.Received> received;
    try (LoggingServer server = new LoggingServer()) {
      run(work, server.origin(), shell, script.toString());
      received = server.received();
    }
    try (Stream<Path> left = Files.list(work)) {
      assertThat(left).isEmpty();
    }
    assertThat(received).hasSameSizeAs(asked);
    for (int i = 0; i < asked.size(); i++) {
      LoggingServer.Received got = received.get(i);
      Asked wanted = asked.get(i);
      assertThat(got.requestLine()).isEqualTo(wanted.line());
      assertThat(without(got.fields())).as(wanted.line()).isEqualTo(without(wanted.fields()));
      assertThat(got.fields()).as(wanted.line()).contains(wanted.fields().get(0));
      assertThat(got.body()).isEqualTo(wanted.body());
    }
  }

  @Test
  void curl_largeRandomBodies_areSentAsRecorded() throws Exception {
    Random random = new Random(3);
    List<Asked> asked = new ArrayList<>();
    for (int size : new int[] {1, 57, 76, 3000, 16 << 10, (16 << 10) + 1, 300_000}) {
      StringBuilder body = new StringBuilder(size);
      for (int i = 0; i < size; i++) {
        body.append((char) (size % 2 == 0 ? 'a' + random.nextInt(26) : random.nextInt(256)));
      }
      asked.add(new Asked("POST /r HTTP/1.1", List.of("Host: x"), body.toString()));
    }
    Path script = folder.resolve("again.sh");
    assertThat(CliRun.of("export", "curl", capture(asked), "-q", "-o", script).exitCode()).isZero();
    try (LoggingServer server = new LoggingServer()) {
      run(folder, server.origin(), "sh", script.toString());
      assertThat(server.received().stream().map(LoggingServer.Received::body))
          .isEqualTo(asked.stream().map(Asked::body).toList());
    }
  }

  @Test
  void k6_hostileRequests_areOneStringEach() throws Exception {
    List<Asked> asked = hostile();
    Path script = folder.resolve("k6.js");
    CliRun export =
        CliRun.of("export", "k6", capture(asked), "--include-secrets", "-o", script.toString());
    assertThat(export.exitCode()).as(export.err()).isZero();
    String text = Files.readString(script);
    assertThat(text).matches("[\\n -~]*");
    Files.writeString(
        folder.resolve("http.mjs"),
        """
        export default {request: (method, url, body, p) => {
          console.log(JSON.stringify({
            method, url, headers: p.headers,
            proto: Object.getPrototypeOf(p.headers) === Object.prototype,
            body: body === null ? '' : Buffer.from(body).toString('latin1')}));
          return {status: 200};
        }};
        """);
    Files.writeString(
        folder.resolve("encoding.mjs"),
        "export default {b64decode: (t) => Buffer.from(t, 'base64')};\n");
    Files.writeString(
        folder.resolve("k6.mjs"),
        "export const check = (a, c) => { if (!Object.values(c).every((f) => f(a))) throw new Error('check'); };\nexport const sleep = () => {};\n");
    Files.writeString(
        folder.resolve("main.mjs"),
        "globalThis.__ENV = {TARGET: process.env.TARGET};\nconst s = await import('./script.mjs');\ns.default();\n");
    Files.writeString(
        folder.resolve("script.mjs"),
        text.replace("'k6/http'", "'./http.mjs'")
            .replace("'k6/encoding'", "'./encoding.mjs'")
            .replace("'k6'", "'./k6.mjs'"));
    String out = run(folder, "http://t", "node", "main.mjs");
    assertThat(folder.resolve("PWNED")).doesNotExist();
    List<JsonNode> sent = out.lines().map(line -> new JsonMapper().readTree(line)).toList();
    assertThat(sent).hasSameSizeAs(asked);
    for (int i = 0; i < asked.size(); i++) {
      Asked wanted = asked.get(i);
      assertThat(sent.get(i).get("method").asString())
          .isEqualTo(wanted.line().substring(0, wanted.line().indexOf(' ')));
      assertThat(sent.get(i).get("body").asString()).isEqualTo(wanted.body());
      assertThat(sent.get(i).get("proto").asBoolean()).isTrue();
      for (String field : wanted.fields()) {
        int colon = field.indexOf(':');
        assertThat(sent.get(i).get("headers").get(field.substring(0, colon)).asString())
            .isEqualTo(field.substring(colon + 1).strip());
      }
    }
  }
}
