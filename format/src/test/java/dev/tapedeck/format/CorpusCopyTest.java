// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every capture of the corpus, of whatever version and however damaged, can be copied. */
class CorpusCopyTest {
  private static Path corpus() {
    return Path.of(System.getProperty("tapedeck.root", "..")).resolve("samples/captures/format");
  }

  static Stream<Path> captures() throws IOException {
    try (Stream<Path> files = Files.walk(corpus())) {
      List<Path> captures =
          files.filter(file -> file.getFileName().toString().startsWith("capture.tape")).toList();
      assertThat(captures).hasSizeGreaterThan(100);
      return captures.stream();
    }
  }

  @ParameterizedTest
  @MethodSource("captures")
  void copies_holdWhatReadingGives(Path file) throws IOException {
    byte[] capture = Files.readAllBytes(file);
    String name = file.getFileName().toString();
    Identities keys = keysOf(file);
    Captures.Reading source;
    try {
      source = read(capture, keys);
    } catch (CaptureFormatException.Unsupported
        | CaptureFormatException.Truncated
        | CaptureFormatException.Encrypted e) {
      return; // No capture, or one that this version refuses: nothing can be made of it.
    }
    boolean sound = source.damages().isEmpty();

    Copies.Copied whole = Copies.copy(capture, name, SplitRule.whole());
    Captures.Reading copy = read(whole.file(), keys);
    if (source.damages().stream().anyMatch(damage -> damage.kind() == DamageKind.TAMPERED)) {
      // Who copies has no key and cannot see it; what was true is in the copy all the same.
      assertThat(Captures.withoutPayload(copy.events()))
          .containsAll(Captures.withoutPayload(source.events()));
      return;
    }
    // What contradicts itself under sound checksums is damage in the copy as in the source.
    assertThat(copy.events()).isEqualTo(source.events());
    assertThat(sound && !copy.damages().isEmpty()).isFalse();

    List<CaptureEvent> parts = new ArrayList<>();
    for (byte[] part :
        Copies.copy(capture, name, new SplitRule(SplitRule.Unit.BLOCKS, 1)).files()) {
      parts.addAll(read(part, keys).events());
    }
    assertThat(parts).isEqualTo(source.events());
  }

  @ParameterizedTest
  @MethodSource("captures")
  void check_findsWhatReadingReports(Path file) throws IOException {
    byte[] capture = Files.readAllBytes(file);
    String name = file.getFileName().toString();
    Identities keys = keysOf(file);
    Captures.Reading reading;
    try {
      reading = read(capture, keys);
    } catch (CaptureFormatException.Unsupported
        | CaptureFormatException.Truncated
        | CaptureFormatException.Encrypted e) {
      return; // There is nothing to compare with.
    }
    CheckReport report =
        CaptureCheck.check(new InMemoryChannel(capture), name, CheckReport.Depth.EVENTS, keys);
    List<Finding> read =
        reading.damages().stream()
            .map(Finding::of)
            .filter(finding -> !(finding.kind().equals("truncated") && isPartial(name)))
            .toList();
    assertThat(report.findings().stream().filter(read::contains).toList()).isEqualTo(read);
    boolean cut = !report.complete() && !isPartial(name);
    assertThat(report.isHealthy() && (!read.isEmpty() || cut)).isFalse();
  }

  private static boolean isPartial(String name) {
    return name.endsWith(CaptureFile.PARTIAL_SUFFIX);
  }

  private static Identities keysOf(Path file) throws IOException {
    Path keyFile = file.resolveSibling("identity.txt");
    return Files.exists(keyFile) ? Identities.read(List.of(keyFile)) : Identities.none();
  }

  private static Captures.Reading read(byte[] capture, Identities keys) throws IOException {
    return Captures.read(capture, Projection.ALL, ReaderOptions.defaults().withIdentities(keys));
  }
}
