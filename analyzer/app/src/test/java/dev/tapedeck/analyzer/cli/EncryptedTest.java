// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.TestKeys;
import dev.tapedeck.format.WriterOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Commands give of an encrypted capture what the key that was named opens. */
class EncryptedTest {
  private static final String NO_KEY =
      ": is encrypted; name the file with your key: --identity FILE";

  private static final Path CORPUS =
      Path.of(System.getProperty("tapedeck.root", "..")).resolve("samples/captures/format");

  @TempDir Path folder;

  private Path file = Path.of("");
  private Path plain = Path.of("");
  private Path alice = Path.of("");
  private Path bob = Path.of("");
  private Path eve = Path.of("");

  @BeforeEach
  void writeCapture() throws IOException {
    plain = TestCaptures.shop(folder);
    file = folder.resolve("secret.tape");
    WriterOptions options = WriterOptions.newBuilder().encryption(TestKeys.encryption()).build();
    Files.write(file, TestCaptures.SHOP.toCapture(options));
    alice = key("alice.txt", TestKeys.ALICE_SECRET);
    bob = key("bob.txt", TestKeys.BOB_SECRET);
    eve = key("eve.txt", TestKeys.EVE_SECRET);
  }

  private Path key(String name, String secret) throws IOException {
    return Files.writeString(folder.resolve(name), "# created by age-keygen\n" + secret + "\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dump", "sessions", "exchanges"})
  void read_withTheKey_givesWhatThePlainFileGives(String command) {
    CliRun encrypted = CliRun.of(command, file, "--identity", alice, "--format", "ndjson");

    assertThat(encrypted.exitCode()).as(encrypted.err()).isZero();
    assertThat(encrypted.out())
        .isNotEmpty()
        .isEqualTo(CliRun.of(command, plain, "--format", "ndjson").out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"dump", "sessions", "exchanges"})
  void read_withoutAKey_isOneLineAndExitCode3(String command) {
    CliRun run = CliRun.of(command, file);

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).isEqualTo("analyzer: " + file + NO_KEY + "\n");
    assertThat(CliRun.of(command, file, "--identity", eve).err())
        .contains("is encrypted, and not for a key in " + eve)
        .hasLineCount(1);
  }

  @Test
  void query_withTheKey_answersAsOfThePlainFile() {
    String sql = "SELECT id, target, status FROM exchanges ORDER BY id";
    CliRun run = CliRun.of("query", file, "--identity", alice, "--format", "csv", sql);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("/orders")
        .isEqualTo(CliRun.of("query", plain, "--format", "csv", sql).out());
    assertThat(CliRun.of("query", file, sql).err()).contains("is encrypted").hasLineCount(1);
  }

  @Test
  void parquet_ofAnEncryptedCapture_isMadeWhereItWasAskedForOnly() throws IOException {
    String sql = "SELECT id, target FROM exchanges";
    CliRun piped = CliRun.of("query", file, "--identity", alice, "--format", "parquet", sql);
    assertThat(piped.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(piped.err()).contains("into the temporary folder", "-o").hasLineCount(1);
    Path out = Files.createDirectory(folder.resolve("out")).resolve("rows.parquet");
    CliRun run =
        CliRun.of("query", file, "--identity", alice, "--format", "parquet", "-o", out, sql);
    assertThat(run.exitCode()).as(run.err()).isZero();
    try (Stream<Path> made = Files.list(out.getParent())) {
      assertThat(made).containsExactly(out);
    }
  }

  @Test
  void serve_withoutAKey_isOneLineAndExitCode3() {
    CliRun run = CliRun.of("serve", file);

    assertThat(run.exitCode()).isEqualTo(ExitCode.IO);
    assertThat(run.err().lines()).singleElement().asString().contains("is encrypted");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void read_withTheMetadataKey_dumpsEventsAndRefusesExchanges() {
    CliRun dump = CliRun.of("dump", file, "--identity", bob);
    assertThat(dump.exitCode()).as(dump.err()).isZero();
    assertThat(dump.out()).isEqualTo(CliRun.of("dump", plain).out());

    for (String command : new String[] {"sessions", "exchanges"}) {
      CliRun run = CliRun.of(command, file, "--identity", bob);
      assertThat(run.exitCode()).isEqualTo(3);
      assertThat(run.out()).isEmpty();
      assertThat(run.err()).contains("the key opens metadata only").hasLineCount(1);
    }
  }

  @Test
  void info_withoutAKey_countsAndNamesRecipients() {
    CliRun table = CliRun.of("info", file);
    assertThat(table.exitCode()).as(table.err()).isZero();
    assertThat(table.out())
        .contains("for 1 recipient (X25519)")
        .contains("without payload for 1 recipient (X25519)")
        .contains("counts and times only")
        .doesNotContain("test-host");

    JsonNode json =
        JsonMapper.builder().build().readTree(CliRun.of("info", file, "--format", "ndjson").out());
    JsonNode same =
        JsonMapper.builder().build().readTree(CliRun.of("info", plain, "--format", "ndjson").out());
    assertThat(json.get("encryption").get("recipients").get("X25519").asInt()).isEqualTo(1);
    assertThat(json.get("encryption").get("metadata_recipients").get("X25519").asInt())
        .isEqualTo(1);
    assertThat(json.get("encryption").get("readable").asString()).isEqualTo("headers");
    assertThat(json.get("host").isNull()).isTrue();
    assertThat(json.get("events")).isEqualTo(same.get("events"));
    assertThat(json.get("payload_bytes")).isEqualTo(same.get("payload_bytes"));
    assertThat(json.get("duration_ns")).isEqualTo(same.get("duration_ns"));
    assertThat(same.get("encryption").isNull()).isTrue();
  }

  @Test
  void info_withAKey_saysWhatItOpens() {
    assertThat(CliRun.of("info", file, "--identity", alice).out())
        .contains("all, with the key that was given")
        .contains("test-host");
    assertThat(CliRun.of("info", file, "--identity", bob).out())
        .contains("all but payload, with the key that was given")
        .contains("test-host");
  }

  @Test
  void doctor_looksAsFarAsTheKeyOpens() {
    CliRun all = CliRun.of("doctor", file, "--identity", alice);
    assertThat(all.exitCode()).as(all.err()).isZero();
    assertThat(all.out()).contains("sound").contains(": everything");
    for (Object[] words : new Object[][] {{"doctor", file}, {"doctor", file, "--identity", bob}}) {
      CliRun run = CliRun.of(words);
      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(run.out()).contains("not all of what is encrypted was opened");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tampered-file-flag",
        "tampered-key",
        "tampered-metadata-plane",
        "tampered-no-seal",
        "tampered-payload-plane",
        "tampered-time"
      })
  void doctor_tamperedCapture_isDamaged(String name) {
    Path tampered = CORPUS.resolve("fault").resolve(name);

    CliRun run =
        CliRun.of(
            "doctor",
            tampered.resolve("capture.tape"),
            "--identity",
            tampered.resolve("identity.txt"),
            "--format",
            "ndjson");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(1);
    assertThat(run.out()).contains("\"kind\":\"tampered\"");
  }

  @Test
  void dump_followWithTheKey_isTheDump() {
    CliRun followed = CliRun.of("dump", file, "--follow", "--identity", alice, "--bytes", "50");
    assertThat(followed.exitCode()).as(followed.err()).isZero();
    assertThat(followed).isEqualTo(CliRun.of("dump", plain, "--bytes", "50"));
    CliRun none = CliRun.of("dump", file, "--follow");
    assertThat(none.exitCode()).isEqualTo(3);
    assertThat(none.err()).isEqualTo("analyzer: " + file + NO_KEY + "\n");
  }

  @Test
  void decrypt_withTheKey_makesACaptureThatNeedsNone() {
    Path out = folder.resolve("out.tape");
    CliRun run = CliRun.of("decrypt", file, "-o", out, "--identity", alice);

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(CliRun.of("exchanges", out, "--format", "ndjson").out())
        .isEqualTo(CliRun.of("exchanges", plain, "--format", "ndjson").out());
    assertThat(CliRun.of("info", out).out()).contains("decrypt");
  }

  @ParameterizedTest
  @ValueSource(strings = {"decrypt", "repack", "merge"})
  void rewrite_withoutTheKeyToAll_writesNothing(String command) {
    Path out = folder.resolve("out.tape");
    for (Path key : new Path[] {bob, eve}) {
      CliRun run = CliRun.of(command, file, "-o", out, "--identity", key);
      assertThat(run.exitCode()).isGreaterThanOrEqualTo(2);
      assertThat(run.err()).hasLineCount(1);
      assertThat(folder.toFile().list()).noneMatch(name -> name.startsWith("out.tape"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"decrypt", "repack", "merge"})
  void rewrite_withoutTheKeyToAll_leavesAnEarlierFileAlone(String command) throws IOException {
    Path out = Files.writeString(folder.resolve("out.tape"), "earlier");
    for (Path key : new Path[] {bob, eve}) {
      List<Object> arguments = new ArrayList<>(List.of(command, file, "-o", out));
      arguments.addAll(List.of("--identity", key));
      if (!command.equals("decrypt")) {
        arguments.addAll(List.of("--encrypt-to", TestKeys.ALICE));
      }
      CliRun run = CliRun.of(arguments.toArray());
      assertThat(run.exitCode()).isEqualTo(3);
      assertThat(run.err()).hasLineCount(1);
      assertThat(out).hasContent("earlier");
    }
  }

  @Test
  void identity_thatIsNone_isOneLineAndExitCode3() throws IOException {
    Path empty = Files.writeString(folder.resolve("empty.txt"), "# nothing\n");
    CliRun noKey = CliRun.of("dump", file, "--identity", empty);
    assertThat(noKey.exitCode()).isEqualTo(3);
    assertThat(noKey.err()).contains(empty + ": has no key in it").hasLineCount(1);

    Path missing = folder.resolve("missing.txt");
    CliRun noFile = CliRun.of("dump", file, "--identity", missing);
    assertThat(noFile.exitCode()).isEqualTo(3);
    assertThat(noFile.err()).contains(missing + ": key file does not exist").hasLineCount(1);
  }
}
