// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.format.CaptureAccess;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.Encryption;
import dev.tapedeck.format.WriterOptions;
import java.util.List;
import picocli.CommandLine.Option;

/** For whom a new capture is encrypted. */
final class EncryptOptions {
  @Option(
      names = "--encrypt-to",
      paramLabel = "RECIPIENT",
      description =
          "Encrypt OUT to this public key of age-keygen (age1...); needed when an input is"
              + " encrypted. May be repeated.")
  private List<String> recipients = List.of();

  @Option(
      names = "--encrypt-metadata-to",
      paramLabel = "RECIPIENT",
      description =
          "With --encrypt-to: this key opens connections, sizes and times, but no payload. May be"
              + " repeated.")
  private List<String> metadataRecipients = List.of();

  /**
   * Returns the options with the encryption that was asked for.
   *
   * @param inputs whose content is written
   * @throws CommandFailure when that would write down in the clear what is encrypted
   */
  WriterOptions protect(WriterOptions options, List<CaptureReader> inputs) throws CommandFailure {
    for (CaptureReader input : inputs) {
      if (input.encryption() != null && recipients.isEmpty()) {
        throw new CommandFailure(
            ExitCode.USAGE,
            "is encrypted, and the new capture would not be",
            input.name(),
            "say who may read it with --encrypt-to, or use 'analyzer decrypt'");
      }
      requireWhole(input);
    }
    if (recipients.isEmpty()) {
      if (!metadataRecipients.isEmpty()) {
        throw new CommandFailure(
            ExitCode.USAGE,
            "nobody could read the payload",
            "--encrypt-metadata-to",
            "add --encrypt-to");
      }
      return options;
    }
    try {
      return options.toBuilder().encryption(Encryption.to(recipients, metadataRecipients)).build();
    } catch (IllegalArgumentException e) {
      CommandFailure failure =
          new CommandFailure(
              ExitCode.USAGE,
              "cannot encrypt",
              String.valueOf(e.getMessage()),
              "name public keys as age-keygen -y prints them");
      failure.initCause(e);
      throw failure;
    }
  }

  /**
   * Fails when the keys open only a part of an encrypted capture, of which no whole can be made.
   */
  static void requireWhole(CaptureReader input) throws CommandFailure {
    if (input.access() == CaptureAccess.HEADERS) {
      throw new CommandFailure(
          ExitCode.IO,
          "is encrypted, and no key that opens it was given",
          input.name(),
          "name the file with your key: --identity FILE");
    }
    if (input.access() == CaptureAccess.METADATA) {
      throw new CommandFailure(
          ExitCode.IO,
          "the key opens metadata only",
          input.name(),
          "name one that opens payload, too, with --identity");
    }
  }
}
