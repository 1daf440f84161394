// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf.internal;

/**
 * Layout of {@code struct bpf_object_open_opts} ({@code bpf/libbpf.h}, libbpf 1.0) on 64-bit hosts.
 *
 * <pre>
 * offset size field
 *      0    8 sz
 *      8    8 object_name
 *     16    1 relaxed_maps
 *     24    8 pin_root_path
 *     32    4 (removed attach_prog_fd)
 *     40    8 kconfig
 *     48    8 btf_custom_path
 *     56    8 kernel_log_buf
 *     64    8 kernel_log_size
 *     72    4 kernel_log_level
 *     76    4 padding
 * </pre>
 */
public final class OpenOptsLayout {
  public static final int SIZE_BYTES = 80;
  public static final int SZ = 0;
  public static final int OBJECT_NAME = 8;
  public static final int BTF_CUSTOM_PATH = 48;

  private OpenOptsLayout() {}
}
