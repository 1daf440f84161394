// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of processes, with a folder in place of {@code /proc}. */
final class TargetListerTest {
  @TempDir Path folder;

  private Path process(int pid, Path exe, Path... mapped) throws Exception {
    Path proc = Files.createDirectories(folder.resolve("proc"));
    ProcFsTest.process(proc, pid, "server", 1, exe.toString());
    StringBuilder maps = new StringBuilder();
    for (Path file : mapped) {
      FileIdentity identity = FileIdentity.of(file);
      maps.append("7f00-7f10 r-xp 00000000 ")
          .append(identity.deviceText())
          .append(' ')
          .append(identity.inode())
          .append("   ")
          .append(file)
          .append('\n');
    }
    Files.writeString(proc.resolve(pid + "/maps"), maps);
    return proc;
  }

  private static Path systemLibrary() {
    return new TlsLibraryFinder(new ProcFs(Path.of("/proc"))).inLoaderFolders().get(0).openPath();
  }

  @Test
  void list_processWithSeveralLibraries_namesAllOfThem() throws Exception {
    Path exe = Files.writeString(folder.resolve("server"), "#!");
    Path gnutls = Files.writeString(folder.resolve("libgnutls.so.30"), "x");
    Path copy = folder.resolve("libssl-1a.so.3");
    Files.copy(systemLibrary(), copy);

    List<TargetInfo> targets = list(process(12, exe, gnutls, systemLibrary(), copy), false);

    assertThat(targets).hasSize(1);
    assertThat(targets.get(0).recordable()).isTrue();
    assertThat(targets.get(0).whyNot()).contains("gnutls");
    assertThat(targets.get(0).libraries())
        .extracting(TargetLibrary::path)
        .containsExactly(systemLibrary().toString(), copy.toString(), gnutls.toString());
    assertThat(targets.get(0).libraries().get(0).buildId()).isNotEmpty();
    assertThat(targets.get(0).libraries().get(2).recordable()).isFalse();
  }

  @Test
  void list_strippedProgramWithOpenSslInside_saysWhyNot() throws Exception {
    // libcrypto stands in: it has the mark of the version, and no SSL_read.
    Path stripped = folder.resolve("stripped");
    Path crypto =
        systemLibrary()
            .resolveSibling(
                systemLibrary().getFileName().toString().replace("libssl", "libcrypto"));
    Files.copy(crypto, stripped);

    List<TargetInfo> targets = list(process(12, stripped, stripped), false);

    assertThat(targets)
        .singleElement()
        .satisfies(
            target -> {
              assertThat(target.recordable()).isFalse();
              assertThat(target.whyNot()).contains("not stripped");
              assertThat(target.libraries().get(0).linking()).isEqualTo("static");
            });
  }

  @Test
  void list_programOfGo_saysThatItsTlsIsNotRecorded() throws Exception {
    // What `go build -ldflags=-s` leaves: a note by the name Go, type 4.
    Path source =
        Files.writeString(
            folder.resolve("go.s"),
            """
            .section .note.go.buildid,"a",@note
            .long 4,4,4
            .ascii "Go\\0\\0id\\0\\0"
            .text
            .globl _start
            _start: ret
            """);
    Path exe = folder.resolve("program");
    assertThat(
            TestServers.run(
                folder,
                "cc",
                "-nostdlib",
                "-static",
                "-s",
                "-o",
                exe.toString(),
                source.toString()))
        .isZero();

    assertThat(list(process(12, exe, exe), false))
        .singleElement()
        .satisfies(
            target -> {
              assertThat(target.recordable()).as("its plain text").isTrue();
              assertThat(target.whyNot()).isEqualTo("TLS of Go (crypto/tls) is not recorded");
            });
  }

  @Test
  void list_filteredProcessWhereReturnProbesKill_saysSo() throws Exception {
    Path exe = Files.writeString(folder.resolve("server"), "#!");
    Path proc = process(12, exe, systemLibrary());
    Files.writeString(proc.resolve("12/status"), "Name:\tserver\nSeccomp:\t2\n");

    assertThat(list(proc, false).get(0).recordable()).isTrue();
    assertThat(list(proc, true))
        .singleElement()
        .satisfies(
            target -> {
              assertThat(target.recordable()).isFalse();
              assertThat(target.whyNot()).contains("seccomp filter", "recorder doctor");
              assertThat(target.libraries().get(0).recordable()).isFalse();
            });
  }

  @Test
  void list_processInAContainer_hasItsId() throws Exception {
    Path exe = Files.writeString(folder.resolve("server"), "#!");
    Path proc = process(12, exe);
    String id = "0123456789abcdef".repeat(4);
    Files.writeString(
        proc.resolve("12/cgroup"), "0::/kubepods/pod1/cri-containerd-" + id + ".scope/worker\n");

    assertThat(list(proc, false).get(0).container()).isEqualTo(id);
  }

  private static List<TargetInfo> list(Path proc, boolean filteredDie) throws Exception {
    return new TargetLister(new ProcFs(proc), () -> filteredDie).list();
  }

  @Test
  void list_processWithoutTls_isRecordable() throws Exception {
    Path exe = Files.writeString(folder.resolve("server"), "#!");

    assertThat(list(process(12, exe), false))
        .containsExactly(new TargetInfo(12, "server", exe.toString(), "", List.of(), true, ""));
  }
}
