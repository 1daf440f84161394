// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProcFsTest {
  @TempDir Path root;

  private ProcFs proc() {
    return new ProcFs(root);
  }

  /** Writes a process; the fields after the name are those of a real one. */
  static void process(Path root, int pid, String comm, int parent, String exe) throws IOException {
    Path folder = Files.createDirectories(root.resolve(Integer.toString(pid)));
    Files.writeString(
        folder.resolve("stat"),
        pid
            + " ("
            + comm
            + ") S "
            + parent
            + " 1 1 0 -1 4194560 2 0 0 0 0 0 0 0 20 0 1 0 5678 2 3 4 5\n");
    if (!exe.isEmpty()) {
      Files.createSymbolicLink(folder.resolve("exe"), Path.of(exe));
    }
  }

  @Test
  void facts_nameWithBlanksAndBrackets_areRead() throws Exception {
    process(root, 12, "tmux: (x) S 9", 7, "/nowhere/tmux (deleted)");
    Files.writeString(root.resolve("12/cgroup"), "1:cpu:/old\n0::/user.slice\n");

    assertThat(proc().facts(12))
        .contains(new ProcessFacts(12, 7, 5678, "tmux: (x) S 9", "/nowhere/tmux", "/user.slice"));
    assertThat(proc().state(12)).isEqualTo("S");
  }

  @Test
  void arguments_emptyAndLongOnes_areBounded() throws Exception {
    Files.createDirectories(root.resolve("12"));
    Files.writeString(root.resolve("12/cmdline"), "a\0\0b c\0");
    Files.createDirectories(root.resolve("13"));
    Files.writeString(root.resolve("13/cmdline"), "x".repeat(1 << 20) + "\0");

    assertThat(proc().arguments(12)).containsExactly("a", "", "b c");
    assertThat(proc().arguments(13)).containsExactly("x".repeat(ProcFs.MAX_ARGUMENTS_BYTES));
    assertThat(proc().arguments(14)).isEmpty();
  }

  @Test
  void facts_processThatHasGone_areEmpty() {
    assertThat(proc().facts(12)).isEmpty();
    assertThat(proc().state(12)).isEmpty();
    assertThat(proc().codeMappings(12)).isEmpty();
  }

  @Test
  void facts_cutStat_areEmpty() throws Exception {
    Files.createDirectories(root.resolve("12"));
    Files.writeString(root.resolve("12/stat"), "12 (x) S 7 1");

    assertThat(proc().facts(12)).isEmpty();
  }

  @Test
  void startedAt_kernelsNanoseconds_areComparedInTicks() {
    ProcessFacts facts = new ProcessFacts(1, 0, 5678, "x", "", "");

    assertThat(facts.startedAt(56_780_000_000L)).isTrue();
    assertThat(facts.startedAt(56_789_999_999L)).isTrue();
    assertThat(facts.startedAt(56_790_000_000L)).isFalse();
  }

  @Test
  void pids_otherEntries_areLeftOut() throws Exception {
    process(root, 12, "a", 1, "");
    process(root, 9, "b", 1, "");
    Files.createDirectories(root.resolve("self"));
    Files.createDirectories(root.resolve("1x"));

    assertThat(proc().pids()).containsExactlyInAnyOrder(9, 12);
  }

  @Test
  void codeMappings_onlyExecutableFilesOnceEach() throws Exception {
    process(root, 12, "a", 1, "");
    Files.writeString(
        root.resolve("12/maps"),
        """
        55d0-55d1 r--p 00000000 fe:00 100                        /usr/bin/a
        55d1-55d2 r-xp 00001000 fe:00 100                        /usr/bin/a
        7f00-7f01 r-xp 00000000 fe:00 200                        /lib/libssl.so.3 (deleted)
        7f01-7f02 r-xp 00001000 fe:00 200                        /lib/libssl.so.3 (deleted)
        7f03-7f04 r-xp 00000000 fe:00 300                        /tmp/with blank\\012line
        7f05-7f06 rw-p 00000000 00:00 0
        7ffe-7fff r-xp 00000000 00:00 0                          [vdso]
        """);

    assertThat(proc().codeMappings(12))
        .containsExactly(
            new FileMapping("55d1-55d2", "fe:00", 100, "/usr/bin/a", false),
            new FileMapping("7f00-7f01", "fe:00", 200, "/lib/libssl.so.3", true),
            new FileMapping("7f03-7f04", "fe:00", 300, "/tmp/with blank\nline", false));
  }

  @Test
  void status_field_isTrimmed() throws Exception {
    Files.createDirectories(root.resolve("12"));
    Files.writeString(root.resolve("12/status"), "Name:\tx\nVmHWM:\t   123 kB\nCapEff:\t00ff\n");

    assertThat(proc().status(12, "VmHWM")).isEqualTo("123 kB");
    assertThat(proc().status(12, "Seccomp")).isEmpty();
  }

  @Test
  void hostIdentity_bootId_givesStableNumberThatDoesNotShowIt() throws Exception {
    Path kernel = Files.createDirectories(root.resolve("sys/kernel/random"));
    Files.writeString(kernel.resolve("boot_id"), "c7f0ae8a-15b0-4a14-a7a4-9f6a2b8d7c11\n");
    Files.writeString(root.resolve("sys/kernel/hostname"), "web1\n");

    HostIdentity identity = HostIdentity.read(proc());
    assertThat(identity.hostName()).isEqualTo("web1");
    assertThat(identity).isEqualTo(HostIdentity.read(proc()));
    assertThat(Long.toHexString(identity.hostId())).doesNotContain("c7f0ae8a");
  }
}
