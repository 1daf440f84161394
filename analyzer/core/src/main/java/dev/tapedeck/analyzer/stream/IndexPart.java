// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.CopyLoss;
import dev.tapedeck.format.Damage;
import dev.tapedeck.format.DataRow;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamOwner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the first reading finds in a part of a capture: bytes that moved are summed up by stream,
 * all other events are kept. Parts are filled side by side, and added to a {@link CaptureIndexer}
 * in their order.
 *
 * <p><b>Threads:</b> filled by one, then handed over to another.
 */
public final class IndexPart implements CaptureVisitor {
  final Map<StreamOwner, Moved> moved = new LinkedHashMap<>();
  final List<CaptureEvent> others = new ArrayList<>(0);
  final List<Damage> damages = new ArrayList<>(0);
  final List<CopyLoss> losses = new ArrayList<>(0);

  /** What sessions wrote; null as long as none did. */
  @Nullable RecordLengths lengths;

  /** By number in {@link #others}: how many events came before. */
  private int[] otherOffsets = new int[0];

  private @Nullable Moved last;
  private int events;

  /** Begins with nothing. */
  public IndexPart() {}

  /** What moved on both streams of an owner. */
  static final class Moved {
    final StreamOwner owner;
    final int firstOffset;
    final ProcessKey firstProcess;
    final long firstExitNanos;
    final Ranges egress = new Ranges();
    final Ranges ingress = new Ranges();
    private long events;
    private ProcessKey process;
    private long startNanos = Long.MAX_VALUE;
    private long earliestNanos;
    private long latestNanos = Long.MIN_VALUE;

    private Moved(StreamOwner owner, int offset, ProcessKey process, long exitNanos) {
      this.owner = owner;
      this.firstOffset = offset;
      this.firstProcess = process;
      this.firstExitNanos = exitNanos;
      this.process = process;
      this.earliestNanos = exitNanos;
    }

    private void add(
        Direction direction,
        ProcessKey mover,
        long start,
        long exitNanos,
        long position,
        long length) {
      events++;
      startNanos = Math.min(startNanos, start);
      latestNanos = Math.max(latestNanos, exitNanos);
      if (exitNanos < earliestNanos
          || (exitNanos == earliestNanos && mover.pid() < process.pid())) {
        earliestNanos = exitNanos;
        process = mover;
      }
      (direction == Direction.EGRESS ? egress : ingress).add(position, length);
    }

    void addTo(Channel channel) {
      channel.moved(events, process, startNanos, earliestNanos, latestNanos);
      egress.addTo(channel.egress.coverage);
      ingress.addTo(channel.ingress.coverage);
    }
  }

  /** Ranges of a stream in the order in which they came; those that follow each other are one. */
  static final class Ranges {
    private static final long[] NONE = new long[0];

    private long[] bounds = NONE;
    private int used;

    private void add(long position, long length) {
      if (used > 0 && bounds[used - 1] == position) {
        bounds[used - 1] = position + length;
        return;
      }
      if (used == bounds.length) {
        bounds = Arrays.copyOf(bounds, Math.max(4, 2 * used));
      }
      bounds[used++] = position;
      bounds[used++] = position + length;
    }

    private void addTo(StreamCoverage coverage) {
      for (int i = 0; i < used; i += 2) {
        coverage.add(bounds[i], bounds[i + 1] - bounds[i]);
      }
    }
  }

  @Override
  public void event(CaptureEvent event) {
    if (event instanceof StreamEvent.Data data) {
      moved(data.stream().owner(), data.stamp().process(), data.stamp().exitNanos())
          .add(
              data.stream().direction(),
              data.stamp().process(),
              data.stamp().startNanos(),
              data.stamp().exitNanos(),
              data.position(),
              data.originalLength());
      if (RecordLengths.matters(data.stream(), data.call().partIndex())) {
        lengths().add(data);
      }
    } else if (event instanceof StreamEvent.Transfer transfer) {
      moved(transfer.stream().owner(), transfer.stamp().process(), transfer.stamp().exitNanos())
          .add(
              transfer.stream().direction(),
              transfer.stamp().process(),
              transfer.stamp().startNanos(),
              transfer.stamp().exitNanos(),
              transfer.position(),
              transfer.lengthBytes());
    } else {
      if (others.size() == otherOffsets.length) {
        otherOffsets = Arrays.copyOf(otherOffsets, Math.max(16, 2 * otherOffsets.length));
      }
      otherOffsets[others.size()] = events;
      others.add(event);
    }
    events++;
  }

  @Override
  public void data(DataRow row) {
    Moved owners = (Moved) row.attached();
    if (owners == null) {
      owners = moved(row.stream().owner(), row.process(), row.exitNanos());
      row.attach(owners);
    }
    Direction direction = row.stream().direction();
    owners.add(
        direction,
        row.process(),
        row.startNanos(),
        row.exitNanos(),
        row.position(),
        row.originalLength());
    if (RecordLengths.matters(row.stream(), row.partIndex())) {
      lengths()
          .add(
              row.stream(),
              row.process(),
              row.position(),
              Math.max(row.returnedLength(), row.originalLength()),
              row.startNanos());
    }
    events++;
  }

  private Moved moved(StreamOwner owner, ProcessKey process, long exitNanos) {
    Moved known = last;
    if (known == null || !known.owner.equals(owner)) {
      known = moved.get(owner);
      if (known == null) {
        known = new Moved(owner, events, process, exitNanos);
        moved.put(owner, known);
      }
      last = known;
    }
    return known;
  }

  private RecordLengths lengths() {
    RecordLengths known = lengths;
    if (known == null) {
      known = new RecordLengths();
      lengths = known;
    }
    return known;
  }

  @Override
  public void damage(Damage damage) {
    damages.add(damage);
  }

  @Override
  public void loss(CopyLoss loss) {
    losses.add(loss);
  }

  /** Returns how many events there were. */
  int events() {
    return events;
  }

  /** Returns how many events came before one of {@link #others}. */
  int otherOffset(int index) {
    return otherOffsets[index];
  }
}
