// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

/**
 * How far an analysis goes, and its bounds.
 *
 * <p><b>Limits</b>
 *
 * <table>
 *   <caption>Bounds, all checked before memory is taken</caption>
 *   <tr><th>name</th><th>default</th><th>effect when reached</th></tr>
 *   <tr><td>maxHeadBytes</td><td>{@value #DEFAULT_MAX_HEAD_BYTES}</td><td>the message ends there
 *       with a LIMIT anomaly, the parser looks for the next one</td></tr>
 *   <tr><td>maxDecodedBytes</td><td>{@value #DEFAULT_MAX_DECODED_BYTES}</td><td>the content ends
 *       there with a LIMIT anomaly</td></tr>
 *   <tr><td>maxDecodedRatio</td><td>{@value #DEFAULT_MAX_DECODED_RATIO}</td><td>the same, for content
 *       above 16 MiB that grew by more than this factor</td></tr>
 *   <tr><td>maxReorderBytes</td><td>{@value #DEFAULT_MAX_REORDER_BYTES}</td><td>bytes of one stream
 *       that wait for earlier ones; beyond, the earlier ones count as lost</td></tr>
 *   <tr><td>maxBodyBytes</td><td>{@value #DEFAULT_MAX_BODY_BYTES}</td><td>of a longer body this
 *       much is kept, with a LIMIT anomaly; framing and accounting go on</td></tr>
 *   <tr><td>maxOpenBytes</td><td>{@value #DEFAULT_MAX_OPEN_BYTES}</td><td>bytes of all messages that
 *       are open at the same time; beyond, the connections that keep most keep no more of their
 *       bodies, and of many requests without an answer the answers count as lost</td></tr>
 *   <tr><td>maxHeldBytes</td><td>{@value #DEFAULT_MAX_HELD_BYTES}</td><td>bytes of one direction
 *       that wait for the other; beyond, they are read without it</td></tr>
 *   <tr><td>maxMessageBytes</td><td>{@value #DEFAULT_MAX_MESSAGE_BYTES}</td><td>the payload of a
 *       message inside an exchange ends there with a LIMIT anomaly</td></tr>
 *   <tr><td>maxMessagesBytes</td><td>{@value #DEFAULT_MAX_MESSAGES_BYTES}</td><td>further messages
 *       inside that exchange are counted and not kept, with a LIMIT anomaly</td></tr>
 * </table>
 *
 * @param maxHeadBytes longest head, trailer section or chunk size line
 * @param maxDecodedBytes longest content after decoding
 * @param maxDecodedRatio largest growth in decoding
 * @param maxReorderBytes most bytes of a stream that wait for earlier ones
 * @param maxHeldBytes most bytes of a direction that wait for the other direction
 * @param maxMessageBytes longest payload of a message inside an exchange
 * @param maxMessagesBytes payloads of one exchange together, and 256 bytes for each
 * @param maxBodyBytes most bytes of a body that are kept
 * @param maxOpenBytes most bytes of open messages that are kept, of all connections
 * @param threads how many threads parse; what is found does not depend on it
 * @param decodeContent whether content codings are undone; if not, content is the wire bytes
 * @param bothEnds whether each end of a connection that was recorded twice shows its own exchanges
 * @param keepFrames whether WebSocket messages of clients keep their frames as sent, so that they
 *     can be sent again; these count like payloads
 */
public record AnalyzerOptions(
    int maxHeadBytes,
    long maxDecodedBytes,
    int maxDecodedRatio,
    int maxReorderBytes,
    int maxHeldBytes,
    int maxMessageBytes,
    long maxMessagesBytes,
    long maxBodyBytes,
    long maxOpenBytes,
    int threads,
    boolean decodeContent,
    boolean bothEnds,
    boolean keepFrames) {
  public static final int DEFAULT_MAX_HEAD_BYTES = 1 << 20;
  public static final long DEFAULT_MAX_DECODED_BYTES = 64L << 20;
  public static final int DEFAULT_MAX_DECODED_RATIO = 2000;
  public static final int DEFAULT_MAX_REORDER_BYTES = 16 << 20;
  public static final int DEFAULT_MAX_HELD_BYTES = 4 << 20;
  public static final int DEFAULT_MAX_MESSAGE_BYTES = 16 << 20;
  public static final long DEFAULT_MAX_MESSAGES_BYTES = 64L << 20;
  public static final long DEFAULT_MAX_BODY_BYTES = 48L << 20;
  public static final long DEFAULT_MAX_OPEN_BYTES = 64L << 20;

  public AnalyzerOptions {
    requirePositive("maxHeadBytes", maxHeadBytes);
    requirePositive("maxDecodedBytes", maxDecodedBytes);
    requirePositive("maxDecodedRatio", maxDecodedRatio);
    requirePositive("maxReorderBytes", maxReorderBytes);
    requirePositive("maxHeldBytes", maxHeldBytes);
    requirePositive("maxMessageBytes", maxMessageBytes);
    requirePositive("maxMessagesBytes", maxMessagesBytes);
    requirePositive("maxBodyBytes", maxBodyBytes);
    requirePositive("maxOpenBytes", maxOpenBytes);
    requirePositive("threads", threads);
  }

  /** Returns what is used when nothing is said. */
  public static AnalyzerOptions defaults() {
    return newBuilder().build();
  }

  /** Returns a builder with the defaults. */
  public static Builder newBuilder() {
    return new Builder();
  }

  private static void requirePositive(String name, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + "=" + value);
    }
  }

  /** Collects options; confined to one thread. */
  public static final class Builder {
    private int maxHeadBytes = DEFAULT_MAX_HEAD_BYTES;
    private long maxDecodedBytes = DEFAULT_MAX_DECODED_BYTES;
    private int maxDecodedRatio = DEFAULT_MAX_DECODED_RATIO;
    private int maxReorderBytes = DEFAULT_MAX_REORDER_BYTES;
    private int maxHeldBytes = DEFAULT_MAX_HELD_BYTES;
    private int maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES;
    private long maxMessagesBytes = DEFAULT_MAX_MESSAGES_BYTES;
    private long maxBodyBytes = DEFAULT_MAX_BODY_BYTES;
    private long maxOpenBytes = DEFAULT_MAX_OPEN_BYTES;
    private int threads = 1;
    private boolean decodeContent = true;
    private boolean bothEnds;
    private boolean keepFrames;

    private Builder() {}

    public Builder maxHeadBytes(int bytes) {
      maxHeadBytes = bytes;
      return this;
    }

    public Builder maxDecodedBytes(long bytes) {
      maxDecodedBytes = bytes;
      return this;
    }

    public Builder maxDecodedRatio(int ratio) {
      maxDecodedRatio = ratio;
      return this;
    }

    public Builder maxReorderBytes(int bytes) {
      maxReorderBytes = bytes;
      return this;
    }

    public Builder maxHeldBytes(int bytes) {
      maxHeldBytes = bytes;
      return this;
    }

    public Builder maxMessageBytes(int bytes) {
      maxMessageBytes = bytes;
      return this;
    }

    public Builder maxMessagesBytes(long bytes) {
      maxMessagesBytes = bytes;
      return this;
    }

    public Builder maxBodyBytes(long bytes) {
      maxBodyBytes = bytes;
      return this;
    }

    public Builder maxOpenBytes(long bytes) {
      maxOpenBytes = bytes;
      return this;
    }

    public Builder threads(int count) {
      threads = count;
      return this;
    }

    public Builder decodeContent(boolean decode) {
      decodeContent = decode;
      return this;
    }

    public Builder bothEnds(boolean both) {
      bothEnds = both;
      return this;
    }

    public Builder keepFrames(boolean keep) {
      keepFrames = keep;
      return this;
    }

    public AnalyzerOptions build() {
      return new AnalyzerOptions(
          maxHeadBytes,
          maxDecodedBytes,
          maxDecodedRatio,
          maxReorderBytes,
          maxHeldBytes,
          maxMessageBytes,
          maxMessagesBytes,
          maxBodyBytes,
          maxOpenBytes,
          threads,
          decodeContent,
          bothEnds,
          keepFrames);
    }
  }
}
