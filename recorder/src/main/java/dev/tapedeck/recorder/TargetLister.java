// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.ContainerIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

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

  /** Looked for where a file's marks are wanted and none of its functions. */
  private static final String NO_SYMBOL = "no such function";

  private final ProcFs proc;
  private final TlsLibraryFinder finder;
  private final BooleanSupplier filteredDie;
  private final Map<FileIdentity, String> stripped = new HashMap<>();
  private final Map<FileIdentity, Boolean> madeByGo = new HashMap<>();

  /**
   * A lister.
   *
   * @param filteredDie tells whether return probes kill processes with a seccomp filter; asked only
   *     when there is such a process with a library
   */
  TargetLister(ProcFs proc, BooleanSupplier filteredDie) {
    this.proc = proc;
    this.finder = new TlsLibraryFinder(proc);
    this.filteredDie = filteredDie;
  }

  /** Returns a lister of this host's processes. */
  public static TargetLister ofThisHost() {
    return new TargetLister(
        new ProcFs(Path.of("/proc")), () -> SeccompHazard.mayKill(HostKernel.current()));
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
    if (is32Bit(facts.pid())) {
      return refused(facts, "32-bit program");
    }
    List<TargetLibrary> libraries = libraries(facts.pid());
    if (libraries.isEmpty()) {
      libraries = withoutSymbols(facts);
    }
    if (libraries.stream().anyMatch(TargetLibrary::recordable)
        && proc.hasSeccompFilter(facts.pid())
        && filteredDie.getAsBoolean()) {
      libraries = libraries.stream().map(TargetLister::filtered).toList();
    }
    String whyNot =
        libraries.isEmpty()
            ? withoutLibrary(facts)
            : libraries.stream()
                .map(TargetLibrary::whyNot)
                .filter(why -> !why.isEmpty())
                .distinct()
                .collect(Collectors.joining("; "));
    boolean recordable =
        libraries.isEmpty() || libraries.stream().anyMatch(TargetLibrary::recordable);
    return target(facts, libraries, recordable, whyNot);
  }

  private static TargetLibrary filtered(TargetLibrary library) {
    return library.recordable()
        ? library.refused(
            "the process has a seccomp filter, and this kernel's return probes kill it, or may:"
                + " 'recorder doctor' says more; plain text is recorded")
        : library;
  }

  /** Says what is not recorded of a process whose TLS, if it has any, is in no library. */
  private String withoutLibrary(ProcessFacts facts) {
    if (facts.exe().endsWith("/java")) {
      // The JDK's TLS is Java code: there is no library function to hook.
      return "TLS of Java (JSSE) is not recorded";
    }
    Path exe = proc.of(facts.pid()).resolve("exe");
    try {
      boolean go = madeByGo.computeIfAbsent(FileIdentity.of(exe), any -> isGo(exe));
      return go ? "TLS of Go (crypto/tls) is not recorded" : "";
    } catch (IOException e) {
      // It went away.
      return "";
    }
  }

  private static boolean isGo(Path exe) {
    try {
      return ElfImage.read(exe, Set.of(NO_SYMBOL), NO_SYMBOL).isGo();
    } catch (IOException e) {
      // No ELF file that can be read: nothing is known of it.
      return false;
    }
  }

  private static TargetInfo target(
      ProcessFacts facts, List<TargetLibrary> libraries, boolean recordable, String whyNot) {
    return new TargetInfo(
        facts.pid(),
        facts.comm(),
        facts.exe(),
        ContainerIds.innermost(facts.cgroup()),
        libraries,
        recordable,
        whyNot);
  }

  /** Returns all libraries of a process, recordable ones first. */
  private List<TargetLibrary> libraries(int pid) {
    List<TargetLibrary> libraries = new ArrayList<>();
    for (TlsLibrary library : finder.inProcess(pid)) {
      libraries.add(
          new TargetLibrary(
              library.displayPath(),
              library.family().name(),
              library.version(),
              library.buildId(),
              library.linking().name().toLowerCase(Locale.ROOT),
              library.isRecordable(),
              library.isRecordable() ? "" : "the library lacks SSL_read or SSL_write"));
    }
    for (FileMapping mapping : proc.codeMappings(pid)) {
      for (Map.Entry<String, Pattern> other : OTHER_LIBRARIES.entrySet()) {
        if (other.getValue().matcher(mapping.fileName()).matches()) {
          libraries.add(
              new TargetLibrary(
                  mapping.path(),
                  other.getKey(),
                  "",
                  "",
                  "shared",
                  false,
                  "TLS of " + other.getKey() + " is not recorded, its plain text is"));
        }
      }
    }
    libraries.sort(Comparator.comparing(library -> !library.recordable()));
    return libraries;
  }

  /** Returns the library that is in a program without the names of its functions. */
  private List<TargetLibrary> withoutSymbols(ProcessFacts facts) {
    Path exe = proc.of(facts.pid()).resolve("exe");
    for (TlsFamily family : TlsFamily.ALL) {
      try {
        String version = stripped.computeIfAbsent(FileIdentity.of(exe), any -> mark(exe, family));
        if (!version.isEmpty()) {
          return List.of(
              new TargetLibrary(
                  facts.exe(),
                  family.name(),
                  version,
                  "",
                  "static",
                  false,
                  family.name()
                      + " is linked in without the names of its functions: use a program that is"
                      + " not stripped"));
        }
      } catch (IOException e) {
        // It went away.
        return List.of();
      }
    }
    return List.of();
  }

  private static String mark(Path exe, TlsFamily family) {
    try {
      return ElfImage.read(exe, Set.of(), family.versionMark()).version();
    } catch (IOException e) {
      // No ELF file that can be read: nothing is known of it.
      return "";
    }
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
    return target(facts, List.of(), false, why);
  }
}
