// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import dev.tapedeck.format.internal.MalformedPlaneException;
import dev.tapedeck.format.internal.proto.BlockLoss;
import java.util.Objects;

/**
 * What was lost at a place of a capture when it was copied from a damaged one; the content of a
 * loss record.
 *
 * <p><b>Units:</b> counts are {@link Damage#UNKNOWN} where nobody knows. <b>Threads:</b> immutable.
 *
 * @param kind what was wrong
 * @param blocks how many blocks are missing
 * @param events how many events are missing; those of a block that lacks its payload are not
 * @param dataBytes how many captured bytes of data events are missing
 * @param offset where it lay in the file that was read
 * @param lengthBytes how much of that file was left out
 */
public record CopyLoss(
    Kind kind, long blocks, long events, long dataBytes, long offset, long lengthBytes) {

  /** What was wrong with the file that was copied; numbers as in the registry. */
  public enum Kind {
    UNKNOWN(0),
    /** Bytes that were no record. */
    NO_RECORD(1),
    /** A block whose content was damaged. */
    BLOCK(2),
    /** Blocks that were missing. */
    MISSING(3),
    /** A block whose payload was damaged; its events were kept without. */
    PAYLOAD(4),
    /** The end of a file that was cut. */
    END(5);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    /** Returns the registry's number. */
    public int number() {
      return number;
    }

    private static Kind ofNumber(int number) {
      for (Kind kind : values()) {
        if (kind.number == number) {
          return kind;
        }
      }
      return UNKNOWN;
    }
  }

  public CopyLoss {
    Objects.requireNonNull(kind, "kind");
    if (blocks < Damage.UNKNOWN
        || events < Damage.UNKNOWN
        || dataBytes < Damage.UNKNOWN
        || offset < 0
        || lengthBytes < 0) {
      throw new IllegalArgumentException(
          "blocks="
              + blocks
              + " events="
              + events
              + " dataBytes="
              + dataBytes
              + " offset="
              + offset
              + " lengthBytes="
              + lengthBytes);
    }
  }

  /** Returns false when it is known that no block, event or byte was lost. */
  public boolean concernsContent() {
    return blocks != 0 || events != 0 || dataBytes != 0;
  }

  /** Returns the body of a loss record. */
  byte[] toBody() {
    return BlockLoss.newBuilder()
        .setKind(kind.number)
        .setBlocksPlusOne(blocks + 1)
        .setEventsPlusOne(events + 1)
        .setDataBytesPlusOne(dataBytes + 1)
        .setOffset(offset)
        .setLengthBytes(lengthBytes)
        .build()
        .toByteArray();
  }

  /** Returns what the body of a loss record says. */
  static CopyLoss ofBody(byte[] body) throws MalformedPlaneException {
    try {
      BlockLoss proto = BlockLoss.parseFrom(UnsafeByteOperations.unsafeWrap(body));
      return new CopyLoss(
          Kind.ofNumber(proto.getKind()),
          proto.getBlocksPlusOne() - 1,
          proto.getEventsPlusOne() - 1,
          proto.getDataBytesPlusOne() - 1,
          proto.getOffset(),
          proto.getLengthBytes());
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw new MalformedPlaneException("the loss record's body is malformed", e);
    }
  }
}
