// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.format.CaptureRewriter;
import dev.tapedeck.format.WriterOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compresses a capture for the archive. */
@Command(
    name = "repack",
    description = {
      "Writes a capture anew with archival compression: the same events in larger blocks.",
      "What damage took from the capture is stated in the new one as lost."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {"", "Example:", "  analyzer repack orders.tape -o archive/orders.tape --level 19"})
final class RepackCommand implements Callable<Integer> {
  private static final long MIN_BLOCK_BYTES = 1 << 10;
  private static final long MAX_BLOCK_BYTES = 7 << 20;

  /** A block is as long as it gets: an archive is read from end to end. */
  private static final Duration BLOCK_AGE = Duration.ofHours(1);

  private final AnalyzerCommand root;

  @Parameters(paramLabel = "FILE", description = "Capture file.")
  private Path file = Path.of("");

  @Mixin private OutputOptions output = new OutputOptions();
  @Mixin private EncryptOptions encrypt = new EncryptOptions();

  @Option(
      names = "--level",
      paramLabel = "N",
      defaultValue = "19",
      converter = Count.OfInt.class,
      description = "zstd's level, 1 to 19; 19 by default.")
  private int level;

  @Option(
      names = "--block-size",
      paramLabel = "SIZE",
      defaultValue = "4MiB",
      converter = ByteSize.Converter.class,
      description = "Raw size of a block, 1KiB to 7MiB; 4MiB by default.")
  private ByteSize blockSize = new ByteSize(0);

  @Option(names = "--strict", description = "Stop at the first damage instead of skipping it.")
  private boolean strict;

  RepackCommand(AnalyzerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    if (level < 1 || level > 19) {
      throw new CommandFailure(
          ExitCode.USAGE, "no level", Integer.toString(level), "--level takes 1 to 19");
    }
    if (blockSize.bytes() < MIN_BLOCK_BYTES || blockSize.bytes() > MAX_BLOCK_BYTES) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "no size of a block",
          blockSize.bytes() + " bytes",
          "--block-size takes 1KiB to 7MiB");
    }
    Captures.check(List.of(file));
    WriterOptions options =
        CaptureTarget.options().toBuilder()
            .zstdLevel(level)
            .blockBytes((int) blockSize.bytes())
            .blockAge(BLOCK_AGE)
            .build();
    return new Rewriting(root, output)
        .run(
            "repack",
            file,
            strict,
            reader -> encrypt.protect(options, List.of(reader)),
            (reader, progress) ->
                new CaptureRewriter(reader, progress.counting("writing", event -> true)));
  }
}
