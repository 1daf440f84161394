// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Libraries of processes, with a folder in place of {@code /proc}. */
final class TlsLibraryFinderTest {
  private static final int PID = 12;

  @TempDir Path folder;
  private Path proc;
  private Path real;
  private TlsLibraryFinder finder;

  @BeforeEach
  void makeProcess() throws Exception {
    proc = Files.createDirectory(folder.resolve("proc"));
    ProcFsTest.process(proc, PID, "server", 1, "/usr/bin/server");
    finder = new TlsLibraryFinder(new ProcFs(proc));
    real = finder.inLoaderFolders().get(0).openPath();
  }

  private FileMapping mapping(Path file, String path, boolean deleted) throws Exception {
    FileIdentity identity = FileIdentity.of(file);
    return new FileMapping("7f00-7f10", identity.deviceText(), identity.inode(), path, deleted);
  }

  private List<TlsLibrary> find(Set<Long> fresh, FileMapping... mappings) {
    List<TlsLibrary> found = new ArrayList<>();
    finder.inProcess(PID, List.of(mappings), fresh, located -> found.add(located.library()));
    return found;
  }

  @Test
  void deviceText_ofThisHost_isWhatMapsSays() throws Exception {
    FileMapping java =
        new ProcFs(Path.of("/proc"))
            .codeMappings((int) ProcessHandle.current().pid()).stream()
                .filter(mapping -> mapping.fileName().startsWith("libc.so"))
                .findFirst()
                .orElseThrow();

    assertThat(FileIdentity.of(Path.of(java.path())).deviceText()).isEqualTo(java.device());
  }

  @Test
  void inProcess_libraryLinkedIntoAnotherFile_isFoundByItsFunctions() throws Exception {
    Path linked = folder.resolve("libpython3.13.so.1.0");
    Files.copy(real, linked);

    assertThat(find(Set.of(), mapping(linked, linked.toString(), false)))
        .singleElement()
        .satisfies(
            library -> {
              assertThat(library.linking()).isEqualTo(TlsLibrary.Linking.STATIC);
              assertThat(library.displayPath()).isEqualTo(linked.toString());
              assertThat(library.isRecordable()).isTrue();
            });
  }

  @Test
  void inProcess_severalLibraries_areAllFound() throws Exception {
    Path copy = folder.resolve("libssl-1a2b.so.1.1");
    Files.copy(real, copy);
    Path linked = folder.resolve("node");
    Files.copy(real, linked);

    assertThat(
            find(
                Set.of(),
                mapping(linked, linked.toString(), false),
                mapping(real, real.toString(), false),
                mapping(copy, copy.toString(), false)))
        .extracting(library -> Path.of(library.displayPath()).getFileName().toString())
        .containsExactly(real.getFileName().toString(), "libssl-1a2b.so.1.1", "node");
  }

  @Test
  void inProcess_libraryReplacedOnDisk_isOpenedThroughItsMapping() throws Exception {
    Path old = folder.resolve("old");
    Files.copy(real, old);
    Path itself = Files.createDirectories(proc.resolve(PID + "/map_files")).resolve("7f00-7f10");
    Files.createSymbolicLink(itself, old);
    Path path = folder.resolve("libssl.so.3");
    Files.writeString(path, "the new one");

    assertThat(find(Set.of(), mapping(old, path.toString(), true)))
        .singleElement()
        .satisfies(
            library -> {
              assertThat(library.openPath()).isEqualTo(itself);
              assertThat(library.displayPath()).isEqualTo(path.toString());
            });
  }

  @Test
  void inProcess_otherFileUnderTheSamePathHere_isNotTaken() throws Exception {
    // The process is in a container: its path leads to something else in ours.
    Path theirs =
        Files.createDirectories(proc.resolve(PID + "/root" + folder)).resolve("libssl.so");
    Files.copy(real, theirs);
    Path ours = folder.resolve("libssl.so");
    Files.copy(real, ours);

    assertThat(find(Set.of(), mapping(theirs, ours.toString(), false)))
        .singleElement()
        .satisfies(library -> assertThat(library.openPath()).isEqualTo(theirs));
  }

  @Test
  void inProcess_inodeUsedAgain_isLookedAtAgain() throws Exception {
    Path file = folder.resolve("plugin.so");
    Files.writeString(file, "nothing");
    FileMapping mapping = mapping(file, file.toString(), false);
    assertThat(find(Set.of(), mapping)).isEmpty();
    Files.write(file, Files.readAllBytes(real));
    Files.setLastModifiedTime(file, FileTime.fromMillis(1));

    assertThat(find(Set.of(), mapping)).as("nobody said that it is new").isEmpty();
    assertThat(find(Set.of(mapping.start()), mapping)).hasSize(1);
  }

  @Test
  void ofLoader_cacheAndLinksOfAContainer_leadToItsOwnLibraries() throws Exception {
    Path root = Files.createDirectory(folder.resolve("container"));
    Files.createDirectories(root.resolve("usr/lib"));
    Files.createSymbolicLink(root.resolve("lib"), Path.of("usr/lib"));
    Files.copy(real, root.resolve("usr/lib/libssl.so.3"));
    Files.createSymbolicLink(root.resolve("usr/lib/libssl.so"), Path.of("/usr/lib/libssl.so.3"));

    assertThat(finder.ofLoader(root))
        .singleElement()
        .satisfies(
            library -> {
              assertThat(library.openPath()).isEqualTo(root.resolve("usr/lib/libssl.so.3"));
              assertThat(library.displayPath()).isEqualTo("/usr/lib/libssl.so.3");
              assertThat(library.family().name().toLowerCase(Locale.ROOT)).isEqualTo("openssl");
            });
  }

  @Test
  @Timeout(30)
  void inProcess_pipeOrNameThatIsNoPath_isNotOpened() throws Exception {
    Path pipe = folder.resolve("libssl.so.3");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertThat(
            find(
                Set.of(),
                mapping(pipe, pipe.toString(), false),
                mapping(real, "/no\0path/libssl.so.3", false)))
        .isEmpty();
  }
}
