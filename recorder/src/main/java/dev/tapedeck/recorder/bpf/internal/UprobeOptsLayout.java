// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf.internal;

/**
 * Layout of {@code struct bpf_uprobe_opts} ({@code bpf/libbpf.h}, libbpf 1.0) on 64-bit hosts.
 *
 * <pre>
 * offset size field
 *      0    8 sz
 *      8    8 ref_ctr_offset
 *     16    8 bpf_cookie
 *     24    1 retprobe
 *     32    8 func_name
 * </pre>
 */
public final class UprobeOptsLayout {
  public static final int SIZE_BYTES = 40;
  public static final int SZ = 0;
  public static final int BPF_COOKIE = 16;
  public static final int RETPROBE = 24;

  private UprobeOptsLayout() {}
}
