// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf.internal;

/**
 * Layout of {@code struct perf_event_attr} ({@code linux/perf_event.h}) in its first version, as
 * far as it is set.
 *
 * <pre>
 * offset size field
 *      0    4 type
 *      4    4 size
 *      8    8 config
 * </pre>
 */
public final class PerfEventLayout {
  /** {@code PERF_ATTR_SIZE_VER0}. */
  public static final int SIZE_BYTES = 64;

  public static final int TYPE = 0;
  public static final int SIZE = 4;
  public static final int CONFIG = 8;

  /** {@code PERF_TYPE_TRACEPOINT}. */
  public static final int TYPE_TRACEPOINT = 2;

  /** {@code PERF_FLAG_FD_CLOEXEC}. */
  public static final long FLAG_CLOSE_ON_EXEC = 8;

  private PerfEventLayout() {}
}
