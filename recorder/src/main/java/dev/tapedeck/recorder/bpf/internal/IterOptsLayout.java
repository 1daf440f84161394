// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf.internal;

/**
 * Layout of libbpf's {@code struct bpf_iter_attach_opts} (1.0 and later), on machines with 64-bit
 * pointers, and of the part of {@code union bpf_iter_link_info} that names a map.
 */
public final class IterOptsLayout {
  public static final int SZ = 0;
  public static final int LINK_INFO = 8;
  public static final int LINK_INFO_LEN = 16;
  public static final int SIZE_BYTES = 24;

  /** {@code map.map_fd} in {@code union bpf_iter_link_info}. */
  public static final int MAP_FD = 0;

  /** Of {@code union bpf_iter_link_info} as it was in Linux 5.9, which later ones accept. */
  public static final int LINK_INFO_BYTES = 4;

  private IterOptsLayout() {}
}
