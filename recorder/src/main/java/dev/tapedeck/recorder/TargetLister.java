// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Lists the processes of this host and says which can be recorded.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
public final class TargetLister {
  /** Libraries whose TLS is not recorded by this version, by the names of their files. */
  private static final Map<String, Pattern> OTHER_LIBRARIES =
      Map.of(
          "gnutls", Pattern.compile("libgnutls\\.so.*"),
          "nss", Pattern.compile("libssl3\\.so.*"),
          "mbedtls", Pattern.compile("libmbedtls\\.so.*"),
          "wolfssl", Pattern.compile("libwolfssl\\.so.*"),
          "boringssl", Pattern.compile("libnetty_tcnative.*\\.so.*"));

  private final ProcFs proc;
  private final TlsLibraryFinder finder;

  TargetLister(ProcFs proc) {
    this.proc = proc;
    this.finder = new TlsLibraryFinder(proc);
  }

  /** Returns a lister of this host's processes. */
  public static TargetLister ofThisHost() {
    return new TargetLister(new ProcFs(Path.of("/proc")));
  }

  /**
   * Returns the processes with a program, by pid; those that end meanwhile may be missing.
   *
   * @throws IOException when the processes cannot be listed
   */
  public List<TargetInfo> list() throws IOException {
    List<TargetInfo> targets = new ArrayList<>();
    for (int pid : proc.pids()) {
      proc.facts(pid)
          .filter(facts -> !isKernelThread(facts))
          .ifPresent(facts -> targets.add(describe(facts)));
    }
    targets.sort(Comparator.comparingInt(TargetInfo::pid));
    return targets;
  }

  /** Kernel threads are children of kthreadd, which is process 2, or that process itself. */
  private static boolean isKernelThread(ProcessFacts facts) {
    return facts.pid() == 2 || facts.parentPid() == 2;
  }

  private TargetInfo describe(ProcessFacts facts) {
    if (facts.pid() == ProcessHandle.current().pid()) {
      return refused(facts, "the recorder itself");
    }
    if (facts.exe().isEmpty() || !Files.isReadable(proc.of(facts.pid()).resolve("maps"))) {
      return refused(facts, "not ours to look at: run as root or with CAP_SYS_PTRACE");
    }
    List<FileMapping> mappings = proc.codeMappings(facts.pid());
    if (is32Bit(facts.pid())) {
      return refused(facts, "32-bit program");
    }
    for (TlsLibrary library : finder.inProcess(facts.pid())) {
      return new TargetInfo(
          facts.pid(),
          facts.comm(),
          facts.exe(),
          library.displayPath(),
          library.family().name(),
          library.version(),
          library.linking().name().toLowerCase(Locale.ROOT),
          library.isRecordable(),
          library.isRecordable() ? "" : "the library lacks SSL_read or SSL_write");
    }
    for (FileMapping mapping : mappings) {
      String name = mapping.path().substring(mapping.path().lastIndexOf('/') + 1);
      for (Map.Entry<String, Pattern> other : OTHER_LIBRARIES.entrySet()) {
        if (other.getValue().matcher(name).matches()) {
          return new TargetInfo(
              facts.pid(),
              facts.comm(),
              facts.exe(),
              mapping.path(),
              other.getKey(),
              "",
              "shared",
              false,
              "TLS of " + other.getKey() + " is not recorded, its plain text is");
        }
      }
    }
    // The JDK's TLS is Java code: there is no library function to hook.
    String whyNot = facts.exe().endsWith("/java") ? "TLS of Java (JSSE) is not recorded" : "";
    return new TargetInfo(facts.pid(), facts.comm(), facts.exe(), "", "", "", "", true, whyNot);
  }

  private boolean is32Bit(int pid) {
    try (var in = Files.newInputStream(proc.of(pid).resolve("exe"))) {
      byte[] ident = in.readNBytes(5);
      // elf(5), EI_CLASS: 1 is 32-bit.
      return ident.length == 5 && ident[0] == 0x7f && ident[1] == 'E' && ident[4] == 1;
    } catch (IOException e) {
      return false;
    }
  }

  private static TargetInfo refused(ProcessFacts facts, String why) {
    return new TargetInfo(facts.pid(), facts.comm(), facts.exe(), "", "", "", "", false, why);
  }
}
