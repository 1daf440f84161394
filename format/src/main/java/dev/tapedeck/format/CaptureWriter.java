// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.AppendChannel;
import dev.tapedeck.format.internal.FileId;
import dev.tapedeck.format.internal.FrameWriter;
import dev.tapedeck.format.internal.PlaneBuffer;
import dev.tapedeck.format.internal.PlaneInfo;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordLayout;
import dev.tapedeck.format.internal.RecordType;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Writes a capture.
 *
 * <p><b>Lifecycle:</b> {@code create}, then any number of {@link #write}, {@link #watermark},
 * {@link #flush} and {@link #flushIfDue}, then {@link #close}, which completes the file, or {@link
 * #abandon}, which leaves it as it is. Either is safe to repeat. Until it is complete the file is
 * named {@code NAME.partial}.
 *
 * <p>When {@link #flush} has returned, every event written before it is in the file and outlives
 * this process, however it ends; {@link #close} makes the file outlive the host too.
 *
 * <p><b>Threads:</b> confined to one thread, which must not be interrupted while it writes: an
 * interrupt closes a {@link java.nio.channels.FileChannel}. <b>Ownership:</b> payloads are kept by
 * reference until their block is written, so their arrays must not change.
 *
 * <p><b>Errors:</b> an {@link IOException} names file, record and offset. The file then ends after
 * its last whole block and is readable; the events of the block that was refused are dropped,
 * counted, and stated in the file by a {@link LossEvent} as soon as a write succeeds. The writer
 * may be used on.
 */
public final class CaptureWriter implements AutoCloseable {
  /** Keeps the body of a checkpoint far below the size that readers take. */
  private static final int MAX_INDEX_ROWS = 1 << 16;

  private final @Nullable CaptureFile file;
  private final AppendChannel channel;
  private final WriterOptions options;
  private final FileId fileId;
  private final FrameWriter frames;
  private final IndexBuilder index;
  private final FileTotals totals = new FileTotals();
  private final BlockEncoder block = new BlockEncoder();
  private final PlaneBuffer raw;
  private final PlaneBuffer record;
  private final long blockAgeNanos;
  private final long checkpointAgeNanos;
  private long watermarkNanos;
  private long lastCheckpointOffset;
  private long lastCheckpointNanos = -1;
  private int previousLength;
  private @Nullable EventStamp lastStamp;
  private long droppedEvents;
  private long unstatedEvents;
  private long unstatedBytes;
  private int ownLossEvents;
  private boolean completing;
  private boolean closed;

  private CaptureWriter(
      @Nullable CaptureFile file,
      AppendChannel channel,
      CaptureHeader header,
      WriterOptions options) {
    this.file = file;
    this.channel = channel;
    this.options = options;
    this.fileId = HeaderCodec.fileIdOf(header);
    this.index = new IndexBuilder(HeaderCodec.toProto(header));
    this.frames = new FrameWriter(options.zstdLevel());
    this.raw = new PlaneBuffer(options.blockBytes() + options.blockBytes() / 4);
    this.record = new PlaneBuffer(options.blockBytes());
    this.blockAgeNanos = options.blockAge().toNanos();
    this.checkpointAgeNanos = options.checkpointAge().toNanos();
  }

  /**
   * Begins a capture that will be {@code file}, replacing what has that name when it is complete.
   *
   * @throws IOException when {@code file.partial} exists or cannot be made or written
   */
  public static CaptureWriter create(Path file, CaptureHeader header, WriterOptions options)
      throws IOException {
    CaptureFile target = new CaptureFile(file);
    return begin(target, target.create(), target.name(), header, options);
  }

  /**
   * Begins a capture in an empty channel, which the writer will close.
   *
   * @param name for messages
   */
  public static CaptureWriter create(
      SeekableByteChannel channel, String name, CaptureHeader header, WriterOptions options)
      throws IOException {
    return begin(null, channel, name, header, options);
  }

  private static CaptureWriter begin(
      @Nullable CaptureFile file,
      SeekableByteChannel channel,
      String name,
      CaptureHeader header,
      WriterOptions options)
      throws IOException {
    CaptureWriter writer =
        new CaptureWriter(file, new AppendChannel(channel, name), header, options);
    try {
      writer.appendBody(RecordType.FILE_HEADER, HeaderCodec.toProto(header).toByteArray());
    } catch (IOException e) {
      writer.abandonAfter(e);
      if (file != null) {
        file.deleteEmpty(e);
      }
      throw e;
    }
    return writer;
  }

  /**
   * Adds an event, and writes the block that it fills.
   *
   * @throws IOException when the block cannot be written
   * @throws IllegalArgumentException when the event is too large for the format (8 MiB of payload,
   *     1 MiB of texts), has a negative time, or is a data event without payload; nothing is lost
   */
  public void write(CaptureEvent event) throws IOException {
    requireOpen();
    BlockEncoder.check(event);
    long exitNanos = event.stamp().exitNanos();
    if (isBlockDue(exitNanos) || !block.hasRoomFor(event)) {
      flush();
    }
    block.add(event);
    lastStamp = event.stamp();
    if (block.roughBytes() >= options.blockBytes()
        || block.eventCount() == BlockEncoder.MAX_EVENTS) {
      flush();
    }
  }

  /**
   * States that no event with an exit time before this one will be written.
   *
   * @param monotonicNanos on the clock of the events
   */
  public void watermark(long monotonicNanos) {
    watermarkNanos = Math.max(watermarkNanos, monotonicNanos);
  }

  /** Closes the block and writes it; when this returns, it is in the file. */
  public void flush() throws IOException {
    requireOpen();
    stateLoss();
    if (block.eventCount() == 0) {
      return;
    }
    try {
      writeBlock();
    } catch (IOException e) {
      int refused = block.eventCount() - ownLossEvents;
      droppedEvents += refused;
      unstatedEvents += refused + block.lostEvents();
      unstatedBytes += block.dataBytes() + block.lostBytes();
      throw e;
    } finally {
      block.clear();
      ownLossEvents = 0;
    }
    checkpointIfDue();
  }

  /** Flushes when the block's first event is older than the block age. */
  public boolean flushIfDue(long nowMonotonicNanos) throws IOException {
    boolean due = isBlockDue(nowMonotonicNanos);
    if (due) {
      flush();
    }
    return due;
  }

  private boolean isBlockDue(long nowNanos) {
    return block.eventCount() > 0 && nowNanos - block.openedNanos() >= blockAgeNanos;
  }

  /** Returns what was written so far; events of the open block are not counted. */
  public WriterStats stats() {
    return new WriterStats(
        totals.events(),
        totals.dataBytes(),
        totals.blocks(),
        channel.length(),
        totals.lostEvents(),
        totals.lostBytes(),
        droppedEvents);
  }

  /**
   * Completes the file: last block, footer, trailer, fsync, final name.
   *
   * @throws IOException when the last block is refused: the file is completed all the same where
   *     that is possible, and states the loss; or when footer, trailer, fsync or the final name
   *     fail: the file then keeps its {@code .partial} name and is readable up to its last whole
   *     record
   */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    // The free space floor is there for what closing writes.
    completing = true;
    IOException refused = flushLast();
    try {
      appendBody(RecordType.FOOTER, index.body());
      appendBody(RecordType.TRAILER, new byte[0]);
      channel.force();
    } catch (IOException e) {
      IOException failure = refused == null ? e : refused;
      if (failure != e) {
        failure.addSuppressed(e);
      }
      abandonAfter(failure);
      throw failure;
    }
    release();
    if (file != null) {
      file.complete();
    }
    if (refused != null) {
      throw refused;
    }
  }

  /** Writes the last block, or where it is refused a small one that says so. */
  private @Nullable IOException flushLast() {
    try {
      flush();
      return null;
    } catch (IOException refused) {
      try {
        flush();
      } catch (IOException alsoRefused) {
        refused.addSuppressed(alsoRefused);
      }
      return refused;
    }
  }

  /** Closes the file without completing it; the open block is dropped. */
  public void abandon() throws IOException {
    if (!closed) {
      release();
    }
  }

  private void abandonAfter(IOException failure) {
    try {
      abandon();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private void release() throws IOException {
    closed = true;
    frames.close();
    channel.close();
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("closed=true");
    }
  }

  /** Puts what failed writes dropped into the block, so that the file says so. */
  private void stateLoss() {
    EventStamp stamp = lastStamp;
    if (unstatedEvents == 0 || stamp == null) {
      return;
    }
    EventStamp none =
        new EventStamp(
            new ProcessKey(stamp.process().hostId(), 0, 0),
            0,
            0,
            stamp.exitNanos(),
            EventOrigin.userSpace(droppedEvents));
    block.add(
        new LossEvent(none, LossEvent.Cause.WRITE_FAILED, unstatedEvents, unstatedBytes, null));
    ownLossEvents++;
    unstatedEvents = 0;
    unstatedBytes = 0;
  }

  private void writeBlock() throws IOException {
    record.clear();
    record.reserve(RecordLayout.HEADER_BYTES);
    record.advance(RecordLayout.HEADER_BYTES);
    raw.clear();
    block.writeMetadataTo(raw);
    PlaneInfo metadata = appendPlane();
    raw.clear();
    block.writePayloadTo(raw);
    PlaneInfo payload = raw.length() == 0 ? PlaneInfo.EMPTY : appendPlane();
    RecordHeader header =
        RecordHeader.newBuilder(fileId, RecordType.BLOCK)
            .place(channel.length(), previousLength)
            .before(totals.blocks(), totals.events(), totals.dataBytes())
            .planes(RecordHeader.CODEC_ZSTD, metadata, payload)
            .content(block.eventCount(), block.dataBytes())
            .times(block.firstNanos(), block.lastNanos(), watermarkNanos)
            .lost(block.lostEvents(), block.lostBytes())
            .build();
    requireFreeSpace(record.length());
    header.writeTo(record.array());
    channel.append(record.array(), record.length(), RecordType.nameOf(RecordType.BLOCK));
    previousLength = record.length();
    totals.add(header);
    index.add(header);
  }

  private PlaneInfo appendPlane() {
    int from = record.length();
    int stored =
        options.codec() == Codec.STORE
            ? FrameWriter.store(raw.array(), raw.length(), record)
            : frames.compress(raw.array(), raw.length(), record);
    return new PlaneInfo(stored, raw.length(), RecordHeader.crc32c(record.array(), from, stored));
  }

  private void requireFreeSpace(int more) throws IOException {
    if (file != null && options.freeSpaceFloorBytes() > 0 && !completing) {
      long usable = file.usableBytes();
      if (usable - more < options.freeSpaceFloorBytes()) {
        throw new IOException(
            file.name()
                + ": the file system has "
                + usable
                + " bytes left; a block of "
                + more
                + " bytes at offset "
                + channel.length()
                + " would leave less than "
                + options.freeSpaceFloorBytes());
      }
    }
  }

  private void checkpointIfDue() throws IOException {
    long now = totals.lastNanos();
    if (lastCheckpointNanos < 0) {
      lastCheckpointNanos = now;
    }
    if (index.rows() >= MAX_INDEX_ROWS
        || channel.length() - lastCheckpointOffset >= options.checkpointBytes()
        || now - lastCheckpointNanos >= checkpointAgeNanos) {
      long offset = channel.length();
      appendBody(RecordType.CHECKPOINT, index.body());
      index.checkpointWritten(offset);
      lastCheckpointOffset = offset;
      lastCheckpointNanos = now;
    }
  }

  /** Appends a record other than a block. */
  private void appendBody(int type, byte[] body) throws IOException {
    PlaneInfo plane =
        body.length == 0
            ? PlaneInfo.EMPTY
            : new PlaneInfo(body.length, body.length, RecordHeader.crc32c(body, 0, body.length));
    record.clear();
    record.reserve(RecordLayout.HEADER_BYTES);
    record.advance(RecordLayout.HEADER_BYTES);
    record.bytes(body, 0, body.length);
    RecordHeader.newBuilder(fileId, type)
        .place(channel.length(), previousLength)
        .before(totals.blocks(), totals.events(), totals.dataBytes())
        .planes(RecordHeader.CODEC_PLAIN, plane, PlaneInfo.EMPTY)
        .times(totals.firstNanos(), totals.lastNanos(), watermarkNanos)
        .lost(totals.lostEvents(), totals.lostBytes())
        .build()
        .writeTo(record.array());
    channel.append(record.array(), record.length(), RecordType.nameOf(type));
    previousLength = record.length();
  }
}
