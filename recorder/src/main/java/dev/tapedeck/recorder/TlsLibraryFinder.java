// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the TLS libraries that processes have loaded, or may load.
 *
 * <p>A file is read once; what was found in it is kept by its identity.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class TlsLibraryFinder {
  /** Files are replaced while we run: what is kept must not grow for ever. */
  private static final int MAX_KEPT = 4096;

  private final ProcFs proc;
  private final Map<FileIdentity, Optional<TlsLibrary>> known =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<FileIdentity, Optional<TlsLibrary>> eldest) {
          return size() > MAX_KEPT;
        }
      };

  TlsLibraryFinder(ProcFs proc) {
    this.proc = proc;
  }

  /** Returns the libraries in a process, shared ones first; empty when it has none, or is gone. */
  List<TlsLibrary> inProcess(int pid) {
    List<FileMapping> mappings = proc.codeMappings(pid);
    List<TlsLibrary> found = new ArrayList<>();
    for (FileMapping mapping : mappings) {
      for (TlsFamily family : TlsFamily.ALL) {
        if (family.matches(fileName(mapping.path()))) {
          find(pid, mapping, family, TlsLibrary.Linking.SHARED).ifPresent(found::add);
        }
      }
    }
    if (found.isEmpty() && !mappings.isEmpty()) {
      inExecutable(pid, mappings).ifPresent(found::add);
    }
    return found;
  }

  /** Returns the library of a family that is only looked for on demand, if a process shares one. */
  Optional<TlsLibrary> inProcess(int pid, TlsFamily family) {
    for (FileMapping mapping : proc.codeMappings(pid)) {
      if (family.matches(fileName(mapping.path()))) {
        return find(pid, mapping, family, TlsLibrary.Linking.SHARED)
            .filter(TlsLibrary::isRecordable);
      }
    }
    return Optional.empty();
  }

  private Optional<TlsLibrary> inExecutable(int pid, List<FileMapping> mappings) {
    String exe = proc.facts(pid).map(ProcessFacts::exe).orElse("");
    for (FileMapping mapping : mappings) {
      if (mapping.path().equals(exe)) {
        for (TlsFamily family : TlsFamily.ALL) {
          Optional<TlsLibrary> found =
              find(pid, mapping, family, TlsLibrary.Linking.STATIC)
                  .filter(TlsLibrary::isRecordable);
          if (found.isPresent()) {
            return found;
          }
        }
      }
    }
    return Optional.empty();
  }

  /** Returns the library that is linked into a program; empty when there is none. */
  Optional<TlsLibrary> inFile(Path program) {
    for (TlsFamily family : TlsFamily.ALL) {
      try {
        Optional<TlsLibrary> found =
            read(
                    program,
                    program.toString(),
                    FileIdentity.of(program),
                    family,
                    TlsLibrary.Linking.STATIC)
                .filter(TlsLibrary::isRecordable);
        if (found.isPresent()) {
          return found;
        }
      } catch (IOException e) {
        // It went away or is not ours to read: looked at again when it runs.
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private Optional<TlsLibrary> find(
      int pid, FileMapping mapping, TlsFamily family, TlsLibrary.Linking linking) {
    // In this order: a path that outlives the process, its own view of the path, the mapping.
    List<Path> ways = new ArrayList<>();
    if (!mapping.deleted() && mapping.path().startsWith("/")) {
      ways.add(Path.of(mapping.path()));
      ways.add(Path.of(proc.of(pid) + "/root" + mapping.path()));
    }
    ways.add(proc.of(pid).resolve("map_files").resolve(mapping.range()));
    for (Path way : ways) {
      try {
        FileIdentity identity = FileIdentity.of(way);
        if (identity.inode() == mapping.inode()) {
          return read(way, mapping.path(), identity, family, linking);
        }
      } catch (IOException e) {
        // Not by this path: another namespace, or it went with its process.
      }
    }
    return Optional.empty();
  }

  private Optional<TlsLibrary> read(
      Path openPath,
      String displayPath,
      FileIdentity identity,
      TlsFamily family,
      TlsLibrary.Linking linking)
      throws IOException {
    Optional<TlsLibrary> before = known.get(identity);
    if (before == null) {
      before = Optional.empty();
      try {
        ElfImage image = ElfImage.read(openPath, family.symbols(), family.versionMark());
        before =
            Optional.of(
                new TlsLibrary(
                    family,
                    identity,
                    openPath,
                    displayPath,
                    linking,
                    version(openPath, family, image),
                    image.buildId(),
                    image.functions()));
      } catch (ElfFormatException e) {
        // Not an ELF file, or one that cannot be recorded: nothing to find, now and later.
      }
      known.put(identity, before);
    }
    return before.map(library -> library.openedBy(openPath, displayPath));
  }

  private static String version(Path openPath, TlsFamily family, ElfImage image)
      throws IOException {
    if (!image.version().isEmpty()) {
      return image.version();
    }
    String name = fileName(openPath.toString());
    Path beside = openPath.resolveSibling(family.versionFile().apply(name));
    return name.equals(fileName(beside.toString())) || !Files.isRegularFile(beside)
        ? ""
        : ElfImage.read(beside, Set.of(), family.versionMark()).version();
  }

  /** Returns the libraries in the folders from which the dynamic loader takes them. */
  List<TlsLibrary> inLoaderFolders() {
    Map<FileIdentity, TlsLibrary> found = new LinkedHashMap<>();
    for (Path folder : LoaderFolders.read(Path.of("/"))) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "lib*.so*")) {
        for (Path file : files) {
          for (TlsFamily family : TlsFamily.ALL) {
            if (family.matches(fileName(file.toString())) && Files.isRegularFile(file)) {
              Path real = file.toRealPath();
              FileIdentity identity = FileIdentity.of(real);
              read(real, real.toString(), identity, family, TlsLibrary.Linking.SHARED)
                  .ifPresent(library -> found.putIfAbsent(identity, library));
            }
          }
        }
      } catch (IOException | DirectoryIteratorException e) {
        // A folder that is configured and not there, or not ours to read, holds nothing for us.
      }
    }
    return List.copyOf(found.values());
  }

  /** Returns the libraries of all processes, by process. */
  Map<Integer, List<TlsLibrary>> inProcesses(Set<Integer> pids) {
    Map<Integer, List<TlsLibrary>> found = new LinkedHashMap<>();
    for (int pid : new LinkedHashSet<>(pids)) {
      List<TlsLibrary> libraries = inProcess(pid);
      if (!libraries.isEmpty()) {
        found.put(pid, libraries);
      }
    }
    return found;
  }

  private static String fileName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
