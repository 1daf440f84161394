// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a capture is written.
 *
 * <p><b>Limits:</b>
 *
 * <table>
 * <caption>Options</caption>
 * <tr><th>name</th><th>default</th><th>effect</th></tr>
 * <tr><td>blockBytes</td><td>1 MiB</td><td>a block is closed when it holds this much and spans
 * {@code blockSpan}; 1 KiB to 7 MiB</td></tr>
 * <tr><td>blockSpan</td><td>0</td><td>with more, busy times make larger blocks, which compress
 * better, up to 4 MiB</td></tr>
 * <tr><td>blockAge</td><td>1 s</td><td>a block is closed when it spans this much time</td></tr>
 * <tr><td>zstdLevel</td><td>1</td><td>1 to 19</td></tr>
 * <tr><td>checkpointBytes, checkpointAge</td><td>64 MiB, 60 s</td><td>a checkpoint is written after
 * this much</td></tr>
 * <tr><td>freeSpaceFloorBytes</td><td>16 MiB</td><td>blocks that would leave less free space on the
 * file system are refused; 0 to fill it</td></tr>
 * </table>
 *
 * @param blockBytes raw bytes in a block
 * @param blockSpan time that a block spans at least, unless it holds 4 MiB
 * @param blockAge time that a block spans at most
 * @param codec whether blocks are compressed, or as the pressure allows
 * @param zstdLevel how hard
 * @param checkpointBytes file bytes between checkpoints
 * @param checkpointAge time between checkpoints
 * @param freeSpaceFloorBytes free space that is left alone
 * @param encryption for whom the capture is encrypted; null when everybody may read it
 */
public record WriterOptions(
    int blockBytes,
    Duration blockSpan,
    Duration blockAge,
    Codec codec,
    int zstdLevel,
    long checkpointBytes,
    Duration checkpointAge,
    long freeSpaceFloorBytes,
    @Nullable Encryption encryption) {
  private static final int MIN_BLOCK_BYTES = 1 << 10;

  /** A busy block holds no more, so that a page of damage and the writer's memory stay small. */
  static final int BUSY_BLOCK_BYTES = 4 << 20;

  private static final int MAX_BLOCK_BYTES = 7 << 20;

  private static final int MAX_ZSTD_LEVEL = 19;

  public WriterOptions {
    if (blockBytes < MIN_BLOCK_BYTES || blockBytes > MAX_BLOCK_BYTES) {
      throw new IllegalArgumentException("blockBytes=" + blockBytes);
    }
    if (blockSpan.isNegative()) {
      throw new IllegalArgumentException("blockSpan=" + blockSpan);
    }
    if (blockAge.isNegative() || blockAge.isZero()) {
      throw new IllegalArgumentException("blockAge=" + blockAge);
    }
    Objects.requireNonNull(codec, "codec");
    if (zstdLevel < 1 || zstdLevel > MAX_ZSTD_LEVEL) {
      throw new IllegalArgumentException("zstdLevel=" + zstdLevel);
    }
    if (checkpointBytes < 1) {
      throw new IllegalArgumentException("checkpointBytes=" + checkpointBytes);
    }
    if (checkpointAge.isNegative() || checkpointAge.isZero()) {
      throw new IllegalArgumentException("checkpointAge=" + checkpointAge);
    }
    if (freeSpaceFloorBytes < 0) {
      throw new IllegalArgumentException("freeSpaceFloorBytes=" + freeSpaceFloorBytes);
    }
  }

  /** Returns the default options. */
  public static WriterOptions defaults() {
    return newBuilder().build();
  }

  /** Returns a builder that holds the defaults. */
  public static Builder newBuilder() {
    return new Builder();
  }

  /** Returns a builder that holds these values. */
  public Builder toBuilder() {
    return new Builder()
        .blockBytes(blockBytes)
        .blockSpan(blockSpan)
        .blockAge(blockAge)
        .codec(codec)
        .zstdLevel(zstdLevel)
        .checkpointBytes(checkpointBytes)
        .checkpointAge(checkpointAge)
        .freeSpaceFloorBytes(freeSpaceFloorBytes)
        .encryption(encryption);
  }

  /** Collects {@link WriterOptions}. Confined to one thread. */
  public static final class Builder {
    private int blockBytes = 1 << 20;
    private Duration blockSpan = Duration.ZERO;
    private Duration blockAge = Duration.ofSeconds(1);
    private Codec codec = Codec.ZSTD;
    private int zstdLevel = 1;
    private long checkpointBytes = 64L << 20;
    private Duration checkpointAge = Duration.ofSeconds(60);
    private long freeSpaceFloorBytes = 16L << 20;
    private @Nullable Encryption encryption;

    private Builder() {}

    public Builder blockBytes(int blockBytes) {
      this.blockBytes = blockBytes;
      return this;
    }

    public Builder blockSpan(Duration blockSpan) {
      this.blockSpan = blockSpan;
      return this;
    }

    public Builder blockAge(Duration blockAge) {
      this.blockAge = blockAge;
      return this;
    }

    public Builder codec(Codec codec) {
      this.codec = codec;
      return this;
    }

    public Builder zstdLevel(int zstdLevel) {
      this.zstdLevel = zstdLevel;
      return this;
    }

    public Builder checkpointBytes(long checkpointBytes) {
      this.checkpointBytes = checkpointBytes;
      return this;
    }

    public Builder checkpointAge(Duration checkpointAge) {
      this.checkpointAge = checkpointAge;
      return this;
    }

    public Builder freeSpaceFloorBytes(long freeSpaceFloorBytes) {
      this.freeSpaceFloorBytes = freeSpaceFloorBytes;
      return this;
    }

    /** Sets for whom captures are encrypted. */
    public Builder encryption(@Nullable Encryption encryption) {
      this.encryption = encryption;
      return this;
    }

    /** Returns the options. */
    public WriterOptions build() {
      return new WriterOptions(
          blockBytes,
          blockSpan,
          blockAge,
          codec,
          zstdLevel,
          checkpointBytes,
          checkpointAge,
          freeSpaceFloorBytes,
          encryption);
    }
  }
}
