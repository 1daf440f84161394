// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf.internal;

import java.util.Map;

/**
 * Names of the error numbers that libbpf itself and the kernel's bpf(2) and perf_event_open(2)
 * return.
 */
public final class Errno {
  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int ESRCH = 3;
  public static final int EINTR = 4;
  public static final int EBADF = 9;
  public static final int EACCES = 13;
  public static final int EINVAL = 22;

  /** {@code asm-generic/errno-base.h}, {@code errno.h}; 524 is {@code linux/errno.h}. */
  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(EPERM, "EPERM"),
          Map.entry(ENOENT, "ENOENT"),
          Map.entry(ESRCH, "ESRCH"),
          Map.entry(EINTR, "EINTR"),
          Map.entry(5, "EIO"),
          Map.entry(6, "ENXIO"),
          Map.entry(7, "E2BIG"),
          Map.entry(8, "ENOEXEC"),
          Map.entry(EBADF, "EBADF"),
          Map.entry(11, "EAGAIN"),
          Map.entry(12, "ENOMEM"),
          Map.entry(EACCES, "EACCES"),
          Map.entry(14, "EFAULT"),
          Map.entry(16, "EBUSY"),
          Map.entry(17, "EEXIST"),
          Map.entry(19, "ENODEV"),
          Map.entry(20, "ENOTDIR"),
          Map.entry(21, "EISDIR"),
          Map.entry(EINVAL, "EINVAL"),
          Map.entry(23, "ENFILE"),
          Map.entry(24, "EMFILE"),
          Map.entry(27, "EFBIG"),
          Map.entry(28, "ENOSPC"),
          Map.entry(34, "ERANGE"),
          Map.entry(38, "ENOSYS"),
          Map.entry(75, "EOVERFLOW"),
          Map.entry(95, "EOPNOTSUPP"),
          Map.entry(110, "ETIMEDOUT"),
          Map.entry(524, "ENOTSUPP"),
          // bpf/libbpf_legacy.h, enum libbpf_errno
          Map.entry(4000, "malformed object file"),
          Map.entry(4001, "unknown or damaged file format"),
          Map.entry(4002, "wrong kernel version"),
          Map.entry(4003, "wrong byte order"),
          Map.entry(4005, "relocation failed"),
          Map.entry(4007, "refused by the verifier"),
          Map.entry(4008, "program too big"));

  private Errno() {}

  /** Returns the symbolic name of a positive error number, {@code errno N} for a rare one. */
  public static String name(int errno) {
    return NAMES.getOrDefault(errno, "errno " + errno);
  }
}
