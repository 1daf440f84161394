// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.export.Golden;
import dev.tapedeck.format.EventScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CommandsTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  private static final Path CAPTURES =
      Path.of(System.getProperty("tapedeck.root", "..")).resolve("samples/captures");

  /** One secret of each kind that a scan tells. */
  private static final EventScript SECRETS =
      EventScript.parse(
          """
          @ plain server 10.0.0.2:80 <- 10.0.0.1:40001
          >> POST /a?api_key=Canary7 HTTP/1.1\\r\\nHost: x\\r\\nAuthorization: Bearer CanaryCanaryCanary12\\r\\nX-Login: Basic Q2FuYXJ5OkNhbmFyeTc=\\r\\nContent-Length: 69\\r\\n\\r\\ncard 4111 1111 1111 1111, mail canary@x.example, AKIACANARYCANARYCANA
          + 1ms
          << HTTP/1.1 200 OK\\r\\nContent-Length: 97\\r\\n\\r\\neyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJDYW5hcnkifQ.Canary0123456789 ghp_Canary0123456789Canary0123456789
          close
          """);

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "info.txt, info FILE",
    "info.ndjson, info FILE --format ndjson",
    "dump.txt, dump FILE",
    "dump-bytes.txt, dump FILE --bytes 12",
    "dump.ndjson, dump FILE --format ndjson",
    "cat.ndjson, cat FILE",
    "cat-text.json, cat FILE --payload text --format json",
    "cat-blocks.ndjson, cat FILE --blocks",
    "sessions.txt, sessions FILE",
    "sessions.json, sessions FILE --format json --bodies none",
    "sessions.ndjson, sessions FILE --format ndjson",
    "sessions-both-ends.txt, sessions FILE --both-ends",
    "stats-by-host.txt, stats FILE --by host",
    "stats-by-process.txt, stats FILE --by process",
    "stats-by-status.txt, stats FILE --by status",
    "exchanges.txt, exchanges FILE",
    "exchanges-wide.txt, exchanges FILE --width 0",
    "exchanges.ndjson, exchanges FILE --format ndjson",
    "exchanges-text.ndjson, exchanges FILE --format ndjson --bodies text",
    "show-exchange.txt, show FILE 1.1 --why",
    "show-chunked.txt, show FILE 2.1",
    "show-hostile.txt, show FILE 1.2",
    "show-session.txt, show FILE 1",
    "shop.har, export har FILE -o -",
    "shop.sh, export curl FILE -o -",
    "shop.k6.js, export k6 FILE -o -"
  })
  void command_onCapture_asReviewed(String golden, String command) throws IOException {
    Path file = TestCaptures.shop(folder);
    CliRun run = CliRun.of(words(command, file)).without(folder);
    assertThat(run.exitCode()).as(run.err()).isZero();
    Golden.assertMatches("cli/" + golden, run.out());
  }

  @ParameterizedTest
  @CsvSource({
    "calls-exchanges.txt, exchanges FILE",
    "calls-exchanges.ndjson, exchanges FILE --format ndjson --bodies text",
    "calls-show-call.txt, show FILE 1.1",
    "calls-show-file.txt, show FILE 1.2",
    "calls.har, export har FILE -o -"
  })
  void command_onHttp2_asReviewed(String golden, String command) throws IOException {
    CliRun run = CliRun.of(words(command, TestCaptures.calls(folder))).without(folder);
    assertThat(run.exitCode()).as(run.err()).isZero();
    Golden.assertMatches("cli/" + golden, run.out());
  }

  @ParameterizedTest
  @CsvSource({
    "info-encrypted.txt, encrypted, info FILE",
    "info-encrypted.ndjson, encrypted, info FILE --format ndjson",
    "info-copy.txt, copy-of-damaged, info FILE",
    "info-copy.ndjson, copy-of-damaged, info FILE --format ndjson",
    "info-hosts.ndjson, several-hosts, info FILE --format ndjson",
    "dump-every-kind.txt, every-kind, dump FILE",
    "dump-every-kind.ndjson, every-kind, dump FILE --format ndjson",
    "schema-kinds.txt, unknown-kinds, schema FILE",
    "schema-kinds.ndjson, unknown-kinds, schema FILE --format ndjson",
    "schema-fields.ndjson, unknown-fields, schema FILE --format ndjson",
    "schema-records.ndjson, unknown-records, schema FILE --format ndjson"
  })
  void command_onCaptureOfTheCorpus_asReviewed(String golden, String name, String command)
      throws IOException {
    Path valid = CAPTURES.resolve("format/valid").resolve(name);
    CliRun run = CliRun.of(words(command, valid.resolve("capture.tape"))).without(valid);
    assertThat(run.exitCode()).as(run.err()).isZero();
    Golden.assertMatches("cli/" + golden, run.out());
  }

  @ParameterizedTest
  @CsvSource({
    "scan.txt, scan FILE",
    "scan.ndjson, scan FILE --format ndjson",
    "scan-emails.json, scan FILE --format json --emails"
  })
  void scan_captureWithSecrets_asReviewed(String golden, String command) throws IOException {
    Path file = folder.resolve("secrets.tape");
    SECRETS.writeTo(file);
    CliRun run = CliRun.of(words(command, file)).without(folder);
    assertThat(run.exitCode()).as(run.err()).isOne();
    Golden.assertMatches("cli/" + golden, run.out());
    assertThat(run.out()).doesNotContain("Canary", "4111");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "info FILE",
        "dump FILE",
        "dump FILE --bytes 1000",
        "cat FILE --payload text",
        "sessions FILE",
        "exchanges FILE --width 0",
        "exchanges FILE --format ndjson --bodies text",
        "sessions FILE --format json --bodies text",
        "show FILE 1",
        "show FILE 1.1",
        "show FILE 1.2",
        "export har FILE -o - --include-secrets"
      })
  void output_hostileContent_neverReachesTheTerminal(String command) throws IOException {
    CliRun run = CliRun.of(words(command, TestCaptures.shop(folder)));
    assertThat(run.out() + run.err()).isNotEmpty().matches("[ -~\n]*");
  }

  @ParameterizedTest
  @ValueSource(strings = {"info FILE", "dump FILE", "sessions FILE", "exchanges FILE"})
  void tables_byDefault_fit80Columns(String command) throws IOException {
    CliRun run = CliRun.of(words(command, TestCaptures.shop(folder)));
    assertThat(run.out().lines().map(line -> line.replace(folder.toString(), "")))
        .allMatch(line -> line.length() <= 80);
  }

  @Test
  void dump_byDefault_showsNoContent() throws IOException {
    Path file = TestCaptures.shop(folder);
    for (String format : List.of("table", "json", "ndjson")) {
      assertThat(CliRun.of("dump", file, "--format", format).out()).doesNotContain("shop.example");
    }
  }

  @Test
  void exchanges_json_isTheNdjsonAsArray() throws IOException {
    Path file = TestCaptures.shop(folder);
    List<JsonNode> lines = new ArrayList<>();
    CliRun.of("exchanges", file, "--format", "ndjson")
        .out()
        .lines()
        .forEach(line -> lines.add(MAPPER.readTree(line)));
    assertThat(MAPPER.readTree(CliRun.of("exchanges", file, "--format", "json").out()))
        .containsExactlyElementsOf(lines)
        .hasSize(3);
  }

  @Test
  void exchanges_none_emptyListOfEachKind() throws IOException {
    Path file = TestCaptures.empty(folder);
    assertThat(CliRun.of("exchanges", file, "--format", "json").out()).isEqualTo("[\n]\n");
    assertThat(CliRun.of("exchanges", file, "--format", "ndjson").out()).isEmpty();
    assertThat(CliRun.of("exchanges", file).out().lines()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "status, 1.1 2.1 1.2",
    "-status, 1.2 2.1 1.1",
    "request_bytes, 1.1 1.2 2.1",
    "target, 1.2 2.1 1.1",
    "-started, 1.2 2.1 1.1"
  })
  void exchanges_sorted_byKey(String key, String ids) throws IOException {
    Path file = TestCaptures.shop(folder);
    assertThat(ids(CliRun.of("exchanges", file, "--sort", key))).containsExactly(ids.split(" "));
    assertThat(ids(CliRun.of("exchanges", file, "--sort", key, "--limit", "2")))
        .containsExactly(Arrays.copyOf(ids.split(" "), 2));
  }

  @Test
  void exchanges_limit_stopsThere() throws IOException {
    Path file = TestCaptures.shop(folder);
    assertThat(ids(CliRun.of("exchanges", file, "--limit", "1"))).containsExactly("2.1");
    assertThat(ids(CliRun.of("exchanges", file, "--limit", "0"))).isEmpty();
  }

  @Test
  void exchanges_severalFiles_idsSayWhich() throws IOException {
    Path shop = TestCaptures.shop(folder);
    CliRun run =
        CliRun.of("exchanges", TestCaptures.empty(folder), shop, shop, "--format", "ndjson");
    assertThat(run.out().lines().map(line -> MAPPER.readTree(line).get("id").asString()))
        .containsExactly("2:2.1", "2:1.1", "2:1.2", "3:2.1", "3:1.1", "3:1.2");
    assertThat(run.out().lines().map(line -> MAPPER.readTree(line).get("file").asString()))
        .containsOnly(shop.toString());
  }

  @Test
  void exchanges_lostBytes_warnedAbout() throws IOException {
    Path file = TestCaptures.shop(folder);
    assertThat(CliRun.of("exchanges", file).err()).contains("lost");
    assertThat(CliRun.of("exchanges", file, "--quiet").err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"info FILE", "exchanges FILE", "sessions FILE", "dump FILE --bytes 1", "cat FILE"})
  void damage_anyCommand_exitCode1UnlessStrict(String command) throws IOException {
    Path file = TestCaptures.damaged(folder);
    CliRun run = CliRun.of(words(command, file));
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out() + run.err()).contains("offset");
    CliRun strict = CliRun.of(words(command + " --strict", file));
    assertThat(strict.exitCode()).isEqualTo(3);
    assertThat(strict.err().lines()).hasSize(1);
    assertThat(strict.err()).contains("offset", "--strict");
  }

  @Test
  void info_cutFile_exitCode1ButUnfinishedOneIsFine() throws IOException {
    byte[] whole = Files.readAllBytes(TestCaptures.shop(folder));
    byte[] cut = Arrays.copyOf(whole, whole.length - 20);
    Path tape = Files.write(folder.resolve("cut.tape"), cut);
    assertThat(CliRun.of("info", tape).exitCode()).isEqualTo(1);
    Path partial = Files.write(folder.resolve("cut.tape.partial"), cut);
    CliRun run = CliRun.of("info", partial);
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("unfinished");
    assertThat(CliRun.of("exchanges", partial).exitCode()).isZero();
  }

  @Test
  void exportHar_toFile_isWhatStandardOutputGets() throws IOException {
    Path file = TestCaptures.shop(folder);
    Path har = folder.resolve("shop.har");
    CliRun run = CliRun.of("export", "har", file, "-o", har);
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).isEmpty();
    assertThat(har).hasContent(CliRun.of("export", "har", file, "-o", "-").out());
    assertThat(Files.readString(har)).doesNotContain("SECRET");
  }

  @Test
  void exportHar_failure_leavesNothing() throws IOException {
    Path har = folder.resolve("damaged.har");
    CliRun run = CliRun.of("export", "har", TestCaptures.damaged(folder), "-o", har, "--strict");
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(folder).isDirectoryNotContaining(path -> path.toString().contains(".har"));
  }

  @Test
  void colors_onTerminalOnly() throws IOException {
    Path file = TestCaptures.shop(folder);
    assertThat(CliRun.onTerminal("exchanges", file).out()).contains("\u001b[32m200\u001b[0m");
    assertThat(CliRun.onTerminal("exchanges", file, "--color", "never").out())
        .doesNotContain("\u001b");
    assertThat(CliRun.of("exchanges", file, "--color", "always").out()).contains("\u001b[33m404");
    String plain = CliRun.of("show", file, "1.1").out();
    String colored = CliRun.onTerminal("show", file, "1.1").out();
    assertThat(colored.replaceAll("\u001b\\[\\d+m", "")).isEqualTo(plain).isNotEqualTo(colored);
  }

  @Test
  void progress_longCapture_shownOnTerminalAndErased() throws IOException {
    Path file = folder.resolve("long.tape");
    EventScript.parse(">> GET / HTTP/1.1\\r\\n\\r\\n\n".repeat(9000)).writeTo(file);
    String err = CliRun.onTerminal("exchanges", file).err();
    assertThat(err)
        .contains(
            "linking long.tape: 4096 of 9003 events, 45 %, 4096/s, 2 s left",
            "reading long.tape: 8192 of 9003 events, 91 %, 4096/s, 1 s left")
        .endsWith("\r\u001b[K");
    assertThat(CliRun.of("exchanges", file).err()).isEmpty();
    assertThat(CliRun.onTerminal("exchanges", file, "--quiet").err()).isEmpty();
  }

  @Test
  void show_idOfSeveralFiles_fileNumberIgnored() throws IOException {
    Path file = TestCaptures.shop(folder);
    assertThat(CliRun.of("show", file, "2:1.1").out())
        .isEqualTo(CliRun.of("show", file, "1.1").out());
  }

  private static List<String> ids(CliRun run) {
    return run.out().lines().skip(1).map(line -> line.substring(0, line.indexOf(' '))).toList();
  }

  private static Object[] words(String command, Path file) {
    return Arrays.stream(command.split(" "))
        .map(word -> word.equals("FILE") ? file.toString() : word)
        .toArray();
  }
}
