// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import com.github.luben.zstd.Zstd;
import dev.tapedeck.format.internal.FileId;
import dev.tapedeck.format.internal.PlaneBuffer;
import dev.tapedeck.format.internal.PlaneInfo;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordLayout;
import dev.tapedeck.format.internal.RecordType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Makes a finished capture of any size in seconds, on little disk: real blocks, which differ in
 * their times only, and between them experimental records whose bodies are holes in the file.
 */
public final class HugeCapture {
  /** Events in each block; the last may have fewer. */
  public static final int BLOCK_EVENTS = BlockEncoder.MAX_EVENTS;

  /** Time between two events. */
  public static final long STEP_NANOS = 1_000;

  /** From here on, and for a year, a time has a varint of the same length. */
  public static final long FIRST_NANOS = 1L << 54;

  private static final int EXPERIMENTAL_TYPE = 224;
  private static final int BLOCKS_IN_CHECKPOINT = 4;
  private static final int HOLE_BYTES = ReaderOptions.MAX_BLOCK_BYTES;

  private final FileChannel channel;
  private final FileId fileId = HeaderCodec.fileIdOf(TestObjects.header());
  private final IndexBuilder index = new IndexBuilder(HeaderCodec.toProto(TestObjects.header()));
  private final FileTotals totals = new FileTotals();
  private final byte[] header = new byte[RecordLayout.HEADER_BYTES];
  private final int holeCrc = RecordHeader.crc32c(new byte[HOLE_BYTES], 0, HOLE_BYTES);
  private long offset;
  private int previousLength;

  private HugeCapture(FileChannel channel) {
    this.channel = channel;
  }

  /** Writes a capture of so many events, at least so many bytes long. */
  public static void write(Path file, long events, long fileBytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      new HugeCapture(channel).write(events, fileBytes);
    }
  }

  private void write(long events, long fileBytes) throws IOException {
    append(RecordType.FILE_HEADER, HeaderCodec.toProto(TestObjects.header()).toByteArray());
    Template whole = new Template(BLOCK_EVENTS);
    long blocks = (events + BLOCK_EVENTS - 1) / BLOCK_EVENTS;
    for (long block = 0; block < blocks; block++) {
      long first = block * BLOCK_EVENTS;
      int count = (int) Math.min(BLOCK_EVENTS, events - first);
      Template template = count == BLOCK_EVENTS ? whole : new Template(count);
      appendBlock(template, FIRST_NANOS + first * STEP_NANOS);
      long target = fileBytes / blocks * (block + 1);
      while (offset < target) {
        appendHole();
      }
      if (index.rows() == BLOCKS_IN_CHECKPOINT) {
        long at = offset;
        append(RecordType.CHECKPOINT, index.body());
        index.checkpointWritten(at);
      }
    }
    append(RecordType.FOOTER, index.body());
    append(RecordType.TRAILER, new byte[0]);
  }

  /** A block's metadata plane, not compressed, in which the first time can be set. */
  private static final class Template {
    private final byte[] raw;
    private final int events;
    private final int timeAt;

    Template(int events) {
      this.events = events;
      BlockEncoder encoder = new BlockEncoder();
      // Clock, so that times can be told as dates; then calls that moved bytes unseen.
      encoder.add(new ClockEvent(TestObjects.stamp(FIRST_NANOS, 0), FIRST_NANOS, FIRST_NANOS + 99));
      for (int i = 1; i < events; i++) {
        EventStamp stamp = TestObjects.stamp(FIRST_NANOS + i * STEP_NANOS, i);
        CallRef call = new CallRef(CallKind.SENDFILE, 1, 0, 100, 100);
        encoder.add(
            new StreamEvent.Transfer(stamp, TestObjects.RESPONSES, 100L * (i - 1), 100, call));
      }
      PlaneBuffer buffer = new PlaneBuffer(1 << 20);
      encoder.writeMetadataTo(buffer);
      raw = Arrays.copyOf(buffer.array(), buffer.length());
      timeAt = only(raw, varint(FIRST_NANOS));
    }

    byte[] startingAt(long nanos) {
      byte[] time = varint(nanos);
      System.arraycopy(time, 0, raw, timeAt, time.length);
      return raw;
    }

    private static byte[] varint(long nanos) {
      byte[] bytes = new byte[8];
      long zigzag = nanos << 1;
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) ((zigzag & 0x7F) | (i < bytes.length - 1 ? 0x80 : 0));
        zigzag >>>= 7;
      }
      if (zigzag != 0 || bytes[bytes.length - 1] == 0) {
        throw new IllegalArgumentException("nanos=" + nanos);
      }
      return bytes;
    }

    private static int only(byte[] raw, byte[] part) {
      int found = -1;
      for (int i = 0; i + part.length <= raw.length; i++) {
        if (Arrays.equals(raw, i, i + part.length, part, 0, part.length)) {
          if (found >= 0) {
            throw new IllegalStateException("twice: " + found + " " + i);
          }
          found = i;
        }
      }
      return found;
    }
  }

  private void appendBlock(Template template, long firstNanos) throws IOException {
    byte[] raw = template.startingAt(firstNanos);
    byte[] stored = Zstd.compress(raw, 1);
    PlaneInfo plane =
        new PlaneInfo(stored.length, raw.length, RecordHeader.crc32c(stored, 0, stored.length));
    RecordHeader block =
        RecordHeader.newBuilder(fileId, RecordType.BLOCK)
            .place(offset, previousLength)
            .before(totals.blocks(), totals.events(), totals.dataBytes())
            .planes(RecordHeader.CODEC_ZSTD, plane, PlaneInfo.EMPTY)
            .content(template.events, 0)
            .times(firstNanos, firstNanos + (template.events - 1) * STEP_NANOS, 0)
            .build();
    append(block, stored);
    totals.add(block);
    index.add(block);
  }

  private void appendHole() throws IOException {
    RecordHeader hole = totals(EXPERIMENTAL_TYPE, new PlaneInfo(HOLE_BYTES, HOLE_BYTES, holeCrc));
    append(hole, new byte[0]);
    offset += HOLE_BYTES;
    previousLength += HOLE_BYTES;
  }

  private void append(int type, byte[] body) throws IOException {
    PlaneInfo plane =
        new PlaneInfo(body.length, body.length, RecordHeader.crc32c(body, 0, body.length));
    append(totals(type, plane), body);
  }

  private RecordHeader totals(int type, PlaneInfo body) {
    return RecordHeader.newBuilder(fileId, type)
        .place(offset, previousLength)
        .before(totals.blocks(), totals.events(), totals.dataBytes())
        .planes(RecordHeader.CODEC_PLAIN, body, PlaneInfo.EMPTY)
        .times(totals.firstNanos(), totals.lastNanos(), 0)
        .build();
  }

  private void append(RecordHeader record, byte[] planes) throws IOException {
    record.writeTo(header);
    ByteBuffer[] parts = {ByteBuffer.wrap(header), ByteBuffer.wrap(planes)};
    for (ByteBuffer part : parts) {
      while (part.hasRemaining()) {
        offset += channel.write(part, offset);
      }
    }
    previousLength = header.length + planes.length;
  }
}
