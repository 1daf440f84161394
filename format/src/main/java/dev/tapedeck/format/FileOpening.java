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
import dev.tapedeck.format.internal.proto.FileHeader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a file is a capture, which id it has, and what its header says, also when the
 * header's record is damaged: checkpoints and the footer repeat it.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class FileOpening {
  /** A file in whose first bytes no record begins is no capture. */
  static final long SEARCH_BYTES = 2L * ReaderOptions.MAX_BLOCK_BYTES + (1 << 20);

  private final RecordChannel channel;
  private final PlaneReader planes;
  private final String name;
  private final Identities identities;
  private final long size;

  FileOpening(RecordChannel channel, PlaneReader planes, String name, Identities identities)
      throws IOException {
    this.channel = channel;
    this.planes = planes;
    this.name = name;
    this.identities = identities;
    this.size = channel.size();
  }

  /**
   * Returns the file's id and header.
   *
   * @param strict true to refuse a file whose header is damaged
   */
  Opened open(boolean strict) throws IOException {
    RecordScanner anyFile = new RecordScanner(channel, size, null);
    RecordHeader first = anyFile.at(0, 0);
    if (first != null && first.type() == RecordType.FILE_HEADER) {
      Support.require(name, 0, first);
      if (first.lengthBytes() > size) {
        throw truncated(first.lengthBytes());
      }
      try {
        FileHeader proto = HeaderCodec.parseFileHeader(planes.metadata(first, 0));
        boolean marked = (first.incompatibleFlags() & RecordHeader.FLAG_ENCRYPTED) != 0;
        if (marked != proto.hasEncryption()) {
          throw MalformedPlaneException.tampered(
              "it says that it is encrypted and holds no keys, or the other way round");
        }
        Opened opened = opened(first.fileId(), proto);
        return opened.tampered() == null ? opened : otherThan(opened, strict);
      } catch (MalformedPlaneException e) {
        if (strict) {
          throw corrupt(e);
        }
        Opened copy = headerCopy(first.fileId());
        if (e.isTampered() && copy.encrypted() == null) {
          throw corrupt(e);
        }
        return e.isTampered() ? copy.after(e.reason()) : copy;
      }
    }
    FileId id = idOfAnyRecord(anyFile);
    if (strict) {
      throw new CaptureFormatException.Corrupt(
          name, 0, "file header", "a sound record header", "damaged bytes");
    }
    return headerCopy(id);
  }

  /** Returns what a sound copy of the header gives, where the header was tampered with. */
  private Opened otherThan(Opened tampered, boolean strict) throws IOException {
    if (strict) {
      throw new CaptureFormatException.Corrupt(
          name, 0, "file header", "what was encrypted", String.valueOf(tampered.tampered()));
    }
    Opened copy = headerCopy(tampered.fileId());
    return copy.encrypted() == null ? tampered : copy.after(tampered.tampered());
  }

  private FileId idOfAnyRecord(RecordScanner anyFile) throws IOException {
    long trailerAt = size - RecordLayout.HEADER_BYTES;
    RecordHeader trailer = trailerAt < 0 ? null : anyFile.at(trailerAt, 0);
    if (trailer != null) {
      return trailer.fileId();
    }
    long found = anyFile.find(0, Math.min(size, SEARCH_BYTES), 0);
    RecordHeader record = found < 0 ? null : anyFile.at(found, 0);
    if (record == null) {
      record = startOfChain(anyFile);
    }
    if (record != null) {
      return record.fileId();
    }
    byte[] start = new byte[(int) Math.min(size, RecordLayout.FILE_ID_AT)];
    channel.read(0, start, 0, start.length);
    int version = RecordHeader.majorVersion(start);
    if (version == RecordLayout.MAJOR_VERSION && size < RecordLayout.HEADER_BYTES) {
      throw truncated(RecordLayout.HEADER_BYTES);
    }
    if (version >= 0 && version != RecordLayout.MAJOR_VERSION) {
      throw new CaptureFormatException.Unsupported(
          name,
          0,
          "file header",
          "format version " + RecordLayout.MAJOR_VERSION,
          "version " + version);
    }
    throw new CaptureFormatException.Unsupported(
        name, 0, "file header", "a capture", size == 0 ? "an empty file" : "no record of one");
  }

  /**
   * Returns the first record from which others follow without a break up to the end of the file,
   * for files from whose start bytes are missing or into which some were put; null when there is
   * none. The records of a capture inside a block are followed by what that block still holds.
   */
  private @Nullable RecordHeader startOfChain(RecordScanner anyFile) throws IOException {
    long end = Math.min(size, SEARCH_BYTES);
    long from = 0;
    while (from < end) {
      from = anyFile.findMoved(from, end);
      RecordHeader start = from < 0 ? null : anyFile.anywhere(from);
      if (start == null) {
        return null;
      }
      RecordScanner.Chain chain = anyFile.chainFrom(from, start);
      if (chain.reachesEnd()) {
        return start;
      }
      from = chain.end();
    }
    return null;
  }

  /** Returns the copy of the header in a checkpoint or the footer; an empty one without any. */
  private Opened headerCopy(FileId id) throws IOException {
    Opened copy = headerOfFooter(id);
    if (copy != null) {
      return copy;
    }
    RecordWalk walk = new RecordWalk(new RecordScanner(channel, size, id), damage -> {});
    for (RecordHeader record = walk.next(); record != null; record = walk.next()) {
      if (record.type() == RecordType.CHECKPOINT || record.type() == RecordType.FOOTER) {
        Opened found = headerOf(record, walk.offset());
        if (found != null) {
          return found;
        }
      }
    }
    try {
      return opened(id, FileHeader.getDefaultInstance());
    } catch (MalformedPlaneException e) {
      throw new IllegalStateException("a header of no facts is well-formed", e);
    }
  }

  private @Nullable Opened headerOfFooter(FileId id) throws IOException {
    RecordScanner scanner = new RecordScanner(channel, size, id);
    long trailerAt = size - RecordLayout.HEADER_BYTES;
    RecordHeader trailer = trailerAt < 0 ? null : scanner.at(trailerAt, 0);
    if (trailer == null || trailer.type() != RecordType.TRAILER) {
      return null;
    }
    long footerAt = trailerAt - trailer.previousLength();
    RecordHeader footer = footerAt < 0 ? null : scanner.at(footerAt, 0);
    return footer == null || footer.type() != RecordType.FOOTER ? null : headerOf(footer, footerAt);
  }

  private @Nullable Opened headerOf(RecordHeader checkpoint, long offset) throws IOException {
    try {
      Opened copy =
          opened(
              checkpoint.fileId(),
              HeaderCodec.parseCheckpoint(planes.metadata(checkpoint, offset)));
      return copy.tampered() == null ? copy : null;
    } catch (MalformedPlaneException e) {
      return null; // Another copy is looked for.
    }
  }

  private Opened opened(FileId id, FileHeader proto) throws MalformedPlaneException {
    if (!proto.hasEncryption()) {
      return new Opened(id, HeaderCodec.ofProto(id, proto), proto, null, null);
    }
    EncryptedFile encrypted = EncryptedFile.of(id, proto, identities);
    FileHeader facts;
    String tampered = null;
    try {
      facts = encrypted.openHeader(proto);
    } catch (MalformedPlaneException e) {
      facts = EncryptedFile.factless(proto);
      tampered = e.reason();
    }
    CaptureHeader header = HeaderCodec.ofProto(id, facts);
    return new Opened(id, header, proto, encrypted, null).after(tampered);
  }

  private CaptureFormatException truncated(long expectedBytes) {
    return new CaptureFormatException.Truncated(
        name, 0, "file header", expectedBytes + " bytes", size + " bytes");
  }

  private CaptureFormatException corrupt(MalformedPlaneException cause) {
    CaptureFormatException corrupt =
        new CaptureFormatException.Corrupt(name, 0, "file header", "a sound body", cause.reason());
    corrupt.initCause(cause);
    return corrupt;
  }

  /**
   * What opening found.
   *
   * @param fileId the id that the file's records carry
   * @param header the file's header
   * @param proto the same as it stands in the file, with fields of later versions
   * @param encrypted null when the file is not
   * @param tampered what was wrong with the sealed facts of the header's record; null when nothing
   */
  record Opened(
      FileId fileId,
      CaptureHeader header,
      FileHeader proto,
      @Nullable EncryptedFile encrypted,
      @Nullable String tampered) {
    /** Returns the same, where the header's record was not what it should have been. */
    Opened after(@Nullable String tampered) {
      EncryptedFile noted = encrypted == null ? null : encrypted.withHeaderTampering(tampered);
      return new Opened(fileId, header, proto, noted, tampered);
    }
  }
}
