// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What Linux 5.10 refuses even in dead code, looked for in the instructions of the object for it.
 */
class LegacyObjectTest {
  // ELF-64 object file format: the header's and the section headers' fields in use
  private static final int E_SHOFF = 40;
  private static final int E_SHENTSIZE = 58;
  private static final int E_SHNUM = 60;
  private static final int SH_FLAGS = 8;
  private static final int SH_OFFSET = 24;
  private static final int SH_SIZE = 32;
  private static final int SHF_EXECINSTR = 4;

  // Linux Documentation/bpf/standardization/instruction-set.rst
  private static final int INSTRUCTION_BYTES = 8;
  private static final int IMMEDIATE = 4;
  private static final int LOAD_OF_TWO_SLOTS = 0x18;
  private static final int ATOMIC_OF_4_BYTES = 0xc3;
  private static final int ATOMIC_OF_8_BYTES = 0xdb;

  @ParameterizedTest
  @ValueSource(strings = {"x86_64", "aarch64"})
  void atomics_onLinux5_10_onlyAdd(String architecture) throws Exception {
    String path = "/dev/tapedeck/bpf/" + architecture + "/tapedeck-legacy.bpf.o";
    byte[] image;
    try (var in = LegacyObjectTest.class.getResourceAsStream(path)) {
      image = in.readAllBytes();
    }
    assertThat(operationsOfAtomics(ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN)))
        .as("clang makes an `or` of an atomic add of a constant 0")
        .isNotEmpty()
        .containsOnly(0);
  }

  private static List<Integer> operationsOfAtomics(ByteBuffer elf) {
    List<Integer> operations = new ArrayList<>();
    for (int i = 0; i < elf.getShort(E_SHNUM); i++) {
      int header = (int) elf.getLong(E_SHOFF) + i * elf.getShort(E_SHENTSIZE);
      if ((elf.getLong(header + SH_FLAGS) & SHF_EXECINSTR) == 0) {
        continue;
      }
      int at = (int) elf.getLong(header + SH_OFFSET);
      int end = at + (int) elf.getLong(header + SH_SIZE);
      while (at < end) {
        int code = elf.get(at) & 0xff;
        if (code == ATOMIC_OF_4_BYTES || code == ATOMIC_OF_8_BYTES) {
          operations.add(elf.getInt(at + IMMEDIATE));
        }
        at += code == LOAD_OF_TWO_SLOTS ? 2 * INSTRUCTION_BYTES : INSTRUCTION_BYTES;
      }
    }
    return operations;
  }
}
