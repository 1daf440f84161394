// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.ProcessKey;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pid that is used again is another process. */
final class BoundProcessesTest {
  private static final long TICK = 10_000_000;

  @TempDir Path root;
  private final BoundProcesses processes = new BoundProcesses();

  @Test
  void remove_endOfAnEarlierProcessWithThePid_keepsTheLaterOne() {
    assertThat(processes.add(new ProbeOwner(12, 100))).isNull();
    assertThat(processes.add(new ProbeOwner(12, 200))).isEqualTo(new ProbeOwner(12, 100));

    assertThat(processes.remove(new ProcessKey(1, 12, 100 * TICK + 5))).isFalse();
    assertThat(processes.all()).containsExactly(new ProbeOwner(12, 200));
    assertThat(processes.remove(new ProcessKey(1, 12, 200 * TICK + 5))).isTrue();
    assertThat(processes.size()).isZero();
  }

  @Test
  void removeGone_pidUsedAgain_removesTheOneThatHasGone() throws Exception {
    ProcFsTest.process(root, 12, "a", 1, "");
    processes.add(new ProbeOwner(12, 5678));
    processes.add(new ProbeOwner(13, 5678));

    assertThat(processes.removeGone(new ProcFs(root))).containsExactly(new ProbeOwner(13, 5678));
    ProcFsTest.process(root, 14, "b", 1, "");
    processes.add(new ProbeOwner(14, 1));
    assertThat(processes.removeGone(new ProcFs(root))).containsExactly(new ProbeOwner(14, 1));
  }
}
