// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.terminal.TextOutput;
import dev.tapedeck.format.CaptureCopier;
import dev.tapedeck.format.CopyOptions;
import dev.tapedeck.format.CopyReport;
import dev.tapedeck.format.SplitRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Cuts captures into parts. */
@Command(
    name = "split",
    description = {
      "Copies a capture into several, NAME.001.tape and so on, each of them whole.",
      "Cuts between blocks of some 1 MiB or 1 s. Encrypted captures need no key."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {
      "",
      "Examples:",
      "  analyzer split orders.tape -o parts --size 100MiB",
      "  analyzer split orders.tape -o parts --every 10m"
    })
final class SplitCommand implements Callable<Integer> {
  private static final String SUFFIX = ".tape";

  private final AnalyzerCommand root;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "FILE", description = "Capture file.")
  private Path file = Path.of("");

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "DIR",
      description =
          "Folder for the parts, which must exist; an earlier part is kept as NAME.001.tape.old.")
  private Path folder = Path.of("");

  @ArgGroup(multiplicity = "1")
  private Rule rule = new Rule();

  /** Where to cut; one of them is given. */
  static final class Rule {
    @Option(
        names = "--size",
        paramLabel = "SIZE",
        converter = ByteSize.Converter.class,
        description = "Parts are at most that large, such as 100MiB.")
    private @Nullable ByteSize size;

    @Option(
        names = "--parts",
        paramLabel = "N",
        converter = Count.OfLong.class,
        description = "That many parts of about the same size.")
    private @Nullable Long parts;

    @Option(
        names = "--every",
        paramLabel = "TIME",
        converter = DurationConverter.class,
        description = "A part for each stretch of time, such as 10m.")
    private @Nullable Duration every;

    @Option(
        names = "--blocks",
        paramLabel = "N",
        converter = Count.OfLong.class,
        description = "That many blocks in a part.")
    private @Nullable Long blocks;

    private SplitRule toSplitRule() {
      if (size != null) {
        return new SplitRule(SplitRule.Unit.BYTES, size.bytes());
      } else if (parts != null) {
        return new SplitRule(SplitRule.Unit.PARTS, parts);
      } else if (every != null) {
        return SplitRule.ofTime(every);
      }
      return new SplitRule(SplitRule.Unit.BLOCKS, blocks == null ? 0 : blocks);
    }
  }

  SplitCommand(AnalyzerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    SplitRule splitRule = splitRule();
    Captures.check(List.of(file));
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new CommandFailure(
          ExitCode.IO, "is no folder", folder.toString(), "name one for the parts");
    } else if (!Files.exists(folder)) {
      throw new NoSuchFileException(folder.toString());
    }
    List<Path> targets = new ArrayList<>();
    try (CaptureCopier copier = CaptureCopier.open(file)) {
      CopyOptions options =
          new CopyOptions("split", CaptureOutput.producer(), CaptureOutput::newFileId);
      List<CopyReport> reports =
          copier.split(
              splitRule,
              (part, parts) -> {
                Path target = folder.resolve("%s.%03d%s".formatted(baseName(), part, SUFFIX));
                CaptureOutput.prepare(root, target, List.of(file));
                CaptureOutput.removeUnfinishedOnExit(target);
                targets.add(target);
                return target;
              },
              options);
      TextOutput out = new TextOutput(root.terminal().out(), root.colorful());
      CopyView view = new CopyView(root, out);
      boolean lossless = true;
      for (int i = 0; i < reports.size(); i++) {
        view.show(file, targets.get(i), reports.get(i));
        lossless &= reports.get(i).isLossless();
      }
      root.terminal().out().flush();
      return lossless ? ExitCode.OK : ExitCode.DAMAGE;
    }
  }

  private SplitRule splitRule() {
    try {
      return rule.toSplitRule();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "a part of nothing cannot be made", e);
    }
  }

  private String baseName() {
    String name = String.valueOf(file.getFileName());
    if (Captures.isUnfinished(file)) {
      name = name.substring(0, name.length() - Captures.UNFINISHED_SUFFIX.length());
    }
    return name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
  }
}
