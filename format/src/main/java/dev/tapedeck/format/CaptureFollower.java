// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.RecordChannel;
import dev.tapedeck.format.internal.RecordHeader;
import dev.tapedeck.format.internal.RecordScanner;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Reads a capture while it is written: each block as soon as it is whole.
 *
 * <p>The file may be named as it will be in the end or by its partial name, and is followed through
 * its renaming. Its end may be torn, and a writer that ran out of space may cut it back to the last
 * whole record: what is not whole is neither given nor called damage before {@link #finish}.
 *
 * <p><b>Lifecycle:</b> {@code open}, then {@link #follow}; or {@link #poll} again and again until
 * it returns {@link State#ENDED}, and {@link #finish} where the caller gives up on a writer that no
 * longer writes; then {@link #close}. An exception of the visitor ends the reading for good.
 *
 * <p><b>Threads:</b> confined to one thread; an interrupt ends the following.
 *
 * <p><b>Errors:</b> as those of {@link CaptureReader}.
 */
public final class CaptureFollower implements AutoCloseable {
  /** What a look at the file showed. */
  public enum State {
    /** Nothing was added: the writer is idle, or has died. */
    IDLE,
    /** The file grew, or changed. */
    GREW,
    /** The file is finished. */
    ENDED
  }

  private final RecordChannel channel;
  private final PlaneReader planes;
  private final RecordReader records;
  private final String name;
  private final ReaderOptions options;
  private FileOpening.@Nullable Opened opened;
  private @Nullable RecordWalk walk;
  private RecordWalk.DamageSink sink = damage -> {};
  private long seenBytes;
  private boolean ended;

  private CaptureFollower(SeekableByteChannel channel, String name, ReaderOptions options) {
    this.channel = new RecordChannel(channel);
    this.planes = new PlaneReader(this.channel, options.maxBlockBytes());
    this.records = new RecordReader(name, planes);
    this.name = name;
    this.options = options;
  }

  /**
   * Opens a capture that is being written, or is finished.
   *
   * @param file its final name, also while only the partial file is there, or the partial name,
   *     also when it has just been renamed
   * @throws IOException when neither is there, or it cannot be read
   */
  public static CaptureFollower open(Path file, ReaderOptions options) throws IOException {
    String name = file.toString();
    String suffix = CaptureFile.PARTIAL_SUFFIX;
    Path other =
        name.endsWith(suffix)
            ? Path.of(name.substring(0, name.length() - suffix.length()))
            : Path.of(name + suffix);
    @Nullable NoSuchFileException missing = null;
    // The first again at last, for it may have been renamed between the looks.
    for (Path candidate : new Path[] {file, other, file}) {
      try {
        FileChannel channel = FileChannel.open(candidate, StandardOpenOption.READ);
        return new CaptureFollower(channel, candidate.toString(), options);
      } catch (NoSuchFileException e) {
        missing = e; // The other name is tried.
      }
    }
    throw new IOException(file + ": does not exist, nor does " + other, missing);
  }

  /**
   * Opens a capture in a channel, which the follower will close.
   *
   * @param name for messages
   */
  public static CaptureFollower open(
      SeekableByteChannel channel, String name, ReaderOptions options) {
    return new CaptureFollower(channel, name, options);
  }

  /** Returns the name by which the file was found. */
  public String name() {
    return name;
  }

  /** Returns what the capture says about itself; null until that is written. */
  public @Nullable CaptureHeader header() {
    return opened == null ? null : opened.header();
  }

  /** Gives what has become whole since the last time. */
  public State poll(Projection projection, CaptureVisitor visitor) throws IOException {
    if (ended) {
      return State.ENDED;
    }
    long size = channel.size();
    boolean changed = size != seenBytes;
    seenBytes = size;
    sink = options.strict() ? damage -> StrictReading.refuse(name, damage) : visitor::damage;
    RecordWalk reading = reading(size);
    if (reading == null) {
      return changed ? State.GREW : State.IDLE;
    }
    if (size < reading.nextOffset()) {
      ended = true;
      String reason = "the file became shorter than what was read of it";
      sink.damage(new Damage(size, 0, DamageKind.TRUNCATED, reason, Damage.UNKNOWN));
      return State.ENDED;
    }
    reading.growTo(size);
    boolean found = readOn(reading, projection, visitor);
    ended = reading.isComplete();
    return ended ? State.ENDED : changed || found ? State.GREW : State.IDLE;
  }

  private boolean readOn(RecordWalk reading, Projection projection, CaptureVisitor visitor)
      throws IOException {
    boolean found = false;
    for (RecordHeader record = reading.next(); record != null; record = reading.next()) {
      found = true;
      records.read(record, reading.offset(), projection, visitor, sink);
    }
    return found;
  }

  /** Returns the walk over the file; null while its header is not whole. */
  private @Nullable RecordWalk reading(long size) throws IOException {
    if (walk == null && size > 0) {
      try {
        FileOpening opening = new FileOpening(channel, planes, name, options.identities());
        FileOpening.Opened found = opening.open(options.strict());
        opened = found;
        EncryptedFile.requireAccess(name, found.encrypted(), options.identities());
        planes.unlock(found.encrypted());
        RecordScanner scanner = new RecordScanner(channel, size, found.fileId());
        walk =
            new RecordWalk(
                scanner, TamperGuard.over(found.encrypted(), damage -> sink.damage(damage)));
      } catch (CaptureFormatException.Truncated e) {
        return null; // The header is being written.
      }
    }
    return walk;
  }

  /**
   * Gives what is whole and reports what is not: for a file that will not grow any more.
   *
   * @throws CaptureFormatException also when the file ends inside its header
   */
  public void finish(Projection projection, CaptureVisitor visitor) throws IOException {
    if (poll(projection, visitor) == State.ENDED) {
      return;
    }
    if (walk == null) {
      new FileOpening(channel, planes, name, options.identities()).open(options.strict());
    } else {
      walk.settle();
      readOn(walk, projection, visitor);
    }
    ended = true;
  }

  /**
   * Gives blocks as they become whole, until the file is finished, or until the pacing gives up on
   * its writer; then also reports the end of the file where it is not whole.
   *
   * @return whether the file was finished
   * @throws InterruptedException when the thread is interrupted while it waits
   */
  public boolean follow(Projection projection, CaptureVisitor visitor, FollowPacing pacing)
      throws IOException, InterruptedException {
    pacing.begin();
    for (State state = poll(projection, visitor);
        state != State.ENDED;
        state = poll(projection, visitor)) {
      if (!pacing.await(state == State.GREW)) {
        finish(projection, visitor);
        return walk != null && walk.isComplete();
      }
    }
    return walk != null && walk.isComplete();
  }

  @Override
  public void close() throws IOException {
    planes.close();
    channel.close();
  }
}
