// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.MalformedPlaneException;
import dev.tapedeck.format.internal.RecordChannel;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordLayout;
import dev.tapedeck.format.internal.RecordScanner;
import dev.tapedeck.format.internal.RecordType;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks a capture as far as it can be checked, and says what is wrong with it. Its errors are the
 * damage that reading reports, and contradictions between sound parts of the file.
 *
 * <p><b>Threads:</b> confined to one thread; one check is made with each instance.
 */
public final class CaptureCheck {
  private static final int MAX_PLANE_BYTES = ReaderOptions.MAX_BLOCK_BYTES;

  private final RecordChannel channel;
  private final String name;
  private final boolean unfinished;
  private final List<Finding> findings = new ArrayList<>();
  private final RecordReader records;
  private final HeaderCheck headers;
  private final EventCheck events = new EventCheck(findings::add);
  private final CheckReport.Depth depth;
  private final @Nullable EncryptedFile encrypted;
  private byte[] stored = new byte[0];
  private long damages;
  private long blocks;
  private long eventCount;
  private long unknownRecords;
  private boolean lastIsFooter;

  /** Whether there was damage after the record that was looked at last. */
  private boolean damageAtEnd;

  private CaptureCheck(
      RecordChannel channel, String name, PlaneReader planes, CheckReport.Depth depth) {
    this.encrypted = planes.encrypted();
    this.channel = channel;
    this.name = name;
    this.depth = depth;
    this.unfinished = name.endsWith(CaptureFile.PARTIAL_SUFFIX);
    this.records = new RecordReader(name, planes);
    this.headers = new HeaderCheck(planes, findings::add);
  }

  /**
   * Checks a file.
   *
   * @param depth how far to look; of encrypted blocks, what the identities open is looked into, and
   *     the rest up to its checksums
   * @throws CaptureFormatException when it is no capture, or needs a feature that this version
   *     lacks
   */
  public static CheckReport check(Path file, CheckReport.Depth depth, Identities identities)
      throws IOException {
    return check(
        FileChannel.open(file, StandardOpenOption.READ), file.toString(), depth, identities);
  }

  static CheckReport check(
      SeekableByteChannel source, String name, CheckReport.Depth depth, Identities identities)
      throws IOException {
    try (RecordChannel channel = new RecordChannel(source);
        PlaneReader planes = new PlaneReader(channel, MAX_PLANE_BYTES)) {
      FileOpening.Opened opened = new FileOpening(channel, planes, name, identities).open(false);
      planes.unlock(opened.encrypted());
      return new CaptureCheck(channel, name, planes, depth).run(opened);
    }
  }

  private CheckReport run(FileOpening.Opened opened) throws IOException {
    long size = channel.size();
    RecordWalk walk =
        new RecordWalk(
            new RecordScanner(channel, size, opened.fileId()),
            TamperGuard.over(encrypted, this::damageBefore));
    for (RecordHeader record = walk.next(); record != null; record = walk.next()) {
      Support.requireKnown(name, walk.offset(), record);
      headers.record(record, walk.offset());
      if (record.type() == RecordType.BLOCK) {
        blocks++;
        eventCount += record.eventCount();
        block(record, walk.offset());
      } else if (RecordType.isKnown(record.type())) {
        body(record, walk.offset());
      } else {
        unknownRecords++;
      }
      damageAtEnd = false;
      lastIsFooter = record.type() == RecordType.FOOTER;
    }
    end(walk, size);
    boolean decoded = depth == CheckReport.Depth.EVENTS && access() != CaptureAccess.HEADERS;
    if (decoded) {
      events.finish(opened.header().derivation());
    }
    boolean closed = depth == CheckReport.Depth.EVENTS && access() != CaptureAccess.ALL;
    return new CheckReport(
        opened.header(),
        findings,
        blocks,
        eventCount,
        size,
        walk.isComplete(),
        closed ? CheckReport.Depth.CHECKSUMS : depth);
  }

  private CaptureAccess access() {
    return encrypted == null ? CaptureAccess.ALL : encrypted.access();
  }

  /** Takes damage between two records, or after the last. */
  private void damageBefore(Damage damage) {
    damageAtEnd = true;
    headers.damaged();
    damage(damage);
  }

  private void damage(Damage damage) {
    damages++;
    events.lost(damage.lostEvents());
    boolean expected = unfinished && damage.kind() == DamageKind.TRUNCATED;
    Finding finding = Finding.of(damage);
    findings.add(
        expected
            ? new Finding(
                Finding.Severity.WARNING,
                finding.kind(),
                finding.offset(),
                finding.lengthBytes(),
                finding.text(),
                finding.lostEvents())
            : finding);
  }

  private void block(RecordHeader record, long offset) throws IOException {
    if (depth == CheckReport.Depth.HEADERS) {
      genuine(record, offset);
    } else if (depth == CheckReport.Depth.CHECKSUMS || access() == CaptureAccess.HEADERS) {
      if (genuine(record, offset) && metadataChecksum(record, offset)) {
        payloadChecksum(record, offset);
      }
    } else {
      long damagesBefore = damages;
      content(record, offset);
      if (access() == CaptureAccess.METADATA && damages == damagesBefore) {
        payloadChecksum(record, offset);
      }
    }
  }

  /** Returns whether the block's header is one that an encrypted file may have. */
  private boolean genuine(RecordHeader record, long offset) throws IOException {
    if (encrypted == null) {
      return true;
    }
    try {
      encrypted.requireGenuine(record);
      return true;
    } catch (MalformedPlaneException e) {
      damage(
          new Damage(
              offset, record.lengthBytes(), DamageKind.TAMPERED, e.reason(), record.eventCount()));
      return false;
    }
  }

  private void content(RecordHeader record, long offset) throws IOException {
    long damagesBefore = damages;
    long[] given = {0};
    events.beginBlock(offset);
    records.read(
        record,
        offset,
        Projection.ALL,
        event -> {
          given[0]++;
          events.event(event);
        },
        this::damage);
    events.endBlock(record, damages == damagesBefore || given[0] == record.eventCount());
  }

  private boolean metadataChecksum(RecordHeader record, long offset) throws IOException {
    long planeAt = offset + RecordLayout.HEADER_BYTES;
    try {
      StoredPlane.requireLimit(record.metadata(), MAX_PLANE_BYTES, "metadata");
      room(record.metadata().storedBytes());
      StoredPlane.read(channel, planeAt, record.metadata(), stored, 0, "metadata");
      return true;
    } catch (MalformedPlaneException e) {
      damage(
          new Damage(
              offset, record.lengthBytes(), DamageKind.BLOCK, e.reason(), record.eventCount()));
      return false;
    }
  }

  private void payloadChecksum(RecordHeader record, long offset) throws IOException {
    long payloadAt = offset + RecordLayout.HEADER_BYTES + record.metadata().storedBytes();
    try {
      StoredPlane.requireLimit(record.payload(), MAX_PLANE_BYTES, "payload");
      room(record.payload().storedBytes());
      StoredPlane.read(channel, payloadAt, record.payload(), stored, 0, "payload");
    } catch (MalformedPlaneException e) {
      damage(
          new Damage(payloadAt, record.payload().storedBytes(), DamageKind.BLOCK, e.reason(), 0));
    }
  }

  private void room(int bytes) {
    if (stored.length < bytes) {
      stored = new byte[bytes + bytes / 4];
    }
  }

  /** Looks into a record that holds no events. */
  private void body(RecordHeader record, long offset) throws IOException {
    records.read(
        record,
        offset,
        Projection.METADATA,
        new CaptureVisitor() {
          @Override
          public void event(CaptureEvent event) {}

          @Override
          public void loss(CopyLoss loss) {
            CaptureCheck.this.loss(loss, offset);
          }
        },
        damage -> {
          headers.damaged();
          damage(damage);
        });
  }

  private void loss(CopyLoss loss, long offset) {
    headers.loss(loss);
    events.lost(loss.events());
    findings.add(
        new Finding(
            Finding.Severity.WARNING,
            "loss",
            offset,
            0,
            "the file from which this one was copied had lost this",
            loss.events()));
  }

  private void end(RecordWalk walk, long size) {
    if (unknownRecords > 0) {
      findings.add(
          Finding.warning(
              "unknown_record", 0, unknownRecords + " records of a later version were skipped"));
    }
    if (walk.isComplete()) {
      return;
    }
    if (unfinished) {
      findings.add(
          Finding.warning(
              "unfinished", size, "the file is being written, or its writer was killed"));
    } else if (!damageAtEnd) {
      findings.add(
          new Finding(
              Finding.Severity.ERROR,
              "truncated",
              size,
              0,
              "the file ends without a trailer",
              lastIsFooter ? 0 : Damage.UNKNOWN));
    }
  }
}
