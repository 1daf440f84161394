// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf.internal;

/**
 * Layout of {@code struct bpf_prog_load_opts} ({@code bpf/bpf.h}, libbpf 1.0) on 64-bit hosts, as
 * far as it is set.
 *
 * <pre>
 * offset size field
 *      0    8 sz
 *      8    4 attempts
 *     12    4 expected_attach_type
 * </pre>
 */
public final class ProgramLoadLayout {
  public static final int SIZE_BYTES = 16;
  public static final int SZ = 0;
  public static final int EXPECTED_ATTACH_TYPE = 12;

  private ProgramLoadLayout() {}
}
