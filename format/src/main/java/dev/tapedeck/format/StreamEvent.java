// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import org.jspecify.annotations.Nullable;

/** Bytes moved on a stream, with or without their content. */
public sealed interface StreamEvent extends CaptureEvent {
  /** Returns the stream. */
  StreamId stream();

  /** Returns the 0-based position of the event's first byte in the stream. */
  long position();

  /**
   * Bytes of a call.
   *
   * <p><b>Units:</b> lengths in bytes. {@code payload} holds the first {@code capturedLength} of
   * the {@code originalLength} bytes from {@code position} on; the others were cut, as with a snap
   * length in pcap.
   *
   * @param stamp who and when
   * @param stream the stream
   * @param position of the first byte
   * @param originalLength bytes this part of the call moved
   * @param capturedLength bytes of these that the capture holds
   * @param payload the bytes; null when only metadata was read, or the payload plane is damaged
   * @param call the call
   */
  record Data(
      EventStamp stamp,
      StreamId stream,
      long position,
      long originalLength,
      int capturedLength,
      @Nullable Bytes payload,
      CallRef call)
      implements StreamEvent {
    public Data {
      if (position < 0 || capturedLength < 0 || originalLength < capturedLength) {
        throw new IllegalArgumentException(
            "position="
                + position
                + " originalLength="
                + originalLength
                + " capturedLength="
                + capturedLength);
      }
      if (payload != null && payload.length() != capturedLength) {
        throw new IllegalArgumentException(
            "capturedLength=" + capturedLength + " payloadLength=" + payload.length());
      }
    }
  }

  /**
   * Bytes that moved without passing through the process's memory, such as sendfile(2).
   *
   * @param stamp who and when
   * @param stream the stream
   * @param position of the first byte
   * @param lengthBytes how many
   * @param call the call
   */
  record Transfer(EventStamp stamp, StreamId stream, long position, long lengthBytes, CallRef call)
      implements StreamEvent {}

  /**
   * The header of a TLS record on a socket, with the bytes that follow it.
   *
   * @param stamp who and when
   * @param stream the socket's stream
   * @param position of the header's first byte in the ciphertext stream
   * @param lengthBytes length field of the record header: bytes after the header
   * @param prefix the header and up to 11 further bytes
   */
  record CipherRecord(
      EventStamp stamp, StreamId stream, long position, int lengthBytes, Bytes prefix)
      implements StreamEvent {}
}
