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
import org.junit.jupiter.api.Assumptions;
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

  @Test
  void exchanges_terminal_pagedAndQuietWhenThePagerIsLeft() throws Exception {
    Path file = TestCaptures.shop(folder);
    String whole = onTerminal("sed 's/^/paged:/'", "exchanges", file.toString(), "-q");
    assertThat(whole.lines()).hasSizeGreaterThan(3).allMatch(line -> line.startsWith("paged:"));
    String first = onTerminal("head -n 1", "exchanges", file.toString(), "-q");
    assertThat(first).contains("STARTED UTC").hasLineCount(1);
    String without = onTerminal("sed 's/^/paged:/'", "exchanges", file.toString(), "--no-pager");
    assertThat(without).contains("STARTED UTC").doesNotContain("paged:");
  }

  @Test
  void exchanges_interruptInPager_endsWithThePager() throws Exception {
    // As Ctrl-C does: the pager goes on, and this process waits for it.
    String pager =
        "trap '' INT; read -r line; kill -INT $PPID; sleep 0.5; cat > /dev/null; echo left: $line";
    String seen = onTerminal(pager, "exchanges", TestCaptures.shop(folder).toString(), "-q");
    assertThat(seen).startsWith("left: ID STARTED UTC").hasLineCount(1);
  }

  @Test
  void exchanges_terminatedWhilePaged_endsThePagerToo() throws Exception {
    String pager = "read -r line; echo seen: $line; kill -TERM $PPID; sleep 600";
    Process process = startOnTerminal(pager, "exchanges", TestCaptures.shop(folder).toString());
    assertThat(read(process.getInputStream())).startsWith("seen: ID STARTED UTC");
    assertThat(process.waitFor()).isEqualTo(128 + 15);
  }

  @Test
  void query_temporaryFolderWithoutExec_isOneLineThatSaysWhatToDo() throws Exception {
    // In namespaces of its own a process may mount, where the kernel lets it.
    String mount = "mount -t tmpfs -o noexec tmpfs \"$0\" && exec \"$@\"";
    Path temporary = Files.createDirectory(folder.resolve("noexec"));
    List<String> words = new ArrayList<>(List.of("unshare", "-rm", "sh", "-c", mount));
    words.add(temporary.toString());
    Process trial = new ProcessBuilder(with(words, "true")).start();
    Assumptions.assumeTrue(trial.waitFor() == 0, "user and mount namespaces are not allowed here");
    List<String> command =
        command("query", TestCaptures.shop(folder).toString(), "SELECT 1 FROM exchanges");
    command.add(1, "-Djava.io.tmpdir=" + temporary);
    Process process = new ProcessBuilder(with(words, command.toArray(String[]::new))).start();
    String err = read(process.getErrorStream());
    assertThat(process.waitFor()).as(err).isEqualTo(3);
    assertThat(err)
        .startsWith("analyzer: ")
        .contains(temporary.toString(), "noexec", "TMPDIR")
        .hasLineCount(1);
  }

  private static List<String> with(List<String> words, String... more) {
    List<String> all = new ArrayList<>(words);
    all.addAll(List.of(more));
    return all;
  }

  /** What a person sees of a run that ends with exit code 0. */
  private static String onTerminal(String pager, String... arguments) throws Exception {
    Process process = startOnTerminal(pager, arguments);
    String seen = read(process.getInputStream());
    assertThat(process.waitFor()).as(seen).isZero();
    return seen.replace("\r\n", "\n");
  }

  private static Process startOnTerminal(String pager, String... arguments) throws IOException {
    List<String> quoted = new ArrayList<>();
    for (String word : command(arguments)) {
      quoted.add("'" + word.replace("'", "'\\''") + "'");
    }
    ProcessBuilder builder =
        new ProcessBuilder("script", "-qefc", String.join(" ", quoted), "/dev/null");
    builder.environment().put("TERM", "xterm");
    builder.environment().put("PAGER", pager);
    builder.environment().remove("TAPEDECK_PAGER");
    return builder.redirectErrorStream(true).start();
  }

  private static Process start(String... arguments) throws IOException {
    return new ProcessBuilder(command(arguments)).start();
  }

  /** Returns how this tool is started as a process of its own. */
  static List<String> command(String... arguments) {
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
    return command;
  }

  private static String read(InputStream stream) throws IOException {
    return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
  }
}
