// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import dev.tapedeck.format.internal.MalformedPlaneException;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordType;
import dev.tapedeck.format.internal.proto.Block;
import dev.tapedeck.format.internal.proto.BlockLoss;
import dev.tapedeck.format.internal.proto.Capture;
import dev.tapedeck.format.internal.proto.Checkpoint;
import dev.tapedeck.format.internal.proto.FileHeader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Counts what later versions of the format put into records.
 *
 * <p><b>Threads:</b> confined to one thread.
 */
final class UnknownScan {
  private static final int KNOWN_FLAGS = RecordHeader.PAYLOAD_LOST;

  private final SortedMap<String, Long> counts = new TreeMap<>();

  /** Notes a record whose content cannot be read. */
  void addDamaged() {
    count("damaged record");
  }

  /** Takes a record of a type that this version does not know. */
  void addRecord(RecordHeader record) {
    count("record type " + record.type());
  }

  /**
   * Takes a record of a known type.
   *
   * @param content its metadata plane or body, unpacked
   */
  void addRecord(RecordHeader record, byte[] content) throws MalformedPlaneException {
    int flags = record.compatibleFlags() & ~KNOWN_FLAGS;
    for (int bit = 0; bit < Integer.SIZE; bit++) {
      if ((flags >>> bit & 1) != 0) {
        count("compatible flag " + bit + " of a " + RecordType.nameOf(record.type()));
      }
    }
    try {
      switch (record.type()) {
        case RecordType.BLOCK ->
            addBlocks(Capture.parseFrom(UnsafeByteOperations.unsafeWrap(content)));
        case RecordType.FILE_HEADER -> add(FileHeader.parseFrom(content), "FileHeader");
        case RecordType.CHECKPOINT, RecordType.FOOTER ->
            add(Checkpoint.parseFrom(content), "Checkpoint");
        case RecordType.LOSS -> add(BlockLoss.parseFrom(content), "BlockLoss");
        default -> {}
      }
    } catch (InvalidProtocolBufferException e) {
      throw new MalformedPlaneException("the content is no protobuf message", e);
    }
  }

  private void addBlocks(Capture capture) {
    add(capture, "Capture");
    for (Block block : capture.getBlockList()) {
      for (int kind : block.getEvents().getKindList()) {
        if (!EventKinds.isKnown(kind)) {
          count("event kind " + Integer.toUnsignedString(kind));
        }
      }
    }
  }

  private void add(Message message, String path) {
    for (int number : message.getUnknownFields().asMap().keySet()) {
      count("field " + number + " of " + path);
    }
    message.getAllFields().forEach((field, value) -> addField(field, value, path));
  }

  private void addField(FieldDescriptor field, Object value, String path) {
    if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
      return;
    }
    String inner = path + "." + field.getName();
    Collection<?> values = field.isRepeated() ? (Collection<?>) value : List.of(value);
    values.forEach(one -> add((Message) one, inner));
  }

  private void count(String what) {
    counts.merge(what, 1L, Long::sum);
  }

  /** Returns what was found, by name. */
  List<CaptureSchema.UnknownPart> parts() {
    List<CaptureSchema.UnknownPart> parts = new ArrayList<>();
    counts.forEach((what, count) -> parts.add(new CaptureSchema.UnknownPart(what, count)));
    return parts;
  }
}
