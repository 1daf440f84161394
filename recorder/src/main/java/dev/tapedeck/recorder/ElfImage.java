// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the recorder needs to know of an ELF file (elf(5)): where some functions are, and its build
 * id.
 *
 * <p>The files belong to other processes and may be hostile or change while they are read: they are
 * read in pieces of bounded size and never mapped, and every count is checked before it is used.
 *
 * <p><b>Limits:</b> 64-bit little-endian files; {@value #MAX_SECTIONS} sections, symbol and string
 * tables of {@value #MAX_TABLE_BYTES} bytes, {@value #MAX_WORK} bytes in all; tables may overlap,
 * so that a small file could else be read for ever.
 *
 * <p><b>Threads:</b> immutable.
 */
final class ElfImage {
  static final int MAX_SECTIONS = 65_535;
  static final int MAX_TABLE_BYTES = 256 << 20;
  static final long MAX_WORK = 512 << 20;
  static final int MAX_VERSION_CHARS = 64;

  private static final int HEADER_BYTES = 64;
  private static final int PROGRAM_HEADER_BYTES = 56;
  private static final int SECTION_HEADER_BYTES = 64;
  private static final int SYMBOL_BYTES = 24;
  private static final int MAX_NOTE_BYTES = 64 * 1024;
  private static final int MAX_BUILD_ID_BYTES = 64;

  /** How often the ends of strings may be names that are looked for. */
  private static final int MAX_NAMES = 4096;

  private static final int PIECE_BYTES = 256 * 1024;
  private static final int PT_LOAD = 1;
  private static final int SHT_SYMTAB = 2;
  private static final int SHT_NOTE = 7;
  private static final int SHT_NOBITS = 8;
  private static final int SHT_DYNSYM = 11;
  private static final int NT_GNU_BUILD_ID = 3;

  /** Of a note by the name Go (cmd/internal/buildid), which stripping leaves. */
  private static final int NT_GO_BUILD_ID = 4;

  private static final int GO_NAME = 'G' | 'o' << 8;
  private static final int STT_FUNC = 2;
  private static final int STT_GNU_IFUNC = 10;

  private final Map<String, Long> functions;
  private final String buildId;
  private final String version;
  private final boolean go;

  private ElfImage(Map<String, Long> functions, String buildId, String version, boolean go) {
    this.functions = Map.copyOf(functions);
    this.buildId = buildId;
    this.version = version;
    this.go = go;
  }

  private record Segment(long offset, long address, long fileBytes) {}

  private record Section(int nameOffset, int type, long offset, long sizeBytes, int link) {}

  /**
   * Reads a file.
   *
   * @param file the file
   * @param wanted names of functions to look for; where none of them is, the version is not looked
   *     for either
   * @param versionMark text that the library's version follows, such as {@code "OpenSSL "}
   * @throws ElfFormatException when it is no ELF file that can be recorded
   * @throws IOException when it cannot be read
   */
  static ElfImage read(Path file, Set<String> wanted, String versionMark) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return new Parser(channel).parse(wanted, versionMark);
    }
  }

  /** Returns the offset in the file of each function that was looked for and is defined here. */
  Map<String, Long> functions() {
    return functions;
  }

  /** Returns the GNU build id in hexadecimal digits; empty when there is none. */
  String buildId() {
    return buildId;
  }

  /** Returns the version after the mark; empty when there is none. */
  String version() {
    return version;
  }

  /** Returns whether the Go compiler made it. */
  boolean isGo() {
    return go;
  }

  private static final class Parser {
    private final FileChannel channel;
    private long work;
    private boolean go;
    private String buildId = "";

    Parser(FileChannel channel) {
      this.channel = channel;
    }

    ElfImage parse(Set<String> wanted, String versionMark) throws IOException {
      ByteBuffer header = header();
      List<Segment> segments = segments(header);
      List<Section> sections = sections(header);
      Map<String, Long> functions = new HashMap<>();
      for (Section section : sections) {
        switch (section.type()) {
          case SHT_SYMTAB, SHT_DYNSYM -> {
            if (section.link() >= 0 && section.link() < sections.size()) {
              find(section, sections.get(section.link()), wanted, segments, functions);
            }
          }
          case SHT_NOTE -> takeNote(section);
          default -> {}
        }
      }
      boolean none = functions.isEmpty() && !wanted.isEmpty();
      String version = none ? "" : version(header, sections, versionMark);
      return new ElfImage(functions, buildId, version, go);
    }

    private ByteBuffer header() throws IOException {
      ByteBuffer header;
      try {
        header = read(0, HEADER_BYTES);
      } catch (EOFException e) {
        throw new ElfFormatException("no ELF file", e);
      }
      if (header.order(ByteOrder.BIG_ENDIAN).getInt(0) != 0x7f454c46) {
        throw new ElfFormatException("no ELF file");
      }
      if (header.get(4) != 2) {
        throw new ElfFormatException("32-bit program");
      }
      if (header.get(5) != 1) {
        throw new ElfFormatException("big-endian program");
      }
      return header.order(ByteOrder.LITTLE_ENDIAN);
    }

    private List<Segment> segments(ByteBuffer header) throws IOException {
      int count = Short.toUnsignedInt(header.getShort(56));
      ByteBuffer table = read(header.getLong(32), count * PROGRAM_HEADER_BYTES);
      List<Segment> segments = new ArrayList<>();
      for (int at = 0; at < table.limit(); at += PROGRAM_HEADER_BYTES) {
        if (table.getInt(at) == PT_LOAD) {
          segments.add(
              new Segment(table.getLong(at + 8), table.getLong(at + 16), table.getLong(at + 32)));
        }
      }
      return segments;
    }

    private List<Section> sections(ByteBuffer header) throws IOException {
      int count = Short.toUnsignedInt(header.getShort(60));
      if (header.getLong(40) == 0 || count > MAX_SECTIONS) {
        return List.of();
      }
      ByteBuffer table = read(header.getLong(40), count * SECTION_HEADER_BYTES);
      List<Section> sections = new ArrayList<>();
      for (int at = 0; at < table.limit(); at += SECTION_HEADER_BYTES) {
        sections.add(
            new Section(
                table.getInt(at),
                table.getInt(at + 4),
                table.getLong(at + 24),
                table.getLong(at + 32),
                table.getInt(at + 40)));
      }
      return sections;
    }

    private void find(
        Section symbols,
        Section strings,
        Set<String> wanted,
        List<Segment> segments,
        Map<String, Long> functions)
        throws IOException {
      checkSize(symbols);
      checkSize(strings);
      Map<Integer, String> names = nameOffsets(strings, wanted);
      if (names.isEmpty()) {
        return;
      }
      int piece = PIECE_BYTES / SYMBOL_BYTES * SYMBOL_BYTES;
      long usable = symbols.sizeBytes() / SYMBOL_BYTES * SYMBOL_BYTES;
      for (long done = 0; done < usable; done += piece) {
        ByteBuffer table = read(symbols.offset() + done, (int) Math.min(piece, usable - done));
        for (int at = 0; at < table.limit(); at += SYMBOL_BYTES) {
          String name = names.get(table.getInt(at));
          int type = table.get(at + 4) & 0xf;
          boolean defined = table.getShort(at + 6) != 0;
          if (name != null && defined && (type == STT_FUNC || type == STT_GNU_IFUNC)) {
            spend(segments.size());
            long offset = fileOffset(segments, table.getLong(at + 8));
            if (offset >= 0) {
              functions.put(name, offset);
            }
          }
        }
      }
    }

    private static long fileOffset(List<Segment> segments, long address) {
      for (Segment segment : segments) {
        long inSegment = address - segment.address();
        if (inSegment >= 0 && inSegment < segment.fileBytes()) {
          return inSegment + segment.offset();
        }
      }
      return -1;
    }

    /** Finds where in the string table the names stand: linkers share the ends of strings. */
    private Map<Integer, String> nameOffsets(Section strings, Set<String> wanted)
        throws IOException {
      Map<Integer, String> found = new HashMap<>();
      int longest = wanted.stream().mapToInt(String::length).max().orElse(0) + 1;
      for (long done = 0; done < strings.sizeBytes(); done += PIECE_BYTES) {
        int length = (int) Math.min(PIECE_BYTES + (long) longest, strings.sizeBytes() - done);
        byte[] bytes = read(strings.offset() + done, length).array();
        for (int end = 1; end < bytes.length; end++) {
          if (bytes[end] == 0 && bytes[end - 1] != 0) {
            addNames(bytes, end, done, wanted, found);
          }
        }
      }
      return found;
    }

    private void addNames(
        byte[] bytes, int end, long start, Set<String> wanted, Map<Integer, String> found)
        throws ElfFormatException {
      spend(wanted.size());
      for (String name : wanted) {
        int from = end - name.length();
        int same = 0;
        while (from >= 0 && same < name.length() && bytes[end - 1 - same] == last(name, same)) {
          same++;
        }
        if (same == name.length()) {
          found.put((int) start + from, name);
          if (found.size() > MAX_NAMES) {
            throw new ElfFormatException("more than " + MAX_NAMES + " names");
          }
        }
      }
    }

    private static char last(String name, int back) {
      return name.charAt(name.length() - 1 - back);
    }

    private void takeNote(Section section) throws IOException {
      if (section.sizeBytes() > MAX_NOTE_BYTES || section.sizeBytes() < 16) {
        return;
      }
      // elf(5), notes: name size, descriptor size, type, name, descriptor, each padded to 4.
      ByteBuffer note = read(section.offset(), (int) section.sizeBytes());
      int nameBytes = note.getInt(0);
      int descriptorBytes = note.getInt(4);
      int type = note.getInt(8);
      if (nameBytes != 4 || descriptorBytes < 0 || descriptorBytes > note.limit() - 16) {
        return;
      }
      go |= type == NT_GO_BUILD_ID && note.getInt(12) == GO_NAME;
      if (type == NT_GNU_BUILD_ID && buildId.isEmpty() && descriptorBytes <= MAX_BUILD_ID_BYTES) {
        byte[] descriptor = new byte[descriptorBytes];
        note.get(16, descriptor);
        buildId = HexFormat.of().formatHex(descriptor);
      }
    }

    private String version(ByteBuffer header, List<Section> sections, String mark)
        throws IOException {
      int nameTable = Short.toUnsignedInt(header.getShort(62));
      if (nameTable >= sections.size()) {
        return "";
      }
      Section names = sections.get(nameTable);
      for (Section section : sections) {
        if (section.type() != SHT_NOBITS && ".rodata".equals(name(names, section))) {
          checkSize(section);
          return version(section, mark);
        }
      }
      return "";
    }

    private String version(Section section, String mark) throws IOException {
      byte[] text = mark.getBytes(StandardCharsets.US_ASCII);
      int overlap = 64;
      for (long done = 0; done < section.sizeBytes(); done += PIECE_BYTES) {
        int length = (int) Math.min(PIECE_BYTES + (long) overlap, section.sizeBytes() - done);
        byte[] bytes = read(section.offset() + done, length).array();
        for (int at = indexOf(bytes, text, 0); at >= 0; at = indexOf(bytes, text, at + 1)) {
          int from = at + text.length;
          int to = from;
          int most = Math.min(bytes.length, from + MAX_VERSION_CHARS);
          while (to < most && bytes[to] > ' ' && bytes[to] < 127) {
            to++;
          }
          if (to > from && bytes[from] >= '0' && bytes[from] <= '9') {
            return new String(bytes, from, to - from, StandardCharsets.US_ASCII);
          }
        }
      }
      return "";
    }

    private String name(Section names, Section section) throws IOException {
      long room = names.sizeBytes() - section.nameOffset();
      if (section.nameOffset() < 0 || room <= 0) {
        return "";
      }
      byte[] bytes = read(names.offset() + section.nameOffset(), (int) Math.min(room, 16)).array();
      int end = 0;
      while (end < bytes.length && bytes[end] != 0) {
        end++;
      }
      return new String(bytes, 0, end, StandardCharsets.US_ASCII);
    }

    private static void checkSize(Section section) throws ElfFormatException {
      if (section.sizeBytes() < 0 || section.sizeBytes() > MAX_TABLE_BYTES) {
        throw new ElfFormatException("section of " + section.sizeBytes() + " bytes");
      }
    }

    private static int indexOf(byte[] bytes, byte[] text, int from) {
      for (int at = from; at <= bytes.length - text.length; at++) {
        int same = 0;
        while (same < text.length && bytes[at + same] == text[same]) {
          same++;
        }
        if (same == text.length) {
          return at;
        }
      }
      return -1;
    }

    private void spend(long amount) throws ElfFormatException {
      work += amount;
      if (work > MAX_WORK) {
        throw new ElfFormatException("more than " + MAX_WORK + " bytes to read");
      }
    }

    private ByteBuffer read(long offset, int length) throws IOException {
      if (offset < 0 || offset > channel.size()) {
        throw new ElfFormatException("offset=" + offset);
      }
      spend(length);
      ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, offset + buffer.position()) < 0) {
          throw new EOFException("ELF file ends at offset " + (offset + buffer.position()));
        }
      }
      return buffer.flip();
    }
  }
}
