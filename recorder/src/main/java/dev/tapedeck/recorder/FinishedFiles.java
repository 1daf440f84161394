// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import dev.tapedeck.format.CaptureWriter;
import dev.tapedeck.format.WriterStats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Completes the files of a recording, adds up what is in them, and deletes the oldest when there
 * are too many: only files that this recording made, and that nobody has put another in place of.
 *
 * <p><b>Threads:</b> any, one at a time: guarded by this.
 */
final class FinishedFiles {
  private final int keep;
  private final Deque<Finished> files = new ArrayDeque<>();
  private WriterStats sum = new WriterStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  private long unstatedEvents;
  private long unstatedBytes;
  private int deleted;
  private int count;

  /**
   * Keeps so many files.
   *
   * @param keep 0 for all
   */
  FinishedFiles(int keep) {
    this.keep = keep;
  }

  /** A file that is whole; the key tells it from another of the same name. */
  private record Finished(Path path, @Nullable Object key) {}

  /**
   * Completes a file.
   *
   * @throws IOException when it cannot be completed or an older one cannot be deleted
   */
  synchronized void finish(Path path, CaptureWriter writer) throws IOException {
    try {
      writer.close();
    } finally {
      add(writer.stats());
    }
    count++;
    files.addLast(new Finished(path, keyOf(path)));
    while (keep > 0 && files.size() > keep) {
      delete(files.removeFirst());
    }
  }

  private void add(WriterStats file) {
    sum = sum.plus(file);
    unstatedEvents += file.unstatedEvents();
    unstatedBytes += file.unstatedBytes();
  }

  private static @Nullable Object keyOf(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException e) {
      // Somebody has taken it away already, which is theirs to do.
      return null;
    }
  }

  private void delete(Finished file) throws IOException {
    if (file.key() != null && Objects.equals(file.key(), keyOf(file.path()))) {
      Files.deleteIfExists(file.path());
      deleted++;
    }
  }

  /** Returns the sums over all files that were completed, deleted ones too. */
  synchronized WriterStats sum() {
    return sum;
  }

  /** Returns how many files were completed. */
  synchronized int count() {
    return count;
  }

  /** Returns how many files were deleted because there were too many. */
  synchronized int deleted() {
    return deleted;
  }

  /** What a file could not say about its own losses. */
  record Unstated(long events, long bytes) {}

  /** Returns what no file says yet, and counts on the caller to say it; null when there is none. */
  synchronized @Nullable Unstated takeUnstated() {
    if (unstatedEvents == 0) {
      return null;
    }
    Unstated unstated = new Unstated(unstatedEvents, unstatedBytes);
    unstatedEvents = 0;
    unstatedBytes = 0;
    return unstated;
  }
}
