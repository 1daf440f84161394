// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.BlindSpotEvent;
import dev.tapedeck.format.LossEvent;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a recording has come to.
 *
 * @param events written to the capture
 * @param payloadBytes bytes of traffic in the capture
 * @param streams directions of connections and TLS sessions that had bytes
 * @param fileBytes size of the capture, or of all files together
 * @param losses what is not in the capture, by cause; causes without loss are left out
 * @param blindSpots traffic that was not seen into, by kind
 * @param lateAttaches how often a library was found only after a process may have used it: how much
 *     was missed is not known
 * @param cost what the recorder itself has used
 * @param files how many files there are
 * @param blocks how hard blocks were compressed
 */
public record RecorderStats(
    long events,
    long payloadBytes,
    long streams,
    long fileBytes,
    Map<LossEvent.Cause, Loss> losses,
    Map<BlindSpotEvent.What, BlindSpot> blindSpots,
    long lateAttaches,
    Cost cost,
    Files files,
    Blocks blocks) {
  /**
   * What one cause has cost.
   *
   * @param events lost events
   * @param bytes lost bytes, as far as known
   */
  public record Loss(long events, long bytes) {}

  /**
   * Traffic of one kind that was not seen into.
   *
   * @param reports how many events tell it
   * @param egressBytes sent, as far as it was counted
   * @param ingressBytes received, likewise
   */
  public record BlindSpot(long reports, long egressBytes, long ingressBytes) {
    BlindSpot plus(BlindSpot more) {
      return new BlindSpot(
          reports + more.reports, egressBytes + more.egressBytes, ingressBytes + more.ingressBytes);
    }
  }

  /**
   * What the recorder itself has used.
   *
   * @param peakMemoryBytes most memory that it has had resident; 0 when not known
   * @param cpuNanos CPU time of the process, its start included
   * @param shedNanos how long it left something out to stay within its CPU budget
   */
  public record Cost(long peakMemoryBytes, long cpuNanos, long shedNanos) {
    /** Nothing is known. */
    static final Cost NONE = new Cost(0, 0, 0);
  }

  /**
   * Files of the recording.
   *
   * @param finished that were completed
   * @param deleted of these, those that were deleted because there were too many
   */
  public record Files(int finished, int deleted) {}

  /**
   * Blocks of the capture.
   *
   * @param stored not compressed, because the recorder could not keep up
   * @param thorough compressed harder, because there was time
   */
  public record Blocks(long stored, long thorough) {}

  public RecorderStats {
    Map<LossEvent.Cause, Loss> sorted = new EnumMap<>(LossEvent.Cause.class);
    losses.forEach(
        (cause, loss) -> {
          if (loss.events() != 0 || loss.bytes() != 0) {
            sorted.put(cause, loss);
          }
        });
    losses = Collections.unmodifiableMap(sorted);
    blindSpots =
        blindSpots.isEmpty() ? Map.of() : Collections.unmodifiableMap(new EnumMap<>(blindSpots));
  }

  /** Returns lost events of all causes. */
  public long lostEvents() {
    return losses.values().stream().mapToLong(Loss::events).sum();
  }

  /** Returns lost bytes of all causes. */
  public long lostBytes() {
    return losses.values().stream().mapToLong(Loss::bytes).sum();
  }
}
