// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CgroupsTest {
  private static final String ID = "0123456789abcdef".repeat(4);
  private static final String OTHER = "0123" + "f".repeat(60);

  @TempDir Path folder;
  private Path unified;
  private Cgroups cgroups;

  @BeforeEach
  void makeHost() throws Exception {
    unified = Files.createDirectory(folder.resolve("unified")).toRealPath();
    Path self = Files.createDirectories(folder.resolve("proc/self"));
    Files.writeString(
        self.resolve("mountinfo"),
        "30 29 0:26 / /sys/fs/cgroup/cpu rw shared:9 - cgroup cgroup rw,cpu\n"
            + "31 29 0:27 / "
            + unified
            + " rw,nosuid shared:10 - cgroup2 cgroup2 rw\n");
    cgroups = new Cgroups(new ProcFs(folder.resolve("proc")));
  }

  @Test
  void container_beginOfOneId_givesItsFolder() throws Exception {
    Path pod = unified.resolve("kubepods.slice/pod1/cri-containerd-" + ID + ".scope");
    Files.createDirectories(pod);
    Files.createDirectories(unified.resolve("system.slice/docker-" + OTHER + ".scope"));

    assertThat(cgroups.container("01234")).containsExactly(pod);
    assertThatThrownBy(() -> cgroups.container("0123"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("2 containers");
    assertThatThrownBy(() -> cgroups.container("ff")).hasMessageContaining("no container");
  }

  @Test
  void folder_pathOfAProcess_isFoundBelowTheMount() throws Exception {
    Path service = Files.createDirectories(unified.resolve("system.slice/nginx.service"));

    assertThat(cgroups.folder("/system.slice/nginx.service")).isEqualTo(service);
    assertThat(cgroups.folder(service.toString())).isEqualTo(service);
    assertThatThrownBy(() -> cgroups.folder("/nowhere")).hasMessageContaining("no cgroup");
  }

  @Test
  void folder_emptyName_isNotTheWholeHost() {
    assertThatThrownBy(() -> cgroups.folder("")).hasMessageContaining("no name");
    assertThatThrownBy(() -> cgroups.folder(" ")).hasMessageContaining("no name");
  }

  @Test
  void folder_ofCgroupV1_saysWhatToDo() throws Exception {
    Path old = Files.createDirectory(folder.resolve("cpu"));
    Files.writeString(old.resolve("cgroup.procs"), "");

    assertThatThrownBy(() -> cgroups.folder(old.toString()))
        .hasMessageContaining("cgroup v1")
        .hasMessageContaining("--tree");
  }

  @Test
  void processes_ofACgroup_areThoseBelowToo() throws Exception {
    Path below = Files.createDirectories(unified.resolve("a/b"));
    Files.writeString(unified.resolve("a/cgroup.procs"), "12\n");
    Files.writeString(below.resolve("cgroup.procs"), "13\n14\n");

    assertThat(Cgroups.processes(unified.resolve("a"))).containsExactlyInAnyOrder(12, 13, 14);
  }
}
