// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.Projection;
import dev.tapedeck.format.ReaderOptions;
import dev.tapedeck.format.StreamEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code redact}: what leaves a capture, and what stays. */
class RedactCommandTest {
  private static final String CANARY = "Canary7Secret";

  private static final EventScript SHOP =
      EventScript.parse(
          """
          c1: @ tls server 10.0.0.2:8443 <- 10.0.0.1:40001
          c2: @ plain client 10.0.0.2:50000 -> 10.0.0.3:8080
          c1 >> POST /login?token=Canary7
          c2 >> GET /x HTTP/1.1\\r\\nCookie: sid=Can
          c1 >> Secret HTTP/1.1\\r\\nhost: x\\r\\nContent-Type: application/json\\r\\nContent-Length: 28\\r\\n\\r\\n{"password":"Canary7Secret"}
          c2 >> ary7Secret\\r\\n\\r\\n
          c1 << HTTP/1.1 200 OK\\r\\nContent-Encoding: gzip\\r\\nContent-Length: 13\\r\\n\\r\\nCanary7Secret
          c2 << HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok
          close c1
          close c2
          """);

  @TempDir Path folder;

  private Path shop() throws IOException {
    Path file = folder.resolve("shop.tape");
    SHOP.writeTo(file);
    return file;
  }

  private static String payload(Path file) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (CaptureReader reader = CaptureReader.open(file, ReaderOptions.defaults())) {
      reader.read(Projection.ALL, event -> add(event, all));
    }
    return all.toString(StandardCharsets.ISO_8859_1);
  }

  private static void add(CaptureEvent event, ByteArrayOutputStream all) {
    if (event instanceof StreamEvent.Data data && data.payload() != null) {
      all.writeBytes(data.payload().toArray());
    }
  }

  @Test
  void redact_byDefault_leavesNoSecretAndSaysWhatItDid() throws IOException {
    Path out = folder.resolve("shared.tape");
    CliRun run = CliRun.of("redact", shop(), "-o", out);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.err())
        .contains("masked 3 values; dropped 13 bytes that cannot be masked")
        .doesNotContain("Canary");
    assertThat(payload(out))
        .contains("token=MASKED", "sid=MASKED")
        .doesNotContain("Canary", "Secret");
    assertThat(Files.readString(out, StandardCharsets.ISO_8859_1)).doesNotContain(CANARY);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out)))
        .isEqualTo("rw-------");
    assertThat(CliRun.of("info", out, "--format", "ndjson").out())
        .contains("\"redaction\":\"default\"", "\"redacted\":{\"events\":0,\"bytes\":13");
    assertThat(CliRun.of("doctor", out).exitCode()).isZero();
    CliRun exchanges = CliRun.of("exchanges", out, "--filter", "status == 200 and path == /x");
    assertThat(exchanges.out()).contains("2.1");
    assertThat(CliRun.of("exchanges", out, "--filter", "completeness == recorder_cap").out())
        .contains("1.1");
  }

  @Test
  void redact_sameKey_sameTokens() throws IOException {
    Path key = Files.write(folder.resolve("key"), new byte[32]);
    Path shop = shop();
    CliRun.of("redact", shop, "-o", folder.resolve("a.tape"), "--key-file", key);
    CliRun.of("redact", shop, "-o", folder.resolve("b.tape"), "--key-file", key);
    CliRun.of("redact", shop, "-o", folder.resolve("c.tape"));
    String first = payload(folder.resolve("a.tape"));
    assertThat(payload(folder.resolve("b.tape"))).isEqualTo(first);
    assertThat(payload(folder.resolve("c.tape"))).isNotEqualTo(first).hasSameSizeAs(first);
  }

  @Test
  void redact_rulesFile_namedInTheCapture() throws IOException {
    Path rules = folder.resolve("shop.yaml");
    Files.writeString(rules, "name: shop\ndefaults: false\nrules:\n  - header: host\n");
    Path out = folder.resolve("out.tape");
    // One letter becomes one letter, with one key in 62 or so the same.
    Path key = Files.write(folder.resolve("key"), new byte[32]);
    CliRun run = CliRun.of("redact", shop(), "-o", out, "--rules", rules, "--key-file", key);
    assertThat(run.exitCode()).isZero();
    assertThat(payload(out)).contains(CANARY).doesNotContain("host: x");
    Path again = folder.resolve("again.tape");
    CliRun.of("redact", out, "-o", again);
    assertThat(CliRun.of("info", again, "--format", "ndjson").out())
        .contains("\"redaction\":\"shop; header host | default\"");
  }

  @Test
  void scan_namesPlacesAndNeverValues_andFindsNothingAfterRedact() throws IOException {
    Path file = folder.resolve("leaky.tape");
    EventScript.parse(
            """
            @ plain server 10.0.0.2:80 <- 10.0.0.1:40001
            >> GET /?k=AKIAABCDEFGHIJKLMNOP HTTP/1.1\\r\\nAuthorization: Bearer 0123456789abcdefXYZ\\r\\n\\r\\n
            << HTTP/1.1 200 OK\\r\\nX-Id: q7Zr2LmW9xKc4TbV8nYp3HsD6fGjAe\\r\\nContent-Length: 45\\r\\n\\r\\npay 4111 1111 1111 1111 or 4111111111111112 !
            close
            """)
        .writeTo(file);
    CliRun run = CliRun.of("scan", file, "--format", "ndjson");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out().lines())
        .containsExactly(
            "{\"id\":\"1.1\",\"place\":\"request.target\",\"kind\":\"aws_key\",\"offset_bytes\":4}",
            "{\"id\":\"1.1\",\"place\":\"request.headers.Authorization\",\"kind\":\"bearer\",\"offset_bytes\":7}",
            "{\"id\":\"1.1\",\"place\":\"response.headers.X-Id\",\"kind\":\"high_entropy\",\"offset_bytes\":0}",
            "{\"id\":\"1.1\",\"place\":\"response.body\",\"kind\":\"card_number\",\"offset_bytes\":4}");
    assertThat(CliRun.of("scan", file).out()).contains("1.1        aws_key").doesNotContain("AKIA");

    Path clean = folder.resolve("clean.tape");
    CliRun.of("redact", shop(), "-o", clean);
    CliRun none = CliRun.of("scan", clean, "--emails");
    assertThat(none.exitCode()).as(none.out()).isZero();
  }

  /** What redaction masks by name is what is looked for, however little it looks like a secret. */
  @Test
  void scan_namesOfSecrets_areFoundBeforeRedactAndNotAfter() throws IOException {
    Path file = folder.resolve("named.tape");
    EventScript.parse(
            """
            @ plain server 10.0.0.2:80 <- 10.0.0.1:40001
            >> POST /login?token=abc&page=2 HTTP/1.1\\r\\nHost: x\\r\\nCookie: sid=Mary1; lang=en\\r\\nContent-Type: application/x-www-form-urlencoded\\r\\nContent-Length: 28\\r\\n\\r\\nuser=ann&password=hunter2+%%
            << HTTP/1.1 200 OK\\r\\nSet-Cookie: sid=MASKEDisMyNameNot; Path=/\\r\\nContent-Type: application/json\\r\\nContent-Length: 46\\r\\n\\r\\n{"otp":112131,"name":"ann","passwd":"letmein"}
            close
            """)
        .writeTo(file);
    CliRun run = CliRun.of("scan", file, "--format", "ndjson");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out().lines())
        .containsExactly(
            "{\"id\":\"1.1\",\"place\":\"request.target\",\"kind\":\"named\",\"offset_bytes\":13}",
            "{\"id\":\"1.1\",\"place\":\"request.headers.Cookie\",\"kind\":\"named\",\"offset_bytes\":4}",
            "{\"id\":\"1.1\",\"place\":\"request.headers.Cookie\",\"kind\":\"named\",\"offset_bytes\":16}",
            "{\"id\":\"1.1\",\"place\":\"request.body\",\"kind\":\"named\",\"offset_bytes\":18}",
            "{\"id\":\"1.1\",\"place\":\"response.body\",\"kind\":\"named\",\"offset_bytes\":7}",
            "{\"id\":\"1.1\",\"place\":\"response.body\",\"kind\":\"named\",\"offset_bytes\":37}");

    Path clean = folder.resolve("unnamed.tape");
    CliRun.of("redact", file, "-o", clean);
    CliRun none = CliRun.of("scan", clean);
    assertThat(none.out().lines()).as(none.err()).hasSize(1);
    assertThat(none.exitCode()).isZero();
  }

  @Test
  void redact_wrongRulesOrKey_oneLine() throws IOException {
    Path shop = shop();
    Path rules = Files.writeString(folder.resolve("r.yaml"), "rules:\n  - headr: x\n");
    CliRun run = CliRun.of("redact", shop, "-o", folder.resolve("o.tape"), "--rules", rules);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).contains("r.yaml:2: unknown key 'headr'");
    Path key = Files.write(folder.resolve("key"), new byte[3]);
    CliRun weak = CliRun.of("redact", shop, "-o", folder.resolve("o.tape"), "--key-file", key);
    assertThat(weak.exitCode()).isEqualTo(2);
    assertThat(weak.err()).contains("too short");
    assertThat(folder.resolve("o.tape")).doesNotExist();
  }
}
