// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tool as a process of its own: what only a real standard output shows. */
class ProcessTest {
  @TempDir Path folder;

  @Test
  void exchanges_realProcess_writesResultsAndExits() throws Exception {
    Process process = start("exchanges", TestCaptures.shop(folder).toString(), "-q");
    String out = read(process.getInputStream());
    String err = read(process.getErrorStream());
    assertThat(process.waitFor()).as(err).isZero();
    assertThat(out).isEqualTo(CliRun.of("exchanges", folder.resolve("shop.tape")).out());
    assertThat(err).isEmpty();
  }

  @Test
  void exchanges_noCapture_exitCode3() throws Exception {
    Path text = Files.writeString(folder.resolve("x.tape"), "no capture");
    Process process = start("exchanges", text.toString());
    assertThat(read(process.getInputStream())).isEmpty();
    assertThat(read(process.getErrorStream())).startsWith("analyzer: ").hasLineCount(1);
    assertThat(process.waitFor()).isEqualTo(3);
  }

  @Test
  void exchanges_readerGone_quiet() throws Exception {
    // More output than a pipe holds, so that the tool is still writing when its reader goes.
    Path file = TestCaptures.shop(folder);
    List<String> command = new ArrayList<>(List.of("exchanges", "--format", "ndjson", "-q"));
    for (int i = 0; i < 200; i++) {
      command.add(file.toString());
    }
    Process process = start(command.toArray(String[]::new));
    assertThat(process.getInputStream().read()).isEqualTo('{');
    process.getInputStream().close();
    assertThat(read(process.getErrorStream())).isEmpty();
    assertThat(process.waitFor()).isZero();
  }

  private static Process start(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1"));
    // Java 24 and later warn about native access; what this JVM was told holds for its child.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--enable-native-access"))
        .forEach(command::add);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).start();
  }

  private static String read(InputStream stream) throws IOException {
    return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
  }
}
