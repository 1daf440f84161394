// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.FileId;
import dev.tapedeck.format.internal.MalformedPlaneException;
import dev.tapedeck.format.internal.RecordChannel;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordLayout;
import dev.tapedeck.format.internal.RecordScanner;
import dev.tapedeck.format.internal.RecordType;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a capture, also one that is damaged, cut, or still being written.
 *
 * <p>By default a part that cannot be read is skipped and reported to {@link
 * CaptureVisitor#damage}, and a file that ends inside a record is read to its last whole block. A
 * block is given whole or not at all; no event is given that was not written. With {@link
 * ReaderOptions#strict()} the first damage ends the reading.
 *
 * <p><b>Lifecycle:</b> {@code open}, then {@link #summary} and {@link #read} any number of times,
 * each over the file as long as it is at that moment, then {@link #close}.
 *
 * <p><b>Threads:</b> confined to one thread; any number of readers of one file are fine.
 */
public final class CaptureReader implements AutoCloseable {
  private final RecordChannel channel;
  private final PlaneReader planes;
  private final RecordReader records;
  private final String name;
  private final ReaderOptions options;
  private final FileId fileId;
  private final CaptureHeader header;
  private final @Nullable EncryptedFile encrypted;

  private CaptureReader(
      RecordChannel channel,
      PlaneReader planes,
      String name,
      ReaderOptions options,
      FileOpening.Opened opened) {
    this.channel = channel;
    this.planes = planes;
    this.records = new RecordReader(name, planes);
    this.name = name;
    this.options = options;
    this.fileId = opened.fileId();
    this.header = opened.header();
    this.encrypted = opened.encrypted();
    planes.unlock(encrypted);
  }

  /**
   * Opens a capture file.
   *
   * @throws CaptureFormatException when it is no capture, ends inside its header, or needs a
   *     feature that this version lacks; with {@code strict} also when its header is damaged
   */
  public static CaptureReader open(Path file, ReaderOptions options) throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw new IOException(file + ": does not exist", e);
    } catch (AccessDeniedException e) {
      throw new IOException(file + ": cannot be read: permission denied", e);
    }
    return open(channel, file.toString(), options);
  }

  /**
   * Opens a capture in a channel, which the reader will close, also when opening fails.
   *
   * @param name for messages
   * @throws CaptureFormatException as above
   */
  public static CaptureReader open(SeekableByteChannel channel, String name, ReaderOptions options)
      throws IOException {
    RecordChannel records = new RecordChannel(channel);
    PlaneReader planes = new PlaneReader(records, options.maxBlockBytes());
    try {
      FileOpening.Opened opened =
          new FileOpening(records, planes, name, options.identities()).open(options.strict());
      return new CaptureReader(records, planes, name, options, opened);
    } catch (IOException e) {
      planes.close();
      try {
        channel.close();
      } catch (IOException alsoFailed) {
        e.addSuppressed(alsoFailed);
      }
      throw e;
    }
  }

  /**
   * Returns what the capture says about itself. Where the header's record and all its copies are
   * damaged, everything but the file id is empty.
   */
  public CaptureHeader header() {
    return header;
  }

  /** Returns who can read the file; null when it is not encrypted. */
  public @Nullable EncryptionInfo encryption() {
    return encrypted == null ? null : encrypted.info();
  }

  /** Returns what can be read with the keys of {@link ReaderOptions#identities}. */
  public CaptureAccess access() {
    return encrypted == null ? CaptureAccess.ALL : encrypted.access();
  }

  /** Returns the file's name. */
  public String name() {
    return name;
  }

  /** Returns the format's major version. */
  public int formatVersion() {
    return RecordLayout.MAJOR_VERSION;
  }

  /**
   * Returns what the capture holds, from its last records' headers. Planes are not read.
   *
   * <p>A file of any size takes a moment, whether it is finished, being written, or cut. What such
   * a look cannot know is whether the parts before are damaged: {@link CaptureSummary#indexed()}.
   *
   * @throws CaptureFormatException at the first damage that is met, when {@code strict}
   */
  public CaptureSummary summary() throws IOException {
    return new SummaryReading(scanner(channel.size()), planes).read(sink(damage -> {}));
  }

  private RecordScanner scanner(long size) {
    return new RecordScanner(channel, size, fileId);
  }

  /**
   * Begins a reading of events: returns what takes damage.
   *
   * @throws CaptureFormatException.Encrypted when no key opens the file
   */
  private RecordWalk.DamageSink reading(CaptureVisitor visitor)
      throws CaptureFormatException.Encrypted {
    EncryptedFile.requireAccess(name, encrypted, options.identities());
    return TamperGuard.over(encrypted, sink(visitor::damage));
  }

  private RecordWalk.DamageSink sink(RecordWalk.DamageSink sink) {
    return options.strict() ? damage -> StrictReading.refuse(name, damage) : sink;
  }

  /**
   * Gives every event to the visitor, from the file's start, in the file's order. The data events
   * of a block whose payload plane is damaged come without payload, so that every projection gives
   * the same events.
   *
   * <p>When {@link #access} is {@link CaptureAccess#METADATA}, data events come without payload.
   *
   * @throws CaptureFormatException when the file needs a feature that this version lacks, when it
   *     is encrypted and {@link #access} is {@link CaptureAccess#HEADERS}, and at the first damage
   *     when {@code strict}
   */
  public void read(Projection projection, CaptureVisitor visitor) throws IOException {
    RecordSteps steps = steps(projection, visitor);
    boolean more = true;
    while (more) {
      more = steps.step();
    }
  }

  /**
   * Gives the same to the visitor, in the same order, and decodes blocks in other threads
   * meanwhile. The visitor is called on the calling thread only.
   *
   * <p><b>Threads:</b> the workers have ended when this returns or throws. A few blocks for each of
   * them are in memory.
   *
   * @param workers how many threads decode, at least 1
   * @throws CaptureFormatException as in {@link #read(Projection, CaptureVisitor)}
   * @throws java.io.InterruptedIOException when the calling thread is interrupted
   */
  public void readParallel(Projection projection, int workers, CaptureVisitor visitor)
      throws IOException {
    if (workers < 1) {
      throw new IllegalArgumentException("workers=" + workers);
    }
    new ParallelReading(name).read(sections(projection), workers, visitor);
  }

  /**
   * Begins a reading in sections, which other threads may decode.
   *
   * <p><b>Ownership:</b> the caller closes it, before this reader.
   *
   * @throws CaptureFormatException.Encrypted when no key opens the file
   */
  public CaptureSections sections(Projection projection) throws IOException {
    EncryptedFile.requireAccess(name, encrypted, options.identities());
    return new SectionReading(
        name,
        channel,
        planes,
        options.maxBlockBytes(),
        projection,
        scanner(channel.size()),
        this::sink);
  }

  /** Begins a reading that goes on record by record, for who reads several captures at once. */
  RecordSteps steps(Projection projection, CaptureVisitor visitor) throws IOException {
    RecordWalk.DamageSink sink = reading(visitor);
    RecordWalk walk = new RecordWalk(scanner(channel.size()), sink);
    return () -> {
      RecordHeader record = walk.next();
      if (record == null) {
        return false;
      }
      records.read(record, walk.offset(), projection, visitor, sink);
      return true;
    };
  }

  /**
   * Gives the events whose exit time is in the range to the visitor: the same, in the same order,
   * as {@link #read(Projection, CaptureVisitor)} gives of them, but only blocks that may hold one
   * are read. These are found by the file's index, and by the blocks' headers where the index is
   * missing or wrong. Damage is reported where it is met; what need not be read is not looked at.
   *
   * @throws CaptureFormatException as in {@link #read(Projection, CaptureVisitor)}
   */
  public void read(Projection projection, TimeRange range, CaptureVisitor visitor)
      throws IOException {
    RecordWalk.DamageSink sink = reading(visitor);
    CaptureVisitor chosen = new RangeVisitor(range, visitor);
    long size = channel.size();
    new TimeRangeReading(
            () -> scanner(size),
            planes,
            range,
            sink,
            (record, offset) -> records.read(record, offset, projection, chosen, sink))
        .read();
  }

  /**
   * Gives every event to the visitor, as {@link #read(Projection, CaptureVisitor)} does, but reads
   * payload only of blocks that may hold an event of the range: of others, data events come without
   * it.
   */
  void readWithPayloadOf(TimeRange range, CaptureVisitor visitor) throws IOException {
    RecordWalk.DamageSink sink = reading(visitor);
    RecordWalk walk = new RecordWalk(scanner(channel.size()), sink);
    for (RecordHeader record = walk.next(); record != null; record = walk.next()) {
      Projection projection =
          range.intersects(record.firstNanos(), record.lastNanos())
              ? Projection.ALL
              : Projection.METADATA;
      records.read(record, walk.offset(), projection, visitor, sink);
    }
  }

  /**
   * Gives what belongs to a part of the file to the visitor: the events of the blocks that begin in
   * it, and the damage that does. The parts of a file, however it is cut, together give what {@link
   * #read(Projection, CaptureVisitor)} gives, each event once. Each part can be read by another
   * reader, on another machine; no footer is needed.
   *
   * @throws CaptureFormatException as in {@link #read(Projection, CaptureVisitor)}
   */
  public void read(Projection projection, ByteRange range, CaptureVisitor visitor)
      throws IOException {
    RecordWalk.DamageSink all = reading(visitor);
    RecordWalk.DamageSink own =
        damage -> {
          if (range.contains(damage.offset())) {
            all.damage(damage);
          }
        };
    long size = channel.size();
    RecordWalk walk = new RecordWalk(scanner(size), TamperGuard.over(encrypted, own));
    PlacedRecord before = new RecordBacktrack(scanner(size)).lastBefore(range.from());
    if (before != null) {
      walk.resumeAfter(before);
    }
    for (RecordHeader record = walk.next();
        record != null && walk.offset() < range.to();
        record = walk.next()) {
      if (walk.offset() >= range.from()) {
        records.read(record, walk.offset(), projection, visitor, all);
      }
    }
  }

  /**
   * Returns what the capture holds that this version skips, because a later one wrote it, and how
   * many records are damaged.
   */
  public List<CaptureSchema.UnknownPart> unknownParts() throws IOException {
    UnknownScan scan = new UnknownScan();
    RecordWalk walk = new RecordWalk(scanner(channel.size()), reading(event -> {}));
    for (RecordHeader record = walk.next(); record != null; record = walk.next()) {
      if (RecordType.isKnown(record.type())) {
        Support.require(name, walk.offset(), record);
        addKnown(record, walk.offset(), scan);
      } else {
        scan.addRecord(record);
      }
    }
    return scan.parts();
  }

  private void addKnown(RecordHeader record, long offset, UnknownScan scan) throws IOException {
    try {
      scan.addRecord(record, planes.metadata(record, offset));
    } catch (MalformedPlaneException e) {
      scan.addDamaged();
    }
  }

  /** A reading that goes on record by record. */
  @FunctionalInterface
  interface RecordSteps {
    /** Gives the events of the next record; returns false when there is none. */
    boolean step() throws IOException;
  }

  @Override
  public void close() throws IOException {
    planes.close();
    channel.close();
  }
}
