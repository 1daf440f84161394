// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.ByteRope;
import dev.tapedeck.analyzer.http.internal.h2.FieldBlock;
import dev.tapedeck.analyzer.http.internal.h2.Frame;
import dev.tapedeck.analyzer.http.internal.h2.FrameReader;
import dev.tapedeck.analyzer.http.internal.h2.FrameSink;
import dev.tapedeck.analyzer.http.internal.h2.HpackDecoder;
import dev.tapedeck.format.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * One direction of an HTTP/2 connection: joins header blocks and decodes them.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class Http2Side implements FrameSink {
  /** Bounds what a flood of CONTINUATION frames with nothing in them costs. */
  private static final int MAX_BLOCK_FRAMES = 1024;

  private final boolean request;
  private final Owner owner;
  private final int maxBlockBytes;
  private final FrameReader reader;
  private final HpackDecoder decoder;
  private final FieldBlock fields;

  /** The frames of the block that is open; empty when none is. */
  private List<Frame> block = new ArrayList<>(1);

  private int blockFramesDetached;
  private long blockBytes;
  private boolean blockBroken;
  private boolean blockMissing;
  private boolean blockCapped;

  private final boolean joinedLate;
  private boolean hadGap;
  private boolean ending;
  private long inMessages;
  private long controlBytes;

  /** Takes what the frames say. */
  interface Owner {
    /** Returns the largest stream number that was seen, 0 for none. */
    int newestStream();

    /**
     * A header block is whole, or nothing more of it comes.
     *
     * @param frames the frames that it came in, the first one HEADERS or PUSH_PROMISE
     * @return whether the frames became part of a message
     */
    boolean headers(Http2Side side, List<Frame> frames, FieldBlock fields);

    /**
     * A frame with data has come.
     *
     * @return whether it became part of a message
     */
    boolean data(Http2Side side, Frame frame);

    /** A frame that is neither has come. */
    void control(Http2Side side, Frame frame);

    /** Any number of frames may be missing. */
    void lost(Http2Side side, boolean capped);
  }

  Http2Side(boolean request, boolean fromStart, AnalyzerOptions options, Owner owner) {
    this.request = request;
    this.owner = owner;
    this.maxBlockBytes = options.maxHeadBytes();
    this.reader = new FrameReader(this, request, fromStart, owner::newestStream);
    this.decoder = new HpackDecoder(fromStart);
    this.fields = new FieldBlock(options.maxHeadBytes());
    this.joinedLate = !fromStart;
  }

  boolean isRequest() {
    return request;
  }

  FrameReader reader() {
    return reader;
  }

  HpackDecoder decoder() {
    return decoder;
  }

  /** Returns whether frames may be missing, be it that the recording began late. */
  boolean isLossy() {
    return joinedLate || hadGap;
  }

  /** Returns whether what is not known was sent before the recording, rather than lost in it. */
  boolean isLate() {
    return joinedLate && !hadGap;
  }

  /** Returns whether frames may have been lost since the recording began. */
  boolean hadGap() {
    return hadGap;
  }

  /** Returns whether the capture ends, so that what is missing never moved, or later. */
  boolean isEnding() {
    return ending;
  }

  /** Returns whether the block that is handed on lacks bytes. */
  boolean isBlockMissing() {
    return blockMissing;
  }

  boolean isBlockCapped() {
    return blockCapped;
  }

  boolean isBlockBroken() {
    return blockBroken;
  }

  void end() {
    ending = true;
    reader.end();
    if (!block.isEmpty()) {
      blockMissing = true;
      closeBlock();
    }
  }

  @Override
  public void frame(Frame frame) {
    if (!block.isEmpty()) {
      if (frame.type() == Frame.CONTINUATION && frame.streamId() == block.get(0).streamId()) {
        addToBlock(frame);
        return;
      }
      // RFC 9113, section 6.10: nothing may come between the frames of a block.
      blockBroken = true;
      closeBlock();
    }
    switch (frame.type()) {
      case Frame.HEADERS, Frame.PUSH_PROMISE -> addToBlock(frame);
      case Frame.CONTINUATION -> {
        decoder.lose();
        controlBytes += bytes(frame);
      }
      case Frame.DATA -> {
        if (owner.data(this, frame)) {
          inMessages += bytes(frame);
        } else {
          controlBytes += bytes(frame);
        }
      }
      default -> {
        controlBytes += bytes(frame);
        owner.control(this, frame);
      }
    }
  }

  private static long bytes(Frame frame) {
    return Frame.HEADER_BYTES + (long) frame.lengthBytes() - frame.missingBytes();
  }

  private void addToBlock(Frame frame) {
    block.add(frame);
    blockBytes += frame.lengthBytes();
    blockMissing |= !frame.isWhole();
    blockCapped |= frame.capped();
    if (frame.endsHeaders() || blockBytes > maxBlockBytes || block.size() > MAX_BLOCK_FRAMES) {
      blockBroken |= !frame.endsHeaders();
      closeBlock();
    }
  }

  private void closeBlock() {
    List<Frame> frames = block;
    block = new ArrayList<>(1);
    blockFramesDetached = 0;
    blockBytes = 0;
    boolean whole = decode(frames);
    if (!whole) {
      decoder.lose();
    }
    boolean taken = owner.headers(this, frames, fields);
    for (Frame frame : frames) {
      if (taken) {
        inMessages += bytes(frame);
      } else {
        controlBytes += bytes(frame);
      }
    }
    blockBroken = false;
    blockMissing = false;
    blockCapped = false;
  }

  /** Decodes as much of a block as there is before the first missing byte. */
  private boolean decode(List<Frame> frames) {
    Bytes first = fragment(frames.get(0));
    if (frames.size() == 1) {
      decoder.decode(first, fields);
    } else {
      long size = frames.stream().mapToLong(frame -> frame.payload().length()).sum();
      byte[] joined = new byte[Math.toIntExact(size)];
      int length = 0;
      for (Frame frame : frames) {
        Bytes fragment = fragment(frame);
        fragment.copyTo(0, joined, length, fragment.length());
        length += fragment.length();
        if (!frame.isWhole()) {
          break;
        }
      }
      decoder.decode(Bytes.wrap(joined, 0, length), fields);
    }
    if (request) {
      decoder.disclose(fields);
    }
    if (!frames.get(frames.size() - 1).endsHeaders() || blockMissing) {
      fields.cut();
      return false;
    }
    return true;
  }

  private Bytes fragment(Frame frame) {
    ByteRope content = frame.content();
    if (content == null) {
      blockBroken = true;
      return Bytes.empty();
    }
    return content.toBytes();
  }

  @Override
  public void lost(boolean capped) {
    if (!block.isEmpty()) {
      blockMissing = true;
      blockCapped |= capped;
      closeBlock();
    }
    hadGap = true;
    decoder.lose();
    owner.lost(this, capped);
  }

  /** Lets go of the runs that were fed: copies what is open of them. */
  void detach() {
    reader.detach();
    for (; blockFramesDetached < block.size(); blockFramesDetached++) {
      block.set(blockFramesDetached, block.get(blockFramesDetached).detached());
    }
  }

  /** Returns how many bytes are kept for what is open. */
  long heldBytes() {
    return reader.heldBytes() + 2 * blockBytes;
  }

  /** Returns how many bytes became part of messages. */
  long inMessages() {
    return inMessages;
  }

  /** Returns how many bytes belong to the connection, or to nothing. */
  long outsideMessages() {
    return reader.prefaceBytes() + controlBytes + reader.strayBytes();
  }
}
