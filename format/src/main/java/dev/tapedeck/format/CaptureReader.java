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
import java.util.ArrayList;
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
          new FileOpening(records, planes, name).open(options.strict(), Support::require);
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

  /** Returns the file's name. */
  public String name() {
    return name;
  }

  /** Returns the format's major version. */
  public int formatVersion() {
    return RecordLayout.MAJOR_VERSION;
  }

  /**
   * Returns what the capture holds: from its index when it is finished and sound, else from its
   * block headers. Planes are not read.
   *
   * @throws CaptureFormatException at the first damage when {@code strict}
   */
  public CaptureSummary summary() throws IOException {
    long size = channel.size();
    CaptureSummary indexed = summaryOfFooter(size);
    if (indexed != null) {
      return indexed;
    }
    List<Damage> damages = new ArrayList<>();
    FileTotals totals = new FileTotals();
    long unknownRecords = 0;
    RecordWalk walk = walk(size, damages::add);
    for (RecordHeader record = walk.next(); record != null; record = walk.next()) {
      if (record.type() == RecordType.BLOCK) {
        totals.add(record);
      } else if (record.type() == RecordType.LOSS) {
        addLoss(record, walk.offset(), totals);
      } else if (!RecordType.isKnown(record.type())) {
        unknownRecords++;
      }
    }
    return new CaptureSummary(
        totals.blocks(),
        totals.events(),
        totals.dataBytes(),
        size,
        totals.firstNanos(),
        totals.lastNanos(),
        totals.watermarkNanos(),
        totals.lostEvents(),
        totals.lostBytes(),
        walk.isComplete(),
        false,
        unknownRecords,
        damages);
  }

  private void addLoss(RecordHeader record, long offset, FileTotals totals) throws IOException {
    try {
      totals.add(CopyLoss.ofBody(planes.metadata(record, offset)));
    } catch (MalformedPlaneException e) {
      // Reading reports the damage; what the record stated is not known.
      return;
    }
  }

  private @Nullable CaptureSummary summaryOfFooter(long size) throws IOException {
    RecordScanner scanner = new RecordScanner(channel, size, fileId);
    long trailerAt = size - RecordLayout.HEADER_BYTES;
    RecordHeader trailer = trailerAt < 0 ? null : scanner.at(trailerAt, 0);
    if (trailer == null || trailer.type() != RecordType.TRAILER) {
      return null;
    }
    return new CaptureSummary(
        trailer.blocksBefore(),
        trailer.eventsBefore(),
        trailer.dataBytesBefore(),
        size,
        trailer.firstNanos(),
        trailer.lastNanos(),
        trailer.watermarkNanos(),
        trailer.lostEvents(),
        trailer.lostBytes(),
        true,
        true,
        0,
        List.of());
  }

  private RecordWalk walk(long size, RecordWalk.DamageSink sink) {
    return new RecordWalk(
        new RecordScanner(channel, size, fileId), options.strict() ? this::refuse : sink);
  }

  private void refuse(Damage damage) throws IOException {
    if (damage.kind() == DamageKind.TRUNCATED) {
      throw new CaptureFormatException.Truncated(
          name, damage.offset(), "record", "a whole record", damage.reason());
    }
    throw new CaptureFormatException.Corrupt(
        name, damage.offset(), "record", "an undamaged file", damage.reason());
  }

  /**
   * Gives every event to the visitor, from the file's start, in the file's order. The data events
   * of a block whose payload plane is damaged come without payload, so that every projection gives
   * the same events.
   *
   * @throws CaptureFormatException when the file needs a feature that this version lacks, and at
   *     the first damage when {@code strict}
   */
  public void read(Projection projection, CaptureVisitor visitor) throws IOException {
    RecordSteps steps = steps(projection, visitor);
    boolean more = true;
    while (more) {
      more = steps.step();
    }
  }

  /** Begins a reading that goes on record by record, for who reads several captures at once. */
  RecordSteps steps(Projection projection, CaptureVisitor visitor) throws IOException {
    RecordWalk.DamageSink sink = options.strict() ? this::refuse : visitor::damage;
    RecordWalk walk = walk(channel.size(), sink);
    return () -> {
      RecordHeader record = walk.next();
      if (record == null) {
        return false;
      }
      records.read(record, walk.offset(), projection, visitor, sink);
      return true;
    };
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
