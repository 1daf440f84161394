// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf.internal;

/**
 * Layout of {@code struct bpf_prog_info} ({@code linux/bpf.h}), as far as it is read.
 *
 * <pre>
 * offset size field
 *    192    8 run_time_ns
 *    200    8 run_cnt
 *    208    8 recursion_misses (Linux 5.12)
 * </pre>
 */
public final class ProgramInfoLayout {
  public static final int SIZE_BYTES = 216;
  public static final int RECURSION_MISSES = 208;

  private ProgramInfoLayout() {}
}
