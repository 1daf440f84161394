// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.cli;

import dev.tapedeck.format.Encryption;
import dev.tapedeck.recorder.FileOptions;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say how the files of a recording are kept. */
final class FileArguments {
  @Option(
      names = "--rotate-size",
      paramLabel = "SIZE",
      converter = ByteSize.Converter.class,
      description =
          "With -o DIR: begin a new file when one has this size, give or take a block. Each is a"
              + " capture of its own.")
  private @Nullable ByteSize rotateSize;

  @Option(
      names = "--rotate-interval",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "With -o DIR: begin a new file when one is this old and not empty.")
  private @Nullable Duration rotateInterval;

  @Option(
      names = "--keep",
      paramLabel = "N",
      description = "Keep the N youngest complete files of this recording, delete its older ones.")
  private @Nullable Integer keep;

  @Option(
      names = "--sync-interval",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Make what was written durable this often, beside the recording. Default: 2s.")
  private Duration syncInterval = FileOptions.DEFAULT_SYNC_INTERVAL;

  @Option(
      names = "--on-write-error",
      paramLabel = "WHAT",
      defaultValue = "end",
      description =
          "When the disk is full or fails: end (default), or continue, and write again when that is"
              + " possible. Either way what is lost is stated, and the exit code is 3.")
  private OnWriteError onWriteError = OnWriteError.END;

  @Option(
      names = "--encrypt-to",
      paramLabel = "RECIPIENT",
      description =
          "Encrypt the capture to this public key of age-keygen (age1...). Nothing readable reaches"
              + " the disk, and this host cannot read it either. May be repeated.")
  private List<String> recipients = List.of();

  @Option(
      names = "--encrypt-metadata-to",
      paramLabel = "RECIPIENT",
      description =
          "With --encrypt-to: this key opens connections, sizes and times, but no payload. May be"
              + " repeated.")
  private List<String> metadataRecipients = List.of();

  /** What a write error does. */
  enum OnWriteError {
    END,
    CONTINUE
  }

  /** Returns whether new files are begun during the recording. */
  boolean rotates() {
    return rotateSize != null || rotateInterval != null;
  }

  /**
   * Returns the options.
   *
   * @throws IllegalArgumentException when they contradict one another
   */
  FileOptions options() {
    if (keep != null && (keep <= 0 || !rotates())) {
      throw new IllegalArgumentException(
          "--keep " + keep + ": needs a positive number, and --rotate-size or --rotate-interval");
    }
    if (rotateSize != null && rotateSize.bytes() == 0) {
      throw new IllegalArgumentException("--rotate-size 0: needs a size");
    }
    return new FileOptions(
        syncInterval,
        onWriteError == OnWriteError.CONTINUE,
        rotates()
            ? new FileOptions.Rotation(
                rotateSize == null ? 0 : rotateSize.bytes(),
                rotateInterval,
                keep == null ? 0 : keep)
            : null);
  }

  /**
   * Returns for whom the files are encrypted; null when for nobody.
   *
   * @throws IllegalArgumentException when a recipient is none
   */
  @Nullable Encryption encryption() {
    if (recipients.isEmpty() && !metadataRecipients.isEmpty()) {
      throw new IllegalArgumentException(
          "--encrypt-metadata-to needs --encrypt-to, or nobody could read the payload");
    }
    return recipients.isEmpty() ? null : Encryption.to(recipients, metadataRecipients);
  }
}
