// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf.internal;

/**
 * Layout of {@code union bpf_attr} for {@code BPF_LINK_CREATE} with {@code uprobe_multi} ({@code
 * linux/bpf.h}, Linux 6.6), which libbpf knows since 1.3 only.
 *
 * <pre>
 * offset size field
 *      0    4 prog_fd
 *      4    4 target_fd
 *      8    4 attach_type
 *     12    4 flags
 *     16    8 uprobe_multi.path
 *     24    8 uprobe_multi.offsets
 *     32    8 uprobe_multi.ref_ctr_offsets
 *     40    8 uprobe_multi.cookies
 *     48    4 uprobe_multi.cnt
 *     52    4 uprobe_multi.flags
 *     56    4 uprobe_multi.pid
 * </pre>
 */
public final class UprobeMultiLayout {
  public static final int SIZE_BYTES = 64;
  public static final int PROG_FD = 0;
  public static final int ATTACH_TYPE = 8;
  public static final int PATH = 16;
  public static final int OFFSETS = 24;
  public static final int COOKIES = 40;
  public static final int CNT = 48;
  public static final int FLAGS = 52;
  public static final int PID = 56;

  /** {@code BPF_LINK_CREATE} of {@code enum bpf_cmd}. */
  public static final int LINK_CREATE = 28;

  /** {@code BPF_TRACE_UPROBE_MULTI} of {@code enum bpf_attach_type}. */
  public static final int TRACE_UPROBE_MULTI = 48;

  /** {@code BPF_TRACE_UPROBE_SESSION} of {@code enum bpf_attach_type}. */
  public static final int TRACE_UPROBE_SESSION = 57;

  /** {@code BPF_F_UPROBE_MULTI_RETURN}. */
  public static final int FLAG_RETURN = 1;

  private UprobeMultiLayout() {}
}
