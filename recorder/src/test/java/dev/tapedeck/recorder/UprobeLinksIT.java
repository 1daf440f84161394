// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tapedeck.recorder.bpf.BpfException;
import dev.tapedeck.recorder.bpf.BpfLink;
import dev.tapedeck.recorder.bpf.BpfProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Links of one program to many functions of a file. */
@BpfTest
final class UprobeLinksIT {
  @TempDir Path folder;
  private KernelSide kernel;
  private BpfProgram program;
  private TlsLibrary library;
  private long[] offsets;

  @BeforeEach
  void load() throws Exception {
    kernel = KernelSide.load(RecorderOptions.newBuilder().build(), ownPid());
    program =
        kernel
            .uprobePrograms()
            .filter(candidate -> candidate.section().equals("uprobe"))
            .findFirst()
            .orElseThrow();
    library = new TlsLibraryFinder(new ProcFs(Path.of("/proc"))).inLoaderFolders().get(0);
    offsets = library.functions().values().stream().mapToLong(Long::longValue).distinct().toArray();
  }

  @AfterEach
  void close() {
    kernel.close();
  }

  @Test
  void attachUprobes_manyFunctions_areOneLinkThatLeavesNothing() throws Exception {
    assumeTrue(kernel.uprobeLinks() != UprobeLinks.PERF_EVENT, "this kernel has no uprobe_multi");
    long before = links();

    try (BpfLink link =
        program.attachUprobes(
            ownPid(), library.openPath(), offsets, false, new long[offsets.length])) {
      assertThat(offsets).hasSizeGreaterThan(5);
      assertThat(links()).as(link.toString()).isEqualTo(before + 1);
    }

    assertThat(links()).isEqualTo(before);
  }

  @Test
  void attachUprobes_fileThatIsNoFile_saysWhatAndWhere() {
    assertThatThrownBy(
            () ->
                program.attachUprobes(
                    BpfProgram.ANY_PROCESS, Path.of("/proc"), offsets, true, offsets))
        .isInstanceOf(BpfException.class)
        .hasMessageContaining(program.name())
        .hasMessageContaining("/proc");
  }

  @Test
  void attach_otherFileAtThePathSinceTheLook_isNotProbed() throws Exception {
    // Whoever owns the path would choose the offsets, and break programs of others in
    // mid-instruction.
    Path path = folder.resolve("libssl.so.3");
    Files.copy(library.openPath(), path);
    TlsLibrary seen = new TlsLibraryFinder(new ProcFs(Path.of("/proc"))).inFile(path).orElseThrow();
    Files.move(path, folder.resolve("elsewhere"));
    Files.copy(library.openPath(), path);
    long before = links();

    try (ProbeAttacher attacher = new ProbeAttacher(kernel)) {
      ProbeAttacher.Outcome outcome = attacher.attach(seen, ProbeOwner.EVERYBODY);

      assertThat(outcome.functions()).isZero();
      assertThat(outcome.refusal()).contains("replaced");
      assertThat(links()).isEqualTo(before);
    }
  }

  @Test
  void detachUnused_removedLibrary_losesItsProbesWhenItsLastUserEnds() throws Exception {
    Path path = folder.resolve("libssl.so.3");
    Files.copy(library.openPath(), path);
    ProcFs proc = new ProcFs(Path.of("/proc"));
    long before = links();
    Process user =
        new ProcessBuilder(
                "/usr/bin/python3",
                "-c",
                "import ctypes, sys; ctypes.CDLL(sys.argv[1]); print('has it', flush=True);"
                    + " sys.stdin.read()",
                path.toString())
            .start();
    try (LibraryProbes probes =
        new LibraryProbes(
            new ProbeAttacher(kernel), HostClock.system(), 1, event -> {}, warning -> {})) {
      assertThat(user.inputReader().readLine()).isEqualTo("has it");
      probes.attach(new TlsLibraryFinder(proc).inFile(path).orElseThrow());
      long attached = links();
      assertThat(attached).isGreaterThan(before);

      assertThat(probes.detachUnused(proc)).as("it is where it was").isZero();
      Files.delete(path);
      assertThat(probes.detachUnused(proc)).as("somebody has it").isZero();
      assertThat(links()).isEqualTo(attached);
      user.destroyForcibly().waitFor();
      assertThat(probes.detachUnused(proc)).isEqualTo(1);
      assertThat(links()).isEqualTo(before);
    } finally {
      user.destroyForcibly();
    }
  }

  @Test
  void close_manyLibraries_leavesNoProbe() throws Exception {
    long before = links();
    try (ProbeAttacher attacher = new ProbeAttacher(kernel)) {
      for (int i = 0; i < 20; i++) {
        Path copy = Files.copy(library.openPath(), folder.resolve("libssl-" + i + ".so.3"));
        TlsLibrary found =
            new TlsLibraryFinder(new ProcFs(Path.of("/proc"))).inFile(copy).orElseThrow();
        assertThat(attacher.attach(found, ProbeOwner.EVERYBODY).refusal()).isEmpty();
      }
      assertThat(links()).isGreaterThanOrEqualTo(before + 20);
    }

    assertThat(links()).isEqualTo(before);
  }

  @Test
  void attachUprobes_cookieForEachOffset_isRequired() {
    assertThatThrownBy(
            () -> program.attachUprobes(1, library.openPath(), offsets, true, new long[] {1}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cookies=1");
  }

  @Test
  void missedRuns_programThatNeverRan_areNone() throws Exception {
    assertThat(program.missedRuns()).isZero();
  }

  private static int ownPid() {
    return (int) ProcessHandle.current().pid();
  }

  private static long links() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.filter(UprobeLinksIT::isLink).count();
    }
  }

  private static boolean isLink(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().contains("bpf_link");
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }
}
