// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Programs at functions of libraries keep their variables on the task's stack: each has a tail
 * call, which is what newer kernels go by; see {@code bpf/own_stack.bpf.h}.
 */
final class OwnStackTest {
  // ELF-64 object file format: the header's, the section headers' and the symbols' fields in use
  private static final int E_SHOFF = 40;
  private static final int E_SHNUM = 60;
  private static final int E_SHSTRNDX = 62;
  private static final int SECTION_HEADER_BYTES = 64;
  private static final int SH_TYPE = 4;
  private static final int SH_OFFSET = 24;
  private static final int SH_SIZE = 32;
  private static final int SHT_SYMTAB = 2;
  private static final int SYMBOL_BYTES = 24;
  private static final int ST_INFO = 4;
  private static final int ST_SHNDX = 6;
  private static final int STT_FUNC = 2;

  // Linux Documentation/bpf/standardization/instruction-set.rst
  private static final int INSTRUCTION_BYTES = 8;
  private static final int LOAD_OF_TWO_SLOTS = 0x18;
  private static final long CALL_OF_TAIL_CALL = 0x0000_000c_0000_0085L;

  @ParameterizedTest
  @ValueSource(strings = {"x86_64", "aarch64"})
  void programsAtLibraries_eachHasATailCall(String architecture) throws Exception {
    ByteBuffer elf =
        ByteBuffer.wrap(KernelSide.resource(new HostKernel("", architecture), "tapedeck.bpf.o"))
            .order(ByteOrder.LITTLE_ENDIAN);
    Map<Integer, Integer> functions = functionsBySection(elf);

    for (String section : new String[] {"uprobe", "uretprobe"}) {
      int index = sectionNamed(elf, section);
      assertThat(functions.get(index)).as("programs in " + section).isGreaterThan(5);
      assertThat(tailCalls(elf, index)).as(section).isEqualTo(functions.get(index));
    }
  }

  private static int header(ByteBuffer elf, int section) {
    return (int) elf.getLong(E_SHOFF) + section * SECTION_HEADER_BYTES;
  }

  private static int sectionNamed(ByteBuffer elf, String name) {
    int names = (int) elf.getLong(header(elf, elf.getShort(E_SHSTRNDX)) + SH_OFFSET);
    byte[] wanted = (name + '\0').getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < elf.getShort(E_SHNUM); i++) {
      byte[] found = new byte[wanted.length];
      elf.get(names + elf.getInt(header(elf, i)), found);
      if (Arrays.equals(found, wanted)) {
        return i;
      }
    }
    throw new AssertionError("no section " + name);
  }

  private static Map<Integer, Integer> functionsBySection(ByteBuffer elf) {
    Map<Integer, Integer> functions = new HashMap<>();
    for (int i = 0; i < elf.getShort(E_SHNUM); i++) {
      int header = header(elf, i);
      if (elf.getInt(header + SH_TYPE) != SHT_SYMTAB) {
        continue;
      }
      int table = (int) elf.getLong(header + SH_OFFSET);
      for (int at = table; at < table + elf.getLong(header + SH_SIZE); at += SYMBOL_BYTES) {
        if ((elf.get(at + ST_INFO) & 0xf) == STT_FUNC) {
          functions.merge((int) elf.getShort(at + ST_SHNDX), 1, Integer::sum);
        }
      }
    }
    return functions;
  }

  private static int tailCalls(ByteBuffer elf, int section) {
    int at = (int) elf.getLong(header(elf, section) + SH_OFFSET);
    long end = at + elf.getLong(header(elf, section) + SH_SIZE);
    int calls = 0;
    while (at < end) {
      calls += elf.getLong(at) == CALL_OF_TAIL_CALL ? 1 : 0;
      boolean isLong = (elf.get(at) & 0xff) == LOAD_OF_TWO_SLOTS;
      at += isLong ? 2 * INSTRUCTION_BYTES : INSTRUCTION_BYTES;
    }
    return calls;
  }
}
