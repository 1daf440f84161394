// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.LossEvent;
import dev.tapedeck.recorder.ControlLayout.Budget;
import dev.tapedeck.recorder.ControlLayout.Counter;
import dev.tapedeck.recorder.KernelSide.LossCount;
import dev.tapedeck.recorder.bpf.BpfException;
import dev.tapedeck.recorder.bpf.BpfMap;
import java.nio.ByteBuffer;

/**
 * Keeps the recorder within its CPU budget: measures, and tells the kernel side what to shed.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class CpuBudget {
  private static final long TICK_NANOS = 100_000_000;

  private final KernelSide kernel;
  private final CpuGovernor governor;
  private CpuGovernor.Level level = CpuGovernor.Level.NOTHING;
  private long nextNanos;

  CpuBudget(KernelSide kernel, CpuGovernor governor) {
    this.kernel = kernel;
    this.governor = governor;
  }

  /**
   * Measures when it is time to.
   *
   * @param nowNanos monotonic time
   * @param cpuNanos CPU time that this process has used since it began
   * @param readBytes what was read of the ring since the recording began
   * @return true when from now on another amount is shed
   * @throws BpfException when the maps cannot be used
   */
  boolean tick(long nowNanos, long cpuNanos, long readBytes) throws BpfException {
    if (nowNanos < nextNanos) {
      return false;
    }
    nextNanos = nowNanos + TICK_NANOS;
    CpuGovernor.Level before = level;
    level = governor.update(nowNanos, cpuNanos, shedEvents(), readBytes);
    if (level == before) {
      return false;
    }
    tell(before == CpuGovernor.Level.NOTHING);
    return true;
  }

  /**
   * Measures for the last time, when no more calls come.
   *
   * @return how long calls were shed
   * @throws BpfException when the maps cannot be used
   */
  long finish(long nowNanos) throws BpfException {
    governor.finish(nowNanos, shedEvents());
    return governor.totalShedNanos();
  }

  private long shedEvents() throws BpfException {
    return kernel.losses().getOrDefault(LossEvent.Cause.SHED, new LossCount(0, 0)).events();
  }

  /** Sets the level, and from which numbers on a connection is a new one. */
  private void tell(boolean begins) throws BpfException {
    BpfMap budgets = kernel.map("budgets");
    ByteBuffer key = budgets.newKey();
    ByteBuffer budget = budgets.get(key).orElseGet(budgets::newValue);
    if (begins) {
      budget.putInt(Budget.TLS_FROM, nextNumber(Counter.TLS_SESSION));
      budget.putInt(Budget.SOCKET_FROM, nextNumber(Counter.SOCKET));
    }
    budget.putInt(Budget.LEVEL, level.number());
    budgets.put(key, budget);
  }

  private int nextNumber(int counter) throws BpfException {
    BpfMap counters = kernel.map("counters");
    return (int) counters.get(counters.newKey().putInt(0, counter)).orElseThrow().getLong(0) + 1;
  }

  /** Returns what is shed now. */
  CpuGovernor.Level level() {
    return level;
  }
}
