// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HookProbeTest {
  @TempDir Path root;

  @ParameterizedTest
  @CsvSource({
    "6.12.95, PREEMPT_NONE, ''",
    "6.18.15, PREEMPT, FENTRY",
    "7.3.4, PREEMPT, FENTRY TRACEPOINT"
  })
  void shortfall_ofEachBackend_isWhereTheKernelSkipsProgramsWithoutCopies(
      String release, String model, String expected) throws IOException {
    HostKernel kernel = new HostKernel(release, "x86_64");
    Files.createDirectories(root.resolve("proc"));
    Files.writeString(
        root.resolve("proc/version"), model.equals("PREEMPT") ? "#1 SMP PREEMPT" : "#1 SMP");
    HookProbe probe = new HookProbe(kernel, new KernelPreemption(kernel, root), null);

    for (SocketHooks hooks : SocketHooks.BEST_FIRST) {
      String shortfall = probe.shortfall(hooks);
      assertThat(!shortfall.isEmpty()).as(hooks.name()).isEqualTo(expected.contains(hooks.name()));
      if (!shortfall.isEmpty()) {
        assertThat(shortfall).startsWith("calls would be missed: ");
      }
    }
  }
}
