// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.format.BlindSpotEvent;
import dev.tapedeck.format.CaptureAccess;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureHeader;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.CaptureSummary;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.ClockEvent;
import dev.tapedeck.format.CopyLoss;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.EncryptionInfo;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.Projection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code info} says of one capture.
 *
 * @param file as the user named it
 * @param header of the capture
 * @param encryption who can read it; null when everybody can
 * @param access what the keys that were given open
 * @param summary from the index or the block headers
 * @param realOffsetNanos what to add to monotonic times to get Unix time; null when no clock
 *     reading stands near the start
 * @param losses by cause; null when the events were not read
 * @param blindSpots traffic that was not seen into, by kind; null when the events were not read
 * @param copyLosses what was lost when the file was copied from a damaged one; null when the file
 *     was not read whole
 * @param damages what is wrong with the file, as far as it was read
 */
record CaptureFacts(
    Path file,
    CaptureHeader header,
    @Nullable EncryptionInfo encryption,
    CaptureAccess access,
    CaptureSummary summary,
    @Nullable Long realOffsetNanos,
    @Nullable Map<LossEvent.Cause, Loss> losses,
    @Nullable Map<BlindSpotEvent.What, BlindSpot> blindSpots,
    @Nullable List<CopyLoss> copyLosses,
    List<Damage> damages) {
  /** Files up to this size have their events read to tell losses by cause; it takes little time. */
  private static final long SCANNED_BYTES = 256L << 20;

  /** Events after which a clock reading is no longer looked for. */
  private static final int CLOCK_WITHIN_EVENTS = 1 << 16;

  /**
   * What was lost for one cause.
   *
   * @param events how many, as far as it is known
   * @param lostBytes how many, as far as it is known
   * @param unknown how many reports did not say how many bytes
   */
  record Loss(long events, long lostBytes, long unknown) {
    Loss plus(LossEvent event) {
      return new Loss(
          events + Math.max(0, event.events()),
          lostBytes + Math.max(0, event.lostBytes()),
          unknown + (event.lostBytes() < 0 ? 1 : 0));
    }
  }

  /**
   * Traffic of one kind that the recorder did not see into.
   *
   * @param reports how often it was told
   * @param egressBytes sent, as far as it was counted
   * @param ingressBytes received, likewise
   */
  record BlindSpot(long reports, long egressBytes, long ingressBytes) {
    BlindSpot plus(BlindSpotEvent event) {
      return new BlindSpot(
          reports + 1, egressBytes + event.egressBytes(), ingressBytes + event.ingressBytes());
    }
  }

  /**
   * Reads what there is to know.
   *
   * @param scan true to read all events' metadata whatever the file's size
   */
  static CaptureFacts read(AnalyzerCommand root, Path file, boolean strict, boolean scan)
      throws IOException {
    try (CaptureReader reader = Captures.open(root, file, strict)) {
      CaptureSummary summary = reader.summary();
      boolean readable = reader.access() != CaptureAccess.HEADERS;
      Scan found = new Scan(readable && (scan || summary.fileBytes() <= SCANNED_BYTES));
      try {
        if (readable) {
          reader.read(Projection.METADATA, found);
        }
      } catch (EnoughException e) {
        // Only the first clock reading was wanted.
        return found.facts(file, reader, summary);
      }
      return found.facts(file, reader, summary);
    }
  }

  /** Returns whether the whole file was read, so that no damage can have been missed. */
  boolean scanned() {
    return losses != null;
  }

  /** Returns whether anything is wrong that exit code 1 should tell. */
  boolean damaged() {
    return damages.stream().anyMatch(damage -> Captures.counts(file, damage))
        || (!summary.complete() && !Captures.isUnfinished(file));
  }

  /** Returns whether the header's facts and the events are secret for want of a key. */
  boolean locked() {
    return access == CaptureAccess.HEADERS;
  }

  /** Returns a monotonic time in Unix time; null when that cannot be known. */
  @Nullable Long epochNanos(long monotonicNanos) {
    return realOffsetNanos == null || summary.events() == 0
        ? null
        : Long.valueOf(monotonicNanos + realOffsetNanos);
  }

  private static final class Scan implements CaptureVisitor {
    private final boolean whole;
    private final Map<LossEvent.Cause, Loss> losses = new EnumMap<>(LossEvent.Cause.class);
    private final Map<BlindSpotEvent.What, BlindSpot> blindSpots =
        new EnumMap<>(BlindSpotEvent.What.class);
    private final List<CopyLoss> copyLosses = new ArrayList<>();
    private final List<Damage> damages = new ArrayList<>();
    private @Nullable Long realOffsetNanos;
    private long events;

    Scan(boolean whole) {
      this.whole = whole;
    }

    @Override
    public void event(CaptureEvent event) throws IOException {
      events++;
      if (event instanceof ClockEvent clock && realOffsetNanos == null) {
        realOffsetNanos = clock.realOffsetNanos();
      } else if (event instanceof LossEvent loss) {
        losses.merge(
            loss.cause(), new Loss(0, 0, 0).plus(loss), (known, ignored) -> known.plus(loss));
      }
      if (event instanceof BlindSpotEvent blind) {
        blindSpots.merge(
            blind.what(),
            new BlindSpot(0, 0, 0).plus(blind),
            (known, ignored) -> known.plus(blind));
      }
      if (!whole && (realOffsetNanos != null || events >= CLOCK_WITHIN_EVENTS)) {
        throw new EnoughException();
      }
    }

    @Override
    public void damage(Damage damage) {
      damages.add(damage);
    }

    @Override
    public void loss(CopyLoss loss) {
      copyLosses.add(loss);
    }

    /** Both looks may have met the same. */
    private List<Damage> met(CaptureSummary summary) {
      Set<Damage> met = new LinkedHashSet<>(damages);
      met.addAll(summary.damages());
      return List.copyOf(met);
    }

    CaptureFacts facts(Path file, CaptureReader reader, CaptureSummary summary) {
      return new CaptureFacts(
          file,
          reader.header(),
          reader.encryption(),
          reader.access(),
          summary,
          realOffsetNanos,
          whole ? losses : null,
          whole ? blindSpots : null,
          whole ? copyLosses : null,
          whole ? damages : met(summary));
    }
  }
}
