// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import dev.tapedeck.format.internal.AppendChannel;
import dev.tapedeck.format.internal.FileId;
import dev.tapedeck.format.internal.RecordChannel;
import dev.tapedeck.format.internal.RecordScanner;
import dev.tapedeck.format.internal.proto.FileHeader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Makes captures of the blocks of another, which it takes over as they are: without a key, without
 * unpacking them, and only those whose checksums hold. What was lost is written into the copy.
 *
 * <p><b>Lifecycle:</b> {@code open}, then {@link #recover} and {@link #split} any number of times,
 * each over the file as long as it was when it was opened, then {@link #close}.
 *
 * <p><b>Threads:</b> confined to one thread. <b>Ownership:</b> the file that is read is not
 * changed.
 *
 * <p><b>Errors:</b> an {@link IOException} names file and offset; the file that was being made is
 * removed, those that were finished before it stay.
 */
public final class CaptureCopier implements AutoCloseable {
  private final RecordChannel channel;
  private final PlaneReader planes;
  private final String name;
  private final long size;
  private final FileOpening.Opened opened;

  private CaptureCopier(
      RecordChannel channel,
      PlaneReader planes,
      String name,
      long size,
      FileOpening.Opened opened) {
    this.channel = channel;
    this.planes = planes;
    this.name = name;
    this.size = size;
    this.opened = opened;
  }

  /** Names the files of a split. */
  @FunctionalInterface
  public interface PartNames {
    /**
     * Returns where a part goes.
     *
     * @param part its number, from 1
     * @param parts how many there are
     */
    Path of(int part, int parts) throws IOException;
  }

  /**
   * Opens a capture, also one that is damaged, cut or encrypted.
   *
   * @throws CaptureFormatException when it is no capture, or needs a feature that this version
   *     lacks
   */
  public static CaptureCopier open(Path source) throws IOException {
    return open(FileChannel.open(source, StandardOpenOption.READ), source.toString());
  }

  /** Opens a capture in a channel, which the copier will close, also when opening fails. */
  static CaptureCopier open(SeekableByteChannel source, String name) throws IOException {
    RecordChannel channel = new RecordChannel(source);
    PlaneReader planes = new PlaneReader(channel, ReaderOptions.MAX_BLOCK_BYTES);
    try {
      long size = channel.size();
      FileOpening.Opened opened =
          new FileOpening(channel, planes, name, Identities.none()).open(false);
      return new CaptureCopier(channel, planes, name, size, opened);
    } catch (IOException e) {
      planes.close();
      try {
        channel.close();
      } catch (IOException alsoFailed) {
        e.addSuppressed(alsoFailed);
      }
      throw e;
    }
  }

  /** Returns what the capture that is read says about itself. */
  public CaptureHeader header() {
    return opened.header();
  }

  /**
   * Copies every sound block into a new file, which replaces what has that name when it is whole.
   *
   * @throws IOException when the source cannot be read, the copy cannot be written, or both are the
   *     same file
   */
  public CopyReport recover(Path target, CopyOptions options) throws IOException {
    return split(SplitRule.whole(), (part, parts) -> target, options).get(0);
  }

  /**
   * Copies every sound block into one of several new files, in order.
   *
   * @return what there is to tell of each part
   * @throws IOException as {@link #recover}
   */
  public List<CopyReport> split(SplitRule rule, PartNames names, CopyOptions options)
      throws IOException {
    return copy(rule, (part, parts) -> create(names.of(part, parts)), options);
  }

  private CopyTarget create(Path target) throws IOException {
    Path source = Path.of(name);
    if (Files.exists(target) && Files.exists(source) && Files.isSameFile(source, target)) {
      throw new IOException(target + ": is the file that is read; a copy needs another name");
    }
    return CopyTarget.create(target);
  }

  List<CopyReport> copy(SplitRule rule, CopyTarget.Factory targets, CopyOptions options)
      throws IOException {
    int headerBytes = header(options, new CopyPlan.Part(0, 0, size)).getSerializedSize();
    List<CopyPlan.Part> plan = CopyPlan.of(name, walk(damage -> {}), rule, headerBytes);
    boolean unfinished = name.endsWith(CaptureFile.PARTIAL_SUFFIX);
    CopyRun run =
        new CopyRun(
            channel,
            name,
            planes,
            unfinished,
            new CopyRun.Parts() {
              @Override
              public List<CopyPlan.Part> plan() {
                return plan;
              }

              @Override
              public CopyPart create(int index) throws IOException {
                CopyPlan.Part part = plan.get(index);
                CopyTarget target = targets.create(index + 1, plan.size());
                return part(part, target, options);
              }
            });
    return run.run(walk(run::damage));
  }

  private CopyPart part(CopyPlan.Part part, CopyTarget target, CopyOptions options) {
    AppendChannel output = target.channel();
    FileId id = HeaderCodec.fileIdOf(options.fileIds().get());
    CopyWriter writer =
        new CopyWriter(
            output,
            id,
            header(options, part),
            new CheckpointSchedule(WriterOptions.defaults()),
            part.firstSequence());
    return new CopyPart(part, target, writer);
  }

  /**
   * Returns the header of the file that is read, with all its fields, and where the copy is from.
   */
  private FileHeader header(CopyOptions options, CopyPlan.Part part) {
    Derivation derivation =
        new Derivation(
            options.verb(),
            options.producer(),
            List.of(
                new Derivation.Origin(
                    opened.header().fileId(), part.firstSequence(), part.endSequence())));
    return opened.proto().toBuilder().setDerivation(HeaderCodec.toProto(derivation)).build();
  }

  private RecordWalk walk(RecordWalk.DamageSink sink) {
    return new RecordWalk(new RecordScanner(channel, size, opened.fileId()), sink);
  }

  @Override
  public void close() throws IOException {
    planes.close();
    channel.close();
  }
}
