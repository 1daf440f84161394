// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PagerTest {
  private final ByteArrayOutputStream direct = new ByteArrayOutputStream();
  private final ByteArrayOutputStream messages = new ByteArrayOutputStream();

  @TempDir Path folder;

  private Pager pager(String command, String... more) {
    Map<String, String> environment = new HashMap<>();
    environment.put("PATH", System.getenv("PATH"));
    environment.put("TERM", "xterm");
    environment.put("PAGER", command);
    for (int i = 0; i < more.length; i += 2) {
      environment.put(more[i], more[i + 1]);
    }
    return new Pager(direct, messages, environment);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void page_results_goThroughTheProgramAndMessagesBehindIt() throws IOException {
    Path paged = folder.resolve("paged");
    Pager pager = pager("cat > " + paged);
    pager.err().print("before;");
    pager.page();
    pager.out().write(bytes("results"));
    pager.err().print("after;");
    assertThat(pager.isRunning()).isTrue();
    assertThat(messages.toString(StandardCharsets.UTF_8)).isEqualTo("before;");
    pager.finish();
    assertThat(paged).hasContent("results");
    assertThat(direct.size()).isZero();
    assertThat(messages.toString(StandardCharsets.UTF_8)).isEqualTo("before;after;");
    assertThat(pager.isRunning()).isFalse();
  }

  @Test
  void page_left_nextBytesRefusedAndEndClean() throws IOException {
    Path paged = folder.resolve("paged");
    Pager pager = pager("head -n 1 > " + paged);
    pager.page();
    OutputStream out = pager.out();
    assertThatThrownBy(
            () -> {
              while (true) {
                out.write(bytes("line\n".repeat(1000)));
                out.flush();
              }
            })
        .isInstanceOf(ClosedOutputException.class);
    pager.finish();
    assertThat(paged).hasContent("line\n");
  }

  @Test
  void page_notAskedFor_direct() throws IOException {
    Pager pager = pager("cat > " + folder.resolve("paged"));
    pager.out().write(bytes("results"));
    pager.finish();
    assertThat(direct.toString(StandardCharsets.UTF_8)).isEqualTo("results");
  }

  @Test
  void page_nothingWritten_notStarted() throws IOException {
    Path paged = folder.resolve("paged");
    Pager pager = pager("cat > " + paged);
    pager.page();
    pager.finish();
    assertThat(Files.exists(paged)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "cat", "no-such-pager -x", "/no/such/pager"})
  void page_noProgram_direct(String command) throws IOException {
    Pager pager = pager(command);
    pager.page();
    pager.out().write(bytes("results"));
    pager.finish();
    assertThat(direct.toString(StandardCharsets.UTF_8)).isEqualTo("results");
  }

  @Test
  void page_ownVariable_winsAndDumbTerminalsHaveNone() throws IOException {
    Path paged = folder.resolve("paged");
    Pager own = pager("cat", "TAPEDECK_PAGER", "sed s/^/own:/ > " + paged);
    own.page();
    own.out().write(bytes("results"));
    own.finish();
    assertThat(paged).hasContent("own:results");
    Pager dumb = pager("less", "TERM", "dumb");
    dumb.page();
    dumb.out().write(bytes("results"));
    assertThat(dumb.isRunning()).isFalse();
  }
}
