// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import dev.tapedeck.format.internal.CheckpointBody;
import dev.tapedeck.format.internal.FileId;
import dev.tapedeck.format.internal.MalformedPlaneException;
import dev.tapedeck.format.internal.proto.Derivation.Origin;
import dev.tapedeck.format.internal.proto.FileHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Turns a {@link CaptureHeader} into the body of a file header record and back. */
final class HeaderCodec {
  /** A message takes many times its length in memory, so a header has a limit of its own. */
  static final int MAX_HEADER_BYTES = 2 << 20;

  /** What a writer may put into one; the rest is for keys of encryption and what seals. */
  private static final int MAX_FACTS_BYTES = 3 << 19;

  private HeaderCodec() {}

  static FileId fileIdOf(CaptureHeader header) {
    return fileIdOf(header.fileId());
  }

  static FileId fileIdOf(Bytes fileId) {
    ByteBuffer id = fileId.asBuffer().order(ByteOrder.LITTLE_ENDIAN);
    return new FileId(id.getLong(), id.getLong());
  }

  static Bytes bytesOf(FileId id) {
    ByteBuffer bytes =
        ByteBuffer.allocate(CaptureHeader.FILE_ID_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(id.first()).putLong(id.second());
    return Bytes.wrap(bytes.array(), 0, CaptureHeader.FILE_ID_BYTES);
  }

  static FileHeader toProto(CaptureHeader header) {
    FileHeader.Builder proto =
        FileHeader.newBuilder()
            .setHostId(header.hostId())
            .setHostName(header.hostName())
            .setArchitecture(header.architecture())
            .setKernelRelease(header.kernelRelease())
            .setProducer(header.producer())
            .setCreatedRealNanos(header.createdRealNanos());
    header
        .attributes()
        .forEach(
            (name, value) ->
                proto.addAttributes(
                    FileHeader.Attribute.newBuilder().setName(name).setValue(value)));
    for (CaptureHost host : header.hosts()) {
      proto.addHosts(
          FileHeader.Host.newBuilder()
              .setHostId(host.hostId())
              .setHostName(host.hostName())
              .setArchitecture(host.architecture())
              .setKernelRelease(host.kernelRelease()));
    }
    Derivation derivation = header.derivation();
    if (derivation != null) {
      proto.setDerivation(toProto(derivation));
    }
    FileHeader built = proto.build();
    if (built.getSerializedSize() > MAX_FACTS_BYTES) {
      throw new IllegalArgumentException(
          "headerBytes=" + built.getSerializedSize() + " limit=" + MAX_FACTS_BYTES);
    }
    return built;
  }

  static dev.tapedeck.format.internal.proto.Derivation toProto(Derivation derivation) {
    dev.tapedeck.format.internal.proto.Derivation.Builder proto =
        dev.tapedeck.format.internal.proto.Derivation.newBuilder()
            .setVerb(derivation.verb())
            .setProducer(derivation.producer());
    for (Derivation.Origin origin : derivation.origins()) {
      proto.addOrigins(
          Origin.newBuilder()
              .setFileId(UnsafeByteOperations.unsafeWrap(origin.fileId().asBuffer()))
              .setFirstSequence(origin.firstSequence())
              .setEndSequence(origin.endSequence()));
    }
    return proto.build();
  }

  /** Returns what the body of a file header record holds, with fields of later versions. */
  static FileHeader parseFileHeader(byte[] body) throws MalformedPlaneException {
    return parse(UnsafeByteOperations.unsafeWrap(body));
  }

  /** Returns the copy of the file header in the body of a checkpoint or footer. */
  static FileHeader parseCheckpoint(byte[] body) throws MalformedPlaneException {
    return parse(CheckpointBody.header(body));
  }

  private static FileHeader parse(ByteString header) throws MalformedPlaneException {
    if (header.size() > MAX_HEADER_BYTES) {
      throw new MalformedPlaneException(
          "the file header has bytes=" + header.size() + " limit=" + MAX_HEADER_BYTES);
    }
    try {
      return FileHeader.parseFrom(header);
    } catch (InvalidProtocolBufferException e) {
      throw new MalformedPlaneException("the file header's body is malformed", e);
    }
  }

  /** Returns the header that a file header record or its copy holds. */
  static CaptureHeader ofProto(FileId id, FileHeader proto) throws MalformedPlaneException {
    try {
      return checkedOfProto(id, proto);
    } catch (IllegalArgumentException e) {
      throw new MalformedPlaneException("the file header holds a value out of range", e);
    }
  }

  private static CaptureHeader checkedOfProto(FileId id, FileHeader proto) {
    CaptureHeader.Builder header =
        CaptureHeader.newBuilder()
            .fileId(bytesOf(id))
            .hostId(proto.getHostId())
            .hostName(proto.getHostName())
            .architecture(proto.getArchitecture())
            .kernelRelease(proto.getKernelRelease())
            .producer(proto.getProducer())
            .createdRealNanos(proto.getCreatedRealNanos());
    for (FileHeader.Attribute attribute : proto.getAttributesList()) {
      header.attribute(attribute.getName(), attribute.getValue());
    }
    for (FileHeader.Host host : proto.getHostsList()) {
      header.hosts(
          List.of(
              new CaptureHost(
                  host.getHostId(),
                  host.getHostName(),
                  host.getArchitecture(),
                  host.getKernelRelease())));
    }
    if (proto.hasDerivation()) {
      header.derivation(ofProto(proto.getDerivation()));
    }
    return header.build();
  }

  private static Derivation ofProto(dev.tapedeck.format.internal.proto.Derivation proto) {
    List<Derivation.Origin> origins = new ArrayList<>();
    for (Origin origin : proto.getOriginsList()) {
      origins.add(
          new Derivation.Origin(
              Bytes.copyOf(origin.getFileId().toByteArray()),
              origin.getFirstSequence(),
              origin.getEndSequence()));
    }
    return new Derivation(proto.getVerb(), proto.getProducer(), origins);
  }
}
