// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The structures and variables that a BPF object's type information describes.
 *
 * <p>The encoding is {@code Documentation/bpf/btf.rst} of the kernel: a header, a table of types
 * with ids from 1, and a table of strings.
 *
 * <p><b>Threads:</b> immutable once parsed.
 */
public final class Btf {
  private static final int MAGIC = 0xeb9f;
  private static final int MAX_KIND = 19;
  private static final int KIND_INT = 1;
  private static final int KIND_ARRAY = 3;
  private static final int KIND_STRUCT = 4;
  private static final int KIND_UNION = 5;
  private static final int KIND_ENUM = 6;
  private static final int KIND_FUNC_PROTO = 13;
  private static final int KIND_VAR = 14;
  private static final int KIND_DATASEC = 15;
  private static final int KIND_DECL_TAG = 17;
  private static final int KIND_ENUM64 = 19;

  private final Map<String, Struct> structs = new HashMap<>();
  private final Map<String, Map<String, Long>> enums = new HashMap<>();
  private final Map<String, List<SectionEntry>> sections = new HashMap<>();
  private final Map<Integer, String> variableNames = new HashMap<>();

  /**
   * A structure.
   *
   * @param name tag
   * @param sizeBytes size
   * @param offsets byte offset of each member, in order; bit fields are rounded down
   */
  public record Struct(String name, int sizeBytes, Map<String, Integer> offsets) {
    public Struct {
      offsets = Map.copyOf(offsets);
    }
  }

  /**
   * A variable at file scope.
   *
   * @param name identifier
   * @param offsetBytes place in its section
   * @param sizeBytes size
   */
  public record Variable(String name, int offsetBytes, int sizeBytes) {}

  private record SectionEntry(int typeId, int offsetBytes, int sizeBytes) {}

  private Btf() {}

  /**
   * Parses raw type information.
   *
   * @param raw from the header on, in its own byte order
   * @throws BpfException when it is malformed
   */
  public static Btf parse(ByteBuffer raw) throws BpfException {
    try {
      if (Short.toUnsignedInt(raw.getShort(0)) != MAGIC) {
        throw new BpfException("type information has no BTF magic");
      }
      int headerBytes = raw.getInt(4);
      int typesFrom = headerBytes + raw.getInt(8);
      int typesTo = typesFrom + raw.getInt(12);
      int stringsFrom = headerBytes + raw.getInt(16);
      Btf btf = new Btf();
      int at = typesFrom;
      for (int id = 1; at < typesTo; id++) {
        at = btf.parseType(raw, at, id, stringsFrom);
      }
      return btf;
    } catch (IndexOutOfBoundsException e) {
      throw new BpfException("type information is cut short", e);
    }
  }

  /** Parses the type at an offset and returns the offset of the next one. */
  private int parseType(ByteBuffer raw, int at, int id, int stringsFrom) throws BpfException {
    int info = raw.getInt(at + 4);
    int size = raw.getInt(at + 8);
    int count = info & 0xffff;
    int kind = (info >> 24) & 0x1f;
    boolean bitFields = info < 0;
    String name = string(raw, stringsFrom + raw.getInt(at));
    int body = at + 12;
    switch (kind) {
      case KIND_STRUCT, KIND_UNION -> {
        Map<String, Integer> offsets = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
          int offsetBits = raw.getInt(body + 12 * i + 8);
          offsets.put(
              string(raw, stringsFrom + raw.getInt(body + 12 * i)),
              (bitFields ? offsetBits & 0xffffff : offsetBits) / Byte.SIZE);
        }
        structs.put(name, new Struct(name, size, offsets));
        return body + 12 * count;
      }
      case KIND_ENUM -> {
        Map<String, Long> values = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
          values.put(
              string(raw, stringsFrom + raw.getInt(body + 8 * i)),
              (long) raw.getInt(body + 8 * i + 4));
        }
        enums.put(name, Map.copyOf(values));
        return body + 8 * count;
      }
      case KIND_DATASEC -> {
        List<SectionEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          int entry = body + 12 * i;
          entries.add(
              new SectionEntry(raw.getInt(entry), raw.getInt(entry + 4), raw.getInt(entry + 8)));
        }
        sections.put(name, entries);
        return body + 12 * count;
      }
      case KIND_VAR -> {
        variableNames.put(id, name);
        return body + 4;
      }
      default -> {
        return body + bodyBytes(kind, count);
      }
    }
  }

  private static int bodyBytes(int kind, int count) throws BpfException {
    if (kind == 0 || kind > MAX_KIND) {
      throw new BpfException("type information has unknown kind " + kind);
    }
    return switch (kind) {
      case KIND_INT, KIND_DECL_TAG -> 4;
      case KIND_ARRAY -> 12;
      case KIND_FUNC_PROTO -> 8 * count;
      case KIND_ENUM64 -> 12 * count;
      default -> 0;
    };
  }

  private static String string(ByteBuffer raw, int at) {
    int end = at;
    while (raw.get(end) != 0) {
      end++;
    }
    byte[] bytes = new byte[end - at];
    raw.get(at, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Returns the structure or union with a tag; empty when the object does not mention it. */
  public Optional<Struct> struct(String name) {
    return Optional.ofNullable(structs.get(name));
  }

  /** Returns the constants of an enumeration by name; empty when the object does not mention it. */
  public Map<String, Long> enumeration(String name) {
    return enums.getOrDefault(name, Map.of());
  }

  /** Returns a variable of a section. */
  public Optional<Variable> variable(String section, String name) {
    for (SectionEntry entry : sections.getOrDefault(section, List.of())) {
      if (name.equals(variableNames.get(entry.typeId()))) {
        return Optional.of(new Variable(name, entry.offsetBytes(), entry.sizeBytes()));
      }
    }
    return Optional.empty();
  }
}
