// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Writes the events of a capture anew, all or those that are selected: as they were, in their
 * order, in blocks of the new file's own. What damage took is stated as {@link LossEvent}s, see
 * {@code docs/FORMAT.md}, section 14.
 *
 * <p><b>Threads:</b> confined to one thread. <b>Ownership:</b> neither reader nor writer is closed.
 * <b>Limits:</b> a block of the reader and one of the writer are in memory.
 */
public final class CaptureRewriter {
  private final CaptureReader reader;
  private final Predicate<? super CaptureEvent> selection;
  private final @Nullable TimeRange payloadRange;
  private final @Nullable EventStage stage;

  /**
   * Rewrites what the selection takes.
   *
   * @param selection asked once for each event, in the capture's order; losses that damage leaves
   *     are written whatever it says
   */
  public CaptureRewriter(CaptureReader reader, Predicate<? super CaptureEvent> selection) {
    this(reader, selection, null);
  }

  /**
   * Rewrites what the selection takes, and reads no payload that it cannot take.
   *
   * @param selection as above; it takes no data event from outside the range
   * @param payloadRange the exit times of data events that may be taken; null for any
   */
  public CaptureRewriter(
      CaptureReader reader,
      Predicate<? super CaptureEvent> selection,
      @Nullable TimeRange payloadRange) {
    this(reader, selection, payloadRange, null);
  }

  /**
   * Rewrites all events, changed by a stage.
   *
   * @param stage gets the events in the capture's order, and losses in place of what is damaged
   */
  public CaptureRewriter(CaptureReader reader, EventStage stage) {
    this(reader, event -> true, null, stage);
  }

  private CaptureRewriter(
      CaptureReader reader,
      Predicate<? super CaptureEvent> selection,
      @Nullable TimeRange payloadRange,
      @Nullable EventStage stage) {
    this.reader = reader;
    this.selection = selection;
    this.payloadRange = payloadRange;
    this.stage = stage;
  }

  /**
   * Returns the header of a file that is made from one capture.
   *
   * @param fileId of the new file
   * @param verb the command, as in {@link Derivation}
   * @param producer the program that makes it and its version
   */
  public static CaptureHeader header(
      CaptureHeader origin, Bytes fileId, String verb, String producer) {
    return origin.toBuilder()
        .fileId(fileId)
        .derivation(
            new Derivation(verb, producer, List.of(Derivation.Origin.ofWhole(origin.fileId()))))
        .build();
  }

  /**
   * Reads the capture once and writes what is selected.
   *
   * @param damage told of each part that could not be read
   * @throws IOException when reading or writing fails; the writer should be abandoned then
   */
  public RewriteStats copyTo(CaptureWriter writer, DamageListener damage) throws IOException {
    Copying copying = new Copying(writer, damage);
    LossStating stating =
        new LossStating(stage == null ? copying : staged(stage, copying), reader.header().hostId());
    if (payloadRange == null) {
      reader.read(Projection.ALL, copying.before(stating));
    } else {
      reader.readWithPayloadOf(payloadRange, copying.before(stating));
    }
    stating.end(reader.summary().complete());
    if (stage != null) {
      stage.end(copying::event);
    }
    return copying.stats(stating);
  }

  private static CaptureVisitor staged(EventStage stage, CaptureVisitor target) {
    return new CaptureVisitor() {
      @Override
      public void event(CaptureEvent event) throws IOException {
        stage.event(event, target::event);
      }

      @Override
      public void damage(Damage damage) throws IOException {
        target.damage(damage);
      }

      @Override
      public void watermark(long monotonicNanos) throws IOException {
        target.watermark(stage.watermark(monotonicNanos, target::event));
      }
    };
  }

  /** Is told of parts that could not be read. */
  @FunctionalInterface
  public interface DamageListener {
    /** Takes a part that could not be read. */
    void damage(Damage damage) throws IOException;
  }

  private final class Copying implements CaptureVisitor {
    private final CaptureWriter writer;
    private final DamageListener listener;
    private long read;
    private long leftOut;
    private long unknown;

    Copying(CaptureWriter writer, DamageListener listener) {
      this.writer = writer;
      this.listener = listener;
    }

    /** Returns a visitor that asks the selection first. */
    CaptureVisitor before(LossStating stating) {
      return new CaptureVisitor() {
        @Override
        public void event(CaptureEvent event) throws IOException {
          read++;
          if (selection.test(event)) {
            stating.event(event);
          } else {
            leftOut++;
          }
        }

        @Override
        public void damage(Damage damage) throws IOException {
          stating.damage(damage);
        }

        @Override
        public void loss(CopyLoss loss) throws IOException {
          stating.loss(loss);
        }

        @Override
        public void watermark(long monotonicNanos) throws IOException {
          stating.watermark(monotonicNanos);
        }
      };
    }

    @Override
    public void event(CaptureEvent event) throws IOException {
      if (event instanceof UnknownEvent) {
        unknown++;
      }
      writer.write(event);
    }

    @Override
    public void damage(Damage damage) throws IOException {
      listener.damage(damage);
    }

    @Override
    public void watermark(long monotonicNanos) {
      writer.watermark(monotonicNanos);
    }

    RewriteStats stats(LossStating stating) {
      long replaced = stating.replacedEvents();
      return new RewriteStats(
          read, read - leftOut - replaced, leftOut, replaced, stating.statedLosses(), unknown);
    }
  }
}
