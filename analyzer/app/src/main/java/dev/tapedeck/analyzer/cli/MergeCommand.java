// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.terminal.Human;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureHeader;
import dev.tapedeck.format.CaptureMerger;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.MergeOptions;
import dev.tapedeck.format.MergeStats;
import dev.tapedeck.format.OverlapException;
import dev.tapedeck.format.WriterOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes one capture of several. */
@Command(
    name = "merge",
    description = {
      "Makes one capture of several: of several hosts, of the parts of a split, of rotated files.",
      "Events of several hosts are put in order by the clock readings in the captures.",
      "With --filter, of each capture only the connections of exchanges that are meant."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {"", "Example:", "  analyzer merge web1.tape web2.tape db.tape -o all.tape"})
final class MergeCommand implements Callable<Integer> {
  private final AnalyzerCommand root;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Capture files.")
  private List<Path> files = List.of();

  @Mixin private OutputOptions output = new OutputOptions();
  @Mixin private EncryptOptions encrypt = new EncryptOptions();
  @Mixin private FilterOptions filter = new FilterOptions();

  @Option(names = "--strict", description = "Stop at the first damage instead of skipping it.")
  private boolean strict;

  MergeCommand(AnalyzerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    Captures.check(files);
    List<CaptureReader> readers = new ArrayList<>();
    try {
      for (Path file : files) {
        readers.add(Captures.open(root, file, strict));
      }
      return merge(readers);
    } catch (OverlapException e) {
      throw new CommandFailure(
          ExitCode.USAGE, "cannot merge", String.valueOf(e.getMessage()), "name one of them only");
    } finally {
      for (CaptureReader reader : readers) {
        reader.close();
      }
    }
  }

  private int merge(List<CaptureReader> readers) throws IOException {
    RewriteReport report = new RewriteReport(root);
    CaptureMerger merger = new CaptureMerger(readers, selections(readers), MergeOptions.defaults());
    CaptureHeader header = merger.header(CaptureOutput.newFileId(), CaptureOutput.producer());
    WriterOptions options =
        CaptureMerger.writerOptions(header, encrypt.protect(CaptureTarget.options(), readers));
    try (CaptureTarget target =
        CaptureTarget.create(root, output.output(), files, header, options)) {
      MergeStats stats =
          merger.mergeTo(target.writer(), (name, damage) -> report.damage(Path.of(name), damage));
      root.meter().pause();
      long inputBytes = 0;
      for (int i = 0; i < readers.size(); i++) {
        report.ended(files.get(i), readers.get(i));
        inputBytes += Files.size(files.get(i));
      }
      tell(stats);
      report.wrote(output.output(), stats.events(), target.complete(), inputBytes);
    }
    return report.exitCode();
  }

  private List<Predicate<CaptureEvent>> selections(List<CaptureReader> readers) throws IOException {
    List<Predicate<CaptureEvent>> selections = new ArrayList<>();
    for (int i = 0; i < readers.size(); i++) {
      CaptureReader reader = readers.get(i);
      Progress progress = new Progress(root, files.get(i), reader);
      selections.add(
          progress.counting(
              "merging",
              filter.isGiven()
                  ? FilterPlanner.plan(
                      reader, progress, new TimeOptions(), new ConnectionCriteria(), filter)
                  : event -> true));
    }
    return selections;
  }

  private void tell(MergeStats stats) {
    for (String name : stats.withoutWatermark()) {
      root.warn("warning: " + name + ": promises nothing about time; its blocks keep their order");
    }
    for (long hostId : stats.withoutClock()) {
      root.warn(
          "warning: host "
              + Long.toUnsignedString(hostId)
              + ": no capture holds a clock reading of it; its place in time is a guess");
    }
    if (stats.earlyEvents() > 0) {
      root.warn(
          "warning: "
              + Human.count(stats.earlyEvents(), "event")
              + " could not wait for the slowest capture; later ones may stand before earlier ones");
    }
  }
}
