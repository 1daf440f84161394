// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TargetSelectorTest {
  @TempDir Path root;

  @BeforeEach
  void makeProcesses() throws Exception {
    ProcFsTest.process(root, 10, "nginx", 1, "/nowhere/nginx");
    ProcFsTest.process(root, 11, "nginx", 10, "/nowhere/nginx");
    ProcFsTest.process(root, 12, "helper", 11, "/nowhere/helper");
    ProcFsTest.process(root, 20, "a-very-long-nam", 1, "/opt/a-very-long-name");
  }

  private TargetSelector.Selection select(RecorderOptions.Builder options) throws Exception {
    return new TargetSelector(options.build(), new ProcFs(root)).select();
  }

  @Test
  void select_nothingAskedFor_selectsNothing() throws Exception {
    assertThat(select(RecorderOptions.newBuilder()).all()).isEmpty();
    assertThat(RecorderOptions.newBuilder().build().selectsProcesses()).isFalse();
  }

  @Test
  void select_comm_takesEveryProcessOfThatName() throws Exception {
    assertThat(select(RecorderOptions.newBuilder().comms(Set.of("nginx"))).byName())
        .containsExactlyInAnyOrder(10, 11);
  }

  @Test
  void select_longComm_isComparedAsTheKernelCutsIt() throws Exception {
    assertThat(select(RecorderOptions.newBuilder().comms(Set.of("a-very-long-name"))).byName())
        .containsExactly(20);
  }

  @Test
  void select_exe_takesThoseThatRunIt() throws Exception {
    RecorderOptions.Builder options =
        RecorderOptions.newBuilder().exes(Set.of(Path.of("/opt/a-very-long-name")));

    assertThat(select(options).byName()).containsExactly(20);
    assertThat(options.build().kernelComms()).containsExactly("a-very-long-nam");
  }

  @Test
  void select_pid_takesThatProcessOnly() throws Exception {
    assertThat(select(RecorderOptions.newBuilder().pids(Set.of(10))).byPid()).containsExactly(10);
  }

  @Test
  void select_tree_addsChildrenOfChildren() throws Exception {
    assertThat(select(RecorderOptions.newBuilder().pids(Set.of(10)).tree(true)).byPid())
        .containsExactlyInAnyOrder(10, 11, 12);
  }
}
