// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.recorder.HostChecks.Check;
import org.junit.jupiter.api.Test;

/** The same words as {@code setpriv} gives: the five capabilities are 0x1c000080004. */
final class PrivilegeChecksTest {
  private static final long FIVE = 0x1c000080004L;
  private static final long ALL = 0x1ffffffffffL;
  private static final long CAP_BPF = 1L << 39;
  private static final long CAP_CHECKPOINT_RESTORE = 1L << 40;

  @Test
  void all_fiveCapabilities_everyCheckIsFine() {
    assertThat(new PrivilegeChecks(FIVE, FIVE).all()).allMatch(Check::ok);
  }

  @Test
  void all_root_saysHowManyAreTooMany() {
    assertThat(new PrivilegeChecks(ALL, ALL).all())
        .filteredOn(check -> !check.ok())
        .singleElement()
        .satisfies(
            check -> {
              assertThat(check.name()).isEqualTo("least_privilege");
              assertThat(check.detail()).startsWith("36 further");
              assertThat(check.required()).isFalse();
            });
  }

  @Test
  void all_effectiveButDroppedLater_countsWhatIsPermitted() {
    assertThat(new PrivilegeChecks(FIVE, ALL).all()).anyMatch(check -> !check.ok());
  }

  @Test
  void required_withoutBpf_isNotFine() {
    assertThat(new PrivilegeChecks(FIVE & ~CAP_BPF, FIVE).required())
        .satisfies(
            check -> {
              assertThat(check.ok()).isFalse();
              assertThat(check.required()).isTrue();
              assertThat(check.detail()).isEqualTo("CAP_BPF no, CAP_PERFMON yes");
            });
  }

  @Test
  void all_withoutCheckpointRestore_saysWhatItIsFor() {
    assertThat(new PrivilegeChecks(FIVE & ~CAP_CHECKPOINT_RESTORE, FIVE).all())
        .filteredOn(check -> !check.ok())
        .singleElement()
        .satisfies(check -> assertThat(check.advice()).contains("replaced on disk"));
  }
}
