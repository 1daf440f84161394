// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.recorder.cli.RecorderRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in the way of a recording is said in one line, with the right code. */
@BpfTest
final class RefusalIT {
  @TempDir Path folder;

  private RecorderProcess.Ended recorder(
      List<String> before, List<String> jvmOptions, String... arguments)
      throws IOException, InterruptedException {
    return RecorderProcess.run(folder, before, jvmOptions, arguments);
  }

  private void assertRefused(RecorderProcess.Ended ended, int exitCode, String... words) {
    assertThat(ended.exitCode()).as(ended.errors()).isEqualTo(exitCode);
    assertThat(ended.errors().lines())
        .singleElement()
        .satisfies(line -> assertThat(line).startsWith("recorder: ").contains(words));
    assertThat(folder.resolve("x.tape")).doesNotExist();
    assertThat(folder.resolve("x.tape.partial")).doesNotExist();
  }

  private String output() {
    return folder.resolve("x.tape").toString();
  }

  @Test
  void record_withoutPrivilege_isRefused() throws Exception {
    assertRefused(
        recorder(
            List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all"),
            List.of(),
            "record",
            "-o",
            output(),
            "--duration",
            "1s"),
        4,
        "CAP_BPF",
        "run as root");
  }

  @Test
  void doctor_withoutPrivilege_saysWhatIsMissing() throws Exception {
    RecorderProcess.Ended ended =
        recorder(List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all"), List.of(), "doctor");

    assertThat(ended.exitCode()).as(ended.errors()).isEqualTo(4);
    assertThat(Files.readString(folder.resolve("output")))
        .contains("no  privilege")
        .contains("this host cannot record");
  }

  @Test
  void record_inAnotherPidNamespace_isRefused() throws Exception {
    // There --pid would name somebody else's process, or none.
    assertRefused(
        recorder(
            List.of("unshare", "--pid", "--fork", "--mount-proc"),
            List.of(),
            "record",
            "-o",
            output(),
            "--duration",
            "1s"),
        4,
        "pid_namespace",
        "--pid=host");
  }

  @Test
  void doctor_onHostWithoutCgroup2_saysWhatCannotBeChosenAndWhatToDo() throws Exception {
    RecorderProcess.Ended ended =
        recorder(
            List.of("unshare", "--mount", "sh", "-c", "umount -at cgroup2; exec \"$@\"", "sh"),
            List.of(),
            "doctor");

    assertThat(ended.exitCode()).as(ended.errors()).isZero();
    assertThat(Files.readString(folder.resolve("output")))
        .containsPattern("no +cgroups +version 2 is not mounted\\s+--cgroup and --container need");
  }

  @Test
  void record_commandMissingAfterDashes_isUsage() throws Exception {
    RecorderProcess.Ended ended = recorder(List.of(), List.of(), "record", "-o", output(), "--");

    assertThat(ended.exitCode()).as(ended.errors()).isEqualTo(2);
    assertThat(ended.errors()).contains("a command must follow");
    assertThat(folder.resolve("x.tape")).doesNotExist();
  }

  @Test
  void record_withoutPtraceCapability_saysWhatIsNotSeen() throws Exception {
    RecorderProcess.Ended ended =
        recorder(
            List.of("setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-all"),
            List.of(),
            "record",
            "-o",
            output(),
            "--comm",
            "no-such-program",
            "--duration",
            "1s");

    assertThat(ended.exitCode()).as(ended.errors()).isZero();
    assertThat(ended.errors()).contains("without cap_sys_ptrace", "libraries of other users");
  }

  @Test
  void record_withoutKernelTypes_isRefused() throws Exception {
    assertRefused(
        recorder(
            List.of(
                "unshare",
                "--mount",
                "sh",
                "-c",
                "mount -t tmpfs none /sys/kernel/btf && exec \"$@\"",
                "sh"),
            List.of(),
            "record",
            "-o",
            output(),
            "--duration",
            "1s"),
        4,
        "btf",
        "--btf");
  }

  @Test
  void record_withoutLibbpf_isRefused() throws Exception {
    assertRefused(
        recorder(
            List.of(),
            List.of("-Dtapedeck.libbpf=libnowhere.so.1"),
            "record",
            "-o",
            output(),
            "--duration",
            "1s"),
        4,
        "libbpf",
        "install");
  }

  @Test
  void record_kernelTypesThatAreNone_isRefused() throws Exception {
    Path nonsense = Files.writeString(folder.resolve("nonsense"), "no types");
    assertRefused(
        recorder(List.of(), List.of(), "record", "-o", output(), "--btf", nonsense.toString()),
        4,
        "btf: " + nonsense + " holds no BTF",
        "CONFIG_DEBUG_INFO_BTF");
  }

  @Test
  void record_folderThatIsReadOnly_isRefused() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    assertThat(TestServers.run(folder, "mount", "-t", "tmpfs", "-o", "ro", "none", disk.toString()))
        .isZero();
    try {
      RecorderRun.Result result =
          RecorderRun.run("record", "-o", disk.resolve("x.tape").toString(), "--duration", "1s");

      assertThat(result.exitCode()).isEqualTo(3);
      assertThat(result.errors().lines())
          .singleElement()
          .satisfies(line -> assertThat(line).contains("cannot write to folder"));
    } finally {
      assertThat(TestServers.run(folder, "umount", disk.toString())).isZero();
    }
  }

  @Test
  void record_missingCommand_isRefusedBeforeAnythingIsMoved() throws Exception {
    Files.writeString(folder.resolve("x.tape"), "earlier");

    RecorderRun.Result result = RecorderRun.run("record", "-o", output(), "--", "no-such-command");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.errors()).contains("no-such-command: no such command");
    assertThat(folder.resolve("x.tape")).hasContent("earlier");
  }
}
