// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tapedeck.format.internal.CheckpointBody;
import dev.tapedeck.format.internal.FileId;
import dev.tapedeck.format.internal.MalformedPlaneException;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.crypto.AgeFile;
import dev.tapedeck.format.internal.crypto.CaptureOpener;
import dev.tapedeck.format.internal.crypto.CaptureSealer;
import dev.tapedeck.format.internal.proto.FileHeader;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the header of an encrypted file says about its encryption, and the keys that the user's
 * identities found in it.
 *
 * <p><b>Threads:</b> immutable.
 */
final class EncryptedFile {
  private final EncryptionInfo info;
  private final boolean copy;
  private final byte[] metadataKeyFile;
  private final byte[] payloadKeyFile;
  private final byte @Nullable [] metadataKey;
  private final byte @Nullable [] payloadKey;
  private final @Nullable String headerTampering;

  private EncryptedFile(
      EncryptionInfo info,
      boolean copy,
      byte[] metadataKeyFile,
      byte[] payloadKeyFile,
      Identities identities) {
    this.info = info;
    this.copy = copy;
    this.metadataKeyFile = metadataKeyFile;
    this.payloadKeyFile = payloadKeyFile;
    this.metadataKey = AgeFile.open(metadataKeyFile, identities.readers(), FileKeys.KEY_BYTES);
    // Who reads payload reads metadata: a payload key alone opens nothing.
    this.payloadKey =
        metadataKey == null
            ? null
            : AgeFile.open(payloadKeyFile, identities.readers(), FileKeys.KEY_BYTES);
    this.headerTampering = null;
  }

  private EncryptedFile(EncryptedFile same, @Nullable String headerTampering) {
    this.info = same.info;
    this.copy = same.copy;
    this.metadataKeyFile = same.metadataKeyFile;
    this.payloadKeyFile = same.payloadKeyFile;
    this.metadataKey = same.metadataKey;
    this.payloadKey = same.payloadKey;
    this.headerTampering = headerTampering;
  }

  /** Returns the same, and what was wrong with the file header's record; null when nothing. */
  EncryptedFile withHeaderTampering(@Nullable String headerTampering) {
    return new EncryptedFile(this, headerTampering);
  }

  /** Returns what was wrong with the file header's record; null when nothing. */
  @Nullable String headerTampering() {
    return headerTampering;
  }

  /** Looks at a header that has an {@code encryption}. */
  static EncryptedFile of(FileId fileId, FileHeader header, Identities identities)
      throws MalformedPlaneException {
    ByteString origin = header.getEncryption().getOriginFileId();
    ByteString metadataKeyFile = header.getEncryption().getMetadataKey();
    ByteString payloadKeyFile = header.getEncryption().getPayloadKey();
    if (origin.size() != CaptureHeader.FILE_ID_BYTES
        || metadataKeyFile.size() > AgeFile.MAX_BYTES
        || payloadKeyFile.size() > AgeFile.MAX_BYTES) {
      throw new MalformedPlaneException(
          "the header says originFileIdLength="
              + origin.size()
              + " metadataKeyLength="
              + metadataKeyFile.size()
              + " payloadKeyLength="
              + payloadKeyFile.size());
    }
    Bytes originFileId = Bytes.copyOf(origin.toByteArray());
    SortedMap<String, Integer> recipients = AgeFile.recipients(payloadKeyFile.toByteArray());
    SortedMap<String, Integer> metadataOnly =
        new TreeMap<>(AgeFile.recipients(metadataKeyFile.toByteArray()));
    recipients.forEach(
        (type, count) ->
            metadataOnly.computeIfPresent(
                type, (same, all) -> all > count ? Integer.valueOf(all - count) : null));
    return new EncryptedFile(
        new EncryptionInfo(originFileId, recipients, metadataOnly),
        !originFileId.equals(HeaderCodec.bytesOf(fileId)),
        metadataKeyFile.toByteArray(),
        payloadKeyFile.toByteArray(),
        identities);
  }

  /** Returns the header of an encrypted file: the keys, and the facts sealed. */
  static FileHeader seal(FileHeader header, Bytes fileId, FileKeys keys, CaptureSealer sealer) {
    byte[] facts = header.toBuilder().clearDerivation().build().toByteArray();
    FileHeader.Builder sealed = FileHeader.newBuilder();
    if (header.hasDerivation()) {
      sealed.setDerivation(header.getDerivation());
    }
    sealed
        .getEncryptionBuilder()
        .setOriginFileId(ByteString.copyFrom(fileId.toArray()))
        .setMetadataKey(ByteString.copyFrom(keys.metadataKeyFile()))
        .setPayloadKey(ByteString.copyFrom(keys.payloadKeyFile()));
    return sealed
        .setSealed(
            ByteString.copyFrom(
                sealer.sealHeader(facts, keys.metadataKeyFile(), keys.payloadKeyFile())))
        .build();
  }

  EncryptionInfo info() {
    return info;
  }

  /** Returns what the identities open. */
  CaptureAccess access() {
    if (metadataKey == null) {
      return CaptureAccess.HEADERS;
    }
    return payloadKey == null ? CaptureAccess.METADATA : CaptureAccess.ALL;
  }

  /**
   * Refuses to read events that no key opens.
   *
   * @param encrypted null when the file is not
   */
  static void requireAccess(String name, @Nullable EncryptedFile encrypted, Identities identities)
      throws CaptureFormatException.Encrypted {
    if (encrypted != null && encrypted.access() == CaptureAccess.HEADERS) {
      throw CaptureFormatException.Encrypted.of(name, identities);
    }
  }

  /** Returns true when the blocks were encrypted for another file, from which they were copied. */
  boolean isCopy() {
    return copy;
  }

  /** Returns what decrypts planes, for one thread; null without a key. */
  @Nullable CaptureOpener newOpener() {
    return metadataKey == null
        ? null
        : new CaptureOpener(info.originFileId().toArray(), metadataKey, payloadKey);
  }

  /** Returns the header with its sealed facts; without a key only what stands beside them. */
  FileHeader openHeader(FileHeader header) throws MalformedPlaneException {
    FileHeader.Builder facts = FileHeader.newBuilder();
    CaptureOpener opener = newOpener();
    if (opener != null) {
      byte[] sealed = header.getSealed().toByteArray();
      try {
        facts.mergeFrom(opener.openHeader(sealed, metadataKeyFile, payloadKeyFile));
      } catch (InvalidProtocolBufferException e) {
        throw new MalformedPlaneException("the sealed header is malformed", e);
      }
    }
    return withDerivationOf(facts, header);
  }

  /** Returns a header of no facts. */
  static FileHeader factless(FileHeader header) {
    return withDerivationOf(FileHeader.newBuilder(), header);
  }

  private static FileHeader withDerivationOf(FileHeader.Builder facts, FileHeader header) {
    facts.clearDerivation();
    if (header.hasDerivation()) {
      facts.setDerivation(header.getDerivation());
    }
    return facts.build();
  }

  /** Checks that the file was ended with this footer; a copy does not say. */
  void requireSeal(RecordHeader footer, byte[] body) throws MalformedPlaneException {
    CaptureOpener opener = newOpener();
    if (opener == null || copy) {
      return;
    }
    try {
      opener.openSeal(footer, CheckpointBody.seal(body).toByteArray());
    } catch (MalformedPlaneException e) {
      throw MalformedPlaneException.tampered("the seal of the file's end: " + e.reason());
    }
  }

  /** Checks what may stand in the header of a block. */
  void requireGenuine(RecordHeader block) throws MalformedPlaneException {
    if (block.cipher() == 0) {
      throw MalformedPlaneException.tampered("a block that is not encrypted");
    }
    boolean dropped = block.payload().storedBytes() == 0 && block.payload().rawBytes() != 0;
    if (dropped && (!copy || !block.isPayloadLost())) {
      throw MalformedPlaneException.tampered("a block without its payload plane");
    }
    if (!copy && (block.absentBlocks() != 0 || block.isPayloadLost())) {
      throw MalformedPlaneException.tampered("a block of a copy in a file that is none");
    }
  }
}
