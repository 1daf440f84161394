// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.recorder.bpf.BpfException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Takes from the kernel's tables, from time to time, what nobody will add to: ends of streams for
 * which the ring had no room, and TLS sessions of processes that ended without freeing them.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class StreamSweeper {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long UNSENT_NANOS = 1000 * NANOS_PER_MILLI;
  private static final long SWEEP_NANOS = 10_000 * NANOS_PER_MILLI;

  private final KernelSide kernel;
  private final StreamTails tails;
  private final Consumer<CaptureEvent> events;
  private final Consumer<String> warnings;
  private final Set<ProcessKey> ended = new HashSet<>();
  private long nextUnsentNanos;
  private long nextSweepNanos;

  StreamSweeper(
      KernelSide kernel,
      StreamTails tails,
      Consumer<CaptureEvent> events,
      Consumer<String> warnings,
      long nowNanos) {
    this.kernel = kernel;
    this.tails = tails;
    this.events = events;
    this.warnings = warnings;
    this.nextSweepNanos = nowNanos + SWEEP_NANOS;
  }

  /** Says that a process has ended. */
  void ended(ProcessKey process) {
    ended.add(process);
  }

  /** Returns when there is something to do again. */
  long dueNanos() {
    return Math.min(nextUnsentNanos, nextSweepNanos);
  }

  /** Does what is due. */
  void sweep(long nowNanos) {
    try {
      if (nowNanos >= nextUnsentNanos) {
        nextUnsentNanos = nowNanos + UNSENT_NANOS;
        kernel.sweepSockets();
        tails.takeUnsent().forEach(events);
      }
      if (nowNanos >= nextSweepNanos) {
        nextSweepNanos = nowNanos + SWEEP_NANOS;
        if (!ended.isEmpty()) {
          tails.removeEnded(ended::contains).forEach(events);
          ended.clear();
        }
      }
    } catch (BpfException e) {
      warnings.accept("cannot read how streams ended: " + e.getMessage());
    }
  }
}
