// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h2;

/**
 * Says which frame headers can be (RFC 9113, section 6): strictly, to find where frames begin among
 * other bytes, and leniently for the next header of frames that were read without a gap.
 */
final class FrameRules {
  /** Unless the other side allows more (RFC 9113, section 4.2). */
  static final int DEFAULT_MAX_FRAME_BYTES = 16384;

  private static final int SETTING_BYTES = 6;
  private static final int MOST_SETTINGS = 64;
  private static final int PING_BYTES = 8;

  /** Of a connection of which no stream is known: more than most have in their life. */
  private static final int MANY_STREAMS = 1 << 24;

  /** How many streams can begin unseen. */
  private static final int MISSED_STREAMS = 1 << 16;

  private FrameRules() {}

  /** Returns the largest number that a stream can have behind a gap. */
  static int maxStreamId(int newest) {
    return newest == 0
        ? MANY_STREAMS
        : Math.min(newest, Integer.MAX_VALUE - MISSED_STREAMS) + MISSED_STREAMS;
  }

  static int length(byte[] array, int at) {
    return (array[at] & 0xff) << 16 | (array[at + 1] & 0xff) << 8 | (array[at + 2] & 0xff);
  }

  static int streamId(byte[] array, int at) {
    return int32(array, at + 5) & Integer.MAX_VALUE;
  }

  private static int int32(byte[] array, int at) {
    return (array[at] & 0xff) << 24
        | (array[at + 1] & 0xff) << 16
        | (array[at + 2] & 0xff) << 8
        | (array[at + 3] & 0xff);
  }

  /** Returns whether the header at {@code at} cannot be one, however lenient a reader is. */
  static boolean isImpossible(byte[] array, int at) {
    int length = length(array, at);
    int streamId = streamId(array, at);
    return switch (array[at + 3] & 0xff) {
      case Frame.DATA, Frame.HEADERS, Frame.PUSH_PROMISE, Frame.CONTINUATION -> streamId == 0;
      case Frame.PRIORITY -> streamId == 0;
      case Frame.RST_STREAM -> streamId == 0 || length != Integer.BYTES;
      case Frame.SETTINGS -> streamId != 0 || length % SETTING_BYTES != 0;
      case Frame.PING -> streamId != 0 || length != PING_BYTES;
      case Frame.GOAWAY -> streamId != 0 || length < PING_BYTES;
      case Frame.WINDOW_UPDATE -> length != Integer.BYTES;
      default -> length > DEFAULT_MAX_FRAME_BYTES; // to be ignored (section 4.1)
    };
  }

  /**
   * Returns whether the header at {@code at} is one that senders write.
   *
   * @param request whether it was sent to the server
   * @param maxStreamId the largest number that a stream can have by what is known
   */
  static boolean isPlausible(byte[] array, int at, boolean request, int maxStreamId) {
    if (array[at] != 0 || array[at + 5] < 0) {
      return false;
    }
    int length = length(array, at);
    int flags = array[at + 4] & 0xff;
    int streamId = streamId(array, at);
    boolean odd = (streamId & 1) == 1;
    // Servers open even streams, but hardly any does: other bytes look like one more often.
    if (length > DEFAULT_MAX_FRAME_BYTES || streamId > maxStreamId) {
      return false;
    }
    return switch (array[at + 3] & 0xff) {
      case Frame.DATA ->
          odd
              && (flags & ~(Frame.END_STREAM | Frame.PADDED)) == 0
              && ((flags & Frame.PADDED) == 0 || length > 0);
      case Frame.HEADERS ->
          odd
              && (flags
                      & ~(Frame.END_STREAM | Frame.END_HEADERS | Frame.PADDED | Frame.HAS_PRIORITY))
                  == 0
              && length
                  > ((flags & Frame.PADDED) == 0 ? 0 : 1)
                      + ((flags & Frame.HAS_PRIORITY) == 0 ? 0 : 5);
      case Frame.PRIORITY -> streamId != 0 && length == 5 && flags == 0;
      case Frame.RST_STREAM -> streamId != 0 && length == Integer.BYTES && flags == 0;
      case Frame.SETTINGS ->
          streamId == 0
              && length % SETTING_BYTES == 0
              && length <= MOST_SETTINGS * SETTING_BYTES
              && (flags == 0 || (flags == Frame.ACK && length == 0));
      case Frame.PUSH_PROMISE ->
          !request
              && odd
              && length > Integer.BYTES
              && (flags & ~(Frame.END_HEADERS | Frame.PADDED)) == 0;
      case Frame.PING -> streamId == 0 && length == PING_BYTES && (flags & ~Frame.ACK) == 0;
      case Frame.GOAWAY -> streamId == 0 && length >= PING_BYTES && flags == 0;
      case Frame.WINDOW_UPDATE -> length == Integer.BYTES && flags == 0;
      case Frame.CONTINUATION -> odd && (flags & ~Frame.END_HEADERS) == 0;
      case Frame.ALTSVC -> !request && flags == 0 && length >= 2;
      case Frame.ORIGIN -> !request && flags == 0 && streamId == 0;
      case Frame.PRIORITY_UPDATE ->
          request && flags == 0 && streamId == 0 && length >= Integer.BYTES;
      default -> false;
    };
  }
}
