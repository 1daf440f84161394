// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.Gzip;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ImportCommandTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  /** A raw IPv4 packet of TCP from port 40000 to 80 that holds a request. */
  private static final String PACKETS =
      "d4c3b2a1020004000000000000000000ffff000065000000"
          + "00f15365000000003e0000003e000000"
          + "4500003e00070000400600000a0000010a000002"
          + "9c400050000003e9000023295010ffff00000000"
          + "474554202f6120485454502f312e310d0a686f73743a0d0a0d0a";

  @TempDir Path folder;

  private Path write(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  private Path packets() throws IOException {
    String hex = PACKETS.replace("4500003e", "45000042").replace("3e0000003e", "4200000042");
    return write("in.pcap", HexFormat.of().parseHex(hex));
  }

  @Test
  void importPcap_file_makesACaptureOfIt() throws IOException {
    Path out = folder.resolve("out.tape");
    CliRun run = CliRun.of("import", "pcap", packets(), "-o", out);
    assertThat(run.err()).contains("read 1 packet: 1 connection kept, 26 B").contains("wrote ");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).isEmpty();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out)))
        .isEqualTo("rw-------");
    assertThat(CliRun.of("exchanges", out, "--format", "ndjson").out())
        .contains("\"target\":\"/a\"", "\"role\":\"server\"");
    assertThat(CliRun.of("sessions", out, "--width", "0").out())
        .contains(" 10.0.0.2:80 <- 10.0.0.1:40000");
    assertThat(CliRun.of("show", out, "1").out())
        .contains("server      10.0.0.2:80\n")
        .doesNotContain("recorded in");
    assertThat(CliRun.of("info", out).out())
        .contains("imported_from pcap")
        .doesNotContain("not known not known");
    assertThat(CliRun.of("doctor", out).exitCode()).isZero();
  }

  @Test
  void importPcap_cutFile_importsWhatThereIsAndSaysSo() throws IOException {
    byte[] file = Files.readAllBytes(packets());
    byte[] twice = Arrays.copyOf(file, file.length + 20);
    System.arraycopy(file, 24, twice, file.length, 20);
    CliRun run =
        CliRun.of("import", "pcap", write("cut.pcap", twice), "-o", folder.resolve("out.tape"));
    assertThat(run.exitCode()).isEqualTo(ExitCode.DAMAGE);
    assertThat(run.err()).contains("the file ends within a packet", "1 connection kept");
  }

  @Test
  void importPcap_otherFile_isRefusedInOneLine() throws IOException {
    Path out = folder.resolve("out.tape");
    CliRun run =
        CliRun.of(
            "import",
            "pcap",
            write("x.pcap", "no packets".getBytes(StandardCharsets.UTF_8)),
            "-o",
            out);
    assertThat(run.exitCode()).isEqualTo(ExitCode.IO);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).contains("neither pcap nor pcapng");
    assertThat(out).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"info", "exchanges", "doctor", "scan", "recover", "cat"})
  void otherCommand_filesThatCanBeImported_areSentToTheImport(String command) throws IOException {
    Path har = write("a b.har", "\ufeff \n{\"log\": {}}".getBytes(StandardCharsets.UTF_8));
    Path pcap = write("in.pcap.gz", Gzip.of(Files.readAllBytes(packets())));
    Object[] none = {};
    Object[] output = {"-o", folder.resolve("out.tape")};
    Object[] more = command.equals("recover") ? output : none;
    assertRefused(command, pcap, more, "analyzer import pcap DIR/in.pcap.gz -o FILE.tape");
    assertRefused(command, har, more, "analyzer import har 'DIR/a b.har' -o FILE.tape");
  }

  private void assertRefused(String command, Path file, Object[] more, String advice)
      throws IOException {
    List<Object> words = new ArrayList<>(List.of(command, file));
    words.addAll(List.of(more));
    CliRun run = CliRun.of(words.toArray()).without(folder);
    assertThat(run.exitCode()).isEqualTo(ExitCode.IO);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).contains("not a capture: ").contains(advice);
  }

  @Test
  void importHar_brokenFile_isRefusedWithThePlaceAndLeavesNothing() throws IOException {
    String har =
        "{\"log\":{\"entries\":[{\"request\":{\"method\":\"GET\",\"url\":\"http://a/\"}},{}]}}";
    Path out = folder.resolve("out.tape");
    CliRun run =
        CliRun.of("import", "har", write("x.har", har.getBytes(StandardCharsets.UTF_8)), "-o", out);
    assertThat(run.exitCode()).isEqualTo(ExitCode.IO);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).contains("log.entries[1].request: is missing");
    assertThat(folder.toFile().list()).containsExactly("x.har");
  }

  @Test
  void importHar_ofAnExport_exportsTheSameValues() throws IOException {
    Path shop = TestCaptures.shop(folder);
    Path first = folder.resolve("first.har");
    Path imported = folder.resolve("imported.tape");
    Path second = folder.resolve("second.har");
    assertThat(CliRun.of("export", "har", shop, "-o", first, "--include-secrets").exitCode())
        .isZero();
    assertThat(CliRun.of("import", "har", first, "-o", imported).exitCode()).isZero();
    assertThat(CliRun.of("export", "har", imported, "-o", second, "--include-secrets").exitCode())
        .isZero();
    assertThat(entries(second)).isNotEmpty().isEqualTo(entries(first));
  }

  /** What HTTP knows of each entry. */
  private static List<String> entries(Path har) throws IOException {
    List<String> entries = new ArrayList<>();
    for (JsonNode entry : MAPPER.readTree(Files.readString(har)).path("log").path("entries")) {
      StringBuilder text = new StringBuilder(entry.path("startedDateTime").asString());
      text.append(entry.path("time")).append(entry.path("request").path("url"));
      for (String message : List.of("request", "response")) {
        for (String name :
            List.of("method", "status", "statusText", "httpVersion", "headers", "cookies")) {
          text.append(' ').append(entry.path(message).path(name));
        }
      }
      text.append(entry.path("request").path("queryString"));
      text.append(entry.path("request").path("postData").path("text"));
      text.append(entry.path("response").path("content").path("text"));
      text.append(entry.path("_tapedeck").path("response").path("trailers"));
      entries.add(text.toString());
    }
    return entries;
  }
}
