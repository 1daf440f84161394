// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.ClockEvent;
import dev.tapedeck.format.EventOrigin;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.recorder.bpf.BpfException;
import dev.tapedeck.recorder.bpf.SystemClocks;

/**
 * The host's clocks.
 *
 * <p><b>Units:</b> nanoseconds; CLOCK_MONOTONIC is the clock of the kernel side's time stamps.
 */
interface HostClock {
  /** Returns CLOCK_MONOTONIC. */
  long monotonicNanos();

  /** Returns CLOCK_BOOTTIME. */
  long bootNanos();

  /** Returns CLOCK_REALTIME, nanoseconds since the Unix epoch. */
  long realNanos();

  /** Returns the CPU time that this process has used. */
  long processCpuNanos();

  /** Returns the clocks, read together, as an event. */
  default ClockEvent read(long hostId, long sequence) {
    long before = monotonicNanos();
    long boot = bootNanos();
    long real = realNanos();
    long after = monotonicNanos();
    EventStamp stamp =
        new EventStamp(
            new ProcessKey(hostId, 0, 0),
            0,
            0,
            before + (after - before) / 2,
            EventOrigin.userSpace(sequence));
    return new ClockEvent(stamp, boot, real);
  }

  /**
   * Returns the clocks of this host.
   *
   * @throws BpfException when the native libraries cannot be loaded
   */
  static HostClock system() throws BpfException {
    SystemClocks clocks = SystemClocks.open();
    return new HostClock() {
      @Override
      public long monotonicNanos() {
        return clocks.monotonicNanos();
      }

      @Override
      public long bootNanos() {
        return clocks.bootNanos();
      }

      @Override
      public long realNanos() {
        return clocks.realNanos();
      }

      @Override
      public long processCpuNanos() {
        return clocks.processCpuNanos();
      }
    };
  }
}
