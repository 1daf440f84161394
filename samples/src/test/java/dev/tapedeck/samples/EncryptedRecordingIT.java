// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** What is recorded with --encrypt-to is on the disk for those who have a key, and for nobody. */
@RequiresBpf
@ExtendWith(TestOutput.class)
final class EncryptedRecordingIT {
  private static final int ROUNDS = 3;
  private static final int REQUESTS_OF_A_ROUND = 29;
  private static final int ANSWER_BYTES = 60_000;

  /** The secrets that are sent; each is long enough that it is nowhere by chance. */
  private static final String URL = "canary0url7f3a9c51e2";

  private static final String HEADER = "canary0header84bd06";
  private static final String BODY = "canary0body5ac1f7e93";
  private static final String ARGUMENT = "canary0argument2e6d";

  private final List<byte[]> canaries = new ArrayList<>();
  private final Map<String, String> keys = new HashMap<>();

  @Test
  void encryptTo_recordsForTheRecipientsAndLeavesNothingInTheClear(Path directory)
      throws Exception {
    for (String name : List.of("first", "second", "metadata")) {
      keys.put(name, newKey(directory, name));
    }
    Tools tools = new Tools(directory);
    try (SampleServers servers = new SampleServers(directory)) {
      SampleServers.Service nginx =
          servers.nginx("nginx", "digest-server/nginx.conf.in", servers.digestServer(false));
      for (String canary : List.of(URL, HEADER, BODY, ARGUMENT)) {
        canaries.add(canary.getBytes(StandardCharsets.UTF_8));
      }
      curl(directory, nginx, 0);
      byte[] answer = Files.readAllBytes(output(directory, 0, 0));
      canaries.add(
          new String(answer, 0, 24, StandardCharsets.US_ASCII).getBytes(StandardCharsets.US_ASCII));

      Path whole = recordWhole(directory, nginx);
      List<Path> files = files(whole);
      assertThat(files).hasSizeGreaterThan(1).allMatch(file -> file.toString().endsWith(".tape"));
      assertHidden(directory, whole);
      assertReadable(
          tools, directory, files, nginx.port(), DigestLog.byTarget(servers.digestLog()));

      Path killed = recordKilled(directory, nginx);
      assertHidden(directory, killed);
      assertKilledReadable(tools, directory, files(killed));
    }
  }

  private static String newKey(Path directory, String name)
      throws IOException, InterruptedException {
    Path file = identity(directory, name);
    RunningProgram.Result made =
        RunningProgram.run(directory, "age-keygen", List.of("age-keygen", "-o", file.toString()));
    assertThat(made.exitCode()).as(made.errors()).isZero();
    return made.errors().strip().replace("Public key: ", "");
  }

  private static Path identity(Path directory, String name) {
    return directory.resolve(name + ".key");
  }

  private RunningProgram startRecorder(Path directory, Path captures) throws IOException {
    Files.createDirectory(captures);
    RunningProgram recorder =
        RunningProgram.start(
            directory,
            "recorder",
            List.of(
                Repository.launcher("recorder"),
                "record",
                "-o",
                captures.toString(),
                "--rotate-size",
                "1MiB",
                "--comm",
                "nginx",
                "--comm",
                "curl",
                "--sources",
                "tls",
                "--encrypt-to",
                keys.get("first"),
                "--encrypt-to",
                keys.get("second"),
                "--encrypt-metadata-to",
                keys.get("metadata")));
    recorder.awaitErrorLine("recording");
    return recorder;
  }

  private Path recordWhole(Path directory, SampleServers.Service service) throws Exception {
    Path captures = directory.resolve("whole");
    try (RunningProgram recorder = startRecorder(directory, captures)) {
      for (int round = 1; round <= ROUNDS; round++) {
        curl(directory, service, round);
        assertNoCanary(captures);
      }
      assertThat(recorder.terminate()).as(recorder.standardError()).isZero();
    }
    return captures;
  }

  private Path recordKilled(Path directory, SampleServers.Service service) throws Exception {
    Path captures = directory.resolve("killed");
    try (RunningProgram recorder = startRecorder(directory, captures)) {
      long empty = bytes(captures);
      curl(directory, service, ROUNDS + 1);
      await("a block on the disk")
          .atMost(Duration.ofSeconds(60))
          .until(() -> bytes(captures) > empty + ANSWER_BYTES);
      recorder.kill();
    }
    assertThat(files(captures)).anyMatch(file -> file.toString().endsWith(".partial"));
    return captures;
  }

  /** One curl: a connection, a secret on its command line, the others in what it sends. */
  private static void curl(Path directory, SampleServers.Service service, int round)
      throws IOException, InterruptedException {
    StringBuilder configuration = new StringBuilder();
    for (int request = 0; request < REQUESTS_OF_A_ROUND; request++) {
      configuration
          .append(request == 0 ? "" : "next\n")
          .append("insecure\nsilent\nshow-error\nfail\nurl = \"")
          .append(service.url(target(round, request)))
          .append("\"\noutput = \"")
          .append(output(directory, round, request))
          .append("\"\nheader = \"X-Secret: " + HEADER + "\"\ndata = \"secret=" + BODY + "\"\n");
    }
    Path file = directory.resolve("curl-" + round + ".config");
    Files.writeString(file, configuration);
    RunningProgram.Result result =
        RunningProgram.run(
            directory,
            "curl-" + round,
            List.of("curl", "--config", file.toString(), "--user-agent", ARGUMENT));
    assertThat(result.exitCode()).as(result.errors()).isZero();
  }

  private static String target(int round, int request) {
    // The answer of round and request 0 comes again in each round: it is the secret answer.
    int seed = request == 0 ? 0 : 1000 * round + request;
    return "/bytes/%d?secret=%s&round=%d&request=%d&seed=%d"
        .formatted(ANSWER_BYTES, URL, round, request, seed);
  }

  private static Path output(Path directory, int round, int request) {
    return directory.resolve("output-" + round + "-" + request);
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> listed = Files.walk(folder)) {
      return listed.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static long bytes(Path folder) throws IOException {
    long bytes = 0;
    for (Path file : files(folder)) {
      bytes += Files.size(file);
    }
    return bytes;
  }

  private void assertNoCanary(Path folder) throws IOException {
    for (Path file : files(folder)) {
      byte[] content;
      try {
        content = Files.readAllBytes(file);
      } catch (NoSuchFileException e) {
        continue; // It was finished meanwhile, and is looked at under its other name.
      }
      assertThat(holdsCanary(content)).as(file.toString()).isFalse();
    }
  }

  private boolean holdsCanary(byte[] content) {
    String text = new String(content, StandardCharsets.ISO_8859_1);
    return canaries.stream()
        .anyMatch(canary -> text.contains(new String(canary, StandardCharsets.ISO_8859_1)));
  }

  /** Asserts that there is no secret in the files, compressed or not, for who has no key. */
  private void assertHidden(Path directory, Path folder) throws Exception {
    assertNoCanary(folder);
    for (Path file : files(folder)) {
      assertThat(unpacked(directory, file)).as("what zstd gets out of %s", file).isEmpty();
      RunningProgram.Result refused = new Tools(directory).analyzer("dump", file.toString());
      assertThat(refused.exitCode()).isEqualTo(3);
      assertThat(refused.output()).isEmpty();
      assertThat(refused.errors()).contains("--identity").hasLineCount(1);
    }
  }

  private static byte[] unpacked(Path directory, Path capture) throws Exception {
    // A file that was cut gives an error at its end, and what came before all the same.
    try (RunningProgram zstd =
        RunningProgram.start(directory, "zstd", List.of("zstd", "-dcq", capture.toString()))) {
      zstd.awaitExit();
    }
    return Files.readAllBytes(directory.resolve("zstd.out"));
  }

  private void assertReadable(
      Tools tools, Path directory, List<Path> files, int port, Map<String, JsonNode> truth)
      throws Exception {
    Path merged = directory.resolve("merged.tape");
    List<String> merge = new ArrayList<>(List.of("merge"));
    files.forEach(file -> merge.add(file.toString()));
    merge.addAll(List.of("-o", merged.toString(), "--identity"));
    merge.add(identity(directory, "first").toString());
    for (String name : List.of("first", "second")) {
      merge.addAll(List.of("--encrypt-to", keys.get(name)));
    }
    merge.addAll(List.of("--encrypt-metadata-to", keys.get("metadata")));
    RunningProgram.Result made = tools.analyzer(merge.toArray(String[]::new));
    assertThat(made.exitCode()).as(made.errors()).isZero();

    for (String name : List.of("first", "second")) {
      RunningProgram.Result result =
          tools.analyzeExchanges(merged, "--identity", identity(directory, name).toString());
      assertThat(result.exitCode()).as(result.errors()).isZero();
      // Whoever else runs a curl on this machine was recorded too.
      List<JsonNode> exchanges =
          DigestLog.lines(result.output()).stream()
              .filter(exchange -> exchange.get("server").get("port").asInt() == port)
              .toList();
      assertThat(exchanges).hasSize(ROUNDS * REQUESTS_OF_A_ROUND);
      assertThat(exchanges)
          .allSatisfy(
              exchange -> {
                JsonNode logged = truth.get(ExchangeAssertions.target(exchange));
                assertThat(exchange.get("completeness").asString()).isEqualTo("complete");
                assertThat(exchange.get("request").get("body_sha256"))
                    .isEqualTo(logged.get("request_body_sha256"));
                assertThat(exchange.get("response").get("body_sha256"))
                    .isEqualTo(logged.get("response_body_sha256"));
              });
    }
    assertMetadataAlone(tools, directory, merged);

    Path clear = directory.resolve("clear.tape");
    RunningProgram.Result decrypted =
        tools.analyzer(
            "decrypt",
            merged.toString(),
            "-o",
            clear.toString(),
            "--identity",
            identity(directory, "second").toString());
    assertThat(decrypted.exitCode()).as(decrypted.errors()).isZero();
    String unpacked = new String(unpacked(directory, clear), StandardCharsets.ISO_8859_1);
    assertThat(canaries)
        .as("the secrets were recorded, and unpacking finds them where they are not encrypted")
        .allMatch(canary -> unpacked.contains(new String(canary, StandardCharsets.ISO_8859_1)));
  }

  /** Connections and sizes are metadata; heads and bodies are not. */
  private static void assertMetadataAlone(Tools tools, Path directory, Path merged)
      throws Exception {
    String key = identity(directory, "metadata").toString();
    RunningProgram.Result events =
        tools.analyzer("cat", merged.toString(), "--payload", "text", "--identity", key);
    assertThat(events.exitCode()).as(events.errors()).isZero();
    assertThat(events.output()).contains("\"data\"").doesNotContain(URL, HEADER, BODY, ARGUMENT);
    RunningProgram.Result refused = tools.analyzeExchanges(merged, "--identity", key);
    assertThat(refused.exitCode()).isEqualTo(3);
    assertThat(refused.output()).isEmpty();
    assertThat(refused.errors()).contains("metadata only").hasLineCount(1);
  }

  private static void assertKilledReadable(Tools tools, Path directory, List<Path> files)
      throws Exception {
    StringBuilder all = new StringBuilder();
    for (Path file : files) {
      RunningProgram.Result events =
          tools.analyzer(
              "cat",
              file.toString(),
              "--payload",
              "text",
              "--identity",
              identity(directory, "second").toString());
      assertThat(events.exitCode()).as(events.errors()).isZero();
      all.append(events.output());
    }
    assertThat(all).contains(URL, HEADER, BODY, ARGUMENT);
  }
}
