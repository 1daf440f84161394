// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.recorder.bpf.PinnedFile;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

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
  private final List<TlsFamily> families;
  private final Map<Place, Content> known = bounded();

  /** Files without a library, by what the kernel calls them: looked up, not looked at again. */
  private final Map<String, Boolean> withoutLibrary = bounded();

  TlsLibraryFinder(ProcFs proc) {
    this(proc, TlsFamily.ALL);
  }

  /** A finder of the libraries of some families. */
  TlsLibraryFinder(ProcFs proc, List<TlsFamily> families) {
    this.proc = proc;
    this.families = List.copyOf(families);
  }

  /** What was in a file when it had this size and time; an inode number may be used again. */
  private record Content(long sizeBytes, FileTime modified, Optional<TlsLibrary> library) {}

  private record Place(FileIdentity file, String family) {}

  private static <K, V> Map<K, V> bounded() {
    return new LinkedHashMap<>() {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > MAX_KEPT;
      }
    };
  }

  /** A library and where a process has it. */
  record Located(TlsLibrary library, FileMapping mapping) {}

  /** Returns the libraries in a process, shared ones first; empty when it has none, or is gone. */
  List<TlsLibrary> inProcess(int pid) {
    List<TlsLibrary> found = new ArrayList<>();
    inProcess(pid, proc.codeMappings(pid), Set.of(), located -> found.add(located.library()));
    return found;
  }

  /** Returns the library of a family that is only looked for on demand, if a process shares one. */
  Optional<TlsLibrary> ofFamily(int pid, List<FileMapping> mappings, TlsFamily family) {
    for (FileMapping mapping : mappings) {
      if (family.matches(mapping.fileName())) {
        return find(pid, mapping, family, TlsLibrary.Linking.SHARED)
            .filter(TlsLibrary::isRecordable);
      }
    }
    return Optional.empty();
  }

  /**
   * Gives a taker the libraries in a process one by one: first shared ones, which a look at their
   * name tells, then those that are linked into other files, which have to be read.
   *
   * @param mappings what the process has mapped
   * @param fresh where it has files that are new on this host, even if they look known
   */
  void inProcess(int pid, List<FileMapping> mappings, Set<Long> fresh, Consumer<Located> taker) {
    List<FileMapping> others = new ArrayList<>();
    for (FileMapping mapping : mappings) {
      TlsFamily named = null;
      for (TlsFamily family : families) {
        named = named == null && family.matches(mapping.fileName()) ? family : named;
      }
      if (named == null) {
        others.add(mapping);
      } else {
        find(pid, mapping, named, TlsLibrary.Linking.SHARED)
            .ifPresent(library -> taker.accept(new Located(library, mapping)));
      }
    }
    for (FileMapping mapping : others) {
      String file = mapping.device() + ' ' + mapping.inode();
      if (fresh.contains(mapping.start())) {
        withoutLibrary.remove(file);
      }
      if (!withoutLibrary.containsKey(file)) {
        Optional<TlsLibrary> linked = linkedInto(pid, mapping);
        linked.ifPresentOrElse(
            library -> taker.accept(new Located(library, mapping)),
            () -> withoutLibrary.put(file, true));
      }
    }
  }

  private Optional<TlsLibrary> linkedInto(int pid, FileMapping mapping) {
    for (TlsFamily family : families) {
      Optional<TlsLibrary> found =
          find(pid, mapping, family, TlsLibrary.Linking.STATIC).filter(TlsLibrary::isRecordable);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** Returns the library that is linked into a program; empty when there is none. */
  Optional<TlsLibrary> inFile(Path program) {
    for (TlsFamily family : families) {
      try {
        Optional<TlsLibrary> found =
            read(program, program.toString(), file -> true, family, TlsLibrary.Linking.STATIC)
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
    Map<Path, Predicate<FileIdentity>> ways = new LinkedHashMap<>();
    if (!mapping.deleted() && mapping.path().startsWith("/")) {
      try {
        ways.put(
            Path.of(mapping.path()),
            file -> file.inode() == mapping.inode() && file.deviceText().equals(mapping.device()));
        // Where stat(2) and the kernel number a file system differently (btrfs), the inode must do.
        ways.put(
            Path.of(proc.of(pid) + "/root" + mapping.path()),
            file -> file.inode() == mapping.inode());
      } catch (InvalidPathException e) {
        // Letters that this process's locale does not have: by its mapping, then.
        ways.clear();
      }
    }
    ways.put(proc.of(pid).resolve("map_files").resolve(mapping.range()), file -> true);
    for (Map.Entry<Path, Predicate<FileIdentity>> entry : ways.entrySet()) {
      Path way = entry.getKey();
      try {
        return read(way, mapping.path(), entry.getValue(), family, linking);
      } catch (IOException e) {
        // Not by this path: another namespace, or it went with its process.
      }
    }
    return Optional.empty();
  }

  /** Reads a file that is held meanwhile: the path to it may belong to an adversary. */
  private Optional<TlsLibrary> read(
      Path openPath,
      String displayPath,
      Predicate<FileIdentity> expected,
      TlsFamily family,
      TlsLibrary.Linking linking)
      throws IOException {
    try (PinnedFile file = PinnedFile.open(openPath)) {
      FileIdentity identity = FileIdentity.of(file.path());
      BasicFileAttributes now = Files.readAttributes(file.path(), BasicFileAttributes.class);
      if (!expected.test(identity) || !now.isRegularFile()) {
        // Opening a pipe would wait for somebody to write into it.
        throw new IOException(displayPath + " is another file, or none");
      }
      Place place = new Place(identity, family.name());
      Content content = known.get(place);
      if (content == null
          || content.sizeBytes() != now.size()
          || !content.modified().equals(now.lastModifiedTime())) {
        Optional<TlsLibrary> library = Optional.empty();
        try {
          ElfImage image = ElfImage.read(file.path(), family.symbols(), family.versionMark());
          library =
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
        content = new Content(now.size(), now.lastModifiedTime(), library);
        known.put(place, content);
      }
      return content.library().map(found -> found.openedBy(openPath, displayPath));
    }
  }

  private static String version(Path openPath, TlsFamily family, ElfImage image)
      throws IOException {
    if (!image.version().isEmpty()) {
      return image.version();
    }
    String name = fileName(openPath.toString());
    Path beside = openPath.resolveSibling(family.versionFile().apply(name));
    if (name.equals(fileName(beside.toString())) || !Files.exists(beside)) {
      return "";
    }
    try (PinnedFile file = PinnedFile.open(beside)) {
      return Files.isRegularFile(file.path())
          ? ElfImage.read(file.path(), Set.of(), family.versionMark()).version()
          : "";
    }
  }

  /** Returns the libraries that the host's dynamic loader can find. */
  List<TlsLibrary> inLoaderFolders() {
    return ofLoader(Path.of("/"));
  }

  /** Returns the libraries that the dynamic loader can find below a root folder. */
  List<TlsLibrary> ofLoader(Path root) {
    Map<FileIdentity, TlsLibrary> found = new LinkedHashMap<>();
    for (String path : LoaderCache.read(root)) {
      add(root, path, found);
    }
    for (Path folder : LoaderFolders.read(root)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "lib*.so*")) {
        for (Path file : files) {
          add(root, "/" + root.relativize(file), found);
        }
      } catch (IOException | DirectoryIteratorException e) {
        // A folder that is configured and not there, or not ours to read, holds nothing for us.
      }
    }
    return List.copyOf(found.values());
  }

  private void add(Path root, String path, Map<FileIdentity, TlsLibrary> found) {
    for (TlsFamily family : families) {
      if (family.matches(fileName(path))) {
        try {
          Path real = RootedPath.resolve(root, path);
          FileIdentity identity = FileIdentity.of(real);
          if (!found.containsKey(identity) && Files.isRegularFile(real)) {
            read(
                    real,
                    "/" + root.relativize(real),
                    identity::equals,
                    family,
                    TlsLibrary.Linking.SHARED)
                .ifPresent(library -> found.put(identity, library));
          }
        } catch (IOException e) {
          // A cache may name what is no longer there.
          return;
        }
      }
    }
  }

  private static String fileName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
