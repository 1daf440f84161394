// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
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

  /** An ELF file of one segment and some sections, sparse where nothing was written. */
  private final class CraftedElf {
    private static final int TABLES_AT = 4096;
    private final Path file = folder.resolve("crafted");
    private final java.io.ByteArrayOutputStream sections = new java.io.ByteArrayOutputStream();
    private final java.io.RandomAccessFile out;
    private long end = TABLES_AT;

    CraftedElf() throws IOException {
      out = new java.io.RandomAccessFile(file.toFile(), "rw");
    }

    private static ByteBuffer little(int size) {
      return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] bytes(ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.capacity()];
      buffer.get(0, bytes);
      return bytes;
    }

    /** Adds bytes and returns where they are. */
    long add(byte[] bytes) throws IOException {
      long at = end;
      out.seek(at);
      out.write(bytes);
      end += bytes.length;
      return at;
    }

    CraftedElf section(int name, int type, long at, long size, int link) {
      sections.writeBytes(
          bytes(
              little(64)
                  .putInt(0, name)
                  .putInt(4, type)
                  .putLong(24, at)
                  .putLong(32, size)
                  .putInt(40, link)));
      return this;
    }

    Path finish(long length) throws IOException {
      long at = add(sections.toByteArray());
      ByteBuffer header =
          little(120)
              .putInt(0, 0x464c457f)
              .putInt(4, 0x010102)
              .putLong(32, 64)
              .putLong(40, at)
              .putShort(56, (short) 1)
              .putShort(60, (short) (sections.size() / 64))
              .putInt(64, 1)
              .putLong(96, 4096);
      out.seek(0);
      out.write(bytes(header));
      out.setLength(Math.max(length, end));
      out.close();
      return file;
    }
  }

  @Test
  void read_stringTableFullOfNames_isRefusedBeforeTheyFillTheMemory() throws Exception {
    CraftedElf elf = new CraftedElf();
    byte[] names = "\0SSL_read".repeat(100_000).getBytes(StandardCharsets.US_ASCII);
    long strings = elf.add(names);
    Path file = elf.section(0, 3, strings, names.length, 0).section(0, 2, strings, 48, 0).finish(0);

    assertThatThrownBy(() -> ElfImage.read(file, Set.of("SSL_read"), "OpenSSL "))
        .isInstanceOf(ElfFormatException.class)
        .hasMessageContaining("names");
  }

  @Test
  void read_manyTablesOverTheSameBytes_isRefusedBeforeTheyTakeForEver() throws Exception {
    CraftedElf elf = new CraftedElf();
    long size = 200L << 20;
    elf.section(0, 3, 4096, size, 0);
    for (int i = 0; i < 60_000; i++) {
      elf.section(0, 2, 4096, size, 0);
    }
    Path file = elf.finish(4096 + size);

    assertThatThrownBy(() -> ElfImage.read(file, Set.of("SSL_read"), "OpenSSL "))
        .isInstanceOf(ElfFormatException.class)
        .hasMessageContaining("bytes to read");
  }

  @Test
  void read_endlessVersionAndBuildId_areCut() throws Exception {
    CraftedElf elf = new CraftedElf();
    byte[] names = "\0SSL_read\0.rodata\0".getBytes(StandardCharsets.US_ASCII);
    byte[] constants = ("OpenSSL 3." + "1".repeat(100_000)).getBytes(StandardCharsets.US_ASCII);
    byte[] note = CraftedElf.bytes(CraftedElf.little(60_000).putInt(4).putInt(59_000).putInt(3));
    byte[] symbols =
        CraftedElf.bytes(CraftedElf.little(24).putInt(1).put((byte) 2).putShort(6, (short) 1));
    Path file =
        elf.section(0, 3, elf.add(names), names.length, 0)
            .section(10, 1, elf.add(constants), constants.length, 0)
            .section(0, 7, elf.add(note), note.length, 0)
            .section(0, 2, elf.add(symbols), symbols.length, 0)
            .finish(0);

    ElfImage image = ElfImage.read(file, Set.of("SSL_read"), "OpenSSL ");

    assertThat(image.functions()).containsOnlyKeys("SSL_read");
    assertThat(image.version()).startsWith("3.11").hasSize(ElfImage.MAX_VERSION_CHARS);
    assertThat(image.buildId()).isEmpty();
  }
}
