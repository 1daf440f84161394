// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.recorder.HostChecks.Check;
import java.util.ArrayList;
import java.util.List;

/**
 * What this process may do, beside what a recording needs; {@code docs/SECURITY.md} says what each
 * capability is for.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class PrivilegeChecks {
  // linux/capability.h
  private static final int CAP_DAC_READ_SEARCH = 2;
  private static final int CAP_SYS_PTRACE = 19;
  private static final int CAP_SYS_ADMIN = 21;
  private static final int CAP_PERFMON = 38;
  private static final int CAP_BPF = 39;
  private static final int CAP_CHECKPOINT_RESTORE = 40;

  private static final long NEEDED =
      1L << CAP_DAC_READ_SEARCH
          | 1L << CAP_SYS_PTRACE
          | 1L << CAP_PERFMON
          | 1L << CAP_BPF
          | 1L << CAP_CHECKPOINT_RESTORE;

  private final long effective;
  private final long permitted;

  /**
   * Checks of a process.
   *
   * @param effective its effective capabilities, as bits
   * @param permitted its permitted ones
   */
  PrivilegeChecks(long effective, long permitted) {
    this.effective = effective;
    this.permitted = permitted;
  }

  /** Returns checks of this process. */
  static PrivilegeChecks ofThisProcess(ProcFs proc) {
    int pid = (int) ProcessHandle.current().pid();
    return new PrivilegeChecks(
        capabilities(proc.status(pid, "CapEff")), capabilities(proc.status(pid, "CapPrm")));
  }

  private static long capabilities(String hexadecimal) {
    return hexadecimal.isEmpty() ? 0 : Long.parseUnsignedLong(hexadecimal, 16);
  }

  /** Returns the check without which nothing can be recorded. */
  Check required() {
    boolean ok = has(CAP_SYS_ADMIN) || (has(CAP_BPF) && has(CAP_PERFMON));
    return new Check(
        "privilege",
        ok,
        true,
        has(CAP_SYS_ADMIN)
            ? "CAP_SYS_ADMIN"
            : "CAP_BPF "
                + HostChecks.yesNo(has(CAP_BPF))
                + ", CAP_PERFMON "
                + HostChecks.yesNo(has(CAP_PERFMON)),
        "recording needs CAP_BPF and CAP_PERFMON: run as root, or give the process these");
  }

  /** Returns all checks. */
  List<Check> all() {
    List<Check> checks = new ArrayList<>();
    checks.add(required());
    checks.add(capability("cap_sys_ptrace", CAP_SYS_PTRACE, "to see libraries of other users"));
    checks.add(
        capability("cap_dac_read_search", CAP_DAC_READ_SEARCH, "to open files of other users"));
    checks.add(
        capability(
            "cap_checkpoint_restore",
            CAP_CHECKPOINT_RESTORE,
            "to open libraries that were replaced on disk"));
    checks.add(leastPrivilege());
    return checks;
  }

  private Check capability(String name, int number, String purpose) {
    return new Check(
        name,
        has(number),
        false,
        HostChecks.yesNo(has(number)),
        "give the process this capability " + purpose);
  }

  private Check leastPrivilege() {
    int further = Long.bitCount(permitted & ~NEEDED);
    return new Check(
        "least_privilege",
        further == 0,
        false,
        further == 0 ? "nothing but what is needed" : further + " further capabilities are held",
        "start it by bin/recorder with setpriv installed (Debian: apt install util-linux), or by the"
            + " unit in samples/deploy");
  }

  private boolean has(int capability) {
    return (effective >>> capability & 1) == 1;
  }
}
