// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.MessageSpan;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Role;
import dev.tapedeck.replayer.engine.OutgoingRequest.Line;
import dev.tapedeck.replayer.engine.OutgoingRequest.Piece;
import dev.tapedeck.replayer.splice.CutRequest;
import dev.tapedeck.replayer.splice.EditableRequest;
import dev.tapedeck.replayer.splice.EditableRequest.Field;
import dev.tapedeck.replayer.splice.Http2Head;
import dev.tapedeck.replayer.target.Target;
import java.util.ArrayList;
import java.util.List;

/** Makes of recorded HTTP/2 requests what is sent: their fields, and the frames of their bodies. */
public final class Http2Requests {
  private static final int FRAME_HEADER_BYTES = 9;
  private static final int DATA = 0;
  private static final int PADDED = 0x8;

  /** A gRPC message begins with a flag and its length. */
  private static final int GRPC_PREFIX_BYTES = 5;

  private Http2Requests() {}

  /**
   * Returns the recorded request, with scheme and authority of the target.
   *
   * @param recorded the request, with its body
   * @param exchange that it belongs to; tells when which part of the body moved
   * @param keepAuthority whether the authority stays as recorded
   */
  public static OutgoingRequest.Http2 of(
      HttpRequest recorded, Exchange exchange, Target target, boolean keepAuthority) {
    List<Piece> pieces = pieces(recorded, exchange);
    List<Field> head = Http2Head.of(recorded);
    if (CutRequest.isCut(recorded)) {
      EditableRequest changed = new EditableRequest(recorded);
      changed.parts(pieces.stream().map(Piece::bytes).toList());
      head = changed.fields();
    }
    return new OutgoingRequest.Http2(
        lines(head, target, keepAuthority),
        pieces,
        lines(Http2Head.fields(recorded.trailers()), target, true));
  }

  private static List<Line> lines(List<Field> recorded, Target target, boolean keepAuthority) {
    List<Line> lines = new ArrayList<>(recorded.size());
    for (Field field : recorded) {
      String name = field.name();
      String value = field.value();
      if (name.equals(":scheme")) {
        value = target.tls() ? "https" : "http";
      } else if (!keepAuthority && (name.equals(":authority") || name.equals("host"))) {
        value = target.authority();
      }
      lines.add(new Line(name, value));
    }
    return lines;
  }

  /** One for each recorded frame, due as long after the head as it was in the recording. */
  private static List<Piece> pieces(HttpRequest recorded, Exchange exchange) {
    List<Bytes> contents = dataFrames(recorded.body().framed());
    if (!areWhole(contents, recorded)) {
      // Not made of whole frames, such as the body of an upgraded request: as one.
      contents = List.of(recorded.body().wire().toBytes());
    }
    List<Piece> pieces = new ArrayList<>(contents.size());
    long offset = 0;
    for (int i = 0; i < contents.size(); i++) {
      Bytes content = contents.get(i);
      pieces.add(
          new Piece(afterNanos(recorded.span(), exchange, offset, i, contents.size()), content));
      offset += content.length();
    }
    return pieces;
  }

  /** Where bytes were lost, frames cannot be told from what is in them. */
  private static boolean areWhole(List<Bytes> contents, HttpRequest recorded) {
    ByteRope body = new ByteRope(contents);
    return body.length() == recorded.body().wire().length()
        && (!CutRequest.isCut(recorded) || body.toBytes().equals(recorded.body().wire().toBytes()));
  }

  /** Messages have times of their own; other frames are taken to have come evenly. */
  private static long afterNanos(
      MessageSpan span, Exchange exchange, long offset, int index, int count) {
    long end = 0;
    for (StreamMessage message : exchange.messages()) {
      if (message.sender() == Role.CLIENT && message.kind() == StreamMessage.Kind.GRPC) {
        end += GRPC_PREFIX_BYTES + message.wireBytes();
        if (offset < end) {
          return Math.max(0, message.span().firstEpochNanos() - span.firstEpochNanos());
        }
      }
    }
    long whole = Math.max(0, span.lastEpochNanos() - span.firstEpochNanos());
    return whole / count * (index + 1);
  }

  /** Returns the contents of the DATA frames (RFC 9113, section 6.1). */
  public static List<Bytes> dataFrames(ByteRope framed) {
    Bytes bytes = framed.toBytes();
    List<Bytes> contents = new ArrayList<>();
    int at = 0;
    while (at + FRAME_HEADER_BYTES <= bytes.length()) {
      int length =
          (bytes.get(at) & 0xff) << 16
              | (bytes.get(at + 1) & 0xff) << 8
              | (bytes.get(at + 2) & 0xff);
      int begin = at + FRAME_HEADER_BYTES;
      int end = Math.min(begin + length, bytes.length());
      if (bytes.get(at + 3) == DATA) {
        boolean padded = (bytes.get(at + 4) & PADDED) != 0 && begin < end;
        int padding = padded ? bytes.get(begin) & 0xff : 0;
        int from = padded ? begin + 1 : begin;
        contents.add(bytes.slice(from, Math.max(from, end - padding)));
      }
      at = begin + length;
    }
    return contents;
  }
}
