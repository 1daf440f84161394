// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureWriter;
import dev.tapedeck.format.ClockEvent;
import dev.tapedeck.format.DataRecord;
import dev.tapedeck.format.EventOrigin;
import dev.tapedeck.format.EventStage;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.WriterStats;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The file or files that a recording is written to, one after the other.
 *
 * <p><b>Lifecycle:</b> {@link #open}, {@link #write} and {@link #tick}, {@link #close}, which
 * completes the last file.
 *
 * <p><b>Threads:</b> confined to the thread that drains the ring, which never waits for a sync
 * here: files are made durable and completed by a {@link FileKeeper}. While that completes one, the
 * next is not begun: the present one grows instead, so that at most two are open.
 *
 * <p><b>Errors:</b> what cannot be written is counted and stated by the writer. With {@link
 * FileOptions#goesOnAfterWriteError} the first failure is kept for {@link #failure}; else it is
 * thrown.
 */
final class CaptureFiles implements AutoCloseable {
  private static final long RETRY_NANOS = 1_000_000_000;

  private final FileOptions options;
  private final FileSource source;
  private final @Nullable EventStage stage;
  private final FinishedFiles finished;
  private final FileKeeper keeper;
  private final CarriedContext context = new CarriedContext();
  private final @Nullable SeriesNames names;
  private CaptureWriter writer;
  private Path path;
  private int number = 1;
  private long earlierBytes;
  private long openedNanos;
  private long notBeforeNanos = Long.MIN_VALUE;
  private boolean hasContent;
  private long sequence;
  private @Nullable IOException unreported;
  private @Nullable IOException failure;
  private boolean closed;

  private CaptureFiles(
      FileOptions options,
      FileSource source,
      @Nullable SeriesNames names,
      Path path,
      CaptureWriter writer) {
    this.options = options;
    this.source = source;
    this.stage = source.stage();
    this.names = names;
    this.path = path;
    this.writer = writer;
    FileOptions.Rotation rotation = options.rotation();
    this.finished = new FinishedFiles(rotation == null ? 0 : rotation.keep());
    this.keeper = FileKeeper.start(options.syncInterval(), finished);
    keeper.watch(writer);
  }

  /** Where files and readings of the clocks come from. */
  interface FileSource {
    /**
     * Begins a capture.
     *
     * @param number of the file in the recording, from 1
     * @throws IOException when it cannot be made
     */
    CaptureWriter newWriter(Path file, int number) throws IOException;

    /** Reads the clocks. */
    ClockEvent readClocks();

    /** Returns what changes events before they are written; null when nothing does. */
    default @Nullable EventStage stage() {
      return null;
    }
  }

  /**
   * Begins the first file.
   *
   * @param file the capture; with rotation, what the captures are named after
   * @throws IOException when it cannot be made
   */
  static CaptureFiles open(Path file, FileOptions options, FileSource source) throws IOException {
    SeriesNames names = options.rotation() == null ? null : new SeriesNames(file);
    ClockEvent clocks = source.readClocks();
    Path first = names == null ? file : names.next(realTime(clocks));
    CaptureFiles files =
        new CaptureFiles(options, source, names, first, source.newWriter(first, 1));
    files.openedNanos = clocks.stamp().exitNanos();
    return files;
  }

  private static Instant realTime(ClockEvent clocks) {
    return Instant.ofEpochSecond(0, clocks.realNanos());
  }

  /**
   * Writes an event, to a new file when the present one is full.
   *
   * @throws IOException when a write fails; the event was taken all the same
   */
  void write(CaptureEvent event) throws IOException {
    if (stage == null) {
      writeNow(event);
    } else {
      stage.event(event, this::writeNow);
    }
  }

  private void writeNow(CaptureEvent event) throws IOException {
    if (options.rotation() != null) {
      rotateWhenFull(event.stamp().exitNanos());
      hasContent |= !(event instanceof ClockEvent);
      context.introduce(event, this::append);
      context.note(event);
    }
    append(event);
    reportFailure();
  }

  /**
   * Writes a data event, to a new file when the present one is full.
   *
   * @throws IOException when a write fails; the event was taken all the same
   */
  void write(DataRecord data) throws IOException {
    if (stage != null) {
      stage.event(data.toEvent(), this::writeNow);
      return;
    }
    if (options.rotation() != null) {
      rotateWhenFull(data.exitNanos());
      hasContent = true;
      context.introduce(data, this::append);
    }
    try {
      writer.write(data);
    } catch (IOException e) {
      failed(e);
    }
    if (unreported != null) {
      reportFailure();
    }
  }

  private void rotateWhenFull(long nowNanos) throws IOException {
    FileOptions.Rotation rotation = options.rotation();
    if (rotation != null
        && rotation.sizeBytes() > 0
        && writer.fileBytes() >= rotation.sizeBytes()) {
      rotate(nowNanos);
    }
  }

  private void append(CaptureEvent event) {
    try {
      writer.write(event);
    } catch (IOException e) {
      failed(e);
    }
  }

  /** Keeps a failure until the event at hand and what belongs to it were taken. */
  private void failed(IOException e) {
    unreported = unreported == null ? e : unreported;
  }

  private void reportFailure() throws IOException {
    IOException failed = unreported;
    unreported = null;
    if (failed != null && !options.goesOnAfterWriteError()) {
      throw failed;
    }
    failure = failure == null ? failed : failure;
  }

  /**
   * Does what is due by time: writes an old block, begins a new file, says what the disk refused.
   *
   * @throws IOException when a write has failed, be it on another thread
   */
  void tick(long nowNanos) throws IOException {
    try {
      writer.flushIfDue(nowNanos);
    } catch (IOException e) {
      failed(e);
    }
    FileOptions.Rotation rotation = options.rotation();
    if (rotation != null
        && rotation.interval() != null
        && hasContent
        && nowNanos - openedNanos >= rotation.interval().toNanos()) {
      rotate(nowNanos);
    }
    takeKeepersFailure();
    reportFailure();
  }

  private void takeKeepersFailure() {
    IOException failed = keeper.takeFailure();
    if (failed != null) {
      stateFailure();
      failed(failed);
    }
  }

  /** Says in the present file that one before it, or a part of this, may not be on the disk. */
  private void stateFailure() {
    FinishedFiles.Unstated unstated = finished.takeUnstated();
    EventStamp now = source.readClocks().stamp();
    append(
        new LossEvent(
            new EventStamp(now.process(), 0, 0, now.exitNanos(), EventOrigin.userSpace(sequence++)),
            LossEvent.Cause.WRITE_FAILED,
            unstated == null ? -1 : unstated.events(),
            unstated == null ? -1 : unstated.bytes(),
            null));
  }

  private void rotate(long nowNanos) throws IOException {
    if (names == null || keeper.isFinishing() || nowNanos < notBeforeNanos) {
      return;
    }
    ClockEvent clocks = source.readClocks();
    Path nextPath = names.next(realTime(clocks));
    CaptureWriter next;
    try {
      next = source.newWriter(nextPath, number + 1);
    } catch (IOException e) {
      // The present file goes on, as far as the disk lets it.
      notBeforeNanos = nowNanos + RETRY_NANOS;
      failed(e);
      return;
    }
    earlierBytes += writer.fileBytes();
    // What is asked about the backlog belongs to this thread.
    writer.followBacklog(() -> 0);
    keeper.watch(next);
    keeper.finish(path, writer);
    writer = next;
    path = nextPath;
    number++;
    openedNanos = nowNanos;
    hasContent = false;
    append(clocks);
    context.nextFile(nowNanos, this::append);
  }

  /** States that no event with an earlier exit time will be written. */
  void watermark(long monotonicNanos) throws IOException {
    writer.watermark(
        stage == null ? monotonicNanos : stage.watermark(monotonicNanos, this::writeNow));
  }

  /** Returns the bytes in all files, deleted ones too. */
  long fileBytes() {
    return earlierBytes + writer.fileBytes();
  }

  /** Returns the sums over all files that are complete; over all when closed. */
  WriterStats sum() {
    return finished.sum();
  }

  /** Returns whether a file before the present one is not complete yet. */
  boolean isFinishing() {
    return keeper.isFinishing();
  }

  /** Returns how many files are complete. */
  int finishedFiles() {
    return finished.count();
  }

  /** Returns how many files were deleted because there were too many. */
  int deletedFiles() {
    return finished.deleted();
  }

  /** Returns the first failure that did not end the recording; null when there was none. */
  @Nullable IOException failure() {
    return failure;
  }

  /**
   * Completes what is open.
   *
   * @throws IOException the first failure, unless it was kept or thrown before
   */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    if (stage != null) {
      try {
        stage.end(this::writeNow);
      } catch (IOException e) {
        failed(e);
      }
    }
    keeper.close();
    takeKeepersFailure();
    finished.finish(path, writer);
    reportFailure();
  }
}
