// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.message;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.Completeness;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.analyzer.stream.MissingCause;
import dev.tapedeck.format.Bytes;
import dev.tapedeck.format.Role;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongUnaryOperator;

/**
 * Reads both directions of a WebSocket connection (RFC 6455) from bytes, gaps and an end.
 *
 * <p>Frames become messages: fragments are joined, also around control frames, payloads unmasked
 * and decompressed (RFC 7692). Bytes lost inside a frame cost that message only. After other
 * losses, and where the recording began later, reading goes on where frames are found again beyond
 * doubt; what was compressed with reference to lost messages is said to be so.
 *
 * <p><b>Lifecycle:</b> {@link #data} and {@link #gap} in the order of the events, {@link #end}
 * once, then the results.
 *
 * <p><b>Limits:</b> {@link AnalyzerOptions#maxMessageBytes()}, {@link
 * AnalyzerOptions#maxMessagesBytes()}.
 *
 * <p><b>Threads:</b> confined to one. <b>Ownership:</b> messages keep copies of the runs.
 */
public final class WebSocketConversation {
  private final MessageLimits limits;
  private final FrameReader client;
  private final FrameReader server;
  private final KeptMessages messages;
  private final Consumer<StreamMessage> sink;
  private boolean incomplete;
  private boolean cutAtEnd;
  private boolean cut;

  /**
   * Makes a parser.
   *
   * @param options bounds
   * @param fromStart whether the first byte of each direction begins a frame
   * @param extensions what was agreed on
   * @param toEpochNanos maps the times of the runs to nanoseconds since the Unix epoch
   */
  public WebSocketConversation(
      AnalyzerOptions options,
      boolean fromStart,
      DeflateParameters extensions,
      LongUnaryOperator toEpochNanos) {
    limits = MessageLimits.of(options);
    messages = new KeptMessages(limits);
    sink = messages::add;
    client = reader(Role.CLIENT, fromStart, extensions, toEpochNanos);
    server = reader(Role.SERVER, fromStart, extensions, toEpochNanos);
  }

  /**
   * Makes a parser of a live conversation: messages are handed over when they are whole, and not
   * kept.
   *
   * @param options bounds
   * @param extensions what was agreed on
   * @param whole takes the messages
   */
  public WebSocketConversation(
      AnalyzerOptions options, DeflateParameters extensions, Consumer<StreamMessage> whole) {
    limits = MessageLimits.of(options);
    messages = new KeptMessages(limits);
    sink = whole;
    client = reader(Role.CLIENT, true, extensions, nanos -> nanos);
    server = reader(Role.SERVER, true, extensions, nanos -> nanos);
  }

  private FrameReader reader(
      Role sender,
      boolean fromStart,
      DeflateParameters extensions,
      LongUnaryOperator toEpochNanos) {
    return new FrameReader(sender, fromStart, extensions, limits, toEpochNanos, this::keep);
  }

  private FrameReader of(Role sender) {
    return sender == Role.CLIENT ? client : server;
  }

  /**
   * Takes bytes in.
   *
   * @param sender who sent them
   * @param position of the first byte in its stream
   * @param startNanos when they began to move
   * @param endNanos when they had moved
   */
  public void data(Role sender, Bytes run, long position, long startNanos, long endNanos) {
    of(sender).feed(run, position, startNanos, endNanos);
  }

  /**
   * Takes a gap in.
   *
   * @param lengthBytes how many bytes are missing; −1 when not known
   */
  public void gap(Role sender, long lengthBytes, MissingCause cause) {
    incomplete = true;
    of(sender).gap(lengthBytes, cause);
  }

  /** Ends both directions and frees what decompressing took. */
  public void end() {
    cutAtEnd = true;
    client.end();
    server.end();
    client.close();
    server.close();
  }

  /** Lets go of the runs that were taken in: copies what is held of them. */
  public void detach() {
    client.detach();
    server.detach();
  }

  /** Returns how many bytes are kept. */
  public long keptBytes() {
    return messages.keptBytes() + client.keptBytes() + server.keptBytes();
  }

  /** Keeps so many bytes of the messages at most, of what has come and of what comes. */
  public void keepAtMost(long bytes) {
    int each = (int) Math.min(Integer.MAX_VALUE, bytes / 4);
    client.keepAtMost(each);
    server.keepAtMost(each);
    messages.keepAtMost(bytes / 2);
  }

  private void keep(StreamMessage message) {
    incomplete |= !cutAtEnd && message.completeness() != Completeness.COMPLETE;
    cut |= message.completeness() != Completeness.COMPLETE;
    sink.accept(message);
  }

  /** Returns the messages of both directions in the order in which their last bytes moved. */
  public List<StreamMessage> messages() {
    return messages.inOrder();
  }

  /** Returns how many messages there are so far, of both directions. */
  public int count() {
    return messages.count();
  }

  /** Returns one of those so far, by the order in which they became whole. */
  public StreamMessage message(int index) {
    return messages.get(index);
  }

  /** Returns whether frames were found in a direction. */
  public boolean hasFrames(Role sender) {
    return inMessages(sender) > 0;
  }

  /** Returns how much of the conversation the capture holds. */
  public Completeness completeness() {
    if (incomplete) {
      return Completeness.GAP;
    }
    return cut ? Completeness.TRUNCATED_END : Completeness.COMPLETE;
  }

  /** Returns what is odd about the conversation as a whole. */
  public List<Anomaly> anomalies() {
    return messages.anomalies();
  }

  /** Returns how many bytes of a direction are part of frames. */
  public long inMessages(Role sender) {
    return of(sender).inMessages();
  }

  /** Returns how many bytes of a direction belong to no frame. */
  public long outsideMessages(Role sender) {
    return of(sender).outsideMessages();
  }
}
