// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the files of a recording are kept.
 *
 * @param syncInterval how often what was written is made durable; zero leaves that to the system
 *     until the file is complete
 * @param goesOnAfterWriteError whether a recording whose file takes no more goes on, and writes
 *     again when that is possible; else it ends
 * @param rotation when a new file is begun; null when all goes into one
 */
public record FileOptions(
    Duration syncInterval, boolean goesOnAfterWriteError, @Nullable Rotation rotation) {
  /** Default time between two syncs. */
  public static final Duration DEFAULT_SYNC_INTERVAL = Duration.ofSeconds(2);

  public FileOptions {
    if (syncInterval.isNegative()) {
      throw new IllegalArgumentException("syncInterval=" + syncInterval);
    }
  }

  /** Returns the defaults: one file, and an end when it takes no more. */
  public static FileOptions defaults() {
    return new FileOptions(DEFAULT_SYNC_INTERVAL, false, null);
  }

  /**
   * When a new file is begun, and how many are kept.
   *
   * @param sizeBytes when the file has this size; 0 for any
   * @param interval when the file is this old and not empty; null for any age
   * @param keep how many complete files are kept, the youngest; 0 for all
   */
  public record Rotation(long sizeBytes, @Nullable Duration interval, int keep) {
    public Rotation {
      if (sizeBytes < 0) {
        throw new IllegalArgumentException("sizeBytes=" + sizeBytes);
      }
      if (interval != null && (interval.isNegative() || interval.isZero())) {
        throw new IllegalArgumentException("interval=" + interval);
      }
      if (keep < 0) {
        throw new IllegalArgumentException("keep=" + keep);
      }
      if (sizeBytes == 0 && interval == null) {
        throw new IllegalArgumentException("sizeBytes=0 interval=null");
      }
    }
  }
}
