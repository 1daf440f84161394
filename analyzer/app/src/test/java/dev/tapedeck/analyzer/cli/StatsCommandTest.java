// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.export.Golden;
import dev.tapedeck.analyzer.stats.Grouping;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The command {@code stats}. */
final class StatsCommandTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void stats_everyFormat_asDocumented(OutputFormat format) throws IOException {
    CliRun run =
        CliRun.of(
            "stats", TestCaptures.shop(folder), TestCaptures.calls(folder), "--format", format);
    assertThat(run.exitCode()).as(run.err()).isZero();
    Golden.assertMatches("cli/stats." + format, run.out());
  }

  @ParameterizedTest
  @EnumSource
  void stats_everyGrouping_asDocumented(Grouping by) throws IOException {
    CliRun run =
        CliRun.of(
            "stats",
            TestCaptures.shop(folder),
            TestCaptures.calls(folder),
            "--by",
            by,
            "--format",
            "ndjson");
    assertThat(run.exitCode()).as(run.err()).isZero();
    Golden.assertMatches("cli/stats-by-" + by + ".ndjson", run.out());
  }

  @Test
  void stats_filter_leavesOut() throws IOException {
    Path shop = TestCaptures.shop(folder);
    assertThat(CliRun.of("stats", shop, "--filter", "status == 201").out())
        .contains("POST /backend")
        .doesNotContain("/orders");
    assertThat(CliRun.of("stats", shop, "--limit", 1).out().lines()).hasSize(2);
  }

  @Test
  void stats_damagedCapture_warnsOnceAndExits1() throws IOException {
    CliRun run = CliRun.of("stats", TestCaptures.damagedBlock(folder, "damaged.tape"));
    assertThat(run.exitCode()).isEqualTo(ExitCode.DAMAGE);
    assertThat(run.err().lines().filter(line -> line.contains("damage:"))).hasSize(1);
  }

  @Test
  void stats_hostilePaths_reachNoTerminal() throws IOException {
    assertThat(CliRun.of("stats", TestCaptures.shop(folder)).out()).doesNotContain("\u001b");
  }
}
