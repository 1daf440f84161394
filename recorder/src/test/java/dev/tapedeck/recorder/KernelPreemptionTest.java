// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class KernelPreemptionTest {
  private static final HostKernel KERNEL = new HostKernel("6.18.15-cloud-amd64", "x86_64");
  private static final String DYNAMIC = "Linux version 6.18.15 (x) #1 SMP PREEMPT_DYNAMIC Debian";

  @TempDir Path root;

  @ParameterizedTest
  @CsvSource({
    "#1 SMP Debian 5.10.223-1, false",
    "#1 SMP PREEMPT Debian 6.1.0, true",
    "#1 SMP PREEMPT_RT Debian 6.1.0, true",
    "#1 SMP PREEMPT_DYNAMIC Debian 6.1.0, true"
  })
  void isPossible_bannerAlone_isYesUnlessItSaysNo(String banner, boolean possible)
      throws IOException {
    write("proc/version", "Linux version x " + banner);

    assertThat(isPossible()).isEqualTo(possible);
  }

  @Test
  void isPossible_nothingToBeRead_isYes() {
    assertThat(isPossible()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "(none) voluntary full, false",
    "none (voluntary) full lazy, false",
    "none voluntary (full) lazy, true",
    "full (lazy), true"
  })
  void isPossible_modelChosenNow_holdsWhateverWasAskedFor(String chosen, boolean possible)
      throws IOException {
    write("proc/version", DYNAMIC);
    write("sys/kernel/debug/sched/preempt", chosen + "\n");
    write("proc/cmdline", possible ? "quiet preempt=none" : "quiet preempt=full");

    assertThat(isPossible()).isEqualTo(possible);
  }

  @ParameterizedTest
  @CsvSource({"none, false", "voluntary, false", "full, true", "lazy, true"})
  void isPossible_modelOfTheBoot_beatsTheBuilt(String model, boolean possible) throws IOException {
    write("proc/version", DYNAMIC);
    write("proc/cmdline", "quiet preempt=" + model + " panic=1");
    write(
        "boot/config-" + KERNEL.release(),
        possible ? "CONFIG_PREEMPT_NONE=y\n" : "CONFIG_PREEMPT=y\n");

    assertThat(isPossible()).isEqualTo(possible);
  }

  @ParameterizedTest
  @CsvSource({
    "CONFIG_PREEMPT_NONE, false",
    "CONFIG_PREEMPT_VOLUNTARY, false",
    "CONFIG_PREEMPT_LAZY, true",
    "CONFIG_PREEMPT, true"
  })
  void isPossible_modelOfTheBuild_isFoundAmongOthersOfItsName(String option, boolean possible)
      throws IOException {
    write("proc/version", DYNAMIC);
    write("proc/cmdline", "quiet");
    String config = "CONFIG_PREEMPT_BUILD=y\n" + option + "=y\nCONFIG_PREEMPT_DYNAMIC=y\n";
    Path file = root.resolve("proc/config.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(config.getBytes(StandardCharsets.UTF_8));
    }

    assertThat(isPossible()).isEqualTo(possible);
  }

  private boolean isPossible() {
    return new KernelPreemption(KERNEL, root).isPossible();
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
