// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.recorder.SeccompHazard.Verdict;
import dev.tapedeck.recorder.bpf.BpfProgram;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Whether return probes kill filtered programs is found out by running one. */
@BpfTest
@EnabledIfSystemProperty(named = "os.arch", matches = "amd64", disabledReason = "x86-64 only")
final class SeccompHazardIT {
  private static final int SYS_EXIT_GROUP = 231;

  private KernelSide kernel;
  private BpfProgram program;

  @BeforeEach
  void load() throws Exception {
    kernel =
        KernelSide.load(RecorderOptions.newBuilder().build(), (int) ProcessHandle.current().pid());
    program = Objects.requireNonNull(kernel.program(SeccompHazard.PROGRAM));
  }

  @AfterEach
  void unload() {
    kernel.close();
  }

  private static byte[] child() throws IOException {
    try (InputStream in =
        SeccompHazard.class.getResourceAsStream("/dev/tapedeck/bpf/x86_64/seccomp-child")) {
      return Objects.requireNonNull(in).readAllBytes();
    }
  }

  @Test
  void test_kernelThatLetsReturnProbesPass_isHarmless() {
    // From 6.14 on, and in the stable releases of 6.12 since early 2025, filters don't see the
    // call.
    assertThat(SeccompHazard.test(kernel, "x86_64")).isEqualTo(Verdict.HARMLESS);
  }

  @Test
  void test_programThatItsFilterKills_isSeen() throws Exception {
    byte[] child = child();
    ByteBuffer bytes = ByteBuffer.wrap(child).order(ByteOrder.LITTLE_ENDIAN);
    long step = 0x15 | 1L << 24 | (long) SYS_EXIT_GROUP << 32; // the filter's comparison
    int at = 0;
    while (bytes.getLong(at) != step) {
      at++;
    }
    bytes.putInt(at + 4, SYS_EXIT_GROUP + 1);

    assertThat(SeccompHazard.test(program, child)).isEqualTo(Verdict.KILLS);
  }

  @Test
  void test_programThatCannotRun_isUnknown() throws Exception {
    byte[] child = child();
    // elf(5): another machine, so that execve(2) refuses.
    child[18] = 0;

    assertThat(SeccompHazard.test(program, child)).isEqualTo(Verdict.UNKNOWN);
  }

  @Test
  void test_otherArchitecture_isHarmless() {
    assertThat(SeccompHazard.test(kernel, "aarch64")).isEqualTo(Verdict.HARMLESS);
  }
}
