// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.fornwall.jelf.ElfFile;
import net.fornwall.jelf.ElfNoteSection;
import net.fornwall.jelf.ElfSegment;
import net.fornwall.jelf.ElfSymbol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ElfImageTest {
  @TempDir Path folder;

  /** A library of this system that exports the functions, whatever its architecture's folder. */
  private static Path libssl() {
    List<TlsLibrary> found = new TlsLibraryFinder(new ProcFs(Path.of("/proc"))).inLoaderFolders();
    assumeTrue(!found.isEmpty(), "this system has no libssl");
    return found.get(0).openPath();
  }

  @Test
  void read_libssl_findsWhatJelfFinds() throws Exception {
    Path file = libssl();
    Map<String, Long> expected = new HashMap<>();
    ElfFile elf = ElfFile.from(file);
    for (ElfSymbol symbol : elf.getDynamicSymbolTableSection().symbols) {
      if (TlsFamily.OPENSSL.symbols().contains(String.valueOf(symbol.getName()))
          && symbol.st_value != 0) {
        for (ElfSegment segment : elf.segmentsOfType(ElfSegment.PT_LOAD)) {
          long inside = symbol.st_value - segment.p_vaddr;
          if (inside >= 0 && inside < segment.p_filesz) {
            expected.put(symbol.getName(), inside + segment.p_offset);
          }
        }
      }
    }

    ElfImage image = ElfImage.read(file, TlsFamily.OPENSSL.symbols(), "OpenSSL ");
    assertThat(image.functions()).isEqualTo(expected).containsKeys("SSL_read", "SSL_write");
    ElfNoteSection note = (ElfNoteSection) elf.firstSectionByName(".note.gnu.build-id");
    assertThat(image.buildId())
        .isEqualTo(java.util.HexFormat.of().formatHex(note.descriptorBytes()));
  }

  @Test
  void inLoaderFolders_libssl_hasTheVersionOfItsLibcrypto() {
    List<TlsLibrary> found = new TlsLibraryFinder(new ProcFs(Path.of("/proc"))).inLoaderFolders();
    assumeTrue(!found.isEmpty(), "this system has no libssl");

    assertThat(found)
        .allSatisfy(
            library -> {
              assertThat(library.version()).matches("\\d+\\.\\d+\\..*");
              assertThat(library.isRecordable()).isTrue();
            });
  }

  @Test
  void read_textFile_isNoElfFile() throws Exception {
    Path file = Files.writeString(folder.resolve("script"), "#!/bin/sh\necho hello\n".repeat(10));

    assertThatThrownBy(() -> ElfImage.read(file, Set.of("SSL_read"), "x"))
        .isInstanceOf(ElfFormatException.class)
        .hasMessage("no ELF file");
  }

  @Test
  void read_emptyFile_isNoElfFile() throws Exception {
    Path file = Files.createFile(folder.resolve("empty"));

    assertThatThrownBy(() -> ElfImage.read(file, Set.of(), "x"))
        .isInstanceOf(ElfFormatException.class);
  }

  @Test
  void read_32BitFile_saysSo() throws Exception {
    byte[] bytes = new byte[64];
    bytes[0] = 0x7f;
    bytes[1] = 'E';
    bytes[2] = 'L';
    bytes[3] = 'F';
    bytes[4] = 1;
    Path file = Files.write(folder.resolve("old"), bytes);

    assertThatThrownBy(() -> ElfImage.read(file, Set.of(), "x")).hasMessage("32-bit program");
  }

  @Test
  void read_anyDamage_givesValueOrIOException() throws Exception {
    byte[] original = Files.readAllBytes(libssl());
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      byte[] bytes = original.clone();
      // Headers are at both ends: the section table is last.
      for (int i = 0; i < 8; i++) {
        int near = random.nextInt(2000);
        bytes[random.nextBoolean() ? near : bytes.length - 1 - near] = (byte) random.nextInt();
      }
      int length = random.nextInt(4) == 0 ? random.nextInt(bytes.length) : bytes.length;
      Path file = Files.write(folder.resolve("damaged"), java.util.Arrays.copyOf(bytes, length));
      try {
        ElfImage.read(file, TlsFamily.OPENSSL.symbols(), "OpenSSL ");
      } catch (IOException e) {
        assertThat(e).hasMessageNotContaining("null");
      } catch (RuntimeException | OutOfMemoryError e) {
        throw new AssertionError("seed=" + seed, e);
      }
    }
  }
}
