// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h2;

import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.format.Bytes;

/**
 * Decodes the header blocks of one direction (RFC 7541), from the start of a connection or from its
 * middle.
 *
 * <p>A field that refers to an entry which was inserted before the first block, or in one that was
 * lost, is not known: its name, or name and value, stay open, and where it makes a new entry that
 * one is inserted all the same. No such field is ever given another entry's name or value.
 *
 * <p><b>Lifecycle:</b> {@link #decode} for each block in order, {@link #lose} where one or more are
 * missing or not whole.
 *
 * <p><b>Threads:</b> confined to one.
 */
public final class HpackDecoder {
  private static final int UNKNOWN = HeaderFields.UNKNOWN;
  private static final int INDEXED = 0x80;
  private static final int INCREMENTAL = 0x40;
  private static final int SIZE_UPDATE = 0x20;
  private static final int HUFFMAN = 0x80;
  private static final int LAST_SHIFT = 28;

  private final DynamicTable table;
  private byte[] in = new byte[0];
  private int at;
  private int end;
  private boolean broken;

  /**
   * Makes a decoder.
   *
   * @param fromStart whether the first block is the connection's first
   */
  public HpackDecoder(boolean fromStart) {
    table = new DynamicTable(fromStart);
  }

  /** Says that blocks are missing: what they inserted is not known. */
  public void lose() {
    table.lose();
  }

  /** Takes the other side's SETTINGS_HEADER_TABLE_SIZE (RFC 9113, section 6.5.2). */
  public void allow(long tableBytes) {
    table.allow(tableBytes);
  }

  /**
   * Decodes a block.
   *
   * @param source all of it
   * @param block takes the fields; what was in it is gone
   */
  public void decode(Bytes source, FieldBlock block) {
    in = source.sharedArray();
    at = source.sharedOffset();
    end = at + source.length();
    broken = false;
    block.clear();
    while (at < end && !broken) {
      int first = in[at];
      if (first < 0) {
        indexed(integer(INDEXED - 1), block);
      } else if ((first & INCREMENTAL) != 0) {
        literal(integer(INCREMENTAL - 1), true, block);
      } else if ((first & SIZE_UPDATE) != 0) {
        int bytes = integer(SIZE_UPDATE - 1);
        if (!broken) {
          table.resize(bytes);
        }
      } else {
        literal(integer(0x0f), false, block);
      }
    }
    if (broken) {
      block.malformed();
      table.lose();
    }
  }

  /** Finds out what follows from the order of a request's fields; see {@link PseudoFields}. */
  public void disclose(FieldBlock block) {
    if (block.unknownFields() > 0) {
      PseudoFields.disclose(block, table);
    }
  }

  /** Reads an integer (RFC 7541, section 5.1). */
  private int integer(int mask) {
    int value = in[at++] & mask;
    if (value < mask) {
      return value;
    }
    int shift = 0;
    long sum = value;
    while (true) {
      if (at == end || shift > LAST_SHIFT) {
        broken = true;
        return 0;
      }
      int next = in[at++];
      sum += (next & 0x7fL) << shift;
      shift += 7;
      if (next >= 0) {
        break;
      }
    }
    if (sum > Integer.MAX_VALUE) {
      broken = true;
      return 0;
    }
    return (int) sum;
  }

  /** RFC 7541, section 6.1. */
  private void indexed(int index, FieldBlock block) {
    if (broken || index == 0) {
      broken = true;
      return;
    }
    if (index <= StaticTable.SIZE) {
      copy(StaticTable.text(index), StaticTable.nameLength(index), 0, block);
      return;
    }
    int back = index - StaticTable.SIZE;
    if (!table.mayHold(back)) {
      broken = true;
      return;
    }
    int number = table.number(back);
    if (table.holds(number)) {
      copy(table.text(number), table.nameLength(number), table.nameNumber(number), block);
      return;
    }
    int nameFrom = block.length();
    int nameTo = name(index, block);
    block.add(nameTo < 0 ? UNKNOWN : nameFrom, nameTo, UNKNOWN, UNKNOWN, number);
  }

  private void copy(byte[] both, int nameBytes, int nameNumber, FieldBlock block) {
    if (nameBytes < 0) {
      int nameFrom = block.length();
      int nameTo = disclosed(nameNumber, block);
      int valueFrom = block.length();
      append(both, both.length, block);
      block.add(nameTo < 0 ? UNKNOWN : nameFrom, nameTo, valueFrom, block.length(), nameNumber);
      return;
    }
    int from = block.length();
    append(both, both.length, block);
    block.add(from, from + nameBytes, from + nameBytes, from + both.length, nameNumber);
  }

  private static void append(byte[] source, int count, FieldBlock block) {
    int from = block.length();
    System.arraycopy(source, 0, block.room(count), from, count);
    block.length(from + count);
  }

  private int disclosed(int number, FieldBlock block) {
    byte[] name = table.disclosedName(number);
    if (name == null) {
      return UNKNOWN;
    }
    append(name, name.length, block);
    return block.length();
  }

  /** Writes the name of an entry; returns where it ends, or −1 when it is not known. */
  private int name(int index, FieldBlock block) {
    if (index <= StaticTable.SIZE) {
      append(StaticTable.text(index), StaticTable.nameLength(index), block);
      return block.length();
    }
    int number = table.number(index - StaticTable.SIZE);
    if (table.holds(number) && table.nameLength(number) >= 0) {
      append(table.text(number), table.nameLength(number), block);
      return block.length();
    }
    return disclosed(table.nameNumber(number), block);
  }

  /** RFC 7541, section 6.2. */
  private void literal(int nameIndex, boolean insert, FieldBlock block) {
    if (broken || !table.mayHold(nameIndex - StaticTable.SIZE)) {
      broken = true;
      return;
    }
    int nameFrom = block.length();
    int nameTo = nameIndex == 0 ? string(block) : name(nameIndex, block);
    int valueFrom = block.length();
    int valueTo = broken ? UNKNOWN : string(block);
    if (broken) {
      return;
    }
    int number = 0;
    if (nameTo < 0) {
      number = table.nameNumber(table.number(nameIndex - StaticTable.SIZE));
    }
    byte[] text = block.text();
    if (insert && nameTo < 0) {
      byte[] value = new byte[valueTo - valueFrom];
      System.arraycopy(text, valueFrom, value, 0, value.length);
      table.insert(value, UNKNOWN, number);
    } else if (insert) {
      table.insert(text, nameFrom, nameTo, valueFrom, valueTo);
    }
    block.add(nameTo < 0 ? UNKNOWN : nameFrom, nameTo, valueFrom, valueTo, number);
  }

  /** Reads a string (RFC 7541, section 5.2); returns where its text ends. */
  private int string(FieldBlock block) {
    if (at == end) {
      broken = true;
      return UNKNOWN;
    }
    boolean huffman = (in[at] & HUFFMAN) != 0;
    int count = integer(HUFFMAN - 1);
    if (broken || count > end - at) {
      broken = true;
      return UNKNOWN;
    }
    int from = block.length();
    int to;
    if (huffman) {
      byte[] target = block.room(Huffman.maxDecodedBytes(count));
      to = Huffman.decode(in, at, at + count, target, from);
      if (to < 0) {
        broken = true;
        return UNKNOWN;
      }
    } else {
      System.arraycopy(in, at, block.room(count), from, count);
      to = from + count;
    }
    at += count;
    block.length(to);
    return to;
  }
}
