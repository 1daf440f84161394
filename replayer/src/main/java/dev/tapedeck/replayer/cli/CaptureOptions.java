// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.format.ReaderOptions;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which captures are read, and how. */
final class CaptureOptions {
  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Capture files.")
  private List<Path> files = List.of();

  @Option(names = "--strict", description = "Stop at the first damage instead of skipping it.")
  private boolean strict;

  @Option(
      names = "--identity",
      paramLabel = "KEYFILE",
      description =
          "Secret keys for encrypted captures, as age-keygen writes them. May be repeated.")
  private List<Path> keyFiles = List.of();

  List<Path> files() {
    return files;
  }

  /** Returns how captures are read: with the keys that were named. */
  ReaderOptions readerOptions() throws CommandFailure {
    return CaptureInput.readerOptions(keyFiles, strict);
  }
}
